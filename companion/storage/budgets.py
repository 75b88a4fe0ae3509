"""What a server's members may ask and spend a day, and what they did. Days are those of UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import budgets, spent
from companion.storage.upsert import upsert

WHOLE_SERVER = 0
"""Stands in the place of a role for the server together. Everyone is the role whose id is the server's own."""
EVERYWHERE = 0
"""Stands in the place of a server for all of them together."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most for a day; None where nothing was decided. ``micros`` are millionths of a dollar."""

    questions: int | None = None
    tokens: int | None = None
    micros: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """What was asked and spent, or is to be."""

    questions: int = 0
    tokens: int = 0
    micros: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.questions + other.questions, self.tokens + other.tokens, self.micros + other.micros)

    def __neg__(self) -> Amount:
        return Amount(-self.questions, -self.tokens, -self.micros)


async def limits(connection: AsyncConnection, guild_id: int) -> dict[int, Limits]:
    """What was decided in a server, by role."""
    rows = await connection.execute(select(budgets).where(budgets.c.guild_id == guild_id).order_by(budgets.c.role_id))
    return {row.role_id: Limits(row.questions, row.tokens, row.micros) for row in rows}


async def put(
    connection: AsyncConnection, guild_id: int, role_id: int, decided: Limits, by: int, now: datetime
) -> None:
    """Keeps the limits of a role, in place of those it had."""
    statement = upsert(budgets, ["guild_id", "role_id"], ["questions", "tokens", "micros", "set_by", "set_at"])
    values = {
        "guild_id": guild_id,
        "role_id": role_id,
        "questions": decided.questions,
        "tokens": decided.tokens,
        "micros": decided.micros,
        "set_by": by,
        "set_at": now,
    }
    await connection.execute(statement, values)


async def remove(connection: AsyncConnection, guild_id: int, role_id: int | None = None) -> bool:
    """Forgets what was decided for a role, or for all. False where nothing was."""
    statement = delete(budgets).where(budgets.c.guild_id == guild_id)
    if role_id is not None:
        statement = statement.where(budgets.c.role_id == role_id)
    return (await connection.execute(statement)).rowcount > 0


async def spent_by(connection: AsyncConnection, guild_id: int, day: date, member_id: int) -> Amount:
    """What a member asked and spent that day."""
    return await _sum(connection, spent.c.guild_id == guild_id, spent.c.day == day, spent.c.member_id == member_id)


async def spent_in(connection: AsyncConnection, guild_id: int, day: date) -> Amount:
    """What all members of a server asked and spent that day."""
    return await _sum(connection, spent.c.guild_id == guild_id, spent.c.day == day)


async def add(connection: AsyncConnection, guild_id: int, day: date, member_id: int, amount: Amount) -> None:
    """Adds to what a member asked and spent that day."""
    statement = insert(spent)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["guild_id", "day", "member_id"],
        set_={name: spent.c[name] + new[name] for name in ("questions", "tokens", "micros")},
    )
    values = {"questions": amount.questions, "tokens": amount.tokens, "micros": amount.micros}
    await connection.execute(statement, {"guild_id": guild_id, "day": day, "member_id": member_id, **values})


async def correct(connection: AsyncConnection, guild_id: int, day: date, member_id: int, by: Amount) -> None:
    """Adds to what is kept, or takes away from it; nothing where it is forgotten already."""
    whose = spent.c.guild_id == guild_id, spent.c.day == day, spent.c.member_id == member_id
    values = {
        "questions": spent.c.questions + by.questions,
        "tokens": spent.c.tokens + by.tokens,
        "micros": spent.c.micros + by.micros,
    }
    await connection.execute(update(spent).where(*whose).values(values))


async def forget_before(connection: AsyncConnection, guild_id: int, day: date) -> None:
    """Forgets what was asked and spent on the days before."""
    await connection.execute(delete(spent).where(spent.c.guild_id == guild_id, spent.c.day < day))


async def _sum(connection: AsyncConnection, *which: ColumnElement[bool]) -> Amount:
    totals = (func.coalesce(func.sum(spent.c[name]), 0) for name in ("questions", "tokens", "micros"))
    row = (await connection.execute(select(*totals).where(*which))).one()
    return Amount(*map(int, row))
