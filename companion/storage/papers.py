"""Papers that a server's members propose, and who wants them and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.ballots import PAPER
from companion.storage.schema import paper_voices, papers, votes
from companion.storage.upsert import insert_or_keep


class State(StrEnum):
    """What has become of a proposal."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    COVERED = "covered"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Paper:
    """A server's paper. ``version`` is the one that was proposed, None for the newest. ``id`` is 0 until it is stored.

    ``renewed_at`` is when it was proposed, or carried over, last.
    """

    id: int
    guild_id: int
    canonical: str
    version: int | None
    title: str
    authors: tuple[str, ...]
    abstract: str | None
    published: date | None
    proposed_by: int
    proposed_at: datetime
    state: State
    renewed_at: datetime


@dataclass(frozen=True, slots=True)
class Voice:
    """A member who proposed a paper, and why; ``why`` may be empty."""

    member_id: int
    why: str
    at: datetime


_SELECTED = select(
    papers.c.id,
    papers.c.guild_id,
    papers.c.canonical,
    papers.c.version,
    papers.c.title,
    papers.c.authors,
    papers.c.abstract,
    papers.c.published,
    papers.c.proposed_by,
    papers.c.proposed_at,
    papers.c.state,
    papers.c.renewed_at,
)
_AUTHORS, _STATE = 5, 10
"""The places of these among the columns."""


def _from_row(row: Sequence[Any]) -> Paper:
    values = list(row)
    values[_AUTHORS] = tuple(values[_AUTHORS])
    values[_STATE] = State(values[_STATE])
    return Paper(*values)


async def add(connection: AsyncConnection, paper: Paper) -> int | None:
    """Stores the paper, whose own id is not looked at. Returns its id; None if the server has it already."""
    values = {
        "guild_id": paper.guild_id,
        "canonical": paper.canonical,
        "version": paper.version,
        "title": paper.title,
        "authors": list(paper.authors),
        "abstract": paper.abstract,
        "published": paper.published,
        "proposed_by": paper.proposed_by,
        "proposed_at": paper.proposed_at,
        "state": paper.state.value,
        "renewed_at": paper.renewed_at,
    }
    statement = insert_or_keep(papers, ["guild_id", "canonical"]).returning(papers.c.id)
    return (await connection.execute(statement, values)).scalar_one_or_none()


async def get(connection: AsyncConnection, guild_id: int, paper_id: int) -> Paper | None:
    """The server's paper of that id."""
    wanted = _SELECTED.where(papers.c.guild_id == guild_id, papers.c.id == paper_id)
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else _from_row(row)


async def by_canonical(connection: AsyncConnection, guild_id: int, canonical: str) -> Paper | None:
    """The server's paper of that canonical id, whatever has become of it."""
    wanted = _SELECTED.where(papers.c.guild_id == guild_id, papers.c.canonical == canonical)
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else _from_row(row)


async def of_guild(connection: AsyncConnection, guild_id: int, states: Collection[State] = tuple(State)) -> list[Paper]:
    """The server's papers in any of these states, the first proposed first."""
    wanted = _SELECTED.where(papers.c.guild_id == guild_id, papers.c.state.in_([one.value for one in states]))
    return [_from_row(row) for row in await connection.execute(wanted.order_by(papers.c.id))]


async def set_state(
    connection: AsyncConnection, guild_id: int, paper_id: int, state: State, among: Collection[State] = tuple(State)
) -> bool:
    """Puts the paper into a state, if it is in one of those ``among``. Returns whether it was."""
    changed = await connection.execute(
        update(papers)
        .where(papers.c.guild_id == guild_id, papers.c.id == paper_id, papers.c.state.in_([one.value for one in among]))
        .values(state=state.value)
    )
    return changed.rowcount > 0


async def propose_anew(connection: AsyncConnection, paper_id: int, member_id: int, now: datetime) -> None:
    """A paper that was withdrawn, or expired, is proposed again, by this member."""
    values = {"state": State.PROPOSED.value, "proposed_by": member_id, "proposed_at": now, "renewed_at": now}
    await connection.execute(update(papers).where(papers.c.id == paper_id).values(values))
    await _take_back_vote(connection, paper_id, member_id)


async def renew(connection: AsyncConnection, paper_id: int, now: datetime) -> None:
    """The paper is carried over: its time begins again."""
    await connection.execute(update(papers).where(papers.c.id == paper_id).values(renewed_at=now))


