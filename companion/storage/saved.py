"""Stretches of episodes that members keep for themselves, each in the server where they saved it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.episodes import Kind, Reference
from companion.storage.schema import saved
from companion.storage.upsert import insert_or_keep

_PLACE = ["guild_id", "member_id", "episode_id", "kind", "first_word"]


@dataclass(frozen=True, slots=True)
class Owner:
    """A member, in one server."""

    guild_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved, and when. ``podcast_id`` is that of its episode."""

    id: int
    reference: Reference
    podcast_id: int
    saved_at: datetime


async def add(connection: AsyncConnection, owner: Owner, reference: Reference, now: datetime) -> bool:
    """Keeps the stretch. False if the owner keeps one that begins there already."""
    values = {
        "guild_id": owner.guild_id,
        "member_id": owner.member_id,
        "episode_id": reference.episode_id,
        "kind": reference.kind.value,
        "start_s": reference.start,
        "end_s": reference.end,
        "first_word": reference.first_word,
        "last_word": reference.last_word,
        "saved_at": now,
    }
    added = await connection.execute(insert_or_keep(saved, _PLACE), values)
    return added.rowcount > 0


async def count(connection: AsyncConnection, owner: Owner) -> int:
    """How many the owner keeps."""
    theirs = saved.c.guild_id == owner.guild_id, saved.c.member_id == owner.member_id
    return (await connection.execute(select(func.count()).select_from(saved).where(*theirs))).scalar_one()


async def listed(connection: AsyncConnection, owner: Owner) -> list[Saved]:
    """What the owner keeps, the last one first."""
    theirs = saved.c.guild_id == owner.guild_id, saved.c.member_id == owner.member_id
    rows = await connection.execute(
        select(saved, schema.episodes.c.podcast_id)
        .join(schema.episodes, schema.episodes.c.id == saved.c.episode_id)
        .where(*theirs)
        .order_by(saved.c.id.desc())
    )
    return [
        Saved(
            row.id,
            Reference(row.episode_id, Kind(row.kind), row.start_s, row.end_s, row.first_word, row.last_word),
            row.podcast_id,
            row.saved_at,
        )
        for row in rows
    ]


async def remove(connection: AsyncConnection, owner: Owner, saved_id: int) -> bool:
    """Keeps it no more. False where the owner does not keep it."""
    removed = await connection.execute(
        delete(saved).where(
            saved.c.id == saved_id, saved.c.guild_id == owner.guild_id, saved.c.member_id == owner.member_id
        )
    )
    return removed.rowcount > 0
