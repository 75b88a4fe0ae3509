"""What a server asked: counts of a stretch of time, and the questions themselves for those who look after them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.questions import Question, from_row
from companion.storage.schema import awaited_answers, questions, second_looks, thumbs
from companion.storage.searches import NOBODY, Filters, unpacked_filters
from companion.storage.verdicts import Verdict

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Totals:
    """What a server asked in some time. ``questions`` counts those that are ``deleted``, too, which cost as much.

    ``askers`` are members. ``refused`` found nothing; ``up`` and ``down`` are thumbs, ``right`` and ``wrong`` what
    hosts said. ``cost_micros`` is in millionths of the price table's currency.
    """

    questions: int
    deleted: int
    askers: int
    refused: int
    up: int
    down: int
    right: int
    wrong: int
    tokens: int
    cost_micros: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that found nothing. ``waiting`` members want to be told; asked again it ``found`` something."""

    id: int
    text: str
    asked_at: datetime
    channel_id: int
    message_id: int | None
    waiting: int
    found: bool


@dataclass(frozen=True, slots=True)
class MarkedRight:
    """A question whose answer a host marked right, with the message that shows it."""

    id: int
    text: str
    filters: Filters
    channel_id: int
    message_id: int
    host_id: int


@dataclass(frozen=True, slots=True)
class AskedOnce:
    """A question that a member asked, with the message that shows its answer. ``right``: did a host say so?"""

    id: int
    text: str
    filters: Filters
    member_id: int
    channel_id: int
    message_id: int
    asked_at: datetime
    answerable: bool
    right: bool


async def totals(connection: AsyncConnection, guild_id: int, since: datetime) -> Totals:
    """What the server asked from that instant on."""
    columns = questions.c
    theirs = columns.guild_id == guild_id, columns.asked_at >= since
    kept = columns.member_id != NOBODY
    row = (
        await connection.execute(
            select(
                func.count(),
                func.count(case((~kept, 1))),
                func.count(distinct(case((kept, columns.member_id)))),
                func.count(case((and_(kept, columns.answerable.is_(False)), 1))),
                func.count(case((and_(kept, columns.verdict == Verdict.RIGHT.value), 1))),
                func.count(case((and_(kept, columns.verdict == Verdict.WRONG.value), 1))),
                func.coalesce(func.sum(columns.prompt_tokens), 0)
                + func.coalesce(func.sum(columns.completion_tokens), 0),
                func.coalesce(func.sum(columns.cost_micros), 0),
            ).where(*theirs)
        )
    ).one()
    asked, deleted, askers, refused, right, wrong, tokens, cost = row
    up, down = (
        await connection.execute(
            select(func.count(case((thumbs.c.up, 1))), func.count(case((~thumbs.c.up, 1))))
            .select_from(thumbs)
            .join(questions, columns.id == thumbs.c.question_id)
            .where(*theirs, kept)
        )
    ).one()
    # PostgreSQL adds whole numbers up to decimal ones.
    return Totals(asked, deleted, askers, refused, up, down, right, wrong, int(tokens), int(cost))


async def unanswered(
    connection: AsyncConnection, guild_id: int, since: datetime, offset: int, limit: int
) -> list[Unanswered]:
    """Some of the server's questions that found nothing from that instant on, the newest first."""
    columns = questions.c
    waiting = (
        select(func.count())
        .where(awaited_answers.c.question_id == columns.id, awaited_answers.c.told_message_id.is_(None))
        .scalar_subquery()
    )
    rows = await connection.execute(
        select(
            columns.id,
            columns.text,
            columns.asked_at,
            columns.channel_id,
            columns.message_id,
            waiting,
            func.coalesce(second_looks.c.found, False),
        )
        .outerjoin(second_looks, second_looks.c.question_id == columns.id)
        .where(
            columns.guild_id == guild_id,
            columns.asked_at >= since,
            columns.member_id != NOBODY,
            columns.answerable.is_(False),
        )
        .order_by(columns.asked_at.desc(), columns.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [Unanswered(*row) for row in rows]


async def everything(connection: AsyncConnection, guild_id: int | None) -> AsyncGenerator[Question]:
    """Every question that was answered and is not deleted, the oldest first: of one server, or of all for None."""
    columns, last = questions.c, 0
    kept = [columns.member_id != NOBODY, columns.searched.is_not(None)]
    if guild_id is not None:
        kept.append(columns.guild_id == guild_id)
    while True:
        batch = select(questions).where(*kept, columns.id > last).order_by(columns.id).limit(_BATCH)
        found = [from_row(row) for row in await connection.execute(batch)]
        for question in found:
            yield question
        if len(found) < _BATCH:
            return
        last = found[-1].id


async def marked_right(connection: AsyncConnection, guild_id: int, limit: int) -> list[MarkedRight]:
    """The server's answers that a host marked right, the one marked last first. Those that go on from another question
    are left out: alone they say nothing."""
    columns = questions.c
    right = columns.guild_id == guild_id, columns.verdict == Verdict.RIGHT.value, columns.member_id != NOBODY
    alone = columns.follows_id.is_(None), columns.message_id.is_not(None), columns.answerable
    rows = await connection.execute(
        select(columns.id, columns.text, columns.filters, columns.channel_id, columns.message_id, columns.judged_by)
        .where(*right, *alone)
        .order_by(columns.judged_at.desc(), columns.id.desc())
        .limit(limit)
    )
    return [
        MarkedRight(row.id, row.text, unpacked_filters(row.filters), row.channel_id, row.message_id, row.judged_by)
        for row in rows
    ]


async def each(
    connection: AsyncConnection, guild_id: int, since: datetime, until: datetime, limit: int
) -> list[AskedOnce]:
    """The last of the server's questions of that time, the newest first, as far as their answers stand. Those that go
    on from another question are left out: alone they say nothing."""
    columns = questions.c
    theirs = columns.guild_id == guild_id, columns.asked_at >= since, columns.asked_at < until
    alone = columns.follows_id.is_(None), columns.message_id.is_not(None), columns.searched.is_not(None)
    rows = await connection.execute(
        select(questions)
        .where(*theirs, *alone, columns.member_id != NOBODY)
        .order_by(columns.asked_at.desc(), columns.id.desc())
        .limit(limit)
    )
    return [
        AskedOnce(
            row.id,
            row.text,
            unpacked_filters(row.filters),
            row.member_id,
            row.channel_id,
            row.message_id,
            row.asked_at,
            bool(row.answerable),
            row.verdict == Verdict.RIGHT.value,
        )
        for row in rows
    ]
