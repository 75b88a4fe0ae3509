"""What the bot is to tell by itself, each once: claimed by who sends it and settled afterwards.

A claim whose sender was stopped expires, and whoever takes it over looks for the message first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import outbox as table
from companion.storage.upsert import insert_or_keep


class Kind(StrEnum):
    """What is told of a session."""

    POST = "post"
    THREAD = "thread"
    REMINDER = "reminder"
    DIRECT = "direct"
    """A reminder for one member, by direct message."""
    LINK = "link"
    """In the thread, how to join."""
    PLACE = "place"
    """A place came free for somebody who waited."""
    CROWDED = "crowded"
    LEFT = "left"
    """Whoever was to present left the server."""
    NO_EVENTS = "no_events"


class State(StrEnum):
    """What became of it."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell, from ``due_at`` on and not from ``stale_at`` on. ``id`` is 0 until it is stored.

    ``key`` is what it is the same by. ``member_id`` is whom it is for; None for everybody in the club's channel.
    ``channel_id`` is where it is sent, as soon as that is known, and ``message_id`` is given once it was.
    """

    id: int
    key: str
    guild_id: int
    session_id: int
    kind: Kind
    due_at: datetime
    stale_at: datetime
    member_id: int | None = None
    state: State = State.WAITING
    claimed_at: datetime | None = None
    channel_id: int | None = None
    message_id: int | None = None


async def put(connection: AsyncConnection, notice: Notice) -> bool:
    """Notes what is to be told. False where the same is known already, whatever became of it."""
    row = {
        "key": notice.key,
        "guild_id": notice.guild_id,
        "session_id": notice.session_id,
        "kind": notice.kind.value,
        "member_id": notice.member_id,
        "due_at": notice.due_at,
        "stale_at": notice.stale_at,
        "state": notice.state.value,
    }
    stored = await connection.execute(insert_or_keep(table, ["key"]).values(row).returning(table.c.id))
    return stored.scalar_one_or_none() is not None


async def get(connection: AsyncConnection, notice_id: int) -> Notice | None:
    """The notice of that id."""
    row = (await connection.execute(select(table).where(table.c.id == notice_id))).one_or_none()
    return None if row is None else _notice(row)


async def by_key(connection: AsyncConnection, key: str) -> Notice | None:
    """The notice of that key."""
    row = (await connection.execute(select(table).where(table.c.key == key))).one_or_none()
    return None if row is None else _notice(row)


async def unsettled(connection: AsyncConnection, now: datetime) -> list[Notice]:
    """What is due and was neither sent nor dropped, the longest due first; claimed ones are among it."""
    rows = await connection.execute(
        select(table)
        .where(table.c.state.in_([State.WAITING.value, State.CLAIMED.value]), table.c.due_at <= now)
        .order_by(table.c.due_at, table.c.id)
    )
    return [_notice(row) for row in rows]


async def claim(
    connection: AsyncConnection, notice_id: int, now: datetime, expired: datetime, channel_id: int | None
) -> bool:
    """Claims a notice for its sender, who is about to send it to that channel, or directly where that is None.

    False where it is settled, or somebody has claimed it since ``expired``.
    """
    claimed = await connection.execute(
        update(table)
        .where(
            table.c.id == notice_id,
            or_(
                table.c.state == State.WAITING.value,
                and_(table.c.state == State.CLAIMED.value, table.c.claimed_at < expired),
            ),
        )
        .values(state=State.CLAIMED.value, claimed_at=now, channel_id=channel_id)
    )
    return claimed.rowcount > 0


async def sent(
    connection: AsyncConnection, notice_id: int, held_since: datetime, channel_id: int, message_id: int
) -> bool:
    """The message stands. False where the claim was taken over meanwhile."""
    return await _settle(
        connection, notice_id, held_since, state=State.SENT.value, channel_id=channel_id, message_id=message_id
    )


async def dropped(connection: AsyncConnection, notice_id: int, held_since: datetime) -> bool:
    """It is told to nobody any more. False where the claim was taken over meanwhile."""
    return await _settle(connection, notice_id, held_since, state=State.DROPPED.value)


async def released(connection: AsyncConnection, notice_id: int, held_since: datetime) -> bool:
    """It was certainly not sent, and waits again. False where the claim was taken over meanwhile."""
    return await _settle(connection, notice_id, held_since, state=State.WAITING.value, claimed_at=None)


async def _settle(connection: AsyncConnection, notice_id: int, held_since: datetime, **values: Any) -> bool:
    settled = await connection.execute(
        update(table)
        .where(table.c.id == notice_id, table.c.state == State.CLAIMED.value, table.c.claimed_at == held_since)
        .values(**values)
    )
    return settled.rowcount > 0


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        key=row.key,
        guild_id=row.guild_id,
        session_id=row.session_id,
        kind=Kind(row.kind),
        due_at=row.due_at,
        stale_at=row.stale_at,
        member_id=row.member_id,
        state=State(row.state),
        claimed_at=row.claimed_at,
        channel_id=row.channel_id,
        message_id=row.message_id,
    )
