"""Looking at a database file without changing it: it is neither made nor migrated."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import pathname2url

from companion.storage.errors import StorageError
from companion.storage.migrations import revisions

_DAMAGED = ("malformed", "not a database")
"""What SQLite's complaints of a spoilt file have in them."""


@dataclass(frozen=True, slots=True)
class FileHealth:
    """``schema`` is the file's revision, ``newest`` the one of this version. ``damage`` is SQLite's first complaint."""

    schema: str | None
    newest: str
    damage: str | None
    episodes: int


def examine(path: Path) -> FileHealth:
    """Reads the whole file, which takes seconds for gigabytes. Raises `StorageError` where it cannot be opened."""
    newest = revisions()[-1]
    try:
        # Opened for reading only, it would leave the files of its journal behind.
        with closing(sqlite3.connect(f"file:{pathname2url(str(path))}?mode=rw", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            damage = None if said == "ok" else str(said).splitlines()[-1].rstrip(".")
            schema = (
                _first(connection, "SELECT version_num FROM alembic_version") if "alembic_version" in tables else None
            )
            episodes = _first(connection, "SELECT count(*) FROM episodes") if "episodes" in tables else 0
    except sqlite3.DatabaseError as error:
        if any(sign in str(error) for sign in _DAMAGED):
            return FileHealth(None, newest, str(error), 0)
        raise StorageError(f"The database {path} cannot be read: {error}.") from error
    return FileHealth(None if schema is None else str(schema), newest, damage, int(episodes or 0))


def _first(connection: sqlite3.Connection, statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None
