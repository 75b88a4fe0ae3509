"""Members who asked to be forgotten, until they are, and who is at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import erasures
from companion.storage.upsert import upsert

ANYWHERE = 0
"""In place of a server: what was written of the member in any."""
_COLUMNS = erasures.c


@dataclass(frozen=True, slots=True)
class Erasure:
    """A member whom a server forgets, or what was written `ANYWHERE`."""

    guild_id: int
    member_id: int


async def ask(connection: AsyncConnection, wanted: Iterable[Erasure], now: datetime) -> None:
    """The member asked for these, and whoever calls this begins with them. Each time is later than the one before, so
    that they are told apart."""
    for one in wanted:
        before = await asked_at(connection, one)
        at = now if before is None else max(now, before + timedelta(microseconds=1))
        row = {"guild_id": one.guild_id, "member_id": one.member_id, "asked_at": at, "claimed_at": now}
        await connection.execute(upsert(erasures, ["guild_id", "member_id"], ["asked_at", "claimed_at"]), row)


async def asked_at(connection: AsyncConnection, one: Erasure) -> datetime | None:
    """When the member last asked for it; None where that is done."""
    return (await connection.execute(select(_COLUMNS.asked_at).where(*_is(one)))).scalar_one_or_none()


async def stopped(connection: AsyncConnection, before: datetime) -> Erasure | None:
    """Of those that nobody was at since ``before`` the one that has waited longest, so that those that fail
    whenever they are tried keep no other from its turn."""
    left = or_(_COLUMNS.claimed_at.is_(None), _COLUMNS.claimed_at < before)
    oldest = func.coalesce(_COLUMNS.claimed_at, _COLUMNS.asked_at), _COLUMNS.guild_id, _COLUMNS.member_id
    found = await connection.execute(
        select(_COLUMNS.guild_id, _COLUMNS.member_id).where(left).order_by(*oldest).limit(1)
    )
    return None if (row := found.one_or_none()) is None else Erasure(*row)


async def claim(connection: AsyncConnection, one: Erasure, at: datetime | None) -> bool:
    """Somebody is at it at that time; with None, nobody is any more. Returns whether it is still to be done."""
    claimed = await connection.execute(update(erasures).where(*_is(one)).values(claimed_at=at))
    return claimed.rowcount == 1


async def done(connection: AsyncConnection, one: Erasure, asked: datetime | None) -> None:
    """The member is forgotten, who asked for it then. Whoever asked once more since has it still to come."""
    await connection.execute(delete(erasures).where(*_is(one), _COLUMNS.asked_at == asked))


def _is(one: Erasure) -> tuple[ColumnElement[bool], ...]:
    return _COLUMNS.guild_id == one.guild_id, _COLUMNS.member_id == one.member_id
