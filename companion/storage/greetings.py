"""Servers that were said hello to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import greetings
from companion.storage.upsert import insert_or_keep


async def claim(connection: AsyncConnection, guild_id: int, now: datetime) -> bool:
    """The server is said hello to now. False if it was before."""
    added = await connection.execute(insert_or_keep(greetings, ["guild_id"]), {"guild_id": guild_id, "greeted_at": now})
    return added.rowcount > 0


async def release(connection: AsyncConnection, guild_id: int) -> None:
    """The hello could not be said after all."""
    await connection.execute(delete(greetings).where(greetings.c.guild_id == guild_id))
