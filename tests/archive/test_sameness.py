from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.sameness import Sketches, overlap, packed, same_talk, same_title, sketch_of, unpacked, words_of
from tests.examples import examples
from tests.feeds import talk


def spoken(number: int, turns: int = 12) -> str:
    return talk(number, turns).replace("Noor", "").replace("Emil", "")


def misheard(text: str, rate: float, seed: int) -> str:
    """The text as another recogniser would write it: words wrong, gone and doubled, other case and punctuation."""
    chance = Random(seed)
    words: list[str] = []
    for word in text.lower().replace(".", ",").split():
        fate = chance.random() / rate
        words += ["wrong"] if fate < 0.5 else [] if fate < 0.8 else [word, word] if fate < 1.0 else [word]
    return " ".join(words)


class TestSameTalk:
    @examples(30)
    @given(st.integers(0, 50), st.floats(0.01, 0.2), st.integers(0, 1000))
    def test_another_recognisers_transcript_is_of_the_same_talk(self, number: int, rate: float, seed: int) -> None:
        text = spoken(number)

        found = same_talk(misheard(text, rate, seed), {7: text, 8: spoken(number + 1)})

        assert found is not None
        assert found[0] == 7
        assert found[1].share > 0.5

    def test_another_talk_is_not(self) -> None:
        assert same_talk(spoken(1), {2: spoken(2), 3: spoken(3)}) is None

    def test_an_advertisement_and_an_intro_that_are_shared_make_no_same_talk(self) -> None:
        intro, advert = spoken(90, 2), spoken(91, 4)
        one = f"{intro} {spoken(1, 5)} {advert} {spoken(2, 5)}"
        other = f"{intro} {advert} {spoken(3, 10)}"

        assert overlap(one, other).share > 0.3
        assert same_talk(one, {1: other}) is None

    def test_a_compilation_of_two_talks_is_neither(self) -> None:
        halves = f"{spoken(1, 6)} {spoken(2, 6)}"

        assert same_talk(halves, {1: spoken(1), 2: spoken(2)}) is None

    def test_of_two_copies_of_a_talk_none_is_preferred(self) -> None:
        assert same_talk(spoken(1), {1: spoken(1), 2: spoken(1)}) is None

    def test_a_few_words_are_too_few_to_tell(self) -> None:
        assert same_talk("Hello and welcome to the show.", {1: "Hello and welcome to the show."}) is None

    def test_the_share_is_that_of_the_words_that_both_have(self) -> None:
        text = spoken(1)
        found = overlap(f"{text} {spoken(5, 4)}", text)

        assert found.whole == 1.0
        assert 0.7 < found.share < 0.8


class TestCandidates:
    def test_the_talk_is_the_first_of_few(self) -> None:
        known = Sketches({number: sketch_of(spoken(number, 40)) for number in range(30)})

        found = known.candidates(sketch_of(misheard(spoken(17, 40), 0.15, 1)))

        assert found[0] == 17
        assert len(found) <= 5

    def test_they_are_the_ones_that_share_most_whenever_they_came(self) -> None:
        sketches = {number: sketch_of(f"{spoken(number, 6)} {spoken(number // 3 + 100, 6)}") for number in range(200)}
        known = Sketches({number: sketch for number, sketch in sketches.items() if number < 60})
        for number in range(50, 200):
            known.add(number, sketches[number])
        for number in (7, 55, 180, 199):
            known.forget(number)
            del sketches[number]

        for number in (0, 8, 59, 100, 179):
            own = sketches[number]
            shared = {
                key: len(np.intersect1d(own, other)) / min(len(own), len(other)) for key, other in sketches.items()
            }
            assert known.candidates(own) == sorted(sketches, key=lambda key: (-shared[key], key))[:3]

    def test_a_kept_sketch_is_the_same_one(self) -> None:
        sketch = sketch_of(spoken(3))
        again = unpacked(packed(sketch))

        assert again is not None
        assert again.tolist() == sketch.tolist()

    def test_a_sketch_of_another_make_is_none(self) -> None:
        assert unpacked(b"\x00" + packed(sketch_of(spoken(3)))[1:]) is None

    def test_scripts_without_blanks_are_compared_by_character(self) -> None:
        assert words_of("今日は Podcast です") == ["今", "日", "は", "podcast", "で", "す"]

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_any_texts_can_be_compared(self, text: str, other: str) -> None:
        Sketches({1: sketch_of(other)}).candidates(sketch_of(text))
        overlap(text, other)


class TestTitles:
    def test_the_same_letters_are_the_same_title(self) -> None:
        assert same_title("The Four Wars of the Stack (2023)", "the four wars of the stack – 2023")
        assert not same_title("The Four Wars of the Stack", "The Five Wars of the Stack")

    def test_a_title_of_a_word_or_two_means_no_episode(self) -> None:
        assert not same_title("Introduction", "Introduction")
        assert not same_title("Episode 12", "Episode 12")
