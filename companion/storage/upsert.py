"""One ``INSERT … ON CONFLICT`` for both engines."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Table

# PostgreSQL's insert also compiles on SQLite; SQLite's does not compile on PostgreSQL.
from sqlalchemy.dialects.postgresql import Insert, insert


def upsert(table: Table, key: Sequence[str], replaced: Sequence[str]) -> Insert:
    """Inserts a row, or replaces the ``replaced`` columns of the row that has the same ``key`` columns."""
    statement = insert(table)
    return statement.on_conflict_do_update(
        index_elements=key, set_={column: statement.excluded[column] for column in replaced}
    )


def insert_or_keep(table: Table, key: Sequence[str]) -> Insert:
    """Inserts a row, or leaves the row that has the same ``key`` columns as it is."""
    return insert(table).on_conflict_do_nothing(index_elements=key)
