"""What members would ask a guest, or whoever presents in a session, and what came of it.

Once an answer is found, whoever asked is told by a message, which is claimed by who sends it and settled afterwards, so
that nobody is told twice, whoever else tries and whenever the sender is stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.episodes import Kind, Reference
from companion.storage.names import folded
from companion.storage.schema import episodes, guests, member_questions, sessions

_COLUMNS = member_questions.c
_ENDINGS = " ?!.…"


class State(StrEnum):
    """What became of a question. ``ASKED``: a host put it to whom it is for."""

    OPEN = "open"
    ASKED = "asked"
    ANSWERED = "answered"


UNANSWERED = frozenset({State.OPEN, State.ASKED})
"""The answer is still to be found."""


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Whom a question is for: a guest, or whoever presents in a session. The other one is None."""

    guest_id: int | None = None
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class MemberQuestion:
    """A member's question. ``answer`` is where it was answered, once that is known. ``id`` is 0 until it is stored.

    ``told_at`` is when it was settled that whoever asked is told of the answer, ``claimed_at`` when somebody set about
    telling them.
    """

    id: int
    guild_id: int
    of: AskedOf
    text: str
    asked_by: int
    asked_at: datetime
    state: State = State.OPEN
    answer: Reference | None = None
    claimed_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question, and the episode to look for its answer in. ``revision`` changes with what is known of that."""

    question: MemberQuestion
    episode_id: int
    revision: int


_SELECTED = select(
    _COLUMNS.id,
    _COLUMNS.guild_id,
    _COLUMNS.guest_id,
    _COLUMNS.session_id,
    _COLUMNS.text,
    _COLUMNS.asked_by,
    _COLUMNS.asked_at,
    _COLUMNS.state,
    _COLUMNS.answer,
    _COLUMNS.claimed_at,
    _COLUMNS.told_at,
)


def text_key(text: str) -> str:
    """The same for texts that differ in capitals, spaces and how they end."""
    return folded(text).rstrip(_ENDINGS)


async def add(connection: AsyncConnection, question: MemberQuestion) -> int:
    """Stores a new question, whose own id is not looked at. Returns its id."""
    values = {
        "guild_id": question.guild_id,
        "guest_id": question.of.guest_id,
        "session_id": question.of.session_id,
        "text": question.text,
        "text_key": text_key(question.text),
        "asked_by": question.asked_by,
        "asked_at": question.asked_at,
        "state": question.state.value,
    }
    return (await connection.execute(insert(member_questions).returning(_COLUMNS.id), values)).scalar_one()


async def get(connection: AsyncConnection, guild_id: int, question_id: int) -> MemberQuestion | None:
    """The server's question of that id."""
    row = (
        await connection.execute(_SELECTED.where(_COLUMNS.guild_id == guild_id, _COLUMNS.id == question_id))
    ).one_or_none()
    return None if row is None else _from_row(row)


async def same(connection: AsyncConnection, of: AskedOf, text: str) -> MemberQuestion | None:
    """The question with the same text that somebody had for the same guest or session."""
    row = (await connection.execute(_SELECTED.where(_for(of), _COLUMNS.text_key == text_key(text)))).one_or_none()
    return None if row is None else _from_row(row)


async def of_one(connection: AsyncConnection, of: AskedOf) -> list[MemberQuestion]:
    """The questions for a guest or a session, in the order they were asked."""
    return [_from_row(row) for row in await connection.execute(_SELECTED.where(_for(of)).order_by(_COLUMNS.id))]


async def open_of_guests(connection: AsyncConnection, guild_id: int) -> dict[int, int]:
    """How many open questions there are for each of the server's guests that has any, by the guest's id."""
    rows = await connection.execute(
        select(_COLUMNS.guest_id, func.count())
        .where(_COLUMNS.guild_id == guild_id, _COLUMNS.guest_id.is_not(None), _COLUMNS.state == State.OPEN.value)
        .group_by(_COLUMNS.guest_id)
    )
    return {guest_id: count for guest_id, count in rows if guest_id is not None}


async def count_open(connection: AsyncConnection, guild_id: int, member_id: int) -> int:
    """How many open questions the member has in the server."""
    theirs = (
        _COLUMNS.guild_id == guild_id,
        _COLUMNS.asked_by == member_id,
        _COLUMNS.state == State.OPEN.value,
    )
    return (await connection.execute(select(func.count()).select_from(member_questions).where(*theirs))).scalar_one()


async def move(connection: AsyncConnection, question_id: int, among: Collection[State], to: State) -> bool:
    """Puts the question into a state. False where it is in none of those that it may leave, or gone."""
    moved = await connection.execute(
        update(member_questions)
        .where(_COLUMNS.id == question_id, _COLUMNS.state.in_([one.value for one in among]))
        .values(state=to.value)
    )
    return moved.rowcount > 0


