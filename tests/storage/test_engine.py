from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from companion.storage import engine, settings, subscriptions
from companion.storage.address import address_of
from companion.storage.engine import CACHE, Database
from companion.storage.errors import StorageError
from tests.clocks import StoppedClock
from tests.engines import Databases

a_file = pytest.mark.sqlite_only("it is about the file's name and place")

COUNT_UP = """
import asyncio, sys
from companion.storage import settings
from companion.storage.address import address_of
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

async def count_up(database):
    async with database.write() as connection:
        value = int(await settings.get(connection, "count") or 0)
        await settings.put(connection, "count", str(value + 1))

async def main(url, times):
    async with await Database.open(url, SystemClock()) as database:
        await asyncio.gather(*(count_up(database) for _ in range(times)))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def count_up(database: Database) -> None:
    async with database.write() as connection:
        value = int(await settings.get(connection, "count") or 0)
        await asyncio.sleep(0)
        await settings.put(connection, "count", str(value + 1))


async def count(database: Database) -> int:
    async with database.read() as connection:
        return int(await settings.get(connection, "count") or 0)


async def test_a_hundred_concurrent_read_modify_writes_lose_nothing(database: Database) -> None:
    await asyncio.gather(*(count_up(database) for _ in range(100)))

    assert await count(database) == 100


async def test_processes_that_write_at_once_lose_nothing(database: Database, database_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", COUNT_UP, database_url, "100"]
    processes = [await asyncio.create_subprocess_exec(*command, cwd=tmp_path) for _ in range(2)]
    await asyncio.gather(*(count_up(database) for _ in range(50)))

    assert [await process.wait() for process in processes] == [0, 0]
    assert await count(database) == 250


async def test_a_write_that_fails_leaves_nothing_behind(database: Database) -> None:
    async def half() -> None:
        async with database.write() as connection:
            await settings.put(connection, "half", "done")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    async with database.read() as connection:
        assert await settings.get(connection, "half") is None


async def test_a_writer_cancelled_at_any_moment_writes_all_or_nothing_and_frees_the_database(
    database: Database,
) -> None:
    # What the tasks raised is kept, since their tracebacks keep alive what a cancelled statement worked with.
    outcomes: list[object] = []
    for moment in range(60):
        before = await count(database)
        writer = asyncio.create_task(count_up(database))
        await asyncio.sleep(moment * 0.0001)
        writer.cancel()
        outcomes += await asyncio.gather(writer, return_exceptions=True)
        async with asyncio.timeout(10):
            await count_up(database)
        # One cancelled while its commit was under way may have committed.
        assert await count(database) - before in ({2} if outcomes[-1] is None else {1, 2})

    assert any(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)


async def test_however_many_read_and_write_meanwhile_none_waits_for_itself(database: Database) -> None:
    async def read_then_write() -> None:
        async with database.read() as connection:
            await settings.get(connection, "count")
            await count_up(database)

    async with asyncio.timeout(25):
        await asyncio.gather(*(read_then_write() for _ in range(20)))

    assert await count(database) == 20


async def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    async with database.write() as connection:
        await settings.put(connection, "count", "7")
        async with asyncio.timeout(1):
            assert await count(database) == 0

    assert await count(database) == 7


async def test_a_reader_sees_one_state_of_the_database_however_long_it_reads(database: Database) -> None:
    async with database.read() as connection:
        before = await settings.get(connection, "count")
        await count_up(database)
        after = await settings.get(connection, "count")

    assert (before, after) == (None, None)
    assert await count(database) == 1


async def test_what_is_written_while_reading_is_not_kept(database: Database) -> None:
    # PostgreSQL says so.
    with contextlib.suppress(StorageError):
        async with database.read() as connection:
            await settings.put(connection, "count", "3")

    assert await count(database) == 0


async def test_a_row_cannot_refer_to_what_does_not_exist(database: Database, clock: StoppedClock) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await subscriptions.subscribe(connection, 1, 999, clock.now())


@pytest.mark.skipif(os.name != "posix", reason="this system has no such modes")
async def test_the_folder_of_the_database_is_made_for_its_owner_alone(
    databases: Databases, tmp_path: Path, clock: StoppedClock
) -> None:
    folder = tmp_path / "new" / "deep"
    with databases.new(folder) as url:
        async with await Database.open(address_of(url, folder), clock) as database:
            assert database.address.files.parent == folder
            assert folder.stat().st_mode & 0o777 == 0o700
            assert database.address.files.exists() == database.address.sqlite


@a_file
async def test_a_file_name_may_hold_marks_that_mean_something_in_urls(tmp_path: Path, clock: StoppedClock) -> None:
    async with await Database.open(f"sqlite+aiosqlite:///{tmp_path}/50% of #1.db", clock) as database:
        await count_up(database)
        assert await count(database) == 1

    assert (tmp_path / "50% of #1.db").exists()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("companion.db", "not a database URL"),
        ("", "not a database URL"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite+aiosqlite:///:memory:", "names no file"),
        ("mysql+aiomysql://companion:hunter2@host/db", "SQLite or PostgreSQL"),
        ("postgresql+asyncpg://companion:hunter2@host", "no database"),
        ("postgresql+asyncpg://companion:hunter2@host/db?sslmode=require", "options after a question mark"),
        ("postgresql:hunter2", "not a database URL"),
    ],
)
def test_a_url_that_names_no_database_is_refused_without_repeating_it(url: str, sentence: str) -> None:
    with pytest.raises(StorageError, match=sentence) as refusal:
        address_of(url)

    assert "hunter2" not in str(refusal.value)


async def test_a_folder_that_cannot_be_made_is_named_with_the_setting(
    databases: Databases, tmp_path: Path, clock: StoppedClock
) -> None:
    (tmp_path / "file").write_text("not a folder")
    folder = tmp_path / "file" / "data"

    with databases.new(folder) as url:
        address = address_of(url, folder)
        setting = "DATABASE_URL" if address.sqlite else "COMPANION_FOLDER"
        with pytest.raises(StorageError, match=rf"folder .*/file/data for the database cannot be made .*{setting}"):
            await Database.open(address, clock)


@a_file
async def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path, clock: StoppedClock) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam, " * 100)

    with pytest.raises(StorageError, match=r"letter\.txt is not a database"):
        await Database.open(f"sqlite+aiosqlite:///{letter}", clock)
    assert letter.read_text().startswith("Dear Sir")


@a_file
async def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path, clock: StoppedClock) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        await Database.open(f"sqlite+aiosqlite:///{tmp_path}", clock)


async def test_a_database_in_use_for_too_long_is_named(
    database_url: str, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 0.05)
    async with await Database.open(database_url, clock) as database:
        async with await Database.open(database_url, clock) as other, other.write():
            with pytest.raises(StorageError, match="in use by another process"):
                await count_up(database)
        await count_up(database)
        assert await count(database) == 1


async def test_more_at_once_than_there_are_connections_are_told_so(
    database_url: str, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 0.05)

    async def take_all(database: Database) -> None:
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(20):
                await stack.enter_async_context(database.read())

    async with await Database.open(database_url, clock) as database:
        with pytest.raises(StorageError, match=r"All connections of this process to .* are in use"):
            await take_all(database)
        await count_up(database)
        assert await count(database) == 1


@pytest.mark.sqlite_only("SQLite can be told how much there is room for")
async def test_a_full_disk_is_named_and_nothing_is_lost(database: Database) -> None:
    async def fill() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")
            await settings.put(connection, "large", "x" * 1_000_000)

    await count_up(database)
    with pytest.raises(StorageError, match=r"disk that holds the database .* is full"):
        await fill()
    assert await count(database) == 1


@pytest.mark.sqlite_only("PostgreSQL's server has the cache")
async def test_every_connection_keeps_as_little_of_the_file_in_memory(database: Database) -> None:
    kept = "PRAGMA cache_size"
    async with database.read() as reading, database.write() as writing:
        assert (await reading.exec_driver_sql(kept)).scalar_one() == -CACHE
        assert (await writing.exec_driver_sql(kept)).scalar_one() == -CACHE
    with engine.plain_connection(database.address) as of_thread:
        assert of_thread.exec_driver_sql(kept).scalar_one() == -CACHE
