"""Rows in every table of any schema that there has been, and the way to see them again after a migration."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROWS = 3
_NOT_OURS = ("alembic_version", "sqlite_sequence")
_EITHER = {"member_questions": ("guest_id", "session_id")}
"""Columns of which a row has one or the other."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: str
    key: bool
    refers_to: str | None


def fill(database: Path) -> None:
    """Puts some rows into every table, which refer to each other as they have to."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in _tables(connection):
            columns = _columns(connection, table)
            marks = ", ".join("?" * len(columns))
            names = ", ".join(f'"{one.name}"' for one in columns)
            # A table that may have one row has one, and may have it already.
            count = 1 if table == "index_version" else ROWS
            for number in range(1, count + 1):
                row = [_value(table, one, number) for one in columns]
                connection.execute(f'INSERT OR REPLACE INTO "{table}" ({names}) VALUES ({marks})', row)
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise AssertionError(f"rows that refer to nothing: {broken}")
        connection.commit()


def contents(database: Path, like: Rows | None = None) -> Rows:
    """All rows of all tables, each with its columns' names; of the tables and columns of an earlier look only, where
    one is given."""
    with closing(sqlite3.connect(database)) as connection:
        return {
            table: sorted(_rows(connection, table, None if like is None else _names(like[table])), key=repr)
            for table in (_tables(connection) if like is None else like)
        }


def _names(rows: list[tuple[Any, ...]]) -> list[str]:
    return [name for name, _ in rows[0]]


def _rows(connection: sqlite3.Connection, table: str, names: list[str] | None) -> Iterator[tuple[Any, ...]]:
    chosen = names or [one.name for one in _columns(connection, table)]
    selected = ", ".join(f'"{name}"' for name in chosen)
    for row in connection.execute(f'SELECT {selected} FROM "{table}"'):
        yield tuple(zip(chosen, row, strict=True))


def _tables(connection: sqlite3.Connection) -> list[str]:
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in named if name not in _NOT_OURS]


def _columns(connection: sqlite3.Connection, table: str) -> list[_Column]:
    refers = {row[3]: row[2] for row in connection.execute(f'PRAGMA foreign_key_list("{table}")')}
    return [
        _Column(name, kind.upper(), bool(key), refers.get(name))
        for _, name, kind, _, _, key in connection.execute(f'PRAGMA table_info("{table}")')
    ]


def _value(table: str, column: _Column, number: int) -> Any:
    either = _EITHER.get(table, ())
    if column.name in either:
        return number if column.name == either[number % len(either)] else None
    if column.refers_to is not None and not column.type.startswith(("TEXT", "VARCHAR")):
        return number
    if column.name == "people":
        return '["Ada Fern"]'
    for kind, value in (
        ("INT", number),
        ("FLOAT", number + 0.5),
        ("BOOL", number % 2),
        ("JSON", "[]"),
        ("BLOB", bytes([number]) * 8),
        ("DATETIME", f"2026-01-0{number} 03:04:05.000000"),
        ("DATE", f"2026-01-0{number}"),
    ):
        if kind in column.type:
            return value
    return f"{column.name} {number}"
