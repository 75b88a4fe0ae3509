"""Questions that members asked, with what they were answered and from what: the log behind every answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.episodes import Reference
from companion.storage.schema import awaited_answers, questions, thumbs
from companion.storage.searches import NOBODY, Filters, packed_filters, unpacked_filters, unpacked_reference
from companion.storage.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A passage that an answer was made from. ``cited``: does the answer quote it or refer to it?"""

    reference: Reference
    score: float
    cited: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question. ``sources`` stand in the order of their numbers, from 1.

    ``prompt``, ``model``, tokens and interventions (kind and sentence) are there where a model wrote; ``problem`` tells
    why none did though there is one. ``cost_micros`` is in millionths of the price table's currency.
    """

    searched: str
    answerable: bool
    answer: str
    sources: tuple[CitedSource, ...]
    seconds: float
    prompt: str | None = None
    model: str | None = None
    interventions: tuple[tuple[str, str], ...] = ()
    problem: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was asked, by whom and where; ``channel_id`` is that of the thread for one in a thread.

    ``follows_id`` is the question that it goes on from, ``riff_on`` the one that it varies; both may be deleted.
    ``outcome`` is None while it is being answered. ``cache_key`` is the same for what would be answered the same.
    ``id`` is 0 until it is recorded.
    """

    guild_id: int
    channel_id: int
    member_id: int
    member_name: str
    text: str
    asked_at: datetime
    filters: Filters = field(default_factory=Filters)
    follows_id: int | None = None
    riff_on: int | None = None
    message_id: int | None = None
    cache_key: str | None = None
    outcome: Outcome | None = None
    verdict: str | None = None
    judged_by: int | None = None
    judged_at: datetime | None = None
    id: int = 0


async def record(connection: AsyncConnection, question: Question) -> int:
    """Stores a question that is about to be answered; returns its id."""
    values = {
        "guild_id": question.guild_id,
        "channel_id": question.channel_id,
        "message_id": question.message_id,
        "member_id": question.member_id,
        "member_name": question.member_name,
        "text": question.text,
        "filters": packed_filters(question.filters),
        "follows_id": question.follows_id,
        "riff_on": question.riff_on,
        "asked_at": question.asked_at,
        "cache_key": question.cache_key,
    }
    return (await connection.execute(insert(questions).returning(questions.c.id), values)).scalar_one()


async def answered(connection: AsyncConnection, question_id: int, outcome: Outcome) -> bool:
    """Logs what came of the question. False where it was deleted meanwhile: then nothing is kept."""
    kept = questions.c.id == question_id, questions.c.member_id != NOBODY
    values = {
        "searched": outcome.searched,
        "answerable": outcome.answerable,
        "answer": outcome.answer,
        "sources": [_packed_source(source) for source in outcome.sources],
        "seconds": outcome.seconds,
        "prompt": outcome.prompt,
        "model": outcome.model,
        "interventions": [list(one) for one in outcome.interventions],
        "problem": outcome.problem,
        "prompt_tokens": outcome.prompt_tokens,
        "completion_tokens": outcome.completion_tokens,
        "cost_micros": outcome.cost_micros,
    }
    return (await connection.execute(update(questions).where(*kept).values(values))).rowcount > 0


async def get(connection: AsyncConnection, question_id: int) -> Question | None:
    """The question; None if it was never asked, or is deleted."""
    kept = select(questions).where(questions.c.id == question_id, questions.c.member_id != NOBODY)
    row = (await connection.execute(kept)).one_or_none()
    return from_row(row) if row else None


async def attach_message(connection: AsyncConnection, question_id: int, message_id: int) -> bool:
    """Remembers which message shows the answer. False where the question was deleted meanwhile: then nothing is."""
    kept = questions.c.id == question_id, questions.c.member_id != NOBODY
    return (await connection.execute(update(questions).where(*kept).values(message_id=message_id))).rowcount > 0


async def shown_by(connection: AsyncConnection, guild_id: int, message_id: int) -> Question | None:
    """The question whose answer a server's message shows; None where it shows none."""
    shown = questions.c.guild_id == guild_id, questions.c.message_id == message_id
    row = (await connection.execute(select(questions).where(*shown).limit(1))).one_or_none()
    return from_row(row) if row else None


async def showing(connection: AsyncConnection, guild_id: int, message_ids: Collection[int]) -> list[int]:
    """Those of a server's messages that show an answer."""
    shown = questions.c.guild_id == guild_id, questions.c.message_id.in_(message_ids)
    return list((await connection.execute(select(questions.c.message_id).where(*shown))).scalars())


async def last_in(connection: AsyncConnection, guild_id: int, channel_id: int) -> Question | None:
    """The last question that was asked, and answered, in a channel or thread."""
    columns = questions.c
    there = columns.guild_id == guild_id, columns.channel_id == channel_id
    kept = columns.member_id != NOBODY, columns.searched.is_not(None)
    last = select(questions).where(*there, *kept).order_by(columns.id.desc()).limit(1)
    row = (await connection.execute(last)).one_or_none()
    return from_row(row) if row else None


