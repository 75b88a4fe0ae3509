"""Claims of whatever is told once, in all the tables that have such."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Table, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import metadata

_COLUMNS = ("claimed_at", "event_claimed_at")


def tables() -> list[tuple[Table, str]]:
    """Each table with claims, and the column that says when one was made."""
    return [(table, name) for table in metadata.sorted_tables for name in _COLUMNS if name in table.c]


async def bring_back(connection: AsyncConnection, after: datetime, to: datetime) -> int:
    """Claims from after that instant are from the other from now on; returns how many there were."""
    found = 0
    for table, name in tables():
        changed = await connection.execute(update(table).where(table.c[name] > after).values({name: to}))
        found += changed.rowcount
    return found
