"""Telling things by itself, each exactly once: late after downtime, and not at all once it is stale.

A notice is claimed, sent, and settled with its message. A claim whose sender was stopped expires, and whoever takes it
over looks for the message before it is sent again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from companion.storage import outbox
from companion.storage.engine import AsyncConnection, Database
from companion.storage.outbox import Kind, Notice, State
from companion.storage.rsvps import Rsvp
from companion.storage.sessions import Session

CLAIM_LASTS = timedelta(minutes=10)
"""After which a claim's sender is taken to have been stopped."""


@dataclass(frozen=True, slots=True)
class Due:
    """A notice of which something is to be done. ``stale``: it is too late to send it, though whoever claimed it may
    have sent it."""

    notice: Notice
    stale: bool


def due(now: datetime, notices: Iterable[Notice]) -> list[Due]:
    """What is to be sent now, or dropped, the longest due first; what somebody is just about to send is neither."""
    free = (one for one in notices if one.due_at <= now and _is_free(one, now))
    return [Due(one, one.stale_at <= now) for one in sorted(free, key=lambda one: (one.due_at, one.id))]


def session_key(kind: Kind, session: Session, minutes: int | None = None, member_id: int | None = None) -> str:
    """By what the same is told but once of a session, whenever that is; with ``minutes``, which are those before it,
    once for every time that it is moved to."""
    at = "" if minutes is None else f":{int(session.starts_at.timestamp())}:{minutes}"
    return f"{kind.value}:{session.id}{at}" + ("" if member_id is None else f":{member_id}")


def place_key(waits: Rsvp) -> str:
    """By what somebody is told but once that they have a place: each time that they said that they come."""
    return f"{Kind.PLACE.value}:{waits.session_id}:{waits.member_id}:{waits.at.isoformat()}"


class Outbox:
    """What is to be told in all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, notice: Notice) -> bool:
        """Notes what is to be told. False where the same was already."""
        async with self._database.write() as connection:
            return await outbox.put(connection, notice)

    async def due(self, now: datetime) -> list[Due]:
        """What is to be sent or dropped now."""
        async with self._database.read() as connection:
            return due(now, await outbox.unsettled(connection, now))

    async def claim(self, notice: Notice, now: datetime, channel_id: int | None) -> Notice | None:
        """The notice as it is held from now on, to be sent to that channel, or directly; None where somebody else has
        it."""
        async with self._database.write() as connection:
            if not await outbox.claim(connection, notice.id, now, now - CLAIM_LASTS, channel_id):
                return None
        return replace(notice, state=State.CLAIMED, claimed_at=now, channel_id=channel_id)

    async def drop(self, held: Notice) -> None:
        """A notice that is held is told to nobody."""
        async with self._database.write() as connection:
            await outbox.dropped(connection, held.id, _since(held))

    async def release(self, held: Notice) -> None:
        """A notice that is held was certainly not sent, and is tried again."""
        async with self._database.write() as connection:
            await outbox.released(connection, held.id, _since(held))


async def settle_sent(connection: AsyncConnection, held: Notice, channel_id: int, message_id: int) -> bool:
    """A notice that is held was sent. False where the claim was taken over meanwhile."""
    return await outbox.sent(connection, held.id, _since(held), channel_id, message_id)


def _is_free(notice: Notice, now: datetime) -> bool:
    if notice.state is State.CLAIMED:
        return notice.claimed_at is not None and now - notice.claimed_at > CLAIM_LASTS
    return notice.state is State.WAITING


def _since(held: Notice) -> datetime:
    if held.claimed_at is None:
        raise ValueError(f"notice {held.id} is not held")
    return held.claimed_at
