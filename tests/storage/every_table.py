"""Rows in every table of any schema that there has been, and the way to see them again after a migration."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from companion.storage.address import Address
from companion.storage.engine import plain_connection, plain_transaction

ROWS = 3
_NOT_OURS = ("alembic_version", "sqlite_sequence")
_EITHER = {"member_questions": ("guest_id", "session_id")}
"""Columns of which a row has one or the other."""
PEOPLE = ["Ada Fern"]
"""Of each episode, as the first schemas had them."""

Rows = dict[str, list[tuple[tuple[str, Any], ...]]]
"""By table, each as columns' names with their values, in an order of their own."""


def fill(address: Address) -> None:
    """Puts some rows into every table, which refer to each other as they have to."""
    with plain_transaction(address) as connection:
        for table in _tables(connection):
            # A table that may have one row has one, and may have it already.
            connection.execute(table.delete())
            count = 1 if table.name == "index_version" else ROWS
            rows = [{one.name: _value(one, number) for one in table.columns} for number in range(1, count + 1)]
            connection.execute(table.insert(), rows)


def contents(address: Address, like: Rows | None = None) -> Rows:
    """All rows of all tables; of the tables and columns of an earlier look only, where one is given."""
    with plain_connection(address) as connection:
        return {
            table.name: sorted(_rows(connection, table, None if like is None else like[table.name]), key=repr)
            for table in _tables(connection)
            if like is None or table.name in like
        }


def _rows(
    connection: sa.Connection, table: sa.Table, like: list[tuple[tuple[str, Any], ...]] | None
) -> list[tuple[tuple[str, Any], ...]]:
    names = [one.name for one in table.columns] if like is None else [name for name, _ in like[0]]
    selected = sa.select(*(table.c[name] for name in names))
    return [tuple(zip(names, row, strict=True)) for row in connection.execute(selected)]


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """As the database has them, those that are referred to first."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in _NOT_OURS]


def _value(column: sa.Column[Any], number: int) -> Any:
    either = _EITHER.get(column.table.name, ())
    if column.name in either:
        return number if column.name == either[number % len(either)] else None
    if column.name == "people":
        return PEOPLE
    values: dict[type[sa.types.TypeEngine[Any]], Any] = {
        sa.Integer: number,
        sa.Float: number + 0.5,
        sa.Boolean: bool(number % 2),
        sa.JSON: [],
        sa.LargeBinary: bytes([number]) * 8,
        sa.DateTime: datetime(2026, 1, number, 3, 4, 5, tzinfo=UTC),
        sa.Date: date(2026, 1, number),
        sa.String: f"{number} {column.name}"[: getattr(column.type, "length", None)],
    }
    return next(value for kind, value in values.items() if isinstance(column.type, kind))