async def remove(connection: AsyncConnection, guild_id: int, question_id: int) -> bool:
    """Keeps nothing of the server's question. False where there is none of that id."""
    gone = await connection.execute(
        delete(member_questions).where(_COLUMNS.guild_id == guild_id, _COLUMNS.id == question_id)
    )
    return gone.rowcount > 0


async def unanswered(connection: AsyncConnection) -> list[Unanswered]:
    """The questions of all servers whose answer is still to be found, each with the episode to look in: that in which
    the guest was heard, or the recording of the session."""
    of = func.coalesce(guests.c.episode_id, sessions.c.episode_id)
    rows = await connection.execute(
        _SELECTED.add_columns(episodes.c.id.label("episode"), episodes.c.revision.label("revision"))
        .select_from(member_questions)
        .outerjoin(guests, guests.c.id == _COLUMNS.guest_id)
        .outerjoin(sessions, sessions.c.id == _COLUMNS.session_id)
        .join(episodes, episodes.c.id == of)
        .where(_COLUMNS.state.in_([one.value for one in UNANSWERED]))
        .order_by(_COLUMNS.id)
    )
    return [Unanswered(_from_row(row[:-2]), row.episode, row.revision) for row in rows]


async def answered(connection: AsyncConnection, question_id: int, answer: Reference) -> bool:
    """The answer was found there. False where it was answered meanwhile, or is gone."""
    found = await connection.execute(
        update(member_questions)
        .where(_COLUMNS.id == question_id, _COLUMNS.state.in_([one.value for one in UNANSWERED]))
        .values(state=State.ANSWERED.value, answer=_stored(answer), claimed_at=None, told_at=None)
    )
    return found.rowcount > 0


async def lost(connection: AsyncConnection, question_id: int) -> None:
    """What answered the question is no more in the archive: the answer is still to be found. It was asked, at least."""
    await connection.execute(
        update(member_questions)
        .where(_COLUMNS.id == question_id, _COLUMNS.state == State.ANSWERED.value)
        .values(state=State.ASKED.value, answer=None, claimed_at=None)
    )


async def to_tell(
    connection: AsyncConnection, guild_ids: Collection[int], expired: datetime, limit: int
) -> list[MemberQuestion]:
    """Answered questions of these servers whose askers are to be told now, who waited longest first.

    One that was claimed is told of by who claimed it, unless that was before ``expired``.
    """
    due = and_(_COLUMNS.state == State.ANSWERED.value, _COLUMNS.told_at.is_(None))
    free = or_(_COLUMNS.claimed_at.is_(None), _COLUMNS.claimed_at < expired)
    here = among(_COLUMNS.guild_id, guild_ids)
    rows = await connection.execute(_SELECTED.where(here, due, free).order_by(_COLUMNS.id).limit(limit))
    return [_from_row(row) for row in rows]


async def claim(connection: AsyncConnection, question: MemberQuestion, now: datetime) -> bool:
    """Takes over telling the asker, if nobody did since it was read. False also where nothing is to be told now."""
    claimed = await connection.execute(
        update(member_questions)
        .where(
            _COLUMNS.id == question.id,
            _COLUMNS.state == State.ANSWERED.value,
            _COLUMNS.told_at.is_(None),
            _COLUMNS.claimed_at.is_not_distinct_from(question.claimed_at),
        )
        .values(claimed_at=now)
    )
    return claimed.rowcount > 0


async def settle(connection: AsyncConnection, question_id: int, now: datetime) -> None:
    """The asker was told, or cannot be."""
    await connection.execute(update(member_questions).where(_COLUMNS.id == question_id).values(told_at=now))


def _for(of: AskedOf) -> ColumnElement[bool]:
    if of.guest_id is not None:
        return _COLUMNS.guest_id == of.guest_id
    return _COLUMNS.session_id == of.session_id


def _stored(reference: Reference) -> list[Any]:
    return [
        reference.episode_id,
        reference.kind.value,
        reference.start,
        reference.end,
        reference.first_word,
        reference.last_word,
    ]


def _from_row(row: Sequence[Any]) -> MemberQuestion:
    question_id, guild_id, guest_id, session_id, text, asked_by, asked_at, state, answer, claimed_at, told_at = row
    reference = None
    if answer is not None:
        episode_id, kind, *place = answer
        reference = Reference(episode_id, Kind(kind), *place)
    return MemberQuestion(
        question_id,
        guild_id,
        AskedOf(guest_id, session_id),
        text,
        asked_by,
        asked_at,
        State(state),
        reference,
        claimed_at,
        told_at,
    )
