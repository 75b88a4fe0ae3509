"""A server's taste: what its votes have made of each signal's weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import highlight_weights


@dataclass(frozen=True, slots=True)
class Weight:
    """What is known of a weight, as a normal distribution: its mean and the inverse of its variance."""

    mean: float
    precision: float


async def of_server(connection: AsyncConnection, guild_id: int) -> dict[str, Weight]:
    """The weights by signal; none where the server's votes were never learnt from."""
    columns = highlight_weights.c
    rows = await connection.execute(
        select(columns.signal, columns.mean, columns.precision).where(columns.guild_id == guild_id)
    )
    return {row.signal: Weight(row.mean, row.precision) for row in rows}


async def replace(connection: AsyncConnection, guild_id: int, weights: Mapping[str, Weight], now: datetime) -> None:
    """Stores these weights in place of those that the server had."""
    await connection.execute(delete(highlight_weights).where(highlight_weights.c.guild_id == guild_id))
    if weights:
        await connection.execute(
            insert(highlight_weights),
            [
                {"guild_id": guild_id, "signal": signal, "mean": one.mean, "precision": one.precision, "learnt_at": now}
                for signal, one in weights.items()
            ],
        )
