"""When a club meets: the dates of its rule, the instants they are meant for, and the sessions that are missing.

A rule is wall-clock time in an IANA zone. A minute that the clocks jump over stands for the first instant after it, and
one that they show twice for the first time they do; a date that a zone left out has no session.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from companion.community.daily import instant, local_day
from companion.storage.errors import CompanionError
from companion.storage.series import Frequency, Rule, Series
from companion.storage.sessions import Session, State

WEEKDAYS = tuple(calendar.day_name)
LAST = -1
"""The ``nth`` of the last such weekday of a month."""
AHEAD = {
    Frequency.WEEKLY: timedelta(weeks=5),
    Frequency.FORTNIGHTLY: timedelta(weeks=8),
    Frequency.MONTHLY: timedelta(weeks=12),
}
"""How long before it a session appears."""
LEFT_ALONE = timedelta(days=1)
"""So long after somebody changed a session nothing is assigned to it by itself: it may have been cleared on purpose."""
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}
_EVERY = {
    Frequency.WEEKLY: {"", "week", "weekly", "1 week", "one week"},
    Frequency.FORTNIGHTLY: {
        "two weeks",
        "2 weeks",
        "second week",
        "other week",
        "fortnight",
        "fortnightly",
        "biweekly",
    },
}
_OF_MONTH = re.compile(
    r"(?P<nth>1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|last)(?: (?:one|[a-z]+day))?"
    r"(?P<month> (?:of|in) (?:a|each|every|the) month)?"
)


class NotAWeekdayError(CompanionError):
    """No day of the week."""

    def __init__(self, typed: str) -> None:
        super().__init__(f"“{typed.strip()[:40]}” is no day of the week: write one, such as Friday or Fri.")


class NotAFrequencyError(CompanionError):
    """No way in which a club meets."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed.strip()[:40]}” is not how often a club can meet: write week, two weeks, or which of its weekdays"
            " in a month, such as “first of the month” or “last of the month”."
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """What a new rule does to a coming session: where it is from now on. ``session`` has its ``slot``, ``day`` and so
    on already; it is skipped where the rule has no place for it any more."""

    before: Session
    session: Session


def slots(rule: Rule, from_day: date, to_day: date) -> Iterator[date]:
    """The dates of the rule from one day to another, both included, in their order."""
    first = max(from_day, rule.anchor)
    if rule.frequency is Frequency.MONTHLY:
        days: Iterator[date] = _of_months(rule, first, to_day)
    else:
        days = _of_weeks(rule, first, to_day)
    for day in days:
        if first <= day <= to_day and instant(day, rule.minute, rule.zone) is not None:
            yield day


def is_slot(rule: Rule, day: date) -> bool:
    """Is the day a date of the rule?"""
    return day in slots(rule, day, day)


def starts_at(rule: Rule, slot: date) -> datetime:
    """The instant, in UTC, that a date of `slots` is meant for."""
    at = instant(slot, rule.minute, rule.zone)
    if at is None:
        raise ValueError(f"{slot} is no date in {rule.zone}")
    return at


def first_slot(rule: Rule, after: datetime) -> date:
    """The rule's first date whose session starts after that instant."""
    day = local_day(after, rule.zone)
    # A fifth Friday may be months away.
    return next(slot for slot in slots(rule, day, day + timedelta(days=200)) if starts_at(rule, slot) > after)


def missing(now: datetime, series: Series, known: Iterable[Session]) -> list[Session]:
    """The sessions that the rule brings within `AHEAD` and that are not among the club's ``known`` ones. Where one of
    these was moved to the very time of a date, it stands for that, too."""
    if not series.running:
        return []
    stored = list(known)
    taken, met = {session.slot for session in stored}, {session.starts_at for session in stored}
    start = max(now, series.since)
    days = slots(series.rule, local_day(start, series.rule.zone), local_day(now, series.rule.zone) + ahead(series.rule))
    due = [session_of(series, day, now) for day in days if day not in taken]
    return [session for session in due if session.starts_at > start and session.starts_at not in met]


def ahead(rule: Rule) -> timedelta:
    """How long before it a session of the rule appears."""
    return AHEAD[rule.frequency]


def session_of(series: Series, slot: date, now: datetime) -> Session:
    """The session that a date of the rule brings; not stored."""
    rule = series.rule
    return Session(
        0, series.id, series.guild_id, slot, slot, rule.minute, rule.zone, starts_at(rule, slot), State.PLANNED, now
    )


def as_by_rule(rule: Rule, session: Session) -> bool:
    """Is it where that rule put it, not moved by hand?"""
    return (session.day, session.minute, session.zone) == (session.slot, rule.minute, rule.zone)


