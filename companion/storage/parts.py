"""Changing many rows a part at a time: each part is a short transaction of its own, and others write between two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

AT_ONCE = 1000
"""Rows that are changed in one transaction; more go where others hang on them."""


async def delete_some(connection: AsyncConnection, table: Table, limit: int, *which: ColumnElement[bool]) -> int:
    """Deletes some of these rows, all where there are fewer; returns how many."""
    return (await connection.execute(delete(table).where(_some(table, limit, which)))).rowcount


async def update_some(
    connection: AsyncConnection, table: Table, limit: int, values: Mapping[str, Any], *which: ColumnElement[bool]
) -> int:
    """Changes some of these rows, all where there are fewer; returns how many. Those that are changed must be none of
    these any more."""
    return (await connection.execute(update(table).where(_some(table, limit, which)).values(values))).rowcount


def _some(table: Table, limit: int, which: tuple[ColumnElement[bool], ...]) -> ColumnElement[bool]:
    key = list(table.primary_key)
    found = select(*key).where(*which).limit(limit)
    return key[0].in_(found) if len(key) == 1 else tuple_(*key).in_(found)