async def hand_on(connection: AsyncConnection, paper_id: int, member_id: int) -> None:
    """Another member is the one who proposes the paper, and whose own vote on it does not count any more."""
    await connection.execute(update(papers).where(papers.c.id == paper_id).values(proposed_by=member_id))
    await _take_back_vote(connection, paper_id, member_id)


async def name_version(connection: AsyncConnection, paper_id: int, version: int) -> None:
    """Somebody proposed this version of the paper; if it is newer than the one that was named, it counts."""
    newer = papers.c.id == paper_id, papers.c.version < version
    await connection.execute(update(papers).where(*newer).values(version=version))


async def idle(connection: AsyncConnection, before: datetime) -> list[Paper]:
    """Proposals of all servers that were neither renewed nor voted on since ``before``, the oldest first."""
    voted = select(votes.c.subject_id).where(
        votes.c.subject_kind == PAPER, votes.c.subject_id == papers.c.id, votes.c.at >= before
    )
    wanted = _SELECTED.where(
        papers.c.state == State.PROPOSED.value, papers.c.renewed_at < before, ~voted.exists()
    ).order_by(papers.c.renewed_at, papers.c.id)
    return [_from_row(row) for row in await connection.execute(wanted)]


async def like(connection: AsyncConnection, guild_id: int, typed: str, states: Collection[State]) -> list[Paper]:
    """The server's papers in any of these states with what was typed in their title or id, the last proposed first."""
    part = typed.strip().lower()
    has_it = or_(
        func.lower(papers.c.title).contains(part, autoescape=True),
        func.lower(papers.c.canonical).contains(part, autoescape=True),
    )
    wanted = _SELECTED.where(
        papers.c.guild_id == guild_id, papers.c.state.in_([one.value for one in states]), has_it
    ).order_by(papers.c.id.desc())
    return [_from_row(row) for row in await connection.execute(wanted)]


async def count_open(connection: AsyncConnection, guild_id: int, member_id: int) -> int:
    """How many of the member's proposals are neither scheduled nor settled."""
    wanted = select(func.count()).select_from(papers)
    open_of = papers.c.guild_id == guild_id, papers.c.proposed_by == member_id, papers.c.state == State.PROPOSED.value
    return (await connection.execute(wanted.where(*open_of))).scalar_one()


async def add_voice(connection: AsyncConnection, paper_id: int, voice: Voice) -> bool:
    """The member wants the paper too. False if they said so before; then what they say now of why is kept."""
    values = {"paper_id": paper_id, "member_id": voice.member_id, "why": voice.why, "at": voice.at}
    added = await connection.execute(insert_or_keep(paper_voices, ["paper_id", "member_id"]), values)
    if not added.rowcount and voice.why:
        theirs = paper_voices.c.paper_id == paper_id, paper_voices.c.member_id == voice.member_id
        await connection.execute(update(paper_voices).where(*theirs).values(why=voice.why))
    return added.rowcount > 0


async def remove_voice(connection: AsyncConnection, paper_id: int, member_id: int) -> bool:
    """The member wants the paper no more. False where they never said that they do."""
    gone = await connection.execute(
        delete(paper_voices).where(paper_voices.c.paper_id == paper_id, paper_voices.c.member_id == member_id)
    )
    return gone.rowcount > 0


async def clear_voices(connection: AsyncConnection, paper_id: int) -> None:
    """Nobody wants the paper any more."""
    await connection.execute(delete(paper_voices).where(paper_voices.c.paper_id == paper_id))


async def voices(connection: AsyncConnection, paper_ids: Collection[int]) -> dict[int, list[Voice]]:
    """Who wants each of the papers, the first to say so first; papers that nobody wants are left out."""
    rows = await connection.execute(
        select(paper_voices.c.paper_id, paper_voices.c.member_id, paper_voices.c.why, paper_voices.c.at)
        .where(among(paper_voices.c.paper_id, paper_ids))
        .order_by(paper_voices.c.at, paper_voices.c.member_id)
    )
    found: dict[int, list[Voice]] = {}
    for paper_id, member_id, why, at in rows:
        found.setdefault(paper_id, []).append(Voice(member_id, why, at))
    return found


async def _take_back_vote(connection: AsyncConnection, paper_id: int, member_id: int) -> None:
    theirs = votes.c.subject_kind == PAPER, votes.c.subject_id == paper_id, votes.c.member_id == member_id
    await connection.execute(delete(votes).where(*theirs))
