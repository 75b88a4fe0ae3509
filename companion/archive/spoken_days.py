"""Days as people say them in a question: "last month", "in March 2024", "since 2023"."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join(_MONTHS)
_YEAR = r"(?:19|20)\d\d"
_COUNTS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
} | {"couple of": 2, "few": 3}
_COUNT = rf"\d{{1,3}}|{'|'.join(_COUNTS)}"

PERIOD = (
    rf"(?:(?:in|from|during|since|after|before|until|till|of)\s+)?(?:the\s+)?"
    rf"(?:(?:this|last|past|previous)\s+(?:week|month|year)\b|(?:last|past)\s+(?:{_COUNT})\s+(?:day|week|month|year)s?\b"
    rf"|(?:{_MONTH})(?:,?\s+(?:of\s+)?{_YEAR})?\b|{_YEAR}\b)"
)
"""The pattern, for text in any case, of what `days_of` reads."""

_PARTS = re.compile(
    rf"(?:(?P<preposition>in|from|during|since|after|before|until|till|of)\s+)?(?:the\s+)?"
    rf"(?:(?P<which>this|last|past|previous)\s+(?:(?P<count>{_COUNT})\s+)?(?P<unit>day|week|month|year)s?"
    rf"|(?P<month>{_MONTH})(?:,?\s+(?:of\s+)?(?P<of_year>{_YEAR}))?|(?P<year>{_YEAR}))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day that are meant; None where there is no bound on that side."""

    first: date | None
    last: date | None
    said: str = ""
    """The words that mean them."""


def days_of(period: str, today: date) -> Days | None:
    """What a text that `PERIOD` matches means on the day of ``today``; None for any other text.

    "Last month" is the calendar month before this one, "the last three months" ends today, and a month without a year
    is the latest that has begun.
    """
    match = _PARTS.fullmatch(" ".join(period.split()))
    if match is None:
        return None
    if match["which"]:
        first, last = _relative(match["which"].casefold(), match["count"], match["unit"].casefold(), today)
    else:
        month = _MONTHS[match["month"].casefold()] if match["month"] else None
        year = int(match["of_year"] or match["year"] or (today.year if (month or 1) <= today.month else today.year - 1))
        first = date(year, month or 1, 1)
        last = _last_of_month(year, month or 12)
    match (match["preposition"] or "").casefold():
        case "since":
            return Days(first, None, period)
        case "after":
            return Days(last + timedelta(days=1), None, period)
        case "before":
            return Days(None, first - timedelta(days=1), period)
        case "until" | "till":
            return Days(None, last, period)
        case _:
            return Days(first, last, period)


def _relative(which: str, count: str | None, unit: str, today: date) -> tuple[date, date]:
    if count is not None or which == "past" or unit == "day":
        number = int(count) if count and count.isdigit() else _COUNTS[count.casefold()] if count else 1
        return _back(today, number, unit), today
    monday = today - timedelta(days=today.weekday())
    match unit, which:
        case "week", "this":
            return monday, today
        case "week", _:
            return monday - timedelta(days=7), monday - timedelta(days=1)
        case "month", "this":
            return today.replace(day=1), today
        case "month", _:
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last
        case _, "this":
            return date(today.year, 1, 1), today
        case _:
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


def _back(today: date, number: int, unit: str) -> date:
    days = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}[unit]
    return date.fromordinal(max(1, today.toordinal() - round(number * days)))


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
