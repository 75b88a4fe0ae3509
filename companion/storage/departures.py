"""Servers that the bot is in no more, since when, and the deletion of all that is a server's own,
a part at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import index_version
from companion.storage.among import among
from companion.storage.parts import AT_ONCE, delete_some
from companion.storage.privacy import in_server, parent_of
from companion.storage.schema import departures, episodes, metadata, podcasts, settings, subscriptions
from companion.storage.upsert import insert_or_keep

_OF_SERVERS = tuple(
    table
    for table in reversed(metadata.sorted_tables)
    if table is not departures and ("guild_id" in table.c or parent_of(table) is not None)
)
"""What hangs on others first."""
_EPISODES = 2
"""With each go some thousand rows: passages, turns, and what was computed of them."""
_KNOWN = union(*(select(table.c.guild_id) for table in _OF_SERVERS if "guild_id" in table.c))
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


async def forget_some(connection: AsyncConnection, guild_id: int, limit: int = AT_ONCE) -> bool:
    """Deletes some of what is a server's own: its rows in every table, and the private podcasts that it alone saw.
    Returns whether that was all; until then the server is known as one that the bot left.

    Public podcasts stay in the archive, and so do those that other servers see.
    """
    if await _forget_episodes(connection, guild_id):
        return False
    left = limit
    for table in _OF_SERVERS:
        left -= await delete_some(connection, table, left, *in_server(table, guild_id))
        if left <= 0:
            return False
    await connection.execute(delete(settings).where(settings.c.key.startswith(f"notice feed {guild_id} ")))
    await connection.execute(delete(departures).where(departures.c.guild_id == guild_id))
    return True


async def _forget_episodes(connection: AsyncConnection, guild_id: int) -> bool:
    """Deletes some episodes of the private podcasts that only this server sees, or else these podcasts; returns whether
    there were any."""
    others = subscriptions.alias()
    seen = exists().where(others.c.podcast_id == podcasts.c.id, others.c.guild_id != guild_id)
    its_own = (
        select(podcasts.c.id)
        .join(subscriptions, subscriptions.c.podcast_id == podcasts.c.id)
        .where(podcasts.c.private, subscriptions.c.guild_id == guild_id, ~seen)
    )
    gone = await delete_some(connection, episodes, _EPISODES, episodes.c.podcast_id.in_(its_own))
    if not gone:
        gone = await delete_some(connection, podcasts, 1, podcasts.c.id.in_(its_own))
    if gone:
        await index_version.raise_version(connection, changed=())
    return gone > 0
