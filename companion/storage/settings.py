"""Small facts that the program itself remembers from one run to the next."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import URL, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from companion.storage.schema import settings
from companion.storage.upsert import upsert


async def get(connection: AsyncConnection, key: str) -> str | None:
    return (await connection.execute(select(settings.c.value).where(settings.c.key == key))).scalar_one_or_none()


async def put(connection: AsyncConnection, key: str, value: str) -> None:
    await connection.execute(upsert(settings, ["key"], ["value"]), {"key": key, "value": value})


def peek(path: Path, key: str) -> str | None:
    """The value in the database file, read by a thread that has no event loop. Blocking, for a millisecond."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    with engine.connect() as connection:
        return connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar_one_or_none()
