"""What is in a database, to see what an attack changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, Text, cast, func, literal, select, union_all
from sqlalchemy.engine.interfaces import Dialect

from companion.storage.engine import Database
from companion.storage.schema import metadata

Rows = Mapping[str, frozenset[str]]
"""The rows of each table, as texts."""

_OF_THE_MACHINE = frozenset({"settings", "index_version", "vectors", "token_vectors", "second_looks"})
"""Tables that change with what the bot does for itself."""


async def rows_of(database: Database, besides: Collection[str] = ()) -> Rows:
    """All that is stored, but in the tables of the machine, and ``besides``."""
    tables = [one for one in metadata.sorted_tables if one.name not in _OF_THE_MACHINE and one.name not in besides]
    found: defaultdict[str, set[str]] = defaultdict(set)
    async with database.read() as connection:
        told: Any = await connection.exec_driver_sql(_asking_for(tuple(tables), connection.dialect))
        for name, row in told:
            found[name].add(row)
    return {table.name: frozenset(found[table.name]) for table in tables}


@cache
def _asking_for(tables: tuple[Table, ...], dialect: Dialect) -> str:
    """One statement for all tables: it is asked again after each thing that was tried."""
    asked = union_all(*(_as_texts(one, dialect) for one in tables))
    return str(asked.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _as_texts(table: Table, dialect: Dialect) -> Select[str, str]:
    """The name of a table with each of its rows."""
    row = literal("", Text)
    for column in table.columns:
        # SQLite takes the bytes of a blob for UTF-8, which they need not be.
        value = func.hex(column) if column.type.compile(dialect) == "BLOB" else cast(column, Text)
        row = row + func.coalesce(value, "None") + literal(", ", Text)
    return select(literal(table.name, Text), row)


def gone(before: Rows, after: Rows) -> dict[str, list[str]]:
    """By table, the rows that are no longer there as they were."""
    return {name: sorted(before[name] - after[name]) for name in before if before[name] - after[name]}


def come(before: Rows, after: Rows) -> dict[str, list[str]]:
    """By table, the rows that were not there as they are."""
    return gone(after, before)
