"""Times that a page says twice."""

from __future__ import annotations

import pytest

from companion.archive.transcripts.reader import read_transcript
from companion.archive.transcripts.spoken_clocks import without_spoken_clocks

_TIMES = ((3, "0:03", "3 seconds"), (61, "1:01", "1 minute, 1 second"), (120, "2:00", "2 minutes"))
_LATER = (3725, "1:02:05", "1 hour, 2 minutes, 5 seconds")
_WORDS = "so we go down to the river and count the boats"


def test_words_glued_to_their_clock_are_dropped() -> None:
    said = [(4 * nth + 2, f"so we count {nth} boats, and then we row home again") for nth in range(14)]
    text = "\n".join(f"0:{at:02}{at} seconds{words}" for at, words in said)
    assert [(turn.start, turn.text) for turn in read_transcript(text).turns] == said


def test_hours_and_minutes_in_words_are_the_clock_as_well() -> None:
    text = "\n".join(f"{clock}{words}{_WORDS}" for _, clock, words in (*_TIMES, _LATER))
    assert without_spoken_clocks(text) == "\n".join(f"{clock}\n{_WORDS}" for _, clock, _ in (*_TIMES, _LATER))


def test_words_on_the_line_above_their_clock_are_dropped() -> None:
    text = "\n".join(
        f"{('Ana Lee', 'Ben Moor')[nth % 2]}\n{words}\n{clock}\n{_WORDS.capitalize()}."
        for nth, (_, clock, words) in enumerate((*_TIMES, _LATER))
    )
    assert [(turn.speaker, turn.start) for turn in read_transcript(text).turns] == [
        (("Ana Lee", "Ben Moor")[nth % 2], seconds) for nth, (seconds, _, _) in enumerate((*_TIMES, _LATER))
    ]


@pytest.mark.parametrize("text", ["0:03 4 seconds\n0:09 8 seconds\n0:15 2 seconds", "0:03 3 seconds of silence"])
def test_what_says_something_else_stays(text: str) -> None:
    assert without_spoken_clocks(text) == text
