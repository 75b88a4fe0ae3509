"""Keeping Discord's scheduled events and the sessions of clubs in step: what is to be done, as a function of both.

An event carries the ``sequence`` of its session as of when it was written. By that it is known which of the two changed
since, also after downtime: an event that is as new as its session and starts at another time was moved by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from companion.storage.sessions import Session, State

CREATED_BEFORE = timedelta(days=28)
"""So long before its session an event is created."""
MOST = 100
"""Events that Discord lets a server have at once."""


class Step(Enum):
    """What is to be done about a session's event."""

    NOTHING = auto()
    CREATE = auto()
    WRITE = auto()
    """The session changed: its event is to show that."""
    MOVE = auto()
    """The event was moved by hand: its session follows."""
    CANCEL = auto()
    """The event was cancelled or deleted by hand: its session does not take place."""
    DELETE = auto()
    """The session does not take place: its event goes."""
    FORGET = auto()
    """So does nothing, since the event is gone."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as Discord has it: when it starts, and the sequence that it carries; None where somebody took that
    out."""

    starts_at: datetime
    sequence: int | None


def step(now: datetime, session: Session, event: Event | None) -> Step:
    """What is to be done. ``event`` is the session's; None where it has none, or has lost it in Discord."""
    if session.state in (State.SKIPPED, State.CANCELLED):
        if session.event_id is None:
            return Step.NOTHING
        return Step.FORGET if event is None else Step.DELETE
    if session.state is not State.PLANNED or session.starts_at <= now:
        return Step.NOTHING
    if session.event_id is None:
        return Step.CREATE if session.starts_at <= now + CREATED_BEFORE else Step.NOTHING
    if event is None:
        return Step.CANCEL
    if event.sequence is not None and event.sequence != session.sequence:
        return Step.WRITE
    if event.starts_at != session.starts_at:
        return Step.MOVE
    return Step.WRITE if event.sequence is None else Step.NOTHING
