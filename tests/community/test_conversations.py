from __future__ import annotations

from datetime import date

import pytest

from companion.archive.answers import Exchange
from companion.community.conversations import within_budget
from companion.community.turning import Turning, turning_point
from companion.storage.episodes import Kind, Reference


def place(word: int) -> Reference:
    return Reference(1, Kind.SPEECH, None, None, word, word + 9)


def exchange(question: str, *words: int) -> Exchange:
    return Exchange(question, tuple(place(word) for word in words))


class TestBudget:
    def test_a_short_conversation_is_remembered_whole(self) -> None:
        line = [exchange("first", 1), exchange("second", 2)]

        assert within_budget(line) == tuple(line)
        assert within_budget([]) == ()

    def test_the_last_exchanges_are_kept(self) -> None:
        line = [exchange(str(number)) for number in range(10)]

        assert [one.question for one in within_budget(line, most=3)] == ["7", "8", "9"]
        assert within_budget(line, most=0) == ()

    def test_long_questions_leave_less_room_but_the_last_one_always_stays(self) -> None:
        line = [exchange("a" * 60), exchange("b" * 60), exchange("c" * 60)]

        assert [one.question[0] for one in within_budget(line, characters=120)] == ["b", "c"]
        assert [one.question[0] for one in within_budget(line, characters=10)] == ["c"]

    def test_a_passage_counts_once_and_stands_with_the_last_answer_that_cited_it(self) -> None:
        line = [exchange("first", 1, 2, 2), exchange("second", 2, 3)]

        assert within_budget(line) == (exchange("first", 1), exchange("second", 2, 3))

    def test_passages_of_later_answers_come_before_those_of_earlier_ones(self) -> None:
        line = [exchange("first", 1, 2), exchange("second", 3, 4)]

        assert within_budget(line, cited=3) == (exchange("first", 1), exchange("second", 3, 4))
        assert within_budget(line, cited=1) == (exchange("first"), exchange("second", 3))


class TestTurningPoint:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            (["2021-01-10", "2024-06-01"], Turning(date(2024, 5, 31), date(2021, 1, 11))),
            (["2021-01-10", "2022-03-01", "2024-06-01"], Turning(date(2022, 2, 28), date(2022, 3, 2))),
            (["2021-01-10", "2021-01-10"], Turning()),
            (["2024-01-10", "2024-06-01"], Turning()),
            ([], Turning()),
        ],
    )
    def test_an_answer_divides_where_its_days_lie_years_apart(self, days: list[str], expected: Turning) -> None:
        assert turning_point([date.fromisoformat(day) for day in days], latest=False) == expected

    def test_who_asked_for_the_latest_may_want_what_was_before(self) -> None:
        near = [date(2024, 1, 10), date(2024, 6, 1)]

        assert turning_point(near, latest=True) == Turning(date(2024, 5, 31), None)
        assert turning_point(near[:1], latest=True) == Turning(date(2024, 1, 9), None)

    @pytest.mark.parametrize("side", ["before", "after"])
    def test_each_half_lacks_something_of_the_other(self, side: str) -> None:
        days = [date(2020 + year, 5, 5) for year in range(5)]
        turning = turning_point(days, latest=False)
        limit = getattr(turning, side)

        kept = [day for day in days if (day <= limit if side == "before" else day >= limit)]
        assert 0 < len(kept) < len(days)
