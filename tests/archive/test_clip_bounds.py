from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.clip_bounds import TITLE, snapped, title_of, word_at
from companion.archive.moments import FEWEST_WORDS, LONGEST, MOST_WORDS, SHORTEST
from companion.storage.episodes import Turn
from tests.examples import examples

_WORDS = st.sampled_from(["word", "So", "yes.", "why?", "GPT", "4.", "5", "Well,", "…", "日本語。"])


@st.composite
def conversations(draw: st.DrawFn) -> list[Turn]:
    """Turns of any length, with or without times, known or not."""
    turns: list[Turn] = []
    at = 0.0
    for _ in range(draw(st.integers(1, 6))):
        text = draw(st.lists(_WORDS, min_size=1, max_size=400).map(" ".join))
        timed = draw(st.booleans())
        end = at + draw(st.floats(0.5, 200))
        turns.append(
            Turn(
                draw(st.sampled_from(["Ann", "Bob", None])),
                at if timed else None,
                end if timed else None,
                draw(st.booleans()),
                text,
            )
        )
        at = end
    return turns


class TestSnapping:
    @examples(150)
    @given(conversations(), st.integers(0, 2000), st.integers(0, 400))
    def test_a_clip_is_verbatim_and_as_long_as_clips_may_be(self, turns: list[Turn], first: int, more: int) -> None:
        span = snapped(turns, first, first + more)

        words = [word for turn in turns for word in turn.text.split()]
        if span is None:
            assert len(words) < FEWEST_WORDS or not _is_easy(turns)
            return
        moment = span.moment
        said = [word for _, text in span.turns for word in text.split()]
        assert said == words[moment.first_word : moment.last_word + 1]
        assert all(text in turns[number].text for number, text in span.turns)
        assert len(said) <= MOST_WORDS
        if moment.approximate or moment.start is None or moment.end is None:
            assert len(said) >= FEWEST_WORDS
        else:
            assert SHORTEST <= moment.end - moment.start <= LONGEST

    @examples(60)
    @given(conversations(), st.integers(0, 2000), st.integers(0, 400))
    def test_a_clip_that_is_snapped_again_stays_as_it_is(self, turns: list[Turn], first: int, more: int) -> None:
        if (span := snapped(turns, first, first + more)) is not None:
            assert snapped(turns, span.moment.first_word, span.moment.last_word) == span

    def test_words_in_the_middle_of_sentences_are_widened_to_them(self) -> None:
        turns = [
            Turn(
                "Ann", None, None, False, " ".join(f"Sentence {n} has just these eight words here." for n in range(20))
            )
        ]

        span = snapped(turns, 42, 83)

        assert span is not None
        assert span.turns[0][1].startswith("Sentence 5 ")
        assert span.turns[0][1].endswith("words here.")
        assert (span.moment.first_word, span.moment.last_word) == (40, 87)

    def test_a_few_words_grow_within_their_own_turn_first(self) -> None:
        long = " ".join(f"Sentence {n} has just these eight words here." for n in range(20))
        turns = [Turn("Bob", None, None, False, long), Turn("Ann", None, None, False, long)]

        span = snapped(turns, 165, 166)

        assert span is not None
        assert [number for number, _ in span.turns] == [1]

    def test_what_has_no_stops_is_cut_between_words(self) -> None:
        turns = [Turn("Ann", 0.0, 600.0, False, "word " * 1500)]

        span = snapped(turns, 700, 780)

        assert span is not None
        assert 40 <= span.moment.words <= 120

    def test_an_episode_of_a_few_words_has_no_clip(self) -> None:
        assert snapped([Turn("Ann", 0.0, 5.0, False, "Hello there. Goodbye.")], 0, 2) is None
        assert snapped([], 0, 2) is None


def _is_easy(turns: list[Turn]) -> bool:
    """Is it certain that a clip can be made: of one long turn without times?"""
    return any(len(turn.text.split()) >= 400 and turn.start is None for turn in turns)


class TestWords:
    turns = (
        Turn("Ann", 10.0, 20.0, False, "one two three four five"),
        Turn("Bob", None, None, False, "six seven"),
        Turn("Ann", 40.0, 60.0, False, "eight nine ten"),
    )

    @pytest.mark.parametrize(
        ("second", "word"), [(0.0, 0), (10.0, 0), (14.0, 2), (20.0, 4), (30.0, 4), (40.0, 7), (59.0, 9), (999.0, 9)]
    )
    def test_the_word_at_a_second(self, second: float, word: int) -> None:
        assert word_at(self.turns, second) == word

    def test_without_times_no_word_is_known(self) -> None:
        assert word_at([Turn("Ann", None, None, False, "one two")], 3.0) is None


class TestTitles:
    def test_the_sentence_that_tells_most_is_quoted(self) -> None:
        said = ["Yeah. So, you know, it was that. Shivering bees burn twenty kilos of honey before May. Right?"]

        assert title_of(said) == "Shivering bees burn twenty kilos of honey before May."

    def test_a_long_one_is_cut_after_a_word(self) -> None:
        title = title_of(["Shivering bees burn honey and " + "keep every queen in the cluster warm and " * 5 + "live."])

        assert title.startswith("Shivering bees burn honey and keep")
        assert title.endswith("…")
        assert len(title) <= TITLE
        assert title[:-1].split()[-1] in {"keep", "every", "queen", "in", "the", "cluster", "warm", "and"}

    @given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=3))
    def test_a_title_is_a_quotation(self, texts: list[str]) -> None:
        title = title_of(texts)

        assert len(title) <= TITLE
        assert title.removesuffix("…").rstrip() in " ".join(" ".join(texts).split()) or not title
