"""What a club may be like, and what becomes of it as a manager wants it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from companion.community.channels import Place
from companion.community.club_rules import first_slot, is_slot
from companion.community.daily import local_day
from companion.storage.errors import CompanionError
from companion.storage.series import Frequency, Rule, Series, Venue

NAME = 60
"""Characters that a club's name may have: with a paper's title it becomes the name of an event, which may have 100."""
_DURATIONS = range(15, 8 * 60 + 1)
_CAPACITIES = range(1, 10_001)
_LEADS = range(1, 61)
_REMINDERS = range(15)
"""Days before the start at which one can go out."""
_MOST_REMINDERS = 5
USUAL_DURATION = 60
USUAL_REMINDERS = (24 * 60, 60, 0)
_UNITS = {"d": 24 * 60, "h": 60, "m": 1}
_SPAN = re.compile(r"(?P<count>\d{1,5}|an?|one)\s*(?P<unit>days?|d|hours?|hrs?|h|minutes?|mins?|m)(?: before)?")
_AT_START = {"start", "at the start", "the start", "at start", "0"}


class NotANameError(CompanionError):
    """No name, or too long a one."""

    def __init__(self) -> None:
        super().__init__(f"A club needs a name of at most {NAME} characters.")


class OutOfRangeError(CompanionError):
    """A number that is too small or too large."""

    def __init__(self, what: str, allowed: range, unit: str) -> None:
        super().__init__(f"The {what} can be from {allowed.start} to {allowed.stop - 1} {unit}.")


class NotRemindersError(CompanionError):
    """Not when reminders can go out."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed.strip()[:60]}” does not say when to remind: write it as “1 day, 1 hour, start”, with at most"
            f" {_MOST_REMINDERS} of them and none more than {_REMINDERS.stop - 1} days before, or “none”."
        )


class NotADateOfTheRuleError(CompanionError):
    """The club does not meet on that day."""

    def __init__(self, day: date) -> None:
        super().__init__(f"By that rule the club does not meet on {day} ({day:%A}): choose a date on which it does.")


@dataclass(frozen=True, slots=True)
class When:
    """How often and at what time a club meets; None leaves that as it is. ``first`` are the days of which one is the
    first session."""

    weekday: int | None = None
    frequency: tuple[Frequency, int | None] | None = None
    minute: int | None = None
    zone: str | None = None
    first: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """A voice or stage channel by its id, or a place outside in words."""

    venue: Venue
    channel_id: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a manager wants of a club; None leaves that as it is. ``place`` is the channel that it posts to. A capacity
    of 0 takes the limit away, and ``assign_days`` below 0 lets nothing be assigned by itself."""

    name: str | None = None
    when: When = When()
    place: Place | None = None
    where: Where | None = None
    hosted_by: int | None = None
    duration: int | None = None
    capacity: int | None = None
    assign_days: int | None = None
    reminders: tuple[int, ...] | None = None


def reminders_of(typed: str) -> tuple[int, ...]:
    """Minutes before the start, the longest first: "1 day, 1 hour, start"; none for "none". Raises
    `NotRemindersError`."""
    text = " ".join(typed.casefold().split())
    if text in ("none", "no", "off"):
        return ()
    minutes: set[int] = set()
    for part in re.split(r" ?(?:,|;|\band\b|\+) ?", text):
        span = _SPAN.fullmatch(part)
        if part in _AT_START:
            minutes.add(0)
        elif span:
            count = int(span["count"]) if span["count"].isdigit() else 1
            minutes.add(count * _UNITS[span["unit"][0]])
        else:
            raise NotRemindersError(typed)
    if len(minutes) > _MOST_REMINDERS or max(minutes) > _REMINDERS[-1] * 24 * 60:
        raise NotRemindersError(typed)
    return tuple(sorted(minutes, reverse=True))


def changed(club: Series, wanted: Wanted, rule: Rule) -> Series:
    """The club as it is wanted. Raises `CompanionError` for what cannot be."""
    for value, allowed, what, unit in (
        (wanted.duration, _DURATIONS, "duration", "minutes"),
        (wanted.capacity or None, _CAPACITIES, "capacity", "members; 0 takes the limit away"),
        (None if (wanted.assign_days or 0) < 0 else wanted.assign_days, _LEADS, "lead time", "days; -1 for never"),
    ):
        if value is not None and value not in allowed:
            raise OutOfRangeError(what, allowed, unit)
    name = " ".join(club.name.split() if wanted.name is None else wanted.name.split())
    if not 0 < len(name) <= NAME:
        raise NotANameError
    where = wanted.where or Where(club.venue, club.venue_channel_id, club.venue_text)
    lead = club.assign_days if wanted.assign_days is None else wanted.assign_days
    return replace(
        club,
        name=name,
        rule=rule,
        duration=wanted.duration or club.duration,
        hosted_by=wanted.hosted_by or club.hosted_by,
        venue=where.venue,
        venue_channel_id=where.channel_id,
        venue_text=where.text,
        capacity=club.capacity if wanted.capacity is None else wanted.capacity or None,
        assign_days=None if lead is None or lead < 0 else lead,
        reminders=club.reminders if wanted.reminders is None else wanted.reminders,
    )


def new_rule(before: Rule, when: When, now: datetime) -> Rule:
    """The rule as it is wanted, in place of the one before. Raises `NotADateOfTheRuleError`."""
    frequency, nth = when.frequency or (before.frequency, before.nth)
    anchor, weekday = before.anchor, before.weekday if when.weekday is None else when.weekday
    if weekday != before.weekday:
        # Another weekday may come earlier in the first week that counts.
        anchor -= timedelta(days=anchor.weekday())
    rule = replace(
        before,
        frequency=frequency,
        nth=nth,
        weekday=weekday,
        anchor=anchor,
        minute=before.minute if when.minute is None else when.minute,
        zone=when.zone or before.zone,
    )
    if when.first:
        return anchored(rule, when.first, now)
    if frequency is before.frequency or frequency is not Frequency.FORTNIGHTLY:
        return rule
    # Of the two weeks, the one that has the next such weekday is the first.
    return anchored(rule, (), now)


def anchored(rule: Rule, first: Collection[date], now: datetime) -> Rule:
    """The rule from its first session on: on one of those days, or as soon as it can be. Raises
    `NotADateOfTheRuleError`."""
    if not first:
        rule = replace(rule, anchor=local_day(now, rule.zone))
        # The next such weekday is in the first of the two weeks.
        each = replace(rule, frequency=Frequency.WEEKLY) if rule.frequency is Frequency.FORTNIGHTLY else rule
        return replace(rule, anchor=first_slot(each, now))
    for day in sorted(first):
        begun = replace(rule, anchor=day)
        if is_slot(begun, day):
            return begun
    raise NotADateOfTheRuleError(min(first))
