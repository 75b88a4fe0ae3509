from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.spoken_days import PERIOD, Days, days_of

TODAY = date(2026, 3, 11)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("this week", date(2026, 3, 9), TODAY),
        ("last week", date(2026, 3, 2), date(2026, 3, 8)),
        ("this month", date(2026, 3, 1), TODAY),
        ("last month", date(2026, 2, 1), date(2026, 2, 28)),
        ("in the past month", date(2026, 2, 9), TODAY),
        ("this year", date(2026, 1, 1), TODAY),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("the last three months", date(2025, 12, 10), TODAY),
        ("the past couple of weeks", date(2026, 2, 25), TODAY),
        ("past 10 days", date(2026, 3, 1), TODAY),
        ("in March", date(2026, 3, 1), date(2026, 3, 31)),
        ("in april", date(2025, 4, 1), date(2025, 4, 30)),
        ("February 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("in 2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("since 2024", date(2024, 1, 1), None),
        ("after 2024", date(2025, 1, 1), None),
        ("before may 2024", None, date(2024, 4, 30)),
        ("until 2024", None, date(2024, 12, 31)),
    ],
)
def test_days_are_understood_as_they_are_said(period: str, first: date | None, last: date | None) -> None:
    assert days_of(period, TODAY) == Days(first, last, period)


@pytest.mark.parametrize("text", ["", "soon", "march on", "the year", "in 1066", "last", "20245"])
def test_other_words_are_no_days(text: str) -> None:
    assert days_of(text, TODAY) is None


@given(st.text("last past the 0123456789 in month year since march", max_size=60), st.dates(date(2000, 1, 1)))
def test_whatever_reads_as_a_period_ends_after_it_begins(text: str, today: date) -> None:
    for match in re.finditer(PERIOD, text, re.IGNORECASE):
        days = days_of(match.group(), today)
        assert days is None or days.first is None or days.last is None or days.first <= days.last