def shifted(now: datetime, before: Rule, series: Series, known: Collection[Session]) -> list[Shift]:
    """What becomes of the coming sessions of a club whose rule was ``before`` and is the ``series``' now.

    Each takes the date that the new rule has in its week, or in its month where either rule is one of months. Sessions
    that were moved by hand stay when they are. Those for which there is no date are skipped, unless they have a paper;
    then they stay, too. What an earlier rule had skipped takes place again where the new one has that very date.
    """
    rule = series.rule
    coming = sorted((one for one in known if one.starts_at > now), key=lambda one: one.slot)
    taken = {session.slot for session in known}
    shifts: list[Shift] = []
    for session in coming:
        if session.state is State.SKIPPED and not is_slot(before, session.slot):
            if is_slot(rule, session.slot):
                shifts.append(Shift(session, replace(_by_rule(session, session.slot, rule), state=State.PLANNED)))
            continue
        slot = _slot_for(session.slot, now, before, rule, taken)
        if slot is not None:
            taken.add(slot)
        after = _after(session, slot, before, rule)
        if after != session:
            shifts.append(Shift(session, after))
    return shifts


def assignable(now: datetime, series: Series, session: Session) -> bool:
    """Is it time for the top of the vote to be assigned to a session?"""
    if series.assign_days is None or not series.running or session.state is not State.PLANNED:
        return False
    if session.paper_id is not None or not session.starts_at - timedelta(days=series.assign_days) <= now:
        return False
    return session.starts_at > now and (session.sequence == 0 or now - session.changed_at >= LEFT_ALONE)


def over(now: datetime, session: Session, duration: int) -> bool:
    """Has a session of that many minutes ended?"""
    return session.starts_at + timedelta(minutes=duration) <= now


def weekday_of(typed: str) -> int:
    """The day of the week, Monday is 0. Raises `NotAWeekdayError`."""
    wanted = typed.strip().casefold().rstrip(".").removesuffix("s")
    found = [nth for nth, name in enumerate(WEEKDAYS) if len(wanted) >= 2 and name.casefold().startswith(wanted)]
    if len(found) != 1:
        raise NotAWeekdayError(typed)
    return found[0]


def frequency_of(typed: str | None) -> tuple[Frequency, int | None]:
    """How often a club meets, and on which such weekday of a month: "week", "two weeks", "first", "last of the month".

    Raises `NotAFrequencyError`.
    """
    wanted = " ".join((typed or "").casefold().replace("-", " ").split()).removeprefix("every ").removeprefix("the ")
    for frequency, words in _EVERY.items():
        if wanted in words:
            return frequency, None
    match = _OF_MONTH.fullmatch(wanted)
    # "Every second" may mean every other week.
    if match and (match["month"] or match["nth"] != "second"):
        known = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5} | {word: number for number, word in _NTH.items()}
        return Frequency.MONTHLY, known[match["nth"]]
    raise NotAFrequencyError(typed or "")


def in_words(rule: Rule) -> str:
    """The dates of a rule: "every Friday", "every second Friday", "the last Friday of every month"."""
    weekday = WEEKDAYS[rule.weekday]
    if rule.frequency is Frequency.MONTHLY:
        return f"the {_NTH[rule.nth or LAST]} {weekday} of every month"
    return f"every {weekday}" if rule.frequency is Frequency.WEEKLY else f"every second {weekday}"


def clock_in_words(minute: int) -> str:
    """What a clock shows: "09:30"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _of_weeks(rule: Rule, first: date, last: date) -> Iterator[date]:
    step = 1 if rule.frequency is Frequency.WEEKLY else 2
    day = _monday(rule.anchor) + timedelta(days=rule.weekday)
    day += timedelta(weeks=step * max(0, (first - day).days // (7 * step)))
    while day <= last:
        yield day
        day += timedelta(weeks=step)


def _of_months(rule: Rule, first: date, last: date) -> Iterator[date]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        days = [week[rule.weekday] for week in calendar.monthcalendar(year, month) if week[rule.weekday]]
        nth = rule.nth or LAST
        if nth == LAST or nth <= len(days):
            yield date(year, month, days[nth if nth == LAST else nth - 1])
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _slot_for(slot: date, now: datetime, before: Rule, rule: Rule, taken: Collection[date]) -> date | None:
    """The date of the new rule for a session that had that one."""
    if is_slot(rule, slot):
        return slot
    if Frequency.MONTHLY in (before.frequency, rule.frequency):
        start = slot.replace(day=1)
        end = slot.replace(day=calendar.monthrange(slot.year, slot.month)[1])
    else:
        start = _monday(slot)
        end = start + timedelta(days=6)
    free = (day for day in slots(rule, start, end) if day not in taken and starts_at(rule, day) > now)
    return next(free, None)


def _after(session: Session, slot: date | None, before: Rule, rule: Rule) -> Session:
    """The session by the new rule, whose date for it is ``slot``."""
    if slot is None:
        empty = session.state is State.PLANNED and session.paper_id is None and as_by_rule(before, session)
        return replace(session, state=State.SKIPPED) if empty else session
    if not as_by_rule(before, session):
        return replace(session, slot=slot)
    return _by_rule(session, slot, rule)


def _by_rule(session: Session, slot: date, rule: Rule) -> Session:
    """The session where the rule puts it."""
    return replace(session, slot=slot, day=slot, minute=rule.minute, zone=rule.zone, starts_at=starts_at(rule, slot))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
