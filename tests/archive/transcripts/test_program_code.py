"""Program code is no transcript; who speaks of it is."""

from __future__ import annotations

import inspect
import json

import pytest

from companion.archive.transcripts import evidence, timing
from companion.archive.transcripts.program_code import is_program_code
from companion.archive.transcripts.reader import TranscriptError, read_transcript

_C = """
#include <stdio.h>
/* Counts the tides of a day, as the harbour master told us to. */
int tides(int day) {
    int found = 0;
    for (int hour = 0; hour < 24; hour++) {
        if (is_high(day, hour)) found += 1;
    }
    return found;
}
"""
_STYLE = """
/* The colours of the mill. */
.mill { color: #123456; }
.mill a:hover {
  color: red;
  margin: 0 auto;
}
.wheel { width: 40%; }
"""


@pytest.mark.parametrize("code", [inspect.getsource(evidence), inspect.getsource(timing), _C, _STYLE])
def test_it_is_refused_with_a_reason(code: str) -> None:
    with pytest.raises(TranscriptError, match=r"talk\.txt (?:is|holds)"):
        read_transcript(code, name="talk.txt")


@pytest.mark.parametrize(
    "text",
    [
        "Ann (host):\nSo what does git push do?\nBob (guest):\nIt sends what you have.\n" * 6,
        "We write x = 3, and then we call it twice.\nNobody knows why (I do).\nThat was the whole of it.\n" * 4,
        "Ann: import this; and then?\nBob: You return to the menu.\n" * 5,
    ],
)
def test_talk_about_code_is_talk(text: str) -> None:
    assert not is_program_code(text)


def test_data_is_no_code() -> None:
    assert not is_program_code(json.dumps({"said": "So it goes."}))


def test_quoted_words_that_are_assigned_are_code() -> None:
    lines = ['x = "This is a test"', 'said = "We row at noon today";', "label = 'So it goes, they say'"]
    assert is_program_code("\n".join(lines * 4))
    assert not is_program_code("\n".join(["Ana = So it goes, they say.", 'Owen = "So it goes on," they say.'] * 6))
