"""Every way to write, with everything that may be in a transcript, is read back: words, order, speakers, times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.markup import plain_text
from companion.archive.transcripts.prose import read_prose
from tests.archive.transcripts.crossed import CROSSED, ELEMENTS, STYLES, assert_read_back, scripts
from tests.examples import examples

_STYLES, _ELEMENTS = list(STYLES), list(ELEMENTS)


def _in_the_quick_third(style: str, element: str) -> bool:
    """A third of all pairs, in which each style and each element comes up."""
    return (_STYLES.index(style) + _ELEMENTS.index(element)) % 3 == 0


@pytest.mark.parametrize(
    ("style", "element"),
    [pytest.param(*pair, marks=[] if _in_the_quick_third(*pair) else [pytest.mark.slow]) for pair in CROSSED],
)
@examples(5)
@given(data=st.data())
def test_a_transcript_is_read_back(style: str, element: str, data: st.DataObject) -> None:
    script = data.draw(scripts(style, element))
    assert_read_back(read_prose(plain_text(script.text), among_notes=False), script)
