"""Days as members type them."""

from __future__ import annotations

import calendar
import re
from datetime import date

from companion.storage.errors import CompanionError

_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?", re.ASCII)


class NotADayError(CompanionError):
    """A date that nobody can read, or that no calendar has."""

    def __init__(self, text: str) -> None:
        shown = text.strip()[:40]
        super().__init__(
            f"“{shown}” is not a date: write a year, a month or a day, such as 2024, 2024-03 or 2024-03-17."
        )


class DaysInReverseError(CompanionError):
    """A time that ends before it begins."""

    def __init__(self, after: date, before: date) -> None:
        super().__init__(f"No day is both from {after} on and until {before}: swap the two, or leave one out.")


def between(after: str | None, before: str | None) -> tuple[date | None, date | None]:
    """The first and the last day that are meant. Raises `NotADayError` or `DaysInReverseError`."""
    first, last = first_day(after), last_day(before)
    if first is not None and last is not None and first > last:
        raise DaysInReverseError(first, last)
    return first, last


def first_day(text: str | None) -> date | None:
    """The first day of a year (``2024``), a month (``2024-03``) or a day; None for nothing. Raises `NotADayError`."""
    return _day(text, last=False)


def last_day(text: str | None) -> date | None:
    """`first_day`, but the last day of the year or month."""
    return _day(text, last=True)


def _day(text: str | None, *, last: bool) -> date | None:
    if text is None or not text.strip():
        return None
    match = _DAY.fullmatch(text.strip())
    if match is None:
        raise NotADayError(text)
    year = int(match["year"])
    month = int(match["month"] or (12 if last else 1))
    try:
        day = int(match["day"] or (calendar.monthrange(year, month)[1] if last else 1))
        return date(year, month, day)
    except (ValueError, calendar.IllegalMonthError) as error:
        raise NotADayError(text) from error
