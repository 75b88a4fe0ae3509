"""When a server's daily highlight is due: a function of the time, its rule and what became of its slots.

There is one slot a local date, at a wall-clock minute of an IANA zone. A minute that the clocks jump over stands for
the first instant after it, and one that they show twice for the first time they do. After downtime the latest slot is
posted late, once, unless it is older than `TOO_LATE`; those before it are given up, and that is written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from companion.storage.highlight_rules import Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State, offer_kind

CLAIM_LASTS = timedelta(minutes=10)
"""After which a claim's sender is taken to have been stopped."""
LATE = timedelta(minutes=15)
"""From which on a post says that it is late."""
TOO_LATE = timedelta(hours=18)
"""After which a highlight that was missed is given up."""
ASKED_BEFORE = timedelta(hours=6)
"""So long before it is due, managers who want to approve it are asked."""
LOOKED_BACK = timedelta(days=14)
"""Of what was missed longer ago nothing is written down."""
_LOOKED_AHEAD = 21
"""Days in which the next one is looked for: more than a week, for dates that a zone left out."""


class Task(Enum):
    """What is to be done of a slot."""

    POST = auto()
    ASK = auto()
    """Offer it to the managers."""
    SETTLE = auto()
    """Its date is decided: the offer is to say so, and to ask for nothing any more."""
    GIVE_UP = auto()
    """It is too old, or a newer one is due. What had been claimed may have been sent all the same."""


@dataclass(frozen=True, slots=True)
class Due:
    """A slot for which something is to be done: of which date and kind, and the instant it is meant for."""

    day: date
    at: datetime
    task: Task
    late: bool = False
    kind: str = DAILY


def instant(day: date, minute: int, zone: str) -> datetime | None:
    """When the clocks of the zone show that minute after midnight, in UTC; None for a date that the zone left out."""
    place = ZoneInfo(zone)
    if _resolved(day, 0, place).astimezone(place).date() != day:
        return None
    return _resolved(day, minute, place)


def due(now: datetime, rule: HighlightRule, slots: Iterable[Slot]) -> list[Due]:
    """What is to be done for a server now, the oldest date first. ``slots`` are those it has since `LOOKED_BACK`, and
    older ones that are claimed."""
    if rule.paused_at is not None:
        return []
    known = {(slot.kind, slot.day): slot for slot in slots}
    daily = {day: slot for (kind, day), slot in known.items() if kind == DAILY}
    times = dict(_times(rule, now - LOOKED_BACK, now + ASKED_BEFORE))
    passed = {day: at for day, at in times.items() if at <= now and (at >= rule.since or day in daily)}
    # What was begun is brought to its end, also outside the rule, as by `now` or before the rule changed.
    passed |= {day: slot.claimed_at for day, slot in daily.items() if day not in passed and slot.claimed_at}
    latest = max(passed, default=None)
    found: list[Due] = []
    for day in sorted(passed):
        slot, at = daily.get(day), passed[day]
        if slot is not None and not abandoned(slot, now):
            continue
        stale = day != latest or now - at > TOO_LATE
        found.append(Due(day, at, Task.GIVE_UP if stale else Task.POST, late=now - at > LATE))
    if rule.approval is not Approval.NONE:
        found += [
            Due(day, at, Task.ASK, kind=offer_kind(1))
            for day, at in times.items()
            if at > now and day not in daily and _unasked(known.get((offer_kind(1), day)), now)
        ]
    found += [
        Due(day, times.get(day, now), Task.SETTLE, kind=kind)
        for (kind, day), slot in known.items()
        if slot.state in (State.PROPOSED, State.APPROVED) and _decided(daily.get(day))
    ]
    return found


def upcoming(now: datetime, rule: HighlightRule, slots: Iterable[Slot]) -> Iterator[tuple[date, datetime]]:
    """The dates and instants of the next posts, of those that are neither posted nor skipped already."""
    done = {slot.day for slot in slots if slot.kind == DAILY}
    for day, at in _times(rule, now, now + timedelta(days=_LOOKED_AHEAD)):
        if at > now and day not in done:
            yield day, at


def local_day(now: datetime, zone: str) -> date:
    """The date in the zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def _times(rule: HighlightRule, start: datetime, end: datetime) -> Iterator[tuple[date, datetime]]:
    """The dates of the rule around these instants, with the instants they are meant for, up to ``end``."""
    day, last = local_day(start, rule.zone), local_day(end, rule.zone)
    while day <= last:
        if rule.days >> day.weekday() & 1:
            at = instant(day, rule.minute, rule.zone)
            if at is not None and at <= end:
                yield day, at
        day += timedelta(days=1)


def abandoned(slot: Slot, now: datetime) -> bool:
    """Was it claimed by somebody of whom nothing was heard again?"""
    return slot.state is State.CLAIMED and slot.claimed_at is not None and now - slot.claimed_at > CLAIM_LASTS


def _decided(slot: Slot | None) -> bool:
    return slot is not None and slot.state is not State.CLAIMED


def _unasked(offer: Slot | None, now: datetime) -> bool:
    return offer is None or abandoned(offer, now)


def _resolved(day: date, minute: int, place: ZoneInfo) -> datetime:
    """The first instant at which the clocks show that minute, or have jumped over it."""
    wall = datetime.combine(day, time(), None) + timedelta(minutes=minute)
    first = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    if first.astimezone(place).replace(tzinfo=None) == wall:
        return first
    # Between these two instants the clocks jump.
    before, after = wall.replace(tzinfo=place, fold=1).astimezone(UTC), first
    offset = before.astimezone(place).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(place).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
