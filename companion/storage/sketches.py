"""Samples of what is said in episodes, by which another transcript of one is recognised without reading all of them.

What a sample is made of is for `archive/sameness.py` to say; here it is bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.address import Address
from companion.storage.engine import plain_connection
from companion.storage.schema import episodes, sketches, turns


async def replace(connection: AsyncConnection, episode_id: int, data: bytes | None) -> None:
    """The episode's sketch; None where it is not known: what is said is another thing than before."""
    await connection.execute(delete(sketches).where(sketches.c.episode_id == episode_id))
    if data is not None:
        await connection.execute(insert(sketches), {"episode_id": episode_id, "data": data})


async def complete(connection: AsyncConnection, made: Mapping[int, bytes]) -> None:
    """Stores the sketches of episodes that have none, or one of another make."""
    for episode_id, data in made.items():
        await replace(connection, episode_id, data)


def stored(address: Address, *, of_files: bool) -> dict[int, bytes | None]:
    """The sketch of every episode that has a transcript, by id, None where there is none yet; ``of_files``: only of
    episodes that were read from files of their own. Belongs in a thread."""
    spoken = exists().where(turns.c.episode_id == episodes.c.id)
    selected = select(episodes.c.id, sketches.c.data).outerjoin(sketches).where(spoken).order_by(episodes.c.id)
    if of_files:
        selected = selected.where(episodes.c.guid.startswith("file:"))
    with plain_connection(address) as connection:
        return {row.id: row.data for row in connection.execute(selected)}
