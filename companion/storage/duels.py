"""Duels between two clips, and which of them each member chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import duel_votes, duels
from companion.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class Duel:
    """Two clips side by side until ``closes_at``. ``closed_at`` is when its result was shown; ``message_id`` is None
    until the message is there."""

    id: int
    guild_id: int
    channel_id: int
    left_id: int
    right_id: int
    opened_by: int
    opened_at: datetime
    closes_at: datetime
    message_id: int | None = None
    closed_at: datetime | None = None


async def add(connection: AsyncConnection, duel: Duel) -> int:
    """Stores a new duel; returns its id."""
    row = {
        "guild_id": duel.guild_id,
        "channel_id": duel.channel_id,
        "left_id": duel.left_id,
        "right_id": duel.right_id,
        "opened_by": duel.opened_by,
        "opened_at": duel.opened_at,
        "closes_at": duel.closes_at,
    }
    return (await connection.execute(insert(duels).values(row).returning(duels.c.id))).scalar_one()


async def shown_by(connection: AsyncConnection, duel_id: int, message_id: int) -> None:
    """The message is the duel's."""
    await connection.execute(update(duels).where(duels.c.id == duel_id).values(message_id=message_id))


async def get(connection: AsyncConnection, guild_id: int, duel_id: int) -> Duel | None:
    """The server's duel of that id."""
    rows = await connection.execute(select(duels).where(duels.c.guild_id == guild_id, duels.c.id == duel_id))
    row = rows.one_or_none()
    return None if row is None else from_row(row)


async def choose(connection: AsyncConnection, duel_id: int, member_id: int, clip_id: int, at: datetime) -> None:
    """The member chooses that clip, in place of what they chose before."""
    row = {"duel_id": duel_id, "member_id": member_id, "clip_id": clip_id, "at": at}
    await connection.execute(upsert(duel_votes, ["duel_id", "member_id"], ["clip_id", "at"]), row)


async def chosen(connection: AsyncConnection, duel_id: int) -> dict[int, int]:
    """How many members chose each clip; one that nobody chose is left out."""
    rows = await connection.execute(
        select(duel_votes.c.clip_id, func.count().label("members"))
        .where(duel_votes.c.duel_id == duel_id)
        .group_by(duel_votes.c.clip_id)
    )
    return {row.clip_id: row.members for row in rows}


async def over(connection: AsyncConnection, now: datetime) -> list[Duel]:
    """Duels whose time is up and whose result was not shown, the oldest first."""
    due = duels.c.closes_at <= now, duels.c.closed_at.is_(None), duels.c.message_id.is_not(None)
    rows = await connection.execute(select(duels).where(*due).order_by(duels.c.closes_at, duels.c.id))
    return [from_row(row) for row in rows]


async def close(connection: AsyncConnection, duel_id: int, at: datetime) -> None:
    """The duel's result is shown, or can be shown nowhere."""
    await connection.execute(update(duels).where(duels.c.id == duel_id).values(closed_at=at))


def from_row(row: Row[tuple[object, ...]]) -> Duel:
    """The duel in a row of the table's columns."""
    return Duel(
        row.id,
        row.guild_id,
        row.channel_id,
        row.left_id,
        row.right_id,
        row.opened_by,
        row.opened_at,
        row.closes_at,
        row.message_id,
        row.closed_at,
    )
