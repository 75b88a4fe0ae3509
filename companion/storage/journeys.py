"""SQLite's driver for the event loop, with one journey to the connection's thread for each statement.

`aiosqlite` by itself makes four: for a cursor, the statement, its rows and the cursor's end; and others to begin what
is read, and to roll back where nothing has begun. Each wakes two threads in turn, which takes longer than most of our
statements do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, Self

import aiosqlite


class Connection(aiosqlite.Connection):
    """A connection whose statements come back whole; open once it was awaited. ``options`` are those of
    `sqlite3.connect`."""

    def __init__(self, file: str, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, file, **options), iter_chunk_size=1)
        # As SQLAlchemy does with those that it makes: one that nobody closed lets the process end.
        self._thread.daemon = True
        self._begins = False

    def cursor(self) -> Any:
        return _Cursor(self)

    def begin_with_next(self) -> None:
        """A transaction begins right before the next statement."""
        self._begins = True

    async def rollback(self) -> None:
        self._begins = False
        # A task that is cancelled on the way of a statement has its connection closed behind it: that rolls back too.
        if self._conn.in_transaction:
            await super().rollback()

    async def run(self, statement: Callable[[sqlite3.Connection], None]) -> None:
        """Has the thread run it."""
        begins, self._begins = self._begins, False
        # The library declares no types of what it runs.
        await self._execute(_run, self._conn, statement, begins)  # pyright: ignore[reportUnknownMemberType]


class _Cursor:
    """A statement and all that it gives, as SQLAlchemy asks for it of a driver. Rows cannot be read one by one."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, values: Any = ()) -> None:
        await self._connection.run(partial(self._keep, sqlite3.Cursor.execute, sql, values))

    async def executemany(self, sql: str, values: Any) -> None:
        await self._connection.run(partial(self._keep, sqlite3.Cursor.executemany, sql, values))

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """It is closed as soon as it was run: a cursor that somebody still refers to would hold its transaction open,
        with its lock, when the connection is closed."""

    def _keep(self, execute: Callable[..., object], sql: str, values: Any, connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        try:
            execute(cursor, sql, values)
            self._rows = cursor.fetchall()
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


def _run(connection: sqlite3.Connection, statement: Callable[[sqlite3.Connection], None], begins: bool) -> None:
    if begins:
        connection.execute("BEGIN")
    statement(connection)
