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
        await connection.execute(insert_or_keep(namings, ["message_id", "member_id"]), rows)


async def of_member(connection: AsyncConnection, guild_id: int, member_id: int, limit: int) -> list[Naming]:
    """Some messages that name the member in a server, or are about it, the first ones first."""
    theirs = _COLUMNS.guild_id == guild_id, _COLUMNS.member_id == member_id
    rows = await connection.execute(select(namings).where(*theirs).order_by(_COLUMNS.message_id).limit(limit))
    return [Naming(**row) for row in rows.mappings()]


async def forget(connection: AsyncConnection, found: Collection[Naming]) -> None:
    """The member is being taken off these messages, which all name the same."""
    for member_id in {one.member_id for one in found}:
        of = among(_COLUMNS.message_id, [one.message_id for one in found if one.member_id == member_id])
        await connection.execute(delete(namings).where(_COLUMNS.member_id == member_id, of))


async def are_known(connection: AsyncConnection, message_ids: Collection[int]) -> bool:
    """Does any of these messages name a member?"""
    found = select(_COLUMNS.message_id).where(among(_COLUMNS.message_id, message_ids)).limit(1)
    return (await connection.execute(found)).first() is not None


async def gone(connection: AsyncConnection, message_ids: Collection[int]) -> None:
    """These messages are in Discord no more."""
    await connection.execute(delete(namings).where(among(_COLUMNS.message_id, message_ids)))
