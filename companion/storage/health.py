"""Looking at a database without changing it: it is neither made nor migrated."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from companion.storage import schema
from companion.storage.address import Address
from companion.storage.engine import WRITER_LOCK, told_plainly
from companion.storage.errors import StorageError
from companion.storage.file_copies import opened
from companion.storage.migrations import revisions

_DAMAGED = ("malformed", "not a database")
"""What SQLite's complaints of a spoilt file have in them."""
_TURN = 5
"""Seconds in which a writer's turn comes, unless somebody keeps it."""
_PATIENCE = 10
"""Seconds that a server has to answer."""


@dataclass(frozen=True, slots=True)
class Health:
    """``schema`` is the database's revision, ``newest`` the one of this version. ``damage`` is SQLite's first
    complaint; PostgreSQL is not asked for any."""

    schema: str | None
    newest: str
    damage: str | None
    episodes: int
    tables: int


def turned_away(address: Address) -> str | None:
    """Why nothing can be written to a database at this moment, in its own words; None where it can.

    It is tried: the writers' lock is taken and given back, and on a server something is written and taken back.
    """
    return _turned_away_by_file(address.files) if address.sqlite else _turned_away_by_server(address)


def _turned_away_by_file(file: Path) -> str | None:
    try:
        with closing(opened(file, _TURN)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return str(error)
    return None


def examine(address: Address) -> Health:
    """Reads a whole file, which takes seconds for gigabytes. Raises `StorageError` where it cannot be opened."""
    return examine_file(address.files) if address.sqlite else _server(address)


def examine_file(path: Path) -> Health:
    """The same of a file."""
    newest = revisions()[-1]
    try:
        # Opened for reading only, it would leave the files of its journal behind.
        with closing(opened(path, _TURN)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            damage = None if said == "ok" else str(said).splitlines()[-1].rstrip(".")
            schema = (
                _first(connection, "SELECT version_num FROM alembic_version") if "alembic_version" in tables else None
            )
            episodes = _first(connection, "SELECT count(*) FROM episodes") if "episodes" in tables else 0
    except sqlite3.DatabaseError as error:
        if any(sign in str(error) for sign in _DAMAGED):
            return Health(None, newest, str(error), 0, 0)
        raise StorageError(f"The database {path} cannot be read: {error}.") from error
    return Health(None if schema is None else str(schema), newest, damage, int(episodes or 0), len(tables))


def _first(connection: sqlite3.Connection, statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


def _server(address: Address) -> Health:
    with told_plainly(address), _server_engine(address).connect() as connection:
        tables = inspect(connection).get_table_names()
        revision = episodes = None
        if "alembic_version" in tables:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if "episodes" in tables:
            episodes = connection.execute(select(func.count()).select_from(schema.episodes)).scalar()
    return Health(revision, revisions()[-1], None, episodes or 0, len(tables))


def _turned_away_by_server(address: Address) -> str | None:
    try:
        with _server_engine(address).connect() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TURN}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
            connection.execute(insert(schema.settings), {"key": f"tried {secrets.token_hex(8)}", "value": ""})
            connection.rollback()
    except DBAPIError as error:
        return str(error.orig).splitlines()[0]
    return None


def _server_engine(address: Address) -> Engine:
    return create_engine(address.of_threads, poolclass=NullPool, connect_args={"connect_timeout": _PATIENCE})
