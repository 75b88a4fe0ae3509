"""Who would present in a club."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import volunteers
from companion.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A member who would present in a club: that paper, or, where it is None, any. ``at``: since when they would."""

    series_id: int
    member_id: int
    paper_id: int | None
    at: datetime


async def put(connection: AsyncConnection, volunteer: Volunteer) -> None:
    """Notes who would present. Whoever is known already keeps their place, with the paper that they named last."""
    row = {
        "series_id": volunteer.series_id,
        "member_id": volunteer.member_id,
        "paper_id": volunteer.paper_id,
        "at": volunteer.at,
    }
    await connection.execute(upsert(volunteers, ["series_id", "member_id"], ["paper_id"]), row)


async def remove(connection: AsyncConnection, series_id: int, member_id: int) -> bool:
    """They would not, any more. False where they were not known."""
    removed = await connection.execute(
        delete(volunteers).where(volunteers.c.series_id == series_id, volunteers.c.member_id == member_id)
    )
    return removed.rowcount > 0


async def fulfilled(connection: AsyncConnection, paper_id: int) -> None:
    """The paper was presented: nobody is to present it any more. Who would present any stays."""
    await connection.execute(delete(volunteers).where(volunteers.c.paper_id == paper_id))


async def of_series(connection: AsyncConnection, series_id: int) -> list[Volunteer]:
    """Who would present in a club, in the order in which they said so."""
    columns = volunteers.c
    rows = await connection.execute(
        select(volunteers).where(columns.series_id == series_id).order_by(columns.at, columns.member_id)
    )
    return [Volunteer(row.series_id, row.member_id, row.paper_id, row.at) for row in rows]
