"""Opening the database, and the two ways to use it: many readers, one writer at a time.

By default SQLite's drivers begin a transaction late or not at all, and concurrent read-modify-writes lose updates.
Here the driver's own transactions are off, a write begins with ``BEGIN IMMEDIATE``, and one lock queues this process's
writers; other processes queue at SQLite's own lock. On PostgreSQL an advisory lock that a write holds until its commit
is that lock, so that what is read inside a write holds there too, without a code path of its own.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from time import perf_counter
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionLeftError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from companion.storage import journeys
from companion.storage.address import Address, address_of
from companion.storage.clock import Clock
from companion.storage.errors import StorageError
from companion.storage.holdable import without_nul
from companion.storage.migrations import migrate
from companion.storage.statements import log_statements
from companion.storage.wordless_errors import leave_out_values

BUSY_TIMEOUT = 30
"""Seconds that a write waits for another process's before it gives up."""
_CONNECTIONS = 10
"""That this process may have open to a PostgreSQL server, besides those of threads."""
CACHE = 128
"""Kilobytes of the file that a connection to SQLite keeps in memory. Its default of 2,000 makes neither searches nor
ingest faster, and takes an hour to fill; the system keeps the file's pages anyway, once for all connections."""
WRITER_LOCK = 0x636F6D70616E
"""The advisory lock of PostgreSQL that writers take: any number that nobody else uses in this database."""

_SESSION = {"application_name": "companion", "jit": "off"}
"""To compile a statement takes longer than any of ours, the driver's own questions about types above all."""

_WRITES = "companion_writes"


class Database:
    """An open database at the newest schema. Make one with `open`; `close` it, or the process lives on.

    As a context manager it closes itself: ``async with await Database.open(url, clock) as database``.
    """

    def __init__(self, address: Address, clock: Clock) -> None:
        self.address = address
        self.clock = clock
        # The one that writes has a connection of its own: those who read may wait for it while they hold theirs.
        self._engines = reads, writes = _engine(address, _CONNECTIONS - 1), _engine(address, 1)
        if address.sqlite:
            self._reader, self._writer = reads, writes.execution_options(**{_WRITES: True})
        else:
            self._reader = reads.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            # Each statement sees what was committed before it: all of it, once the lock is had.
            self._writer = writes.execution_options(isolation_level="READ COMMITTED", **{_WRITES: True})
        self.waited: list[Callable[[float], None]] = []
        """Called with the seconds that each write waited for its turn."""
        self._writing = asyncio.Lock()

    @classmethod
    async def open(cls, address: Address | str, clock: Clock) -> Database:
        """Opens, creates or migrates the database at an address or a URL such as
        ``sqlite+aiosqlite:///data/companion.db``.

        Raises `StorageError` with what to do where that cannot be.
        """
        address = address_of(address) if isinstance(address, str) else address
        with told_plainly(address):
            folder = address.files.parent
            try:
                # Private feeds' addresses and members' questions are nobody else's on this machine.
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                setting = "DATABASE_URL" if address.sqlite else "COMPANION_FOLDER"
                raise StorageError(
                    f"The folder {folder} for the database cannot be made ({error.strerror}): make it, or give"
                    f" {setting} a place that can be written."
                ) from error
            await asyncio.to_thread(migrate, address)
        return cls(address, clock)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection, None]:
        """A connection that sees the database as it is at the first statement, however long it reads."""
        with told_plainly(self.address):
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection, None]:
        """A connection in a transaction of its own: committed at the end of the block, rolled back on any error.

        Nobody else writes meanwhile, so what was read inside the block still holds when it writes. Keep the block
        short, and await nothing slow in it.
        """
        with told_plainly(self.address):
            begun = perf_counter()
            async with self._writing, self._writer.begin() as connection:
                for waited in self.waited:
                    waited(perf_counter() - begun)
                yield connection

    async def close(self) -> None:
        for engine in self._engines:
            await engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()


def plain_connection(address: Address) -> Connection:
    """A connection for a thread, beside the event loop's: to read much at once, all of it as it was at the first
    statement. It closes as a context manager does."""
    engine = _of_threads(address)
    if address.sqlite:
        return engine.connect()
    return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def plain_transaction(address: Address) -> Generator[Connection]:
    """A writer's transaction for a thread, with nobody else's beside it: committed at the end of the block, rolled back
    on any error. However long it takes, others wait; it is for what is done to a database that nobody uses yet."""
    with _of_threads(address).execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


def _of_threads(address: Address) -> Engine:
    if not address.sqlite:
        return _kept_engine(address.of_threads)
    # The same name is another file in another folder.
    return _kept_engine(address.of_threads.set(database=str(address.files.absolute())))


@lru_cache(maxsize=4)
def _kept_engine(url: URL) -> Engine:
    """Holds no connection, but what it once asked a server about itself, and the statements that it compiled."""
    options: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, **options)
        _begin_explicitly(engine, _begin)
    else:
        # A type that we have no use for is not asked after either, at every connection.
        engine = create_engine(url, use_native_hstore=False, **options)
        event.listen(engine, "begin", _take_turn)
        leave_out_values(engine)
    return engine


