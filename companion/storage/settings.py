"""Small facts that the program itself remembers from one run to the next."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.address import Address
from companion.storage.engine import plain_connection
from companion.storage.schema import settings
from companion.storage.upsert import upsert


async def get(connection: AsyncConnection, key: str) -> str | None:
    return (await connection.execute(select(settings.c.value).where(settings.c.key == key))).scalar_one_or_none()


async def put(connection: AsyncConnection, key: str, value: str) -> None:
    await connection.execute(upsert(settings, ["key"], ["value"]), {"key": key, "value": value})


def peek(address: Address, key: str) -> str | None:
    """The value in the database file, read by a thread that has no event loop. Blocking, for a millisecond."""
    with plain_connection(address) as connection:
        return connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar_one_or_none()
