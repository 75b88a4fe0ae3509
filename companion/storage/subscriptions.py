"""Which servers may see which podcasts. What a server did not subscribe to does not exist for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import subscriptions
from companion.storage.upsert import insert_or_keep

_SEEN = select(subscriptions.c.podcast_id).where(subscriptions.c.guild_id == bindparam("guild_id"))


async def subscribe(connection: AsyncConnection, guild_id: int, podcast_id: int, now: datetime) -> bool:
    """Lets the server see the podcast. False if it could already."""
    added = await connection.execute(
        insert_or_keep(subscriptions, ["guild_id", "podcast_id"]),
        {"guild_id": guild_id, "podcast_id": podcast_id, "subscribed_at": now},
    )
    return added.rowcount > 0


async def unsubscribe(connection: AsyncConnection, guild_id: int, podcast_id: int) -> bool:
    """Hides the podcast from the server; the podcast itself stays. False if it was hidden already."""
    removed = await connection.execute(
        delete(subscriptions).where(subscriptions.c.guild_id == guild_id, subscriptions.c.podcast_id == podcast_id)
    )
    return removed.rowcount > 0


async def podcast_ids(connection: AsyncConnection, guild_id: int) -> frozenset[int]:
    """The podcasts that the server sees."""
    return frozenset((await connection.execute(_SEEN, {"guild_id": guild_id})).scalars())


async def guild_ids(connection: AsyncConnection, podcast_id: int) -> frozenset[int]:
    """The servers that see the podcast."""
    rows = await connection.execute(select(subscriptions.c.guild_id).where(subscriptions.c.podcast_id == podcast_id))
    return frozenset(rows.scalars())


async def first_guild_id(connection: AsyncConnection, podcast_id: int) -> int | None:
    """The server that has seen the podcast for longest; None where none sees it."""
    earliest = subscriptions.c.subscribed_at, subscriptions.c.guild_id
    rows = await connection.execute(
        select(subscriptions.c.guild_id).where(subscriptions.c.podcast_id == podcast_id).order_by(*earliest).limit(1)
    )
    return rows.scalar_one_or_none()


async def subscribed(connection: AsyncConnection) -> frozenset[int]:
    """The podcasts that some server sees."""
    return frozenset((await connection.execute(select(subscriptions.c.podcast_id).distinct())).scalars())
