"""Messages of the bot that name members: where the name stands, so that it can be taken off when they are forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import namings
from companion.storage.upsert import insert_or_keep

_COLUMNS = namings.c
_NOTED = insert_or_keep(namings, ["message_id", "member_id"])


@dataclass(frozen=True, slots=True)
class Naming:
    """A message of the bot that names a member: in a server, or ``direct``, to another member about that server."""

    message_id: int
    member_id: int
    guild_id: int
    channel_id: int
    direct: bool = False


async def put(connection: AsyncConnection, found: Iterable[Naming]) -> None:
    """Notes them; those that are known stay."""
    rows = [asdict(one) for one in found]
    if rows:
        await connection.execute(_NOTED, rows)


async def are_known(connection: AsyncConnection, message_ids: Collection[int]) -> bool:
    """Does any of these messages name a member?"""
    found = select(_COLUMNS.message_id).where(among(_COLUMNS.message_id, message_ids)).limit(1)
    return (await connection.execute(found)).first() is not None


async def gone(connection: AsyncConnection, message_ids: Collection[int]) -> None:
    """These messages are in Discord no more."""
    await connection.execute(delete(namings).where(among(_COLUMNS.message_id, message_ids)))
