"""Days and times as members type them: "friday noon", "2026-03-06 12:00", "tomorrow 5pm", "6 March".

They are read on the clocks of a zone. What can mean several instants is not guessed at: all its readings are returned,
the earliest first, for the member to choose. What no clock will show is returned with the first instant after it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from companion.community.daily import instant, local_day
from companion.storage.errors import CompanionError

_MINUTES_A_DAY = 24 * 60
_LONGEST = 100
"""Characters that are read of what was typed: no time takes more to say."""
_YEARS = range(2000, 2200)
"""Those that a session can be meant for."""
_NAMES = {name.casefold(): number for number, name in enumerate(calendar.day_name)}
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_NUMBERS = {word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_WEEKDAY = "|".join(sorted({name[:size] for name in _NAMES for size in range(3, len(name) + 1)}, key=len, reverse=True))
_MONTH = "|".join(sorted({name[:size] for name in _MONTHS for size in range(3, len(name) + 1)}, key=len, reverse=True))
_CLOCK = r"(?P<hour>\d{1,2})(?:(?:[:.]|h(?=\d))(?P<minute>\d{2})|h)?\s*(?P<half>a\.?m\.?|p\.?m\.?)?"
_TIME = re.compile(rf"(?:(?:at|@)\s*)?(?:(?P<named>noon|midday|midnight)|{_CLOCK})(?:\s*o'?clock)?")
_DAY = re.compile(
    rf"(?:on\s+)?(?:(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})"
    r"|(?P<near>today|tonight|tomorrow|(?:the )?day after tomorrow)"
    r"|in\s+(?P<count>\d{1,3}|[a-z]+)\s+(?P<unit>day|week)s?"
    rf"|(?P<which>this|next)?\s*(?P<weekday>{_WEEKDAY})\.?(?:day)?"
    rf"|(?P<first>\d{{1,2}})(?:st|nd|rd|th|\.)?\s*(?:of\s+)?(?P<named_month>{_MONTH})\.?(?:,?\s*(?P<its_year>\d{{4}}))?"
    rf"|(?P<other_month>{_MONTH})\.?\s+(?P<second>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s*(?P<other_year>\d{{4}}))?"
    r"|(?P<one>\d{1,2})(?P<mark>[./])(?P<two>\d{1,2})(?:(?P=mark)(?P<numbered_year>\d{4}))?\.?)(?=$|[\s,t])"
)


class NotATimeError(CompanionError):
    """Nothing that can be read as a day or a time. ``zone`` is that of the clocks on which it would be read."""

    def __init__(self, typed: str, zone: str) -> None:
        super().__init__(
            f"I can't read “{typed.strip()[:60]}” as a time. Write it as the clocks in {zone} show it, such as"
            " “friday noon”, “tomorrow 5pm” or “2026-03-06 12:00”."
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """An instant, in UTC, with the date and the minutes after midnight that the clocks of the zone show then."""

    day: date
    minute: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Understood:
    """It means one instant."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may mean any of these, the earliest first. ``twice``: the clocks go back, and show that time twice."""

    readings: tuple[Reading, ...]
    twice: bool = False


@dataclass(frozen=True, slots=True)
class InGap:
    """No clock shows it, since the clocks jump over it; ``instead`` is the first instant after that."""

    instead: Reading


def understood(typed: str, now: datetime, zone: str, usual: int | None = None) -> Understood | Ambiguous | InGap:
    """What was typed means, on the clocks of the zone. ``usual`` is the minute after midnight that is meant where only
    a day is named. Of several readings those that have passed are left out, unless all have.

    Raises `NotATimeError`.
    """
    readings: dict[datetime, Reading] = {}
    shown, twice = False, False
    for wall in sorted(_walls(typed, now, zone, usual)):
        instants = _instants(wall, zone)
        if not instants:
            after = instant(wall.date(), wall.hour * 60 + wall.minute, zone)
            if after is not None:
                readings[after] = reading_of(after, zone)
            continue
        shown = True
        twice = twice or len(instants) > 1
        readings |= {at: reading_of(at, zone) for at in instants}
    coming = [reading for at, reading in sorted(readings.items()) if at > now]
    found = coming or [reading for _, reading in sorted(readings.items())]
    if not found:
        raise NotATimeError(typed, zone)
    if len(found) > 1:
        return Ambiguous(tuple(found), twice)
    return Understood(found[0]) if shown else InGap(found[0])


def days_meant(typed: str, now: datetime, zone: str) -> tuple[date, ...]:
    """The days that may be meant where a day is asked for, the earliest first. A time behind it makes no difference.

    Raises `NotATimeError`.
    """
    text = _plain(typed)
    match = _DAY.match(text)
    behind = "" if match is None else text[match.end() :].strip(" ,")
    if match is None or (behind and not _TIME.fullmatch(behind)):
        raise NotATimeError(typed, zone)
    return _days(match, local_day(now, zone), typed, zone)


def minutes_of(typed: str) -> tuple[int, ...]:
    """The minutes after midnight that a time of day may mean: two for "5", which may be the morning's or the evening's;
    none for what is no time. Midnight is 0, where a day begins, or 1440, where it ends."""
    match = _TIME.fullmatch(_plain(typed))
    return _minutes(match) if match else ()


