"""What a `read()` and a `write()` cost on each engine, beside the same statements by the driver alone, and how many
writes a second there can be. `python -m benchmarks.storage` starts a PostgreSQL server of its own (that of the tests)
and writes `benchmarks/storage.md`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from time import perf_counter
from typing import Any

import aiosqlite
import asyncpg

from companion.storage import settings
from companion.storage.address import Address, address_of
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from tests.postgresql import serving

PAGE = Path(__file__).with_suffix(".md")
TIMES = 200
SECONDS = 2.0
"""That a sustained rate is measured for."""
TASKS = (1, 10, 50)
PROCESSES = 4
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_READ = "SELECT value FROM settings WHERE key = {}"
_WRITE = "INSERT INTO settings (key, value) VALUES ({}, {}) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

Once = Callable[[], Awaitable[object]]


async def _count_up(database: Database) -> None:
    """One read-modify-write, as features do it."""
    async with database.write() as connection:
        value = int(await settings.get(connection, "count") or 0)
        await settings.put(connection, "count", str(value + 1))


async def _medians(*calls: Once) -> list[float]:
    """Milliseconds of each call, which take turns: what else the machine does befalls all of them."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(TIMES):
        for once, times in zip(calls, taken, strict=True):
            begun = perf_counter()
            await once()
            times.append(perf_counter() - begun)
    return [statistics.median(times) * 1000 for times in taken]


async def _rate(database: Database, tasks: int, seconds: float = SECONDS) -> float:
    """Writes a second by so many tasks."""
    until = perf_counter() + seconds
    done = 0

    async def write_on() -> None:
        nonlocal done
        while perf_counter() < until:
            await _count_up(database)
            done += 1

    begun = perf_counter()
    await asyncio.gather(*(write_on() for _ in range(tasks)))
    return done / (perf_counter() - begun)


async def _by_both(address: Address) -> tuple[list[float], list[float], list[float]]:
    """The medians of a read and of a write, each of Companion's and of the driver's alone, and Companion's rates."""
    async with await Database.open(address, SystemClock()) as database, _driver(address) as (read_alone, write_alone):

        async def read() -> None:
            async with database.read() as connection:
                await settings.get(connection, "count")

        async def write() -> None:
            async with database.write() as connection:
                await settings.put(connection, "one", "1")

        await _count_up(database)
        reads, writes = await _medians(read, read_alone), await _medians(write, write_alone)
        return reads, writes, [await _rate(database, tasks) for tasks in TASKS]


@asynccontextmanager
async def _driver(address: Address) -> AsyncGenerator[tuple[Once, Once]]:
    """The same statements in transactions of the same kind, on one connection, by the driver alone."""
    if address.sqlite:
        async with aiosqlite.connect(address.files, isolation_level=None) as connection:

            async def read() -> None:
                await connection.execute("BEGIN")
                await (await connection.execute(_READ.format("?"), ("count",))).fetchone()
                await connection.execute("ROLLBACK")

            async def write() -> None:
                await connection.execute("BEGIN IMMEDIATE")
                await connection.execute(_WRITE.format("?", "?"), ("one", "1"))
                await connection.execute("COMMIT")

            yield read, write
        return
    url = address.url
    known: dict[str, Any] = {"host": url.host, "port": url.port, "user": url.username, "database": url.database}
    connect: Any = asyncpg.connect  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    server: Any = await connect(**known)
    try:

        async def read_there() -> None:
            async with server.transaction(isolation="repeatable_read", readonly=True):
                await server.fetchrow(_READ.format("$1"), "count")

        async def write_there() -> None:
            async with server.transaction():
                await server.execute(_WRITE.format("$1", "$2"), "one", "1")

        yield read_there, write_there
    finally:
        await server.close()


async def _by_processes(address: Address) -> float:
    """Writes a second by several processes with ten tasks each."""
    command = [sys.executable, "-m", "benchmarks.storage", address.url.render_as_string(hide_password=False)]
    processes = [
        await asyncio.create_subprocess_exec(*command, str(address.files.parent), stdout=asyncio.subprocess.PIPE)
        for _ in range(PROCESSES)
    ]
    return sum([float((await process.communicate())[0]) for process in processes])


async def _one_process(address: Address) -> float:
    async with await Database.open(address, SystemClock()) as database:
        return await _rate(database, 10)


async def _row(name: str, address: Address) -> str:
    (read, alone_read), (write, alone_write), rates = await _by_both(address)
    rates.append(await _by_processes(address))
    latencies = f"{read:.2f} | {read / alone_read:.1f} | {write:.2f} | {write / alone_write:.1f}"
    return f"| {name} | {latencies} | {' | '.join(f'{rate:,.0f}' for rate in rates)} |"


def _on_server(name: str, folder: Path, **options: str) -> str:
    # On a disk, and not in memory as for tests.
    with serving(Path(tempfile.gettempdir()), **options) as server, closing(server):
        return asyncio.run(_row(name, address_of(server.url(server.create()), folder)))


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        rows = [
            asyncio.run(_row("SQLite", address_of(f"sqlite+aiosqlite:///{folder}/companion.db"))),
            _on_server("PostgreSQL 18, that waits for its disk", folder, **SAFE),
            _on_server("PostgreSQL 18, that does not", folder),
        ]
    heads = [*(f"{tasks} tasks" if tasks > 1 else "1 task" for tasks in TASKS), f"{PROCESSES} processes"]
    columns = ["", "read, ms", "to the driver", "write, ms", "to the driver", *heads]
    page = f"""\
# What storing costs

Written by `python -m benchmarks.storage` with PostgreSQL on the same machine, which had {os.cpu_count()} cores and a
load of {os.getloadavg()[0]:.1f}. A read is one statement in a `Database.read()`, a write one in a `Database.write()`:
medians of {TIMES}, and how many times as long as the same statements, by turns, take in a transaction of the driver
alone (aiosqlite, asyncpg) on one connection. The right half is how many read-modify-writes are committed in a second,
by tasks of one process and by {PROCESSES} processes with ten tasks each: one writes at a time, in all of them.

| {" | ".join(columns)} |
|---|{"--:|" * (len(columns) - 1)}
{chr(10).join(rows)}
"""
    PAGE.write_text(page)
    print(page)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(asyncio.run(_one_process(address_of(sys.argv[1], Path(sys.argv[2])))))
    else:
        main()
