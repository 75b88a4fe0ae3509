"""A PostgreSQL server that is started anew closes its connections: who comes afterwards notices nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from psycopg import sql

from companion.storage import settings
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from tests.clocks import StoppedClock
from tests.postgresql import Server


@pytest.fixture
async def remote(server_url: str, clock: StoppedClock) -> AsyncGenerator[Database]:
    async with await Database.open(server_url, clock) as opened:
        yield opened


async def close_all(server: Server, server_url: str) -> None:
    """Has the server close every connection to a database, and the event loop hear of it."""
    name = sql.Literal(server_url.rpartition("/")[2])
    close = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}"
    server.execute(sql.SQL(close).format(name))
    await asyncio.sleep(0.1)


async def test_what_reads_and_what_writes_gets_another_connection(
    postgresql: Server, server_url: str, remote: Database
) -> None:
    async with remote.write() as connection:
        await settings.put(connection, "kept", "before")
    async with remote.read() as first, remote.read() as second:
        assert await settings.get(first, "kept") == await settings.get(second, "kept") == "before"

    await close_all(postgresql, server_url)

    async with remote.read() as first, remote.read() as second:
        assert await settings.get(first, "kept") == await settings.get(second, "kept") == "before"
    async with remote.write() as connection:
        await settings.put(connection, "kept", "after")
    async with remote.read() as connection:
        assert await settings.get(connection, "kept") == "after"


async def test_a_write_that_was_under_way_leaves_nothing_and_no_lock(
    postgresql: Server, server_url: str, remote: Database
) -> None:
    async def cut_off() -> None:
        async with remote.write() as connection:
            await settings.put(connection, "kept", "half")
            await close_all(postgresql, server_url)

    with pytest.raises(StorageError, match="PostgreSQL running there"):
        await cut_off()

    async with remote.write() as connection:
        assert await settings.get(connection, "kept") is None
