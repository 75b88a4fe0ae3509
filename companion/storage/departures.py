"""Servers that the bot is in no more, since when, and the deletion of all that is a server's own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import index_version
from companion.storage.among import among
from companion.storage.schema import departures, metadata, podcasts, settings, subscriptions
from companion.storage.upsert import insert_or_keep

_OF_SERVERS = tuple(table for table in reversed(metadata.sorted_tables) if "guild_id" in table.c)
"""What hangs on others first."""
_KNOWN = union(*(select(table.c.guild_id) for table in _OF_SERVERS if table is not departures))
"""In one statement: where each is a journey to a server, dozens of them would hold up every start."""


async def known(connection: AsyncConnection) -> frozenset[int]:
    """The servers of which anything is kept, but for when the bot left them."""
    return frozenset((await connection.execute(_KNOWN)).scalars()) - {0}


async def left(connection: AsyncConnection, guild_ids: Collection[int], now: datetime) -> None:
    """The bot is in these servers no more. Where that was known, it counts from then."""
    for guild_id in guild_ids:
        row = {"guild_id": guild_id, "left_at": now}
        await connection.execute(insert_or_keep(departures, ["guild_id"]), row)


async def returned(connection: AsyncConnection, guild_ids: Collection[int]) -> int:
    """The bot is in these servers. Returns how many of them it had left."""
    return (await connection.execute(delete(departures).where(among(departures.c.guild_id, guild_ids)))).rowcount


async def before(connection: AsyncConnection, instant: datetime) -> list[int]:
    """The servers that the bot left before then, and did not come back to, the first one first."""
    oldest = departures.c.left_at, departures.c.guild_id
    rows = await connection.execute(
        select(departures.c.guild_id).where(departures.c.left_at < instant).order_by(*oldest)
    )
    return list(rows.scalars())


async def forget(connection: AsyncConnection, guild_id: int) -> None:
    """Deletes all that is a server's own: its rows in every table, and the private podcasts that it alone saw.

    Public podcasts stay in the archive, and so do those that other servers see.
    """
    private = select(podcasts.c.id).join(subscriptions, subscriptions.c.podcast_id == podcasts.c.id)
    its_own = private.where(podcasts.c.private, subscriptions.c.guild_id == guild_id)
    saw = list((await connection.execute(its_own)).scalars())
    for table in _OF_SERVERS:
        await connection.execute(delete(table).where(table.c.guild_id == guild_id))
    noticed = settings.c.key.startswith(f"notice feed {guild_id} ")
    await connection.execute(delete(settings).where(noticed))
    seen = exists().where(subscriptions.c.podcast_id == podcasts.c.id)
    gone = await connection.execute(delete(podcasts).where(among(podcasts.c.id, saw), ~seen))
    if gone.rowcount:
        await index_version.raise_version(connection, changed=())
