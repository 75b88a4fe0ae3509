"""Messages that members vote on, and what each is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, and_, delete, or_, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import ballots, clips, member_questions, papers, suggestions, vote_events, votes
from companion.storage.shards import Shards
from companion.storage.upsert import insert_or_keep

CLIP = "clip"
PAPER = "paper"
QUESTION = "question"
SUGGESTION = "suggestion"

_MADE_BY: Mapping[str, tuple[Column[int], Column[Any]]] = {
    CLIP: (clips.c.id, clips.c.made_by),
    PAPER: (papers.c.id, papers.c.proposed_by),
    QUESTION: (member_questions.c.id, member_questions.c.asked_by),
    SUGGESTION: (suggestions.c.id, suggestions.c.suggested_by),
}
"""For each kind of what is voted on, the columns with its id and with the member who made it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is voted on: its ``kind``, and its id among those of its kind."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Ballot:
    """A message that members vote on. Votes are counted while it is ``open``.

    ``reconciled_at`` is when its reactions were last compared with Discord's, None where they never were.
    """

    message_id: int
    guild_id: int
    channel_id: int
    subject: Subject
    posted_at: datetime
    open: bool = True
    reconciled_at: datetime | None = None


async def add(connection: AsyncConnection, ballot: Ballot) -> None:
    """Opens a ballot; one that is known stays as it is."""
    row = {
        "message_id": ballot.message_id,
        "guild_id": ballot.guild_id,
        "channel_id": ballot.channel_id,
        "subject_kind": ballot.subject.kind,
        "subject_id": ballot.subject.id,
        "posted_at": ballot.posted_at,
        "open": ballot.open,
        "reconciled_at": ballot.reconciled_at,
    }
    await connection.execute(insert_or_keep(ballots, ["message_id"]), row)


async def get(connection: AsyncConnection, message_id: int) -> Ballot | None:
    """The ballot that a message is, open or closed; None where it is none."""
    row = (await connection.execute(select(ballots).where(ballots.c.message_id == message_id))).one_or_none()
    return None if row is None else _ballot(row)


async def open_among(connection: AsyncConnection, message_ids: Collection[int]) -> dict[int, Ballot]:
    """Those of the messages that are open ballots."""
    rows = await connection.execute(select(ballots).where(ballots.c.message_id.in_(message_ids), ballots.c.open))
    return {row.message_id: _ballot(row) for row in rows}


async def open_of(connection: AsyncConnection, subjects: Collection[Subject]) -> list[Ballot]:
    """The open ballots about these subjects, the newest first."""
    about = tuple_(ballots.c.subject_kind, ballots.c.subject_id).in_([(one.kind, one.id) for one in subjects])
    rows = await connection.execute(
        select(ballots).where(about, ballots.c.open).order_by(ballots.c.posted_at.desc(), ballots.c.message_id.desc())
    )
    return [_ballot(row) for row in rows]


async def first_of(connection: AsyncConnection, subject: Subject) -> Ballot | None:
    """The message on which the subject was voted on first, open or not."""
    about = and_(ballots.c.subject_kind == subject.kind, ballots.c.subject_id == subject.id)
    oldest = ballots.c.posted_at, ballots.c.message_id
    row = (await connection.execute(select(ballots).where(about).order_by(*oldest).limit(1))).one_or_none()
    return None if row is None else _ballot(row)


async def posted(connection: AsyncConnection, subjects: Collection[Subject]) -> dict[int, tuple[int, int]]:
    """Where each of these subjects, which are of one kind, was posted last: channel and message, by its id."""
    newest_first = await open_of(connection, subjects)
    return {one.subject.id: (one.channel_id, one.message_id) for one in reversed(newest_first)}


async def to_reconcile(
    connection: AsyncConnection,
    before: datetime,
    limit: int,
    besides: Collection[int] = (),
    share: Shards | None = None,
) -> list[Ballot]:
    """Open ballots that were not compared with Discord since ``before``, the newest first; none in the channels
    ``besides``, and of the servers of these shards alone."""
    newest = ballots.c.posted_at.desc(), ballots.c.message_id.desc()
    rows = await connection.execute(
        select(ballots).where(*_stale(before, besides, share)).order_by(*newest).limit(limit)
    )
    return [_ballot(row) for row in rows]


async def stale(
    connection: AsyncConnection, before: datetime, besides: Collection[int] = (), share: Shards | None = None
) -> bool:
    """Is there one of these from before then?"""
    wanted = select(ballots.c.message_id).where(*_stale(before, besides, share), ballots.c.posted_at < before).limit(1)
    return (await connection.execute(wanted)).first() is not None


def _stale(before: datetime, besides: Collection[int], share: Shards | None) -> tuple[ColumnElement[bool], ...]:
    uncompared = or_(ballots.c.reconciled_at.is_(None), ballots.c.reconciled_at < before)
    ours = true() if share is None else share.where(ballots.c.guild_id)
    return ballots.c.open.is_(True), uncompared, ~among(ballots.c.channel_id, besides), ours


async def reconciled(connection: AsyncConnection, message_id: int, at: datetime) -> None:
    """The ballot's reactions were compared with Discord's."""
    await connection.execute(update(ballots).where(ballots.c.message_id == message_id).values(reconciled_at=at))


async def close(connection: AsyncConnection, message_ids: Collection[int]) -> None:
    """No more votes are counted on these messages. Those that were given stand."""
    await connection.execute(update(ballots).where(ballots.c.message_id.in_(message_ids)).values(open=False))


async def remove_subject(connection: AsyncConnection, subject: Subject) -> None:
    """Forgets a subject that is no more, with its ballots, their reactions, its votes and what the ledger has of it."""
    for table in (ballots, votes, vote_events):
        await connection.execute(
            delete(table).where(and_(table.c.subject_kind == subject.kind, table.c.subject_id == subject.id))
        )


async def maker(connection: AsyncConnection, subject: Subject) -> int | None:
    """The member who made what is voted on, whose own vote does not count; None where no member did."""
    if subject.kind not in _MADE_BY:
        return None
    id_of, made_by = _MADE_BY[subject.kind]
    return (await connection.execute(select(made_by).where(id_of == subject.id))).scalar_one_or_none()


def _ballot(row: Row[tuple[object, ...]]) -> Ballot:
    return Ballot(
        row.message_id,
        row.guild_id,
        row.channel_id,
        Subject(row.subject_kind, row.subject_id),
        row.posted_at,
        row.open,
        row.reconciled_at,
    )
