"""One label above a monologue, and none besides."""

from __future__ import annotations

import pytest

from companion.archive.transcripts.reader import read_transcript

_SAID = (
    "The mill was built twice, and nobody remembers why.",
    "My rule is simple: never ask the sea for anything.",
    "So we sat there, and we waited until the night train came.",
    "There were eleven of us, and only one had a ticket.",
    "I went home on foot, along the water, in the dark.",
)


@pytest.mark.parametrize("above", ["", "# The Long Road\n\n", "Episode 7\n\nMarch 2, 2024 · 42 min\n\n"])
@pytest.mark.parametrize("label", ["Ann Lee: ", "**Ann Lee:** ", "Speaker 1: "])
def test_it_names_who_speaks(above: str, label: str) -> None:
    turns = read_transcript(above + label + "\n\n".join(_SAID)).turns
    assert {turn.speaker for turn in turns} == {label.strip("* :")}
    assert [turn.text for turn in turns] == list(_SAID)


def test_it_names_who_speaks_at_all_marks_behind_it() -> None:
    marks = [f"[00:{minute:02}:00] {_SAID[minute % 5]}" for minute in range(1, 40)]
    turns = read_transcript(f"[00:00:04] Ann Lee: {_SAID[0]}\n\n" + "\n\n".join(marks)).turns
    assert {turn.speaker for turn in turns} == {"Ann Lee"}
    assert [turn.start for turn in turns] == [4.0, *(60.0 * minute for minute in range(1, 40))]


@pytest.mark.parametrize("title", ["Episode Summary: ", "Show Notes: ", "Note: "])
def test_a_heading_names_nobody(title: str) -> None:
    assert not any(turn.speaker for turn in read_transcript(title + "\n\n".join(_SAID)).turns)


def test_one_of_two_labels_says_nothing_of_the_rest() -> None:
    text = "\n\n".join((f"Ann Lee: {_SAID[0]}", *_SAID[1:3], f"Bob Moor: {_SAID[3]}", *_SAID[4:] * 12))
    assert not all(turn.speaker for turn in read_transcript(text).turns)
