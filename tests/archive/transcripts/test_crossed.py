"""Every way to write, with everything that may be in a transcript, is read back: words, order, speakers, times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.markup import plain_text
from companion.archive.transcripts.prose import read_prose
from tests.archive.transcripts.crossed import CROSSED, assert_read_back, scripts
from tests.examples import examples


@pytest.mark.parametrize(("style", "element"), CROSSED)
@examples(5)
@given(data=st.data())
def test_a_transcript_is_read_back(style: str, element: str, data: st.DataObject) -> None:
    script = data.draw(scripts(style, element))
    assert_read_back(read_prose(plain_text(script.text), among_notes=False), script)
