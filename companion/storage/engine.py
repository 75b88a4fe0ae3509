"""Opening the database, and the two ways to use it: many readers, one writer at a time.

By default SQLite's drivers begin a transaction late or not at all, and concurrent read-modify-writes lose updates.
Here the driver's own transactions are off, a write begins with ``BEGIN IMMEDIATE``, and one lock queues this process's
writers; other processes queue at SQLite's own lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from companion.storage.clock import Clock
from companion.storage.errors import StorageError
from companion.storage.migrations import migrate

BUSY_TIMEOUT = 30
"""Seconds that a write waits for another process's before it gives up."""

_WRITES = "companion_writes"


class Database:
    """An open database at the newest schema. Make one with `open`; `close` it, or the process lives on.

    As a context manager it closes itself: ``async with await Database.open(url, clock) as database``.
    """

    def __init__(self, engine: AsyncEngine, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self._writing = asyncio.Lock()

    @classmethod
    async def open(cls, url: str, clock: Clock) -> Database:
        """Opens, creates or migrates the database at a URL such as ``sqlite+aiosqlite:///data/companion.db``.

        Raises `StorageError` with what to do where that cannot be.
        """
        path = database_path(url)
        with _told_plainly(path):
            try:
                # Private feeds' addresses and members' questions are nobody else's on this machine.
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise StorageError(
                    f"The folder {path.parent} for the database cannot be made ({error.strerror}): make it, or give"
                    " DATABASE_URL a place that can be written."
                ) from error
            await asyncio.to_thread(migrate, path)
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(path)), connect_args={"timeout": BUSY_TIMEOUT}
        )
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
        event.listen(engine.sync_engine, "invalidate", _roll_back)
        return cls(engine, path, clock)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection, None]:
        """A connection that sees the database as it is at the first statement, however long it reads."""
        with _told_plainly(self.path):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection, None]:
        """A connection in a transaction of its own: committed at the end of the block, rolled back on any error.

        Nobody else writes meanwhile, so what was read inside the block still holds when it writes. Keep the block
        short, and await nothing slow in it.
        """
        with _told_plainly(self.path):
            async with self._writing, self._writer.begin() as connection:
                yield connection

    async def close(self) -> None:
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()


def plain_connection(path: Path) -> Connection:
    """A connection for a thread, beside the event loop's: to read much at once. It closes as a context manager does."""
    return create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool).connect()


def database_path(url: str) -> Path:
    """The file of a database URL. Raises `StorageError` for what is no URL of an SQLite file."""
    example = "sqlite+aiosqlite:///data/companion.db"
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The URL itself may hold a password, so it is not repeated.
        raise StorageError(f"DATABASE_URL is not a database URL: write it as in {example}.") from error
    if parsed.get_backend_name() != "sqlite":
        raise StorageError(
            f"DATABASE_URL names a {parsed.get_backend_name()} database, and this version stores in SQLite only:"
            f" write it as in {example}."
        )
    if not parsed.database or parsed.database == ":memory:" or parsed.host:
        raise StorageError(f"DATABASE_URL names no file: write it as in {example}.")
    return Path(parsed.database).expanduser()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _roll_back(connection: Any, _record: object, _error: object) -> None:
    # A task that is cancelled in the middle of a statement has its connection thrown away. Closing alone would leave
    # the transaction open, with its lock, for as long as anything still refers to the statement's cursor.
    connection.rollback()


@contextmanager
def _told_plainly(path: Path) -> Generator[None, None, None]:
    """Turns what SQLite says of a file that cannot be used into a sentence that says what to do."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except DatabaseError as error:
        said = str(error.orig)
        cure = next((cure for sign, cure in _CURES if sign in said), None)
        if cure is None:
            raise
        raise StorageError(cure.format(path=path)) from error


_CURES = (
    ("not a database", "{path} is not a database: give DATABASE_URL another file name."),
    ("malformed", "The database {path} is damaged: restore a backup of it."),
    ("unable to open", "The database {path} cannot be opened: check that its folder can be read and written."),
    ("readonly", "The database {path} cannot be written: check the permissions of the file and its folder."),
    ("locked", "The database {path} is in use by another process for too long: try again when that has finished."),
    ("full", "The disk that holds the database {path} is full: make room, then run this again."),
    ("disk I/O", "The disk that holds the database {path} fails: check the disk and its free space."),
)