async def leading_to(connection: AsyncConnection, question_id: int, most: int) -> list[Question]:
    """The question and those that it goes on from, the oldest first: the last ``most`` of them. Deleted ones are left
    out."""
    columns = questions.c
    line = select(columns.id, columns.follows_id).where(columns.id == question_id).cte("line", recursive=True)
    before = questions.alias("before")
    # A question follows older ones only, so this ends.
    line = line.union_all(select(before.c.id, before.c.follows_id).join(line, before.c.id == line.c.follows_id))
    newest = (
        select(questions)
        .join(line, columns.id == line.c.id)
        .where(columns.member_id != NOBODY)
        .order_by(columns.id.desc())
        .limit(most)
    )
    return [from_row(row) for row in await connection.execute(newest)][::-1]


async def answered_same(
    connection: AsyncConnection, guild_id: int, cache_key: str, now: datetime, within: timedelta
) -> Question | None:
    """The last question of the server that is answered the same, and whose model's prose can be shown again: no host
    said that it is wrong."""
    columns = questions.c
    same = columns.guild_id == guild_id, columns.cache_key == cache_key, columns.asked_at > now - within
    written = columns.member_id != NOBODY, columns.model.is_not(None), columns.problem.is_(None)
    last = select(questions).where(*same, *written, columns.verdict.is_distinct_from(Verdict.WRONG.value))
    last = last.order_by(columns.id.desc()).limit(1)
    row = (await connection.execute(last)).one_or_none()
    return from_row(row) if row else None


async def break_off(connection: AsyncConnection, problem: str, becomes: str, before: datetime) -> list[int]:
    """Gives the questions with this ``problem`` that were asked before then another one; returns their ids."""
    columns = questions.c
    stuck = columns.problem == problem, columns.asked_at < before, columns.member_id != NOBODY
    changed = update(questions).where(*stuck).values(problem=becomes).returning(columns.id)
    return list((await connection.execute(changed)).scalars())


async def remove(connection: AsyncConnection, question_id: int) -> None:
    """Deletes the question. An empty row stays for those that go on from it or vary it, which names nobody and keeps no
    word; what they repeat of it in their own logs goes too."""
    columns = questions.c
    line = select(columns.id).where(columns.follows_id == question_id).cte("line", recursive=True)
    later = questions.alias("later")
    line = line.union_all(select(later.c.id).join(line, later.c.follows_id == line.c.id))
    # A follow-up is searched for, and put to a model, with the words of what came before it.
    await connection.execute(
        update(questions)
        .where(columns.id.in_(select(line.c.id)), columns.searched.is_not(None))
        .values(searched=columns.text, prompt=None)
    )
    await connection.execute(update(questions).where(columns.id == question_id).values(_EMPTY))
    for of_members in (thumbs, awaited_answers):
        await connection.execute(delete(of_members).where(of_members.c.question_id == question_id))


_EMPTY: Mapping[str, Any] = {
    "member_id": NOBODY,
    "member_name": "",
    "channel_id": 0,
    "message_id": None,
    "text": "",
    "filters": {},
    "searched": None,
    "answer": None,
    "sources": None,
    "prompt": None,
    "interventions": None,
    "problem": None,
    "cache_key": None,
    "judged_by": None,
}


def from_row(row: Row[Any]) -> Question:
    """The question in a row of the table's columns."""
    outcome = None
    if row.searched is not None:
        outcome = Outcome(
            searched=row.searched,
            answerable=bool(row.answerable),
            answer=row.answer or "",
            sources=tuple(_unpacked_source(packed) for packed in row.sources or ()),
            seconds=row.seconds or 0.0,
            prompt=row.prompt,
            model=row.model,
            interventions=tuple((str(kind), str(sentence)) for kind, sentence in row.interventions or ()),
            problem=row.problem,
            prompt_tokens=row.prompt_tokens,
            completion_tokens=row.completion_tokens,
            cost_micros=row.cost_micros,
        )
    return Question(
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        member_id=row.member_id,
        member_name=row.member_name,
        text=row.text,
        asked_at=row.asked_at,
        filters=unpacked_filters(row.filters),
        follows_id=row.follows_id,
        riff_on=row.riff_on,
        message_id=row.message_id,
        cache_key=row.cache_key,
        outcome=outcome,
        verdict=row.verdict,
        judged_by=row.judged_by,
        judged_at=row.judged_at,
        id=row.id,
    )


def _packed_source(source: CitedSource) -> dict[str, Any]:
    return {"reference": asdict(source.reference), "score": source.score, "cited": source.cited}


def _unpacked_source(packed: dict[str, Any]) -> CitedSource:
    return CitedSource(unpacked_reference(packed["reference"]), packed["score"], packed["cited"])
