from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.periods import MOST, Period, Unit, period_of, periods

DAYS = st.dates(date(1970, 1, 1), date(2100, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_every_day_between_two_is_in_exactly_one_period(one: date, other: date, third: date) -> None:
    first, day, last = sorted((one, other, third))

    found = periods(first, last)

    assert len(set(found)) == len(found)
    assert sum(period_of(day, found[0].unit) == period for period in found) == 1


@given(DAYS, DAYS)
def test_periods_follow_each_other_without_a_gap_and_are_few(one: date, other: date) -> None:
    found = periods(*sorted((one, other)))

    assert [period.place for period in found] == list(range(found[0].place, found[0].place + len(found)))
    assert len(found) <= MOST or found[0].unit is Unit.YEAR


@given(DAYS)
def test_a_period_knows_its_year_and_its_part(day: date) -> None:
    assert period_of(day, Unit.MONTH).year == period_of(day, Unit.QUARTER).year == day.year
    assert period_of(day, Unit.MONTH).part == day.month
    assert period_of(day, Unit.QUARTER).part == (day.month + 2) // 3
    assert (period_of(day, Unit.YEAR).year, period_of(day, Unit.YEAR).part) == (day.year, 1)


@pytest.mark.parametrize(
    ("first", "last", "unit", "count"),
    [
        (date(2024, 3, 31), date(2024, 3, 31), Unit.MONTH, 1),
        (date(2024, 3, 31), date(2024, 4, 1), Unit.MONTH, 2),
        (date(2023, 1, 31), date(2024, 12, 1), Unit.MONTH, 24),
        (date(2023, 1, 31), date(2025, 1, 1), Unit.QUARTER, 9),
        (date(2020, 1, 1), date(2025, 12, 31), Unit.QUARTER, 24),
        (date(2019, 12, 31), date(2025, 12, 31), Unit.YEAR, 7),
    ],
)
def test_the_longer_the_time_the_longer_the_periods(first: date, last: date, unit: Unit, count: int) -> None:
    found = periods(first, last)

    assert {period.unit for period in found} == {unit}
    assert len(found) == count


def test_new_year_parts_two_periods_of_any_unit() -> None:
    eve = date(2024, 12, 31)
    for unit in Unit:
        before, after = period_of(eve, unit), period_of(eve + timedelta(days=1), unit)
        assert after == Period(unit, before.place + 1)
