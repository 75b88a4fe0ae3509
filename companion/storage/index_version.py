"""A number that changes whenever what search works on changes, so that every process knows when to look again."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import index_version


async def current(connection: AsyncConnection) -> int:
    return (await connection.execute(select(index_version.c.version))).scalar_one()


async def raise_version(connection: AsyncConnection) -> None:
    """To be called in the transaction that makes the change."""
    await connection.execute(update(index_version).values(version=index_version.c.version + 1))
