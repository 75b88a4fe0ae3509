"""What hosts say of answers: right or wrong, kept with the question."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import questions


class Verdict(StrEnum):
    """Is the answer right?"""

    RIGHT = "right"
    WRONG = "wrong"


async def judge(
    connection: AsyncConnection, question_id: int, host_id: int, verdict: Verdict, now: datetime
) -> Verdict | None:
    """The last verdict counts, whoever's it is, and the same one again takes it back. Returns what stands then."""
    this = questions.c.id == question_id
    before = (await connection.execute(select(questions.c.verdict).where(this))).scalar_one_or_none()
    if before == verdict.value:
        await connection.execute(update(questions).where(this).values(verdict=None, judged_by=None, judged_at=None))
        return None
    await connection.execute(
        update(questions).where(this).values(verdict=verdict.value, judged_by=host_id, judged_at=now)
    )
    return verdict
