"""Time zones as calendars carry them (VTIMEZONE, RFC 5545, 3.6.5), made of what the clocks of a zone do.

Each change of the clocks is told by the rule that it follows in all the years looked at, such as the last Sunday of
March, which every program reads; where it follows none, by its dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

AnyComponent = TypeVar("AnyComponent", bound=Component)
_YEARS_BEFORE, _YEARS_AFTER = 1, 5
"""So many are looked at around what is in the calendar: enough that the fourth Sunday is told from the last one."""
_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A change of the clocks: from which offset to which, and what the time is called then."""

    before: timedelta
    after: timedelta
    name: str


def vtimezone(zone: str, first: date, last: date) -> Timezone:
    """The IANA zone, right for every time from one day to another."""
    start = datetime(first.year - _YEARS_BEFORE, 1, 1, tzinfo=UTC)
    end = datetime(last.year + _YEARS_AFTER, 1, 1, tzinfo=UTC)
    place = ZoneInfo(zone)
    changes = list(_changes(place, start, end))
    component = with_properties(Timezone(), {"TZID": zone})
    if not changes or changes[0][0].date() >= first - _DAY:
        offset = _offset(start, place)
        known = _Kind(offset, offset, _name(start, place))
        component.add_component(_observance(known, [(start + offset).replace(tzinfo=None)], end.year))
    # The clocks' own time just before the change, as the format wants it.
    onsets: dict[_Kind, list[datetime]] = {}
    for at, kind in changes:
        onsets.setdefault(kind, []).append((at + kind.before).replace(tzinfo=None))
    for kind, times in onsets.items():
        component.add_component(_observance(kind, times, end.year))
    return component


def with_properties(component: AnyComponent, properties: Mapping[str, object]) -> AnyComponent:
    """The component of a calendar, with these properties too."""
    untyped: Any = component  # the library leaves open what a value is
    for name, value in properties.items():
        untyped.add(name, value)
    return component


def _observance(kind: _Kind, onsets: Sequence[datetime], end_year: int) -> TimezoneStandard | TimezoneDaylight:
    # Clocks that are put ahead are in summer time, whatever a zone's law calls it.
    component = TimezoneDaylight() if kind.after > kind.before else TimezoneStandard()
    properties: dict[str, object] = {
        "DTSTART": onsets[0],
        "TZOFFSETFROM": kind.before,
        "TZOFFSETTO": kind.after,
        "TZNAME": kind.name,
    }
    rule = _yearly(onsets, end_year)
    if rule is not None:
        properties["RRULE"] = rule
    elif len(onsets) > 1:
        properties["RDATE"] = list(onsets[1:])
    return with_properties(component, properties)


def _yearly(onsets: Sequence[datetime], end_year: int) -> dict[str, str | int] | None:
    """The rule of changes that come once a year until the end of what was looked at; None where there is none."""
    years = [one.year for one in onsets]
    if len(years) < 2 or years != list(range(years[0], end_year)):
        return None
    if len({(one.month, one.weekday(), one.time()) for one in onsets}) > 1:
        return None
    places = {(one.day - 1) // 7 + 1 for one in onsets}
    always_last = all((one + timedelta(weeks=1)).month != one.month for one in onsets)
    if len(places) > 1 and not always_last:
        return None
    nth = -1 if always_last else places.pop()
    return {"FREQ": "YEARLY", "BYMONTH": onsets[0].month, "BYDAY": f"{nth}{_WEEKDAYS[onsets[0].weekday()]}"}


def _changes(place: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, _Kind]]:
    """The instants at which the zone's clocks are put ahead or back, in their order."""
    days = [start + _DAY * number for number in range((end - start).days + 1)]
    for before, after in pairwise(days):
        if _offset(before, place) == _offset(after, place):
            continue
        known, low, high = _offset(before, place), 0, int(_DAY.total_seconds())
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(before + timedelta(seconds=middle), place) == known else (low, middle)
        at = before + timedelta(seconds=high)
        yield at, _Kind(known, _offset(at, place), _name(at, place))


def _offset(at: datetime, place: ZoneInfo) -> timedelta:
    return at.astimezone(place).utcoffset() or timedelta()


def _name(at: datetime, place: ZoneInfo) -> str:
    return at.astimezone(place).tzname() or place.key