def _engine(address: Address, connections: int) -> AsyncEngine:
    if not address.sqlite:
        engine = create_async_engine(
            address.of_loop,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=BUSY_TIMEOUT,
            hide_parameters=True,
            connect_args={"server_settings": _SESSION | {"lock_timeout": f"{BUSY_TIMEOUT}s"}},
        )
        event.listen(engine.sync_engine, "checkout", _replace_closed)
        event.listen(engine.sync_engine, "begin", _take_turn)
        event.listen(engine.sync_engine, "before_cursor_execute", _stand_in_for_nul, retval=True)
        leave_out_values(engine.sync_engine)
        log_statements(engine.sync_engine)
        return engine
    # What fails is logged with its statement, and never with the members' words in it.
    engine = create_async_engine(
        address.of_loop,
        hide_parameters=True,
        pool_timeout=BUSY_TIMEOUT,
        connect_args={"timeout": BUSY_TIMEOUT, "async_creator_fn": journeys.Connection},
    )
    _begin_explicitly(engine.sync_engine, _begin_on_loop)
    log_statements(engine.sync_engine)
    return engine


def _begin_explicitly(engine: Engine, begin: Callable[[Connection], None]) -> None:
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", begin)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{CACHE}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_on_loop(connection: Connection) -> None:
    # Whoever writes waits for their turn here. Whoever reads has a journey less.
    if connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        driver: Any = connection.connection.driver_connection
        driver.begin_with_next()


def _replace_closed(connection: Any, _record: object, _proxy: object) -> None:
    # A server that was started anew has closed the connections that are kept, and the event loop was told. To ask each
    # one whether it is well, as the pool would, is three journeys to the server more for every read.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _take_turn(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def _stand_in_for_nul(
    _connection: Connection, _cursor: object, statement: str, parameters: Any, _context: object, many: bool
) -> tuple[str, Any]:
    """PostgreSQL has no place for this one character, which texts of others may hold."""
    # Many rows that give something back are one statement, with the values of all of them in one row.
    if many and parameters and isinstance(parameters[0], tuple):
        return statement, [tuple(map(without_nul, row)) for row in parameters]
    return statement, tuple(map(without_nul, parameters))


@contextmanager
def told_plainly(address: Address) -> Generator[None, None, None]:
    """Turns what a database says that cannot be used into a sentence that says what to do."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except OSError as error:
        # A refused connection reaches us from the event loop's driver as it is.
        if address.sqlite or not isinstance(error, ConnectionError | TimeoutError | socket.gaierror):
            raise
        raise StorageError(_NOT_THERE.format(place=address)) from error
    except NoConnectionLeftError as error:
        raise StorageError(_ALL_TAKEN.format(place=address)) from error
    except DBAPIError as error:
        told = sentence_for(address, str(error.orig), lost=error.connection_invalidated)
        if told is None:
            raise
        raise StorageError(told) from error


def sentence_for(address: Address, said: str, *, lost: bool) -> str | None:
    """What to do about what a database ``said``, or its driver; None where nobody knows. ``lost`` is whether the
    connection is, too."""
    cure = next((cure for sign, cure in (_CURES if address.sqlite else _SERVER_CURES) if sign in said), None)
    if cure is None and lost and not address.sqlite:
        cure = _NOT_THERE
    return None if cure is None else cure.format(place=address)


_CURES = (
    ("not a database", "{place} is not a database: give DATABASE_URL another file name."),
    ("malformed", "The database {place} is damaged: restore a backup of it."),
    ("unable to open", "The database {place} cannot be opened: check that its folder can be read and written."),
    ("readonly", "The database {place} cannot be written: check the permissions of the file and its folder."),
    ("locked", "The database {place} is in use by another process for too long: try again when that has finished."),
    ("full", "The disk that holds the database {place} is full: make room, then run this again."),
    ("disk I/O", "The disk that holds the database {place} fails: check the disk and its free space."),
)

_NOT_THERE = "The database {place} cannot be reached: is PostgreSQL running there, and DATABASE_URL right?"
_NO_ROOM = "The database {place} has no connection left: raise its max_connections, or run fewer processes."
_ALL_TAKEN = "All connections of this process to {place} are in use for too long: try again in a moment."
_BUSY = "The database {place} is in use by another process for too long: try again when that has finished."
_SERVER_CURES = (
    ("password authentication failed", "The database {place} refused the user or the password in DATABASE_URL."),
    ("no password supplied", "The database {place} wants a password: write it into DATABASE_URL."),
    ("does not exist", "The database {place}, or the user in DATABASE_URL, is not there: make them (docs/scaling.md)."),
    ("permission denied", "The user in DATABASE_URL may not use {place}: let the database belong to that user."),
    ("lock timeout", _BUSY),
    ("too many clients", _NO_ROOM),
    ("remaining connection slots", _NO_ROOM),
    ("read-only transaction", "The database {place} takes no writes: DATABASE_URL has to name the primary server."),
    ("No space left", "The disk of the database {place} is full: make room, then run this again."),
    ("connection is closed", _NOT_THERE),
    ("connection was closed", _NOT_THERE),
    ("shutting down", "The database {place} is being stopped: try again when it runs."),
    ("starting up", "The database {place} is only starting: try again in a moment."),
    ("connection failed", _NOT_THERE),
    ("connection timeout", _NOT_THERE),
)
"""By what PostgreSQL or a driver says, the more telling first."""
