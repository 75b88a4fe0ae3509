"""Who comes to a session, as members say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import rsvps as table
from companion.storage.upsert import upsert


class Answer(StrEnum):
    """Whether somebody comes."""

    GOING = "going"
    MAYBE = "maybe"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Rsvp:
    """What a member answered, and since when. ``by_message``: they are reminded by direct message."""

    session_id: int
    member_id: int
    answer: Answer
    at: datetime
    by_message: bool = False


async def put(connection: AsyncConnection, rsvp: Rsvp) -> None:
    """Stores the answer in place of what the member answered before."""
    row = {
        "session_id": rsvp.session_id,
        "member_id": rsvp.member_id,
        "answer": rsvp.answer.value,
        "at": rsvp.at,
        "by_message": rsvp.by_message,
    }
    await connection.execute(upsert(table, ["session_id", "member_id"], ["answer", "at", "by_message"]), row)


async def get(connection: AsyncConnection, session_id: int, member_id: int) -> Rsvp | None:
    """What the member answered; None where they did not."""
    found = await connection.execute(
        select(table).where(table.c.session_id == session_id, table.c.member_id == member_id)
    )
    row = found.one_or_none()
    return None if row is None else Rsvp(row.session_id, row.member_id, Answer(row.answer), row.at, row.by_message)


async def of_sessions(connection: AsyncConnection, session_ids: Collection[int]) -> dict[int, list[Rsvp]]:
    """What was answered for each of these sessions, in the order in which members answered."""
    rows = await connection.execute(
        select(table).where(among(table.c.session_id, session_ids)).order_by(table.c.at, table.c.member_id)
    )
    found: dict[int, list[Rsvp]] = {one: [] for one in session_ids}
    for row in rows:
        found[row.session_id].append(Rsvp(row.session_id, row.member_id, Answer(row.answer), row.at, row.by_message))
    return found


async def remove(connection: AsyncConnection, session_id: int, member_id: int) -> None:
    """Forgets the answer of a member who left the server."""
    await connection.execute(delete(table).where(table.c.session_id == session_id, table.c.member_id == member_id))
