"""Calendars as programs of others read them."""

from __future__ import annotations

import importlib
import itertools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

import icalendar

# These two have no types.
_vobject: Any = importlib.import_module("vobject")
_recurring: Any = importlib.import_module("recurring_ical_events")

_files = itertools.count()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a reader makes of an entry; times in UTC."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    description: str
    location: str
    status: str
    sequence: int


def by_icalendar(content: bytes) -> list[Entry]:
    """As icalendar reads it."""
    calendar: Any = icalendar.Calendar.from_ical(content)
    assert [one for component in calendar.walk() for one in component.errors] == []
    return [_entry(event) for event in calendar.walk("VEVENT")]


def by_vobject(content: bytes) -> list[Entry]:
    """As vobject reads it, with the time zones as the file has them: under names that it cannot know otherwise."""
    own = rf"TZID\1File {next(_files)} "
    text = re.sub(r"\bTZID([:=])", own, content.decode().replace("\r\n ", ""))
    calendar = _vobject.readOne(text, validate=True)
    return [_entry_by_vobject(event) for event in getattr(calendar, "vevent_list", [])]


def between(content: bytes, first: date, last: date) -> list[Entry]:
    """What takes place from one day until before another, as recurring-ical-events finds it."""
    calendar = icalendar.Calendar.from_ical(content)
    return [_entry(event) for event in _recurring.of(calendar).between(first, last)]


def zone_by_vobject(component: bytes) -> tzinfo:
    """A time zone as vobject reads it."""
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{component.decode()}END:VCALENDAR\r\n"
    return _vobject.readOne(text).vtimezone.tzinfo


def _entry(event: Any) -> Entry:
    return Entry(
        str(event["UID"]),
        event["DTSTART"].dt.astimezone(UTC),
        event["DTEND"].dt.astimezone(UTC),
        str(event["SUMMARY"]),
        str(event["DESCRIPTION"]),
        str(event["LOCATION"]),
        str(event["STATUS"]),
        int(event["SEQUENCE"]),
    )


def _entry_by_vobject(event: Any) -> Entry:
    assert event.dtstart.value.tzinfo is not None, "the reader did not take the zone over"
    return Entry(
        event.uid.value,
        event.dtstart.value.astimezone(UTC),
        event.dtend.value.astimezone(UTC),
        event.summary.value,
        event.description.value,
        event.location.value,
        event.status.value,
        int(event.sequence.value),
    )
