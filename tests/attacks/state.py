"""What is in a database, to see what an attack changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from companion.storage.engine import Database
from companion.storage.schema import metadata

Rows = Mapping[str, frozenset[str]]
"""The rows of each table, as texts."""

_OF_THE_MACHINE = frozenset({"settings", "index_version", "vectors", "token_vectors", "second_looks"})
"""Tables that change with what the bot does for itself."""


async def rows_of(database: Database, besides: Collection[str] = ()) -> Rows:
    """All that is stored, but in the tables of the machine, and ``besides``."""
    found: dict[str, frozenset[str]] = {}
    async with database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name not in _OF_THE_MACHINE and table.name not in besides:
                found[table.name] = frozenset(str(tuple(row)) for row in await connection.execute(select(table)))
    return found


def gone(before: Rows, after: Rows) -> dict[str, list[str]]:
    """By table, the rows that are no longer there as they were."""
    return {name: sorted(before[name] - after[name]) for name in before if before[name] - after[name]}


def come(before: Rows, after: Rows) -> dict[str, list[str]]:
    """By table, the rows that were not there as they are."""
    return gone(after, before)
