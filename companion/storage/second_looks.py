"""Questions that found nothing, asked again when the archive has changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import awaited_answers, questions, second_looks
from companion.storage.searches import NOBODY
from companion.storage.upsert import upsert


async def due(connection: AsyncConnection, version: int, since: datetime, limit: int) -> list[int]:
    """Questions that found nothing and were not asked in this version of the archive: those that somebody waits for,
    and those asked ``since``. What was not looked for the longest comes first."""
    looks = second_looks.c
    waited_for = exists().where(
        awaited_answers.c.question_id == questions.c.id, awaited_answers.c.told_message_id.is_(None)
    )
    rows = await connection.execute(
        select(questions.c.id)
        .outerjoin(second_looks, looks.question_id == questions.c.id)
        .where(
            questions.c.member_id != NOBODY,
            questions.c.answerable.is_(False),
            or_(questions.c.asked_at >= since, waited_for),
            or_(looks.question_id.is_(None), (looks.version != version) & ~looks.found),
        )
        .order_by(func.coalesce(looks.looked_at, questions.c.asked_at), questions.c.id)
        .limit(limit)
    )
    return list(rows.scalars())


async def record(connection: AsyncConnection, question_id: int, version: int, found: bool, now: datetime) -> None:
    """What came of asking it again."""
    row = {"question_id": question_id, "version": version, "found": found, "looked_at": now}
    await connection.execute(upsert(second_looks, ["question_id"], ["version", "found", "looked_at"]), row)
