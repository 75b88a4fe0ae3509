from __future__ import annotations

from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.chapter_times import placed
from companion.storage.episodes import Chapter, Turn

TOPICS = "lighthouses puffins anchors whaling compasses driftwood herring fog moorings tides seals kelp".split()


def talk(seed: int = 1, turns: int = 150) -> tuple[Turn, ...]:
    """Turns of 5 to 45 seconds, about nothing in particular."""
    chance = Random(seed)
    starts = [0.0, *accumulate(float(chance.randint(5, 45)) for _ in range(turns))]
    words = "so well I think that we did it again and then some of them came over".split()
    return tuple(
        Turn("Ana", start, end, False, " ".join(chance.choices(words, k=30))) for start, end in pairwise(starts)
    )


def chapters_at(turns: tuple[Turn, ...], *drifts: float) -> list[Chapter]:
    """A chapter for every twelfth turn, listed so many seconds late."""
    begin = [turn.start or 0.0 for turn in turns[5::12]]
    return [
        Chapter(start + drift, f"Topic {nth}", soft=True)
        for nth, (start, drift) in enumerate(zip(begin, drifts, strict=False))
    ]


def starts(chapters: tuple[Chapter, ...]) -> list[float | None]:
    return [chapter.start for chapter in chapters]


class TestChaptersThatDrift:
    @given(st.integers(0, 30), st.floats(-60, 400))
    def test_a_list_for_another_cut_is_put_right(self, seed: int, drift: float) -> None:
        turns = talk(seed)
        listed = [chapter for chapter in chapters_at(turns, *[round(drift)] * 12) if (chapter.start or -1) >= 0]

        found = placed(listed, turns)

        right = {turn.start for turn in turns[5::12]}
        assert sum(chapter.start in right and not chapter.soft for chapter in found) >= len(listed) - 1

    def test_advertisements_that_come_in_between_are_taken_off(self) -> None:
        put_right: list[bool] = []
        for seed in range(31):
            turns = talk(seed)
            right = {turn.start for turn in turns[5::12]}
            for length in range(20, 201, 20):
                listed = chapters_at(turns, *[15.0] * 6, *[15.0 + length] * 6)
                put_right.append(sum(chapter.start in right for chapter in placed(listed, turns)) >= 10)

        # Now and then another drift fits the turns by chance as well.
        assert sum(put_right) >= 0.97 * len(put_right)

    @given(st.integers(0, 30), st.lists(st.integers(0, 4000), min_size=3, max_size=12, unique=True))
    def test_times_at_random_are_left_alone_or_snap_to_what_is_near(self, seed: int, times: list[int]) -> None:
        listed = [Chapter(float(time), f"Topic {time}", soft=True) for time in sorted(times)]

        found = placed(listed, talk(seed), duration=5000.0)

        assert sorted(starts(found), key=lambda start: start or 0) == starts(found)
        assert {chapter.title for chapter in found} == {chapter.title for chapter in listed}
        if len(times) <= 4:
            for before, after in zip(listed, found, strict=True):
                assert abs((before.start or 0) - (after.start or 0)) <= 3

    def test_a_stretched_list_is_put_right_by_its_titles(self) -> None:
        turns = list(talk(3))
        listed: list[Chapter] = []
        for nth, topic in enumerate(TOPICS):
            place = 5 + 12 * nth
            start = turns[place].start or 0.0
            turns[place] = Turn(
                "Bo", start, turns[place].end, False, f"Let us talk about {topic} now, {topic} and all that"
            )
            listed.append(Chapter(round(start / 1.13), f"The trouble with {topic}", soft=True))

        found = placed(listed, turns)

        right = [turns[5 + 12 * nth].start for nth in range(len(TOPICS))]
        assert sum(chapter.start == start for chapter, start in zip(found, right, strict=True)) >= 10

    def test_a_right_list_that_begins_within_turns_stays(self) -> None:
        bounds = [0.0, *accumulate(float(Random(7).randint(120, 400) + 31 * (nth % 5)) for nth in range(20))]
        turns = tuple(
            Turn("Ana", start, end, False, "so and then " * 60 + f"word{nth} " * 100)
            for nth, (start, end) in enumerate(pairwise(bounds))
        )
        chance = Random(5)
        listed = [
            Chapter(round((turn.start or 0) + chance.uniform(0.5, 0.9) * 120), f"About word{nth}", soft=True)
            for nth, turn in enumerate(turns)
        ]

        assert placed(listed, turns) == tuple(listed)


class TestOneChapter:
    def test_near_a_turn_it_takes_the_turns_time(self) -> None:
        turns = (
            Turn("a", 0.0, 50.0, False, "Hi."),
            Turn("b", 50.0, 90.0, False, "Ho."),
            Turn("a", 60.0, 90.0, True, "x"),
        )

        assert placed([Chapter(30.0, "Far", soft=True), Chapter(48.0, "Near", soft=True)], turns) == (
            Chapter(30.0, "Far", soft=True),
            Chapter(50.0, "Near"),
        )

    def test_behind_the_end_it_is_soft(self) -> None:
        turns = (Turn("a", 0.0, 50.0, False, "Hi."),)

        assert placed([Chapter(20.0, "In"), Chapter(500.0, "Out")], turns) == (
            Chapter(20.0, "In"),
            Chapter(500.0, "Out", soft=True),
        )
        assert not placed([Chapter(500.0, "Out")], turns, duration=600.0)[0].soft

    def test_out_of_order_it_is_soft(self) -> None:
        found = placed([Chapter(10.0, "One"), Chapter(300.0, "Two"), Chapter(30.0, "Three")], (), duration=600.0)

        assert found == (Chapter(10.0, "One"), Chapter(30.0, "Three", soft=True), Chapter(300.0, "Two"))

    @pytest.mark.parametrize("turns", [(), (Turn("a", None, None, False, "Hi."),)])
    def test_without_times_to_compare_it_stays_as_it_is(self, turns: tuple[Turn, ...]) -> None:
        listed = (Chapter(None, "None"), Chapter(30.0, "Soft", soft=True), Chapter(40.0, "Hard"))

        assert placed(listed, turns) == listed