def reading_of(at: datetime, zone: str) -> Reading:
    """What the clocks of the zone show at an instant."""
    wall = at.astimezone(ZoneInfo(zone))
    return Reading(wall.date(), wall.hour * 60 + wall.minute, at)


def _walls(typed: str, now: datetime, zone: str, usual: int | None) -> set[datetime]:
    """What the clocks of the zone may have to show, without a zone."""
    text, today = _plain(typed), local_day(now, zone)
    for day, clock in _splits(text):
        minutes = _minutes(clock) if clock else () if usual is None else (usual,)
        if minutes and day is not None:
            return {_carried(one, minute) for one in _days(day, today, typed, zone) for minute in minutes}
        if minutes:
            # Without a day it is today's, or tomorrow's once that has passed.
            return {_carried(today + timedelta(days=_passed(today, one, now, zone)), one) for one in minutes}
    raise NotATimeError(typed, zone)


def _splits(text: str) -> Iterator[tuple[re.Match[str] | None, re.Match[str] | None]]:
    """The ways to read a text as a day, a time, or both in either order."""
    if whole := _TIME.fullmatch(text):
        yield None, whole
    if (day := _DAY.match(text)) is not None:
        rest = re.sub(r"^(?:[\s,]+|t(?=\d))", "", text[day.end() :])
        if not rest:
            yield day, None
        elif clock := _TIME.fullmatch(rest):
            yield day, clock
    for mark in re.finditer(r"[\s,]+", text):
        clock, later = _TIME.fullmatch(text[: mark.start()]), _DAY.fullmatch(text[mark.end() :])
        if clock and later:
            yield later, clock


def _minutes(match: re.Match[str]) -> tuple[int, ...]:
    if match["named"]:
        return (0, _MINUTES_A_DAY) if match["named"] == "midnight" else (12 * 60,)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if minute > 59 or hour > 23:
        return ()
    if match["half"]:
        return ((hour % 12 + (12 if match["half"][0] == "p" else 0)) * 60 + minute,) if 1 <= hour <= 12 else ()
    if match["minute"] is None and "h" not in match[0] and 1 <= hour <= 12:
        return tuple(sorted((hour % 12 * 60, (hour % 12 + 12) * 60)))
    return (hour * 60 + minute,)


def _days(match: re.Match[str], today: date, typed: str, zone: str) -> tuple[date, ...]:
    days = sorted(set(_dates(match, today)))
    coming = [day for day in days if day >= today] or days
    if not coming:
        raise NotATimeError(typed, zone)
    return tuple(coming)


def _dates(match: re.Match[str], today: date) -> Iterator[date]:
    if match["year"]:
        yield from _date(int(match["year"]), int(match["month"]), int(match["day"]))
    elif match["near"]:
        near = match["near"]
        yield today + timedelta(days=2 if "after" in near else 1 if near == "tomorrow" else 0)
    elif match["count"]:
        count = _NUMBERS.get(match["count"]) or (int(match["count"]) if match["count"].isdigit() else 0)
        if count:
            yield today + timedelta(days=count * (7 if match["unit"] == "week" else 1))
    elif match["weekday"]:
        yield from _of_week(match["which"], _number(match["weekday"], _NAMES), today)
    elif match["one"]:
        one, two = int(match["one"]), int(match["two"])
        yield from _dated(match["numbered_year"], two, one, today)
        if match["mark"] == "/":
            yield from _dated(match["numbered_year"], one, two, today)
    else:
        month = _number(match["named_month"] or match["other_month"], _MONTHS)
        day = int(match["first"] or match["second"])
        yield from _dated(match["its_year"] or match["other_year"], month, day, today)


def _of_week(which: str | None, weekday: int, today: date) -> Iterator[date]:
    """The coming one; today, it may be meant for today or for in a week, and "next" is not the same for everybody."""
    coming = today + timedelta(days=(weekday - today.weekday()) % 7)
    if which == "next":
        yield from (day for day in (coming, coming + timedelta(days=7)) if day > today)
    else:
        yield coming
        if coming == today and which is None:
            yield coming + timedelta(days=7)


def _dated(year: str | None, month: int, day: int, today: date) -> Iterator[date]:
    """That day of the year, or of the next year that has it where none is named."""
    if year:
        yield from _date(int(year), month, day)
        return
    coming = (one for ahead in range(9) for one in _date(today.year + ahead, month, day) if one >= today)
    yield from [one for one in [next(coming, None)] if one is not None]


def _date(year: int, month: int, day: int) -> Iterator[date]:
    if year in _YEARS:
        with suppress(ValueError):
            yield date(year, month, day)


def _number(name: str, of: dict[str, int]) -> int:
    return next(number for known, number in of.items() if known.startswith(name))


def _passed(today: date, minute: int, now: datetime, zone: str) -> bool:
    at = instant(today, minute, zone)
    return at is not None and at <= now


def _carried(day: date, minute: int) -> datetime:
    """What the clocks are to show; the minute after a day's last is the next day's first."""
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _instants(wall: datetime, zone: str) -> list[datetime]:
    """The instants, in UTC, at which the clocks of the zone show that: none, one or two."""
    place = ZoneInfo(zone)
    both = {wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(at for at in both if at.astimezone(place).replace(tzinfo=None) == wall)


def _plain(typed: str) -> str:
    return " ".join(typed[:_LONGEST].casefold().split())
