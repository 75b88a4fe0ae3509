from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.days import NotADayError, first_day, last_day


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (" 2023-2 ", date(2023, 2, 1), date(2023, 2, 28)),
        ("2024-03-17", date(2024, 3, 17), date(2024, 3, 17)),
    ],
)
def test_a_year_a_month_and_a_day_have_a_first_and_a_last_day(typed: str, first: date, last: date) -> None:
    assert first_day(typed) == first
    assert last_day(typed) == last


@pytest.mark.parametrize("typed", [None, "", "  "])
def test_nothing_typed_is_no_limit(typed: str | None) -> None:
    assert first_day(typed) is None
    assert last_day(typed) is None


@pytest.mark.parametrize(
    "typed", ["yesterday", "2024-13", "2024-02-30", "17.03.2024", "0000", "24", "２０２４", "2024-00"]
)
def test_what_no_calendar_has_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(NotADayError, match=r"is not a date: write a year, a month or a day, such as 2024"):
        last_day(typed)


@given(st.text(max_size=60))
def test_any_text_is_a_day_or_refused(typed: str) -> None:
    try:
        first, last = first_day(typed), last_day(typed)
    except NotADayError:
        return
    assert (first is None) == (last is None)
    if first is not None and last is not None:
        assert first <= last


@given(st.dates())
def test_every_day_can_be_written(day: date) -> None:
    assert first_day(day.isoformat()) == last_day(day.isoformat()) == day
