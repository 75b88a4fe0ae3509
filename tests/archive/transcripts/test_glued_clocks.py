"""Names, times and words with nothing between them, in plain text and in the elements of a page."""

from __future__ import annotations

import pytest

from companion.archive.markup import plain_text
from companion.archive.transcripts.glued_clocks import with_clocks_apart
from companion.archive.transcripts.reader import read_transcript

_SAID = (
    ("Ann Lee", 4, "So where did it begin?"),
    ("Bob Moor", 12, "It began at the mill. We had no idea."),
    ("Ann Lee", 65, "And the train? Did it ever come?"),
    ("Bob Moor", 71, "It did not."),
    ("Ann Lee", 130, "That is what the book is about."),
    ("Bob Moor", 140, "Yes, that is the whole of it."),
)
_TURNS = [(who, float(at), said) for who, at, said in _SAID]


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _read(text: str) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.start, turn.text) for turn in read_transcript(text).turns]


@pytest.mark.parametrize("between", ["", "\n", "\n\n"])
def test_a_time_between_a_name_and_words_begins_a_turn(between: str) -> None:
    assert _read(between.join(f"{who}{_clock(at)}{said}" for who, at, said in _SAID)) == _TURNS


def test_a_time_glued_to_a_name_alone_ends_its_line() -> None:
    assert _read("\n".join(f"{who}{_clock(at)}\n{said}" for who, at, said in _SAID)) == _TURNS


def test_a_time_glued_to_words_opens_its_line() -> None:
    text = "\n".join(f"{_clock(at)}{said}" for _, at, said in _SAID)
    assert _read(text) == [(None, at, said) for _, at, said in _TURNS]


@pytest.mark.parametrize(
    "text",
    [
        "The train leaves at 10:30am.\nThe next at 11:45am.\nThe last at 12:15pm.",
        "10:30am the train.\n11:45am the next.\n11:59am the last.",
        "Room A5:30 and room B4:20 and room C3:10.",
    ],
)
def test_times_of_day_and_those_that_do_not_grow_stay_as_they_are(text: str) -> None:
    assert with_clocks_apart(text) == text


@pytest.mark.parametrize("tag", ["span", "b", "a"])
def test_elements_side_by_side_are_a_name_a_time_and_words(tag: str) -> None:
    row = f"<{tag}>{{}}</{tag}><span>{{}}</span><span>{{}}</span>"
    page = "".join(row.format(who, _clock(at), said) for who, at, said in _SAID)
    assert _read(f"<div>{page}</div>") == _TURNS


def test_names_between_sentences_in_elements_of_their_own_begin_turns() -> None:
    page = " ".join(f"<strong>{who}</strong>{said}" for who, _, said in _SAID)
    assert _read(f"<div>{page}</div>") == [(who, None, said) for who, _, said in _SAID]


def test_words_that_are_stressed_within_sentences_begin_no_line() -> None:
    page = "<p>Was it <b>Mills</b>? It was. <b>Mills</b> is old. <b>Rye</b> is not. I like <b>Rye</b> more.</p>"
    assert plain_text(page) == "Was it Mills? It was. Mills is old. Rye is not. I like Rye more."


def test_a_time_of_day_in_an_element_for_each_word_is_no_mark() -> None:
    words = [*"It was late. At 10:30 we left.".split(), *"So we did. We ran, and at 11:15 we slept.".split()]
    page = " ".join(f"<span data-m='{nth}'>{word}</span>" for nth, word in enumerate(words))
    assert plain_text(f"<p>{page}</p>") == " ".join(words)
