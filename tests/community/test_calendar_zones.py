"""Time zones as calendars carry them, read as strictly as the format says, and by two other programs' readers."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from companion.community.calendar_zones import vtimezone
from tests.calendars import zone_by_vobject
from tests.examples import examples

ZONES = ["America/New_York", "Europe/Berlin", "Asia/Singapore", "Australia/Sydney"]
ODD = [
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Europe/Dublin",
    "Pacific/Apia",
    "America/Santiago",
    "Asia/Gaza",
    "UTC",
]
HOUR = timedelta(hours=1)


def onsets_of(component: Any, until: datetime) -> list[tuple[datetime, timedelta]]:
    """The instants at which observances begin, and the offsets from UTC then, by RFC 5545."""
    began: list[tuple[datetime, timedelta]] = []
    for observance in component.subcomponents:
        before, after = observance["TZOFFSETFROM"].td, observance["TZOFFSETTO"].td
        onsets: list[datetime] = [observance["DTSTART"].dt]
        if "RRULE" in observance:
            rule: Any = rrulestr(observance["RRULE"].to_ical().decode(), dtstart=onsets[0])
            onsets = list(rule.between(onsets[0], until.replace(tzinfo=None), inc=True))
        if "RDATE" in observance:
            onsets += [one.dt for one in observance["RDATE"].dts]
        began += [((one - before).replace(tzinfo=UTC), after) for one in onsets]
    return sorted(began)


def in_force(onsets: list[tuple[datetime, timedelta]], at: datetime) -> timedelta:
    """The offset of the observance which began last."""
    return onsets[bisect_right([began for began, _ in onsets], at) - 1][1]


def offset(at: datetime, zone: str) -> timedelta | None:
    return at.astimezone(ZoneInfo(zone)).utcoffset()


def hours(first: date, last: date) -> list[datetime]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return [start + HOUR * number for number in range((last - first).days * 24)]


@pytest.mark.parametrize("zone", [*ZONES, *ODD])
def test_the_offset_is_right_at_each_hour_of_two_years_and_at_the_second_of_each_change(zone: str) -> None:
    first, last = date(2026, 1, 1), date(2027, 12, 31)
    onsets = onsets_of(vtimezone(zone, first, last), datetime(2028, 1, 1, tzinfo=UTC))
    known = [(at, offset(at, zone)) for at in hours(first, last)]
    changes = [at for (_, before), (at, after) in pairwise(known) if before != after]
    for change in changes:
        for second in (change - timedelta(seconds=1), change, change - HOUR / 2, change - HOUR / 2 + HOUR / 3600):
            assert in_force(onsets, second) == offset(second, zone), second
    for at, right in known:
        assert in_force(onsets, at) == right, at


@pytest.mark.parametrize("zone", ZONES)
def test_two_readers_show_the_same_clocks(zone: str) -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    component: Any = vtimezone(zone, first, last)
    readers: dict[str, tzinfo | None] = {
        "vobject": zone_by_vobject(component.to_ical()),
        "icalendar": component.to_tz(),
    }
    for at in hours(first, last):
        wall = at.astimezone(ZoneInfo(zone))
        if wall.fold:
            continue  # these clocks show the time for the second time
        for name, place in readers.items():
            assert wall.replace(tzinfo=place).utcoffset() == wall.utcoffset(), (name, wall)


@pytest.mark.parametrize(
    ("zone", "rules"),
    [
        ("America/New_York", {"2SU;BYMONTH=3", "1SU;BYMONTH=11"}),
        ("Europe/Berlin", {"-1SU;BYMONTH=3", "-1SU;BYMONTH=10"}),
        ("Australia/Sydney", {"1SU;BYMONTH=10", "1SU;BYMONTH=4"}),
        ("Asia/Singapore", set[str]()),
    ],
)
def test_changes_are_told_by_the_rule_that_they_follow(zone: str, rules: set[str]) -> None:
    component: Any = vtimezone(zone, date(2026, 3, 1), date(2026, 5, 1))
    told = {one["RRULE"].to_ical().decode() for one in component.subcomponents if "RRULE" in one}
    assert told == {f"FREQ=YEARLY;BYDAY={rule}" for rule in rules}
    assert len(component.subcomponents) == max(1, len(rules))


@given(zone=st.sampled_from(sorted(available_timezones())), year=st.integers(2005, 2034), hour=st.integers(0, 8783))
@examples(200)
def test_every_zone_is_right_at_any_hour(zone: str, year: int, hour: int) -> None:
    at = datetime(year, 1, 1, tzinfo=UTC) + HOUR * hour
    onsets = onsets_of(vtimezone(zone, at.date(), at.date()), at + timedelta(days=1))
    assert in_force(onsets, at) == offset(at, zone)
