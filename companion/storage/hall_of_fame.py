"""Clips that were liked so much that they have a place of their own, each there but once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.ballots import CLIP
from companion.storage.schema import clips, hall_of_fame, votes
from companion.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class Worthy:
    """A clip with votes enough. ``claimed_at`` and ``channel_id`` are those of a sender of whom nothing was heard
    again, None where nobody tried."""

    clip_id: int
    claimed_at: datetime | None = None
    channel_id: int | None = None


async def worthy(connection: AsyncConnection, guild_id: int, least: int, expired: datetime) -> list[Worthy]:
    """The server's clips with at least so many more votes for them than against, that are not there and that nobody has
    claimed since ``expired``; the oldest first."""
    place = hall_of_fame.c
    rows = await connection.execute(
        select(clips.c.id, place.claimed_at, place.channel_id)
        .join(votes, (votes.c.subject_id == clips.c.id) & (votes.c.subject_kind == CLIP))
        .outerjoin(hall_of_fame, place.clip_id == clips.c.id)
        .where(
            clips.c.guild_id == guild_id,
            place.message_id.is_(None),
            or_(place.claimed_at.is_(None), place.claimed_at < expired),
        )
        .group_by(clips.c.id, place.claimed_at, place.channel_id)
        .having(func.sum(votes.c.value) >= least)
        .order_by(clips.c.id)
    )
    return [Worthy(*row) for row in rows]


async def claim(
    connection: AsyncConnection, guild_id: int, clip_id: int, channel_id: int, now: datetime, expired: datetime
) -> bool:
    """Takes it on to post the clip. False where it is there, or somebody else has claimed it since ``expired``."""
    rows = await connection.execute(select(hall_of_fame).where(hall_of_fame.c.clip_id == clip_id))
    known = rows.one_or_none()
    if known is not None and (known.message_id is not None or known.claimed_at >= expired):
        return False
    values = {
        "clip_id": clip_id,
        "guild_id": guild_id,
        "claimed_at": now,
        "channel_id": channel_id,
        "message_id": None,
    }
    await connection.execute(upsert(hall_of_fame, ["clip_id"], [one for one in values if one != "clip_id"]), values)
    return True


async def finalise(connection: AsyncConnection, clip_id: int, channel_id: int, message_id: int) -> None:
    """It was posted."""
    await connection.execute(
        update(hall_of_fame)
        .where(hall_of_fame.c.clip_id == clip_id)
        .values(channel_id=channel_id, message_id=message_id)
    )


async def release(connection: AsyncConnection, clip_id: int, held_since: datetime) -> None:
    """Nothing was sent by who claimed it then: it can be claimed again. Whoever has taken it over keeps it."""
    place = hall_of_fame.c
    await connection.execute(
        delete(hall_of_fame).where(place.clip_id == clip_id, place.message_id.is_(None), place.claimed_at == held_since)
    )


async def among(connection: AsyncConnection, clip_ids: Collection[int]) -> frozenset[int]:
    """Those of the clips that are there."""
    place = hall_of_fame.c
    there = select(place.clip_id).where(place.clip_id.in_(clip_ids), place.message_id.is_not(None))
    return frozenset(await connection.scalars(there))
