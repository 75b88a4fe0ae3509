"""Numbers below zero that stand in the place of members who asked a server to forget them, where totals must stay true.

A number is drawn by chance. As long as a forgotten member's reactions stand under messages that are voted on, a salted
digest of their id is kept beside it: Discord's lists go on naming them, and without it they would be counted twice.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.parts import AT_ONCE, delete_some
from companion.storage.schema import ballots, erasures, reactions, stand_ins

_COLUMNS = stand_ins.c
_FEWEST_BITS, _MORE_BITS = 40, 22
"""Discord's ids have up to 63 bits. These look older than Discord, as accounts of any age do that may vote."""


async def of(connection: AsyncConnection, guild_id: int, member_ids: Collection[int]) -> dict[int, int]:
    """The numbers that stand for those of the members whom the server was asked to forget."""
    rows = (await connection.execute(select(stand_ins).where(_COLUMNS.guild_id == guild_id))).all()
    found: dict[int, int] = {}
    for row in rows:
        for member_id in member_ids:
            if secrets.compare_digest(_digest(row.salt, member_id), row.digest):
                found[member_id] = row.alias
    return found


async def stand_in(connection: AsyncConnection, guild_id: int, member_id: int) -> int:
    """The number that stands for the member in the server from now on: a new one, where none is kept."""
    known = (await of(connection, guild_id, [member_id])).get(member_id)
    if known is not None:
        return known
    alias = -(1 << _FEWEST_BITS) - secrets.randbits(_FEWEST_BITS + _MORE_BITS)
    salt = secrets.token_hex(16)
    row = {"alias": alias, "guild_id": guild_id, "salt": salt, "digest": _digest(salt, member_id)}
    await connection.execute(insert(stand_ins), row)
    return alias


async def forget_idle(connection: AsyncConnection, limit: int = AT_ONCE) -> int:
    """Keeps nothing of how some numbers and members belong together where no reaction asks for it any more. Returns of
    how many.

    None goes in a server that is forgetting somebody: whoever was stopped in the middle of it, the same number stands
    for the member in the rest.
    """
    forgetting = select(erasures.c.guild_id)
    standing = (
        select(reactions.c.member_id)
        .join(ballots, ballots.c.message_id == reactions.c.message_id)
        .where(reactions.c.member_id < 0, ballots.c.open)
    )
    idle = _COLUMNS.alias.not_in(standing), _COLUMNS.guild_id.not_in(forgetting)
    return await delete_some(connection, stand_ins, limit, *idle)


def _digest(salt: str, member_id: int) -> str:
    return hashlib.blake2b(str(member_id).encode(), salt=bytes.fromhex(salt), digest_size=32).hexdigest()
