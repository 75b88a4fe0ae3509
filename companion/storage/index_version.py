"""A number that changes whenever what search works on changes, so that every process knows when to look again.

Each episode bears the number as of its own last change, so that only what changed is read again.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import episodes, index_version

_LONGEST_STEP = 1 << 20
_CURRENT = select(index_version.c.version)


async def current(connection: AsyncConnection) -> int:
    return (await connection.execute(_CURRENT)).scalar_one()


async def raise_version(connection: AsyncConnection, changed: Collection[int] | None = None) -> None:
    """To be called in the transaction that makes the change.

    ``changed`` are the ids of the episodes of which anything is another now: facts, moments that editors chose,
    passages, speakers' names or vectors. An episode that is not among them is not read again. None stands for all.
    """
    # By chance, so that a database that was set back to a backup never comes to a number that it had before.
    step = 1 + secrets.randbelow(_LONGEST_STEP)
    await connection.execute(update(index_version).values(version=index_version.c.version + step))
    raised = update(episodes).values(revision=select(index_version.c.version).scalar_subquery())
    if changed is None:
        await connection.execute(raised)
    elif changed:
        await connection.execute(raised.where(among(episodes.c.id, changed)))
