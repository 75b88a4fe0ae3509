"""Deleting what was kept for long enough: the log of searches and questions, and what was told to single members."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import questions, searches
from companion.storage.outbox import State
from companion.storage.parts import AT_ONCE, delete_some
from companion.storage.schema import outbox, spent
from companion.storage.schema import questions as asked
from companion.storage.schema import searches as searched


async def expire_searches(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Deletes the oldest searches from before then; returns how many. Riffs on them stay."""
    old = select(searched.c.id).where(searched.c.created_at < before).order_by(searched.c.id).limit(limit)
    ids = list((await connection.execute(old)).scalars())
    for search_id in ids:
        await searches.remove(connection, search_id)
    await connection.execute(delete(searched).where(searched.c.id.in_(ids)))
    return len(ids)


async def expire_questions(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Deletes the oldest questions from before then, with their answers, thumbs and verdicts; returns how many.

    Those that go on from them stay, without what they repeat of them.
    """
    old = select(asked.c.id).where(asked.c.asked_at < before).order_by(asked.c.id).limit(limit)
    ids = list((await connection.execute(old)).scalars())
    for question_id in ids:
        await questions.remove(connection, question_id)
    await connection.execute(delete(asked).where(asked.c.id.in_(ids)))
    return len(ids)


async def expire_notices(connection: AsyncConnection, before: datetime, limit: int = AT_ONCE) -> int:
    """Deletes some of what was settled, and too late to tell, before then: reminders and the like. Returns how many."""
    settled = outbox.c.state.in_([State.SENT.value, State.DROPPED.value])
    return await delete_some(connection, outbox, limit, settled, outbox.c.stale_at < before)


async def expire_spent(connection: AsyncConnection, today: date, limit: int = AT_ONCE) -> int:
    """Deletes some of what was asked and spent on the days before; bounds are those of a day. Returns how many rows."""
    return await delete_some(connection, spent, limit, spent.c.day < today)
