from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.passages import MOST_WORDS
from companion.archive.sentences import sentence_spans
from companion.archive.stretches import cut, extended, joined, read_on, spanning, time_at
from companion.storage.episodes import Passage
from tests.snapshots import spoken

turns = st.lists(
    st.tuples(
        st.sampled_from(["Ann", "Bob", None]),
        st.lists(st.integers(1, 30).map(lambda n: " ".join(["talk"] * n) + "."), min_size=1, max_size=4).map(" ".join),
    ),
    min_size=1,
    max_size=4,
)


def shown_with(passage: Passage, following: Passage) -> Passage:
    end = read_on(passage, following, sentence_spans(following.text))
    return extended(passage, following, end) if end else passage


def text_of_pieces(passage: Passage) -> list[str]:
    bounds = [*(piece.offset for piece in passage.pieces), len(passage.text)]
    return [passage.text[start:end] for start, end in pairwise(bounds)]


def is_sound(passage: Passage) -> None:
    assert passage.pieces[0].offset == 0
    assert all(part.strip() for part in text_of_pieces(passage))
    assert passage.start == passage.pieces[0].start
    assert passage.end == passage.pieces[-1].end
    assert passage.last_word - passage.first_word + 1 == len(passage.text.split())


@given(turns, st.data())
def test_a_cut_is_verbatim_and_its_times_lie_within(parts: list[tuple[str | None, str]], data: st.DataObject) -> None:
    passage = spoken(0, *parts)
    spans = [index for index, letter in enumerate(passage.text) if not letter.isspace()]
    start, end = sorted((data.draw(st.sampled_from(spans)), data.draw(st.sampled_from(spans))))
    piece = cut(passage, start, end + 1)

    assert piece.text == passage.text[start : end + 1]
    assert piece.start is not None
    assert piece.end is not None
    assert passage.start is not None
    assert passage.end is not None
    assert passage.start <= piece.start <= piece.end <= passage.end
    is_sound(piece)


@given(turns, turns)
def test_an_extended_passage_stays_within_the_limit_and_goes_on_verbatim(
    parts: list[tuple[str | None, str]], more: list[tuple[str | None, str]]
) -> None:
    passage = spoken(0, *parts)
    last = passage.last_word + 1
    words = sum(len(text.split()) for _, text in more)
    following = replace(spoken(1, *more, start=500, first_turn=9), first_word=last, last_word=last + words - 1)
    longer = shown_with(passage, following)

    assert longer.text.startswith(passage.text)
    assert following.text.startswith(longer.text[len(passage.text) :].strip())
    assert len(longer.text.split()) <= max(MOST_WORDS, len(passage.text.split()))
    is_sound(longer)


def test_a_turn_that_goes_on_stays_one_piece() -> None:
    earlier = spoken(0, ("Ann", "I began to say something."))
    later = spoken(1, ("Ann", "And here I finish it."), ("Bob", "Good."), start=10)
    whole, offset = joined(earlier, later)

    assert whole.text == "I began to say something. And here I finish it.\nGood."
    assert [piece.speaker for piece in whole.pieces] == ["Ann", "Bob"]
    assert whole.pieces[0].end == 20.0
    assert whole.text[offset:].startswith("And here")


def test_the_time_of_a_cut_within_a_piece_is_approximate() -> None:
    passage = spoken(0, ("Ann", "Half of this. Half of that."), start=100)
    piece = cut(passage, passage.text.index("Half of that"), len(passage.text))

    assert piece.approximate
    assert piece.start is not None
    assert 104 < piece.start < 106


def test_text_without_times_has_none() -> None:
    passage = spoken(0, ("Ann", "No clock in here. None at all."), start=None)

    assert time_at(passage, passage.pieces[0], 18) == (None, False)


def test_a_neighbour_is_taken_in_only_as_far_as_it_was_found() -> None:
    better = spoken(1, ("Ann", "The answer is honey."), start=50, first_turn=5)
    neighbour = spoken(0, ("Bob", "Something else entirely. What do they eat?"))
    question = neighbour.text.index("What")

    both = spanning(better, neighbour, (question, len(neighbour.text)), neighbour_follows=False)

    assert both is not None
    assert both.text == "What do they eat?\nThe answer is honey."
    assert [piece.speaker for piece in both.pieces] == ["Bob", "Ann"]


def test_two_long_passages_stay_two() -> None:
    long = " ".join(["A sentence of exactly six words."] * 25)
    better, neighbour = spoken(0, ("Ann", long)), spoken(1, ("Ann", long), start=10)

    assert spanning(better, neighbour, (200, len(long)), neighbour_follows=True) is None
