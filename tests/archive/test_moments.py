"""Candidate stretches: whole sentences, verbatim, as long as a clip may be, and none nearly the same as another."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.moments import (
    FEWEST_WORDS,
    LONGEST,
    MOST_WORDS,
    NEARLY_THE_SAME,
    SHORTEST,
    moments,
    stretches,
    time_in,
)
from companion.archive.sentences import sentence_spans
from companion.storage.episodes import Turn
from tests.examples import examples
from tests.samples import WINTER_TURNS

WORDS: st.SearchStrategy[str] = st.sampled_from(
    "bees hive 3 Ada so we it honey because winter the and kilos U. never ünder 蜂。蜜 [12:30]".split()
)


def _sentence(words: list[str], stop: str) -> str:
    return " ".join(words).capitalize() + stop


SENTENCES: st.SearchStrategy[str] = st.builds(
    _sentence, st.lists(WORDS, min_size=1, max_size=40), st.sampled_from([".", "?", "!", "…", "", ". "])
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Turn]:
    """Turns as transcripts give them: with times, approximate ones, or none."""
    turns: list[Turn] = []
    at = 0.0
    for _ in range(draw(st.integers(0, 8))):
        text = draw(st.sampled_from(["", " ", "\n"])) + " ".join(draw(st.lists(SENTENCES, max_size=12)))
        length = draw(st.floats(0.5, 200))
        timed, ended = draw(st.booleans()), draw(st.booleans())
        turns.append(
            Turn(
                draw(st.sampled_from(["Ada", "Bo", None])),
                at if timed else None,
                at + length if timed and ended else None,
                draw(st.booleans()),
                text,
            )
        )
        at += length
    return turns


@examples(150)
@given(conversations())
def test_a_moment_is_what_was_said_between_its_first_and_its_last_word(turns: list[Turn]) -> None:
    words = [word for turn in turns for word in turn.text.split()]
    for moment in moments(turns):
        assert 0 <= moment.first_word <= moment.last_word < len(words)
        assert moment.text.split() == words[moment.first_word : moment.last_word + 1]
        said = [turn for turn in turns[moment.first_turn : moment.last_turn + 1] if turn.text.strip()]
        for part, turn in zip(moment.text.split("\n"), said, strict=True):
            assert part in turn.text


@examples(150)
@given(conversations())
def test_a_moment_is_as_long_as_a_clip_may_be(turns: list[Turn]) -> None:
    for moment in moments(turns):
        assert moment.words <= MOST_WORDS
        if moment.approximate:
            assert moment.words >= FEWEST_WORDS
        else:
            assert moment.start is not None
            assert moment.end is not None
            assert SHORTEST <= moment.end - moment.start <= LONGEST


@examples(150)
@given(conversations())
def test_a_moment_begins_and_ends_where_sentences_do(turns: list[Turn]) -> None:
    for moment in moments(turns):
        first, last = turns[moment.first_turn], turns[moment.last_turn]
        opening, closing = moment.text.split("\n")[0], moment.text.split("\n")[-1]
        assert any(first.text[start:].startswith(opening[:20]) for start, _ in sentence_spans(first.text))
        assert any(last.text[:end].rstrip().endswith(closing[-10:]) for _, end in sentence_spans(last.text))


@examples(150)
@given(conversations())
def test_no_two_moments_are_nearly_the_same_and_everything_else_nearly_is_one(turns: list[Turn]) -> None:
    kept = moments(turns)
    for place, one in enumerate(kept):
        for other in kept[place + 1 :]:
            assert one.likeness(other.first_word, other.last_word) < NEARLY_THE_SAME
    for one in stretches(turns):
        assert any(one.likeness(other.first_word, other.last_word) >= NEARLY_THE_SAME for other in kept)


def said(words: int, start: str = "The") -> str:
    """A sentence of so many words."""
    return " ".join([start, *["honey"] * (words - 1)]) + "."


def test_a_question_is_kept_with_its_answer() -> None:
    turns = [
        Turn("Mara", 0.0, 4.0, False, "How do you heat a house of wax?"),
        Turn("Tomas", 4.0, 40.0, False, f"{said(30)} {said(30)}"),
    ]

    found = moments(turns)

    assert any(one.first_turn == 0 and one.last_turn == 1 for one in found)
    whole = next(one for one in found if one.last_turn == 1 and one.first_turn == 0)
    assert whole.text == f"{turns[0].text}\n{turns[1].text}"
    assert whole.speaker == "Tomas"
    assert (whole.start, whole.end, whole.approximate) == (0.0, 40.0, False)


def test_seconds_decide_where_they_are_known_and_words_where_they_are_not() -> None:
    slow = Turn("Tomas", 0.0, 119.0, False, said(35))
    too_slow = Turn("Tomas", 0.0, 121.0, False, said(35))
    guessed = Turn("Tomas", 0.0, 121.0, True, said(45))
    short = Turn("Tomas", 0.0, 5.0, True, said(39))

    assert len(moments([slow])) == 1
    assert moments([too_slow]) == []
    assert len(moments([guessed])) == 1
    assert moments([short]) == []


def test_a_time_within_a_turn_is_interpolated_and_said_to_be() -> None:
    turn = Turn("Tomas", 100.0, 200.0, False, "x" * 100)

    assert time_in(turn, 0) == (100.0, True)
    assert time_in(turn, 25) == (125.0, False)
    assert time_in(turn, 100) == (200.0, True)
    assert time_in(Turn("Tomas", 5.0, None, False, "x" * 100), 50) == (None, False)
    assert time_in(Turn("Tomas", None, None, False, "x"), 0) == (None, False)


def test_of_stretches_that_are_nearly_the_same_the_one_stays_that_begins_a_thought() -> None:
    text = f"And {said(5, 'it')} {said(60, 'Bees')}"

    found = moments([Turn("Tomas", None, None, False, text)])

    assert [one.text for one in found] == [said(60, "Bees")]


def test_what_editors_chose_stays_although_another_is_better_cut() -> None:
    text = f"And {said(5, 'it')} {said(60, 'Bees')}"

    found = moments([Turn("Tomas", None, None, False, text)], [(0, 65)])

    assert [one.text for one in found] == [text]


def test_an_episode_of_bees_has_moments_of_its_guest() -> None:
    found = moments(WINTER_TURNS)

    assert any(one.speaker == "Tomas Ek" and "hear it hum" in one.text for one in found)
    assert all(re.search(r"\S", one.text) for one in found)
