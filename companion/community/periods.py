"""Stretches of the calendar that a time is told in: months, quarters or years, whichever are few enough to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

MOST = 24
"""Stretches that can be told apart in a picture on a phone. Where even years are more, they are more."""


class Unit(IntEnum):
    """A stretch of the calendar, by how many months it has."""

    MONTH = 1
    QUARTER = 3
    YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """One month, quarter or year; ``place`` counts from the year 0 in its own unit."""

    unit: Unit
    place: int

    @property
    def year(self) -> int:
        return self.place * self.unit // 12

    @property
    def part(self) -> int:
        """Which month or quarter of its year, from 1; 1 for a year."""
        return self.place % (12 // self.unit) + 1


def period_of(day: date, unit: Unit) -> Period:
    """The period of that unit that a day is in."""
    return Period(unit, (12 * day.year + day.month - 1) // unit)


def periods(first: date, last: date) -> tuple[Period, ...]:
    """All periods from one day to another, in order and without a gap: months if there are few enough of them, else
    quarters, else years."""
    for unit in Unit:
        begin, end = period_of(first, unit).place, period_of(last, unit).place
        if end - begin < MOST or unit is Unit.YEAR:
            return tuple(Period(unit, place) for place in range(begin, end + 1))
    raise AssertionError("the last unit always fits")
