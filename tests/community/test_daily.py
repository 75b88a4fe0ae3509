"""When a daily highlight is due: on every local date once, at the minute that the clocks there show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.community.daily import (
    ASKED_BEFORE,
    CLAIM_LASTS,
    LATE,
    TOO_LATE,
    Due,
    Task,
    due,
    instant,
    local_day,
    upcoming,
)
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State, offer_kind
from tests.examples import examples

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
YEAR = 2026
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Nuuk", "Africa/Cairo", "Asia/Kathmandu")
"""Clocks that jump by an hour or by half of one, at night, at midnight and before it; and some that never do."""
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BERLIN = HighlightRule(10, 11, "Europe/Berlin", 9 * 60, EVERY_DAY, Approval.NONE, None, 5, LONG_AGO)
MORNING = datetime(2026, 3, 14, 8, 0, tzinfo=UTC)
"""Nine o'clock in Berlin, on a Saturday."""


def transitions(zone: str) -> list[datetime]:
    """The first instants of the year's new offsets."""
    place, found = ZoneInfo(zone), list[datetime]()
    at, end = datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR + 1, 1, 1, tzinfo=UTC)
    while at < end:
        following = at + timedelta(hours=1)
        if at.astimezone(place).utcoffset() != following.astimezone(place).utcoffset():
            minutes = (at + MINUTE * number for number in range(1, 61))
            found.append(next(m for m in minutes if _offset(m, place) != _offset(m - MINUTE, place)))
        at = following
    return found


def _offset(at: datetime, place: ZoneInfo) -> timedelta | None:
    return at.astimezone(place).utcoffset()


@cache
def shown(zone: str, around: datetime) -> dict[tuple[date, int], datetime]:
    """What the clocks show in the three days around, and when they do first: by looking at them every minute."""
    place, found = ZoneInfo(zone), dict[tuple[date, int], datetime]()
    for number in range(-3 * 1440, 3 * 1440):
        at = around + MINUTE * number
        wall = at.astimezone(place)
        found.setdefault((wall.date(), wall.hour * 60 + wall.minute), at)
    return found


def moments_of_the_year() -> Iterator[tuple[str, datetime]]:
    for zone in ZONES:
        for at in transitions(zone) or [datetime(YEAR, 6, 1, tzinfo=UTC)]:
            yield zone, at


def test_the_zones_change_their_clocks_in_every_way() -> None:
    changes = [
        (_offset(at, ZoneInfo(zone)) or DAY) - (_offset(at - MINUTE, ZoneInfo(zone)) or DAY)
        for zone, at in moments_of_the_year()
    ]
    hour = timedelta(hours=1)
    assert {hour, -hour, hour / 2, -hour / 2, timedelta(0)} == set(changes)


@settings(deadline=None)
@given(st.sampled_from(list(moments_of_the_year())), st.integers(0, 1439), st.integers(-1, 1))
def test_a_minute_is_when_the_clocks_first_show_it_or_have_jumped_over_it(
    change: tuple[str, datetime], minute: int, days: int
) -> None:
    zone, at = change
    day = local_day(at - MINUTE, zone) + DAY * days
    clocks = shown(zone, at)
    meant = instant(day, minute, zone)

    assert meant is not None
    # A minute that is not shown is jumped over at that instant.
    assert meant == clocks.get((day, minute), at)


@examples(25)
@given(st.sampled_from(list(moments_of_the_year())), st.integers(0, 1439), st.integers(1, EVERY_DAY))
def test_ticking_every_minute_over_a_change_of_clocks_posts_each_date_of_the_rule_once(
    change: tuple[str, datetime], minute: int, days: int
) -> None:
    zone, at = change
    start, rule = at - DAY * 2, replace(BERLIN, zone=zone, minute=minute, days=days, since=at - DAY * 2)
    posted: dict[date, Slot] = {}
    when: dict[date, datetime] = {}
    for number in range(4 * 1440):
        now = start + MINUTE * number
        for one in due(now, rule, posted.values()):
            assert one.task is Task.POST
            assert not one.late
            assert one.day not in posted
            posted[one.day], when[one.day] = Slot(10, DAILY, one.day, State.POSTED, claimed_at=now), now

    expected = {
        day: meant
        for day in (local_day(start, zone) + DAY * number for number in range(-1, 6))
        if days >> day.weekday() & 1
        and (meant := instant(day, minute, zone)) is not None
        and start <= meant < start + DAY * 4
    }
    assert when == expected


def test_a_date_that_a_zone_left_out_has_no_highlight() -> None:
    assert instant(date(2011, 12, 30), 9 * 60, "Pacific/Apia") is None
    assert instant(date(2011, 12, 31), 9 * 60, "Pacific/Apia") is not None


def test_nothing_is_due_before_its_minute_nor_what_was_due_before_the_rule() -> None:
    day = local_day(MORNING, BERLIN.zone)
    assert due(MORNING - MINUTE, replace(BERLIN, since=MORNING - DAY / 2), []) == []
    assert due(MORNING, replace(BERLIN, since=MORNING), []) == [Due(day, MORNING, Task.POST)]
    assert due(MORNING, replace(BERLIN, since=MORNING + MINUTE), []) == []


def test_nothing_is_due_while_it_is_paused() -> None:
    assert due(MORNING, replace(BERLIN, paused_at=MORNING - DAY), []) == []


