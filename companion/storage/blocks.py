"""Members whom a server's managers barred from using the bot there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import blocked_members
from companion.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class Block:
    """Who is barred where, by whom and when. ``reason`` may be empty."""

    guild_id: int
    member_id: int
    reason: str
    blocked_by: int
    blocked_at: datetime


async def put(connection: AsyncConnection, block: Block) -> None:
    """Bars the member, or replaces what was kept of that."""
    values = {
        "guild_id": block.guild_id,
        "member_id": block.member_id,
        "reason": block.reason,
        "blocked_by": block.blocked_by,
        "blocked_at": block.blocked_at,
    }
    statement = upsert(blocked_members, ["guild_id", "member_id"], ["reason", "blocked_by", "blocked_at"])
    await connection.execute(statement, values)


async def remove(connection: AsyncConnection, guild_id: int, member_id: int) -> bool:
    """Lets the member in again, and keeps nothing of it. False if nothing barred them."""
    removed = await connection.execute(
        delete(blocked_members).where(blocked_members.c.guild_id == guild_id, blocked_members.c.member_id == member_id)
    )
    return removed.rowcount > 0


async def get(connection: AsyncConnection, guild_id: int, member_id: int) -> Block | None:
    """What bars the member; None if nothing does."""
    rows = await connection.execute(
        select(blocked_members).where(blocked_members.c.guild_id == guild_id, blocked_members.c.member_id == member_id)
    )
    row = rows.one_or_none()
    return None if row is None else _block(row)


async def listed(connection: AsyncConnection, guild_id: int) -> list[Block]:
    """Who is barred from this server, the last one first."""
    newest = blocked_members.c.blocked_at.desc(), blocked_members.c.member_id
    rows = await connection.execute(
        select(blocked_members).where(blocked_members.c.guild_id == guild_id).order_by(*newest)
    )
    return [_block(row) for row in rows]


async def everywhere(connection: AsyncConnection) -> frozenset[tuple[int, int]]:
    """Every (server, member) that is barred."""
    rows = await connection.execute(select(blocked_members.c.guild_id, blocked_members.c.member_id))
    return frozenset((row.guild_id, row.member_id) for row in rows)


def _block(row: Row[Any]) -> Block:
    return Block(row.guild_id, row.member_id, row.reason, row.blocked_by, row.blocked_at)
