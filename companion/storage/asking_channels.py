"""Where a server lets questions be asked otherwise than by default."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import asking_channels
from companion.storage.upsert import upsert


class Mode(StrEnum):
    """What may be asked in a channel."""

    MENTIONS = "mentions"
    """Commands, and mentions: once a server lists such channels, mentions are answered in no other."""
    COMMANDS = "commands"
    """Commands only."""
    OFF = "off"


async def choose(
    connection: AsyncConnection, guild_id: int, channel_id: int, mode: Mode, member_id: int, now: datetime
) -> None:
    """Gives the channel this mode, in place of the one it had. ``member_id`` is who chose."""
    row = {
        "guild_id": guild_id,
        "channel_id": channel_id,
        "mode": mode.value,
        "chosen_by": member_id,
        "chosen_at": now,
    }
    key, replaced = ["guild_id", "channel_id"], ["mode", "chosen_by", "chosen_at"]
    await connection.execute(upsert(asking_channels, key, replaced), row)


async def forget(connection: AsyncConnection, guild_id: int, channel_id: int) -> bool:
    """Lets the default hold in the channel again. False if it did."""
    columns = asking_channels.c
    removed = await connection.execute(
        delete(asking_channels).where(columns.guild_id == guild_id, columns.channel_id == channel_id)
    )
    return removed.rowcount > 0


async def chosen(connection: AsyncConnection, guild_id: int) -> dict[int, Mode]:
    """The mode of each channel that has one, in the order of the channels' ids."""
    columns = asking_channels.c
    rows = await connection.execute(
        select(columns.channel_id, columns.mode).where(columns.guild_id == guild_id).order_by(columns.channel_id)
    )
    known = {mode.value: mode for mode in Mode}
    # A mode that a newer version stored is none of this one's.
    return {row.channel_id: known[row.mode] for row in rows if row.mode in known}