@given(st.timedeltas(timedelta(0), DAY * 40))
def test_after_downtime_the_latest_comes_late_and_the_others_are_given_up(away: timedelta) -> None:
    rule = replace(BERLIN, since=MORNING)
    now = MORNING + away
    found = due(now, rule, [])

    *older, latest = found
    last = max(MORNING + DAY * n for n in range(41) if local_time(MORNING + DAY * n) <= now)
    assert latest.day == last.date()
    behind = now - latest.at
    assert latest.task is (Task.POST if behind <= TOO_LATE else Task.GIVE_UP)
    assert latest.late == (behind > LATE)
    assert all(one.task is Task.GIVE_UP for one in older)
    assert [one.day for one in found] == sorted({one.day for one in found})
    assert len(found) <= 15


def local_time(at: datetime) -> datetime:
    """Nine o'clock in Berlin of that date, whichever offset it has."""
    meant = instant(at.date(), 9 * 60, "Europe/Berlin")
    assert meant is not None
    return meant


@pytest.mark.parametrize("state", [State.POSTED, State.SKIPPED])
def test_what_was_posted_or_skipped_is_not_due_again(state: State) -> None:
    slot = Slot(10, DAILY, MORNING.date(), state)
    assert due(MORNING + MINUTE, replace(BERLIN, since=MORNING), [slot]) == []


def test_what_is_claimed_is_somebody_elses_until_the_claim_expires() -> None:
    rule = replace(BERLIN, since=MORNING)
    slot = Slot(10, DAILY, MORNING.date(), State.CLAIMED, claimed_at=MORNING)
    assert due(MORNING + CLAIM_LASTS, rule, [slot]) == []
    (again,) = due(MORNING + CLAIM_LASTS + MINUTE, rule, [slot])
    assert (again.day, again.task) == (MORNING.date(), Task.POST)


def test_what_was_begun_is_brought_to_an_end_also_when_the_rule_changed_since() -> None:
    tuesdays = replace(BERLIN, days=0b0000010, since=MORNING + timedelta(hours=1))
    slot = Slot(10, DAILY, MORNING.date(), State.CLAIMED, claimed_at=MORNING)
    assert [one.task for one in due(MORNING + timedelta(hours=2), tuesdays, [slot])] == [Task.POST]
    (too_late,) = due(MORNING + DAY * 30, replace(tuesdays, since=MORNING + DAY * 30), [slot])
    assert (too_late.day, too_late.task) == (MORNING.date(), Task.GIVE_UP)


def test_managers_are_asked_hours_before_and_once() -> None:
    rule = replace(BERLIN, approval=Approval.SKIP, approval_channel_id=12, since=MORNING - DAY)
    yesterday = Slot(10, DAILY, MORNING.date() - DAY, State.POSTED)
    asked_at = MORNING - ASKED_BEFORE
    assert due(asked_at - MINUTE, rule, [yesterday]) == []
    assert due(asked_at, rule, [yesterday]) == [Due(MORNING.date(), MORNING, Task.ASK, kind=offer_kind(1))]
    offer = Slot(10, offer_kind(1), MORNING.date(), State.PROPOSED, message_id=7)
    assert due(asked_at + MINUTE, rule, [yesterday, offer]) == []
    assert due(MORNING, rule, [yesterday, offer]) == [Due(MORNING.date(), MORNING, Task.POST)]
    turned_down = Slot(10, DAILY, MORNING.date(), State.SKIPPED)
    assert due(asked_at + MINUTE, rule, [yesterday, turned_down]) == []
    assert due(asked_at, replace(rule, approval=Approval.NONE), [yesterday]) == []


@pytest.mark.parametrize("came_of_it", [State.POSTED, State.SKIPPED])
@pytest.mark.parametrize("stands", [State.PROPOSED, State.APPROVED])
def test_an_offer_is_settled_once_its_date_is_decided(stands: State, came_of_it: State) -> None:
    rule = replace(BERLIN, approval=Approval.POST, approval_channel_id=12, since=MORNING - DAY / 2)
    day = MORNING.date()
    turned_down = Slot(10, offer_kind(1), day, State.SKIPPED, message_id=7)
    offer = Slot(10, offer_kind(2), day, stands, message_id=7)
    claimed, decided = Slot(10, DAILY, day, State.CLAIMED, claimed_at=MORNING), Slot(10, DAILY, day, came_of_it)

    assert due(MORNING, rule, [turned_down, offer, claimed]) == []
    assert due(MORNING, rule, [turned_down, offer, decided]) == [Due(day, MORNING, Task.SETTLE, kind=offer_kind(2))]
    assert due(MORNING, rule, [turned_down, replace(offer, state=State.SETTLED), decided]) == []


def test_what_comes_next_leaves_out_what_is_decided() -> None:
    rule = replace(BERLIN, days=0b0100001)  # Mondays and Saturdays
    decided = Slot(10, DAILY, date(2026, 3, 16), State.SKIPPED)
    coming = upcoming(MORNING, rule, [decided])
    assert next(coming) == (date(2026, 3, 21), MORNING + DAY * 7)
    assert next(coming) == (date(2026, 3, 23), MORNING + DAY * 9)
    # Summer time has begun.
    assert next(coming) == (date(2026, 3, 28), MORNING + DAY * 14)
    assert next(coming) == (date(2026, 3, 30), MORNING + DAY * 16 - timedelta(hours=1))
