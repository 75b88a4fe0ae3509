"""Calendars that are subscribed to, each by a secret of which only the digest is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import calendar_tokens as table


@dataclass(frozen=True, slots=True)
class CalendarToken:
    """The calendar of one club of a server, or of all of them where ``series_id`` is None. ``digest`` is in hex."""

    digest: str
    guild_id: int
    series_id: int | None
    made_by: int
    made_at: datetime


async def add(connection: AsyncConnection, token: CalendarToken) -> None:
    """Stores a new one."""
    await connection.execute(
        insert(table).values(
            digest=token.digest,
            guild_id=token.guild_id,
            series_id=token.series_id,
            made_by=token.made_by,
            made_at=token.made_at,
        )
    )


async def get(connection: AsyncConnection, digest: str) -> CalendarToken | None:
    """What a digest opens; None for an unknown one, and for one that was revoked."""
    rows = await connection.execute(select(table).where(table.c.digest == digest, table.c.revoked_at.is_(None)))
    row = rows.one_or_none()
    return None if row is None else CalendarToken(row.digest, row.guild_id, row.series_id, row.made_by, row.made_at)


async def count(connection: AsyncConnection, guild_id: int, member_id: int) -> int:
    """How many a member has in a server that were not revoked."""
    wanted = table.c.guild_id == guild_id, table.c.made_by == member_id, table.c.revoked_at.is_(None)
    return (await connection.execute(select(func.count()).select_from(table).where(*wanted))).scalar_one()


async def revoke(
    connection: AsyncConnection, guild_id: int, at: datetime, member_id: int | None = None, digest: str | None = None
) -> int:
    """Lets a server's calendars be opened no more: a member's where one is given, that one where a digest is. Returns
    how many could be until now."""
    wanted = [table.c.guild_id == guild_id, table.c.revoked_at.is_(None)]
    if member_id is not None:
        wanted.append(table.c.made_by == member_id)
    if digest is not None:
        wanted.append(table.c.digest == digest)
    return (await connection.execute(update(table).where(*wanted).values(revoked_at=at))).rowcount
