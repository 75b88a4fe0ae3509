"""The role of each server whose members may mark answers right or wrong: one role a server, or none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import host_roles
from companion.storage.upsert import upsert


async def choose(connection: AsyncConnection, guild_id: int, role_id: int, member_id: int, now: datetime) -> None:
    """Makes the role's members hosts, in place of those of the role before. ``member_id`` is who chose."""
    row = {"guild_id": guild_id, "role_id": role_id, "chosen_by": member_id, "chosen_at": now}
    await connection.execute(upsert(host_roles, ["guild_id"], ["role_id", "chosen_by", "chosen_at"]), row)


async def forget(connection: AsyncConnection, guild_id: int) -> bool:
    """Leaves the server without a role for hosts. False if it had none."""
    removed = await connection.execute(delete(host_roles).where(host_roles.c.guild_id == guild_id))
    return removed.rowcount > 0


async def role(connection: AsyncConnection, guild_id: int) -> int | None:
    """The id of the role, which may be deleted in Discord by now."""
    chosen = select(host_roles.c.role_id).where(host_roles.c.guild_id == guild_id)
    return (await connection.execute(chosen)).scalar_one_or_none()
