from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from companion.storage import settings
from companion.storage.engine import Database
from tests.clocks import StoppedClock

pytestmark = pytest.mark.sqlite_only("its driver is")


@asynccontextmanager
async def counted(database: Database) -> AsyncGenerator[list[str]]:
    """What the threads of connections are sent during the block."""
    async with database.read() as connection:
        await connection.execute(text("SELECT 1"))  # connects
    sent: list[str] = []
    driver: Any = aiosqlite.Connection
    send = driver._execute

    def noted(self: aiosqlite.Connection, function: Callable[..., Any], *arguments: Any) -> Any:
        sent.append(function.__name__)
        return send(self, function, *arguments)

    with patch.object(driver, "_execute", noted):
        yield sent


async def test_a_statement_that_reads_is_one_journey_and_its_end_another(database: Database) -> None:
    async with counted(database) as sent, database.read() as connection:
        rows = (await connection.execute(text("SELECT 1 UNION SELECT 2"))).scalars().all()

    assert rows == [1, 2]
    assert sent == ["_run", "rollback"]


async def test_a_write_is_three(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE kept (word TEXT)"))
    async with counted(database) as sent, database.write() as connection:
        added = await connection.execute(text("INSERT INTO kept VALUES ('bread') RETURNING word"))

    assert added.scalar_one() == "bread"
    assert sent == ["_run", "_run", "commit"]


async def test_nothing_that_was_not_begun_is_rolled_back(database: Database) -> None:
    async with counted(database) as sent, database.read():
        pass

    assert sent == []


async def test_what_a_statement_says_of_itself_is_known_after_it(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE kept (word TEXT UNIQUE)"))
        many = [{"word": "bread"}, {"word": "salt"}]
        await connection.execute(text("INSERT INTO kept VALUES (:word)"), many)
        changed = await connection.execute(text("UPDATE kept SET word = word || '!'"))
        nothing = await connection.execute(text("SELECT word FROM kept WHERE word = 'bread'"))

    assert changed.rowcount == 2
    assert (list(nothing.keys()), nothing.all()) == (["word"], [])


async def test_a_statement_that_fails_holds_nothing_open(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE kept (word TEXT UNIQUE)"))
    for _ in range(2):
        with pytest.raises(IntegrityError):
            async with database.write() as connection:
                await connection.execute(text("INSERT INTO kept VALUES ('salt'), ('salt')"))

    async with database.write() as connection:
        await connection.execute(text("DROP TABLE kept"))


async def test_a_read_that_was_cancelled_on_its_way_leaves_no_transaction(tmp_path: Path, clock: StoppedClock) -> None:
    file = tmp_path / "cancelled.db"

    async def read(database: Database) -> None:
        async with database.read() as connection:
            await connection.execute(text("SELECT count(*) FROM searches"))

    async with await Database.open(f"sqlite+aiosqlite:///{file}", clock) as database:
        for steps in range(12):
            reading = asyncio.create_task(read(database))
            for _ in range(steps):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        async with database.write() as connection:
            await settings.put(connection, "count", "1")
        with closing(sqlite3.connect(file)) as connection:
            # Busy as long as anybody reads what was there before.
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy
