"""When something is due about a week or a month that ended: a function of the time, the rule and what became of slots.

There is one slot a span, of its first local date; it is due at the rule's minute on the first date after the span.
After downtime the latest is posted late, as long as no newer one is due; those before it are given up, and that is
written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

from companion.community.daily import LATE, Due, Task, abandoned, instant, local_day
from companion.storage.highlight_rules import HighlightRule
from companion.storage.highlight_slots import Slot

LOOKED_BACK = timedelta(days=130)
"""Slots from then on decide what is due: the three months that ended last began 124 days ago at the most."""
_SPANS = 3
"""Of spans that ended before the last ones that many, nothing is written down."""


class Span(StrEnum):
    """A week from Monday to Sunday, or a month."""

    WEEK = "week"
    MONTH = "month"


def first_date(day: date, span: Span) -> date:
    """The first date of the span that a date is in."""
    return day - timedelta(days=day.weekday()) if span is Span.WEEK else day.replace(day=1)


def next_first(first: date, span: Span) -> date:
    """The first date after the span."""
    return first_date(first + timedelta(days=7 if span is Span.WEEK else 31), span)


def told_at(first: date, span: Span, rule: HighlightRule) -> datetime:
    """The instant at which the span is told of: the rule's minute on the first date after it that the zone has."""
    day = next_first(first, span)
    while (at := instant(day, rule.minute, rule.zone)) is None:
        day += timedelta(days=1)
    return at


def between(first: date, span: Span, rule: HighlightRule) -> tuple[datetime, datetime]:
    """The instants between which happens what is told of the span: when the one before is told of, and it itself."""
    return told_at(first_date(first - timedelta(days=1), span), span, rule), told_at(first, span, rule)


def last_ended(now: datetime, span: Span, rule: HighlightRule) -> date:
    """The first date of the last span that is told of by now."""
    return next(first for first, _ in _ended(now, span, rule))


def due(now: datetime, rule: HighlightRule, span: Span, kind: str, slots: Iterable[Slot], *, wished: bool) -> list[Due]:
    """What is to be done for a server now, the oldest span first. ``slots`` are those it has since `LOOKED_BACK`, and
    older ones that are claimed. Where it is not ``wished`` for, what was begun is brought to its end all the same."""
    if rule.paused_at is not None:
        return []
    known = {slot.day: slot for slot in slots if slot.kind == kind and first_date(slot.day, span) == slot.day}
    times = {first: at for first, at in _ended(now, span, rule) if first in known or (wished and at >= rule.since)}
    times |= {first: slot.claimed_at for first, slot in known.items() if first not in times and slot.claimed_at}
    latest = max(times, default=None)
    found: list[Due] = []
    for first in sorted(times):
        slot, at = known.get(first), times[first]
        if slot is None or abandoned(slot, now):
            task = Task.POST if first == latest else Task.GIVE_UP
            found.append(Due(first, at, task, late=now - at > LATE, kind=kind))
    return found


def _ended(now: datetime, span: Span, rule: HighlightRule) -> Iterator[tuple[date, datetime]]:
    """The last spans that are told of by now, the latest first, with the instants they are told of at."""
    first, found = first_date(local_day(now, rule.zone), span), 0
    while found < _SPANS:
        first = first_date(first - timedelta(days=1), span)
        at = told_at(first, span, rule)
        if at <= now:
            found += 1
            yield first, at
