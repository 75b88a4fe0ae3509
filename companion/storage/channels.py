"""Which channel a server chose for what: one channel a purpose."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import server_channels
from companion.storage.upsert import upsert


class Purpose(StrEnum):
    """What a channel is for: new episodes are announced there, or managers are told what they should know."""

    NEWS = "news"
    NOTICES = "notices"


async def choose(
    connection: AsyncConnection, guild_id: int, purpose: Purpose, channel_id: int, member_id: int, now: datetime
) -> None:
    """Gives the purpose this channel, in place of the one it had. ``member_id`` is who chose."""
    row = {
        "guild_id": guild_id,
        "purpose": purpose.value,
        "channel_id": channel_id,
        "chosen_by": member_id,
        "chosen_at": now,
    }
    replaced = ["channel_id", "chosen_by", "chosen_at"]
    await connection.execute(upsert(server_channels, ["guild_id", "purpose"], replaced), row)


async def forget(connection: AsyncConnection, guild_id: int, purpose: Purpose) -> bool:
    """Takes the purpose's channel away. False if it had none."""
    columns = server_channels.c
    removed = await connection.execute(
        delete(server_channels).where(columns.guild_id == guild_id, columns.purpose == purpose.value)
    )
    return removed.rowcount > 0


async def chosen(connection: AsyncConnection, guild_id: int) -> dict[Purpose, int]:
    """The channel of each purpose that has one, in the order of the purposes."""
    columns = server_channels.c
    rows = await connection.execute(select(columns.purpose, columns.channel_id).where(columns.guild_id == guild_id))
    known: dict[str, int] = {row.purpose: row.channel_id for row in rows}
    # A purpose that a newer version stored is none of this one's.
    return {purpose: known[purpose.value] for purpose in Purpose if purpose.value in known}


async def of_purpose(connection: AsyncConnection, purpose: Purpose) -> dict[int, int]:
    """The channel of every server that has one for the purpose, by the server's id."""
    columns = server_channels.c
    rows = await connection.execute(
        select(columns.guild_id, columns.channel_id).where(columns.purpose == purpose.value).order_by(columns.guild_id)
    )
    return {row.guild_id: row.channel_id for row in rows}
