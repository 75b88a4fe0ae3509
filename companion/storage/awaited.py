"""Who wants to be told once a question that found nothing is answered.

A row is claimed by who sends the message, and finalised with its id, so that nobody is told twice, whoever else tries
and whenever the sender is stopped.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import awaited_answers, questions, second_looks
from companion.storage.searches import NOBODY

_COLUMNS = awaited_answers.c


@dataclass(frozen=True, slots=True)
class Awaited:
    """A member who waits for the answer to a question. ``told_message_id``: the message that told them, if one did."""

    question_id: int
    member_id: int
    wanted_at: datetime
    claimed_at: datetime | None = None
    told_message_id: int | None = None


async def get(connection: AsyncConnection, question_id: int, member_id: int) -> Awaited | None:
    """What is kept of this member's waiting; None where they don't wait."""
    row = (await connection.execute(select(awaited_answers).where(*_theirs(question_id, member_id)))).one_or_none()
    return Awaited(*row) if row else None


async def add(connection: AsyncConnection, question_id: int, member_id: int, now: datetime) -> None:
    """The member, who does not wait for it yet, wants to be told."""
    values = {"question_id": question_id, "member_id": member_id, "wanted_at": now}
    await connection.execute(insert(awaited_answers), values)


async def remove(connection: AsyncConnection, question_id: int, member_id: int) -> bool:
    """Keeps nothing of it. False where nothing was kept."""
    return (await connection.execute(delete(awaited_answers).where(*_theirs(question_id, member_id)))).rowcount > 0


async def forget_older(connection: AsyncConnection, than: datetime) -> int:
    """Nobody waits any more who began before that; returns how many did."""
    return (await connection.execute(delete(awaited_answers).where(_COLUMNS.wanted_at < than))).rowcount


async def count(connection: AsyncConnection, guild_id: int, member_id: int) -> int:
    """For how many answers the member waits in the server."""
    waits = (
        select(func.count())
        .select_from(awaited_answers)
        .join(questions, questions.c.id == _COLUMNS.question_id)
        .where(questions.c.guild_id == guild_id, _COLUMNS.member_id == member_id, _COLUMNS.told_message_id.is_(None))
    )
    return (await connection.execute(waits)).scalar_one()


async def found(
    connection: AsyncConnection, guild_ids: Collection[int], expired: datetime, limit: int
) -> list[Awaited]:
    """Who is to be told now in these servers, because the question found something when it was asked again: who waited
    longest first.

    One that was claimed is told by who claimed it, unless that was before ``expired``.
    """
    rows = await connection.execute(
        select(awaited_answers)
        .join(questions, questions.c.id == _COLUMNS.question_id)
        .join(second_looks, second_looks.c.question_id == _COLUMNS.question_id)
        .where(
            second_looks.c.found,
            among(questions.c.guild_id, guild_ids),
            questions.c.member_id != NOBODY,
            _COLUMNS.told_message_id.is_(None),
            or_(_COLUMNS.claimed_at.is_(None), _COLUMNS.claimed_at < expired),
        )
        .order_by(_COLUMNS.wanted_at, _COLUMNS.question_id, _COLUMNS.member_id)
        .limit(limit)
    )
    return [Awaited(*row) for row in rows]


async def told_by(connection: AsyncConnection, message_ids: Collection[int]) -> list[Awaited]:
    """Who was told in one of these messages."""
    told = select(awaited_answers).where(_COLUMNS.told_message_id.in_(message_ids))
    return [Awaited(*row) for row in await connection.execute(told)]


async def claim(connection: AsyncConnection, awaited: Awaited, now: datetime) -> bool:
    """Takes it over, if nobody did since it was read. False also where the member waits no more."""
    claimed = await connection.execute(
        update(awaited_answers)
        .where(
            *_theirs(awaited.question_id, awaited.member_id),
            _COLUMNS.told_message_id.is_(None),
            _COLUMNS.claimed_at.is_not_distinct_from(awaited.claimed_at),
        )
        .values(claimed_at=now)
    )
    return claimed.rowcount > 0


async def finalise(connection: AsyncConnection, question_id: int, member_id: int, message_id: int) -> None:
    """The message told the member."""
    told = update(awaited_answers).where(*_theirs(question_id, member_id)).values(told_message_id=message_id)
    await connection.execute(told)


async def release(connection: AsyncConnection, question_id: int, member_id: int) -> None:
    """Nothing was sent: it can be claimed again."""
    untold = *_theirs(question_id, member_id), _COLUMNS.told_message_id.is_(None)
    await connection.execute(update(awaited_answers).where(*untold).values(claimed_at=None))


def _theirs(question_id: int, member_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _COLUMNS.question_id == question_id, _COLUMNS.member_id == member_id
