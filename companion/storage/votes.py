"""Votes by reactions: the ledger of all that came and went, the reactions that are there now, and what they amount to.

The ledger is only added to, and goes with its subject. What is there now, and one vote a member and subject, are kept
beside it as rows, so that a tally is a count of rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.ballots import Ballot, Subject
from companion.storage.schema import ballots, reactions, vote_events, votes
from companion.storage.upsert import insert_or_keep, upsert


class Origin(StrEnum):
    """How a reaction's coming or going was learnt of: as it happened, or by comparing after an absence."""

    SEEN = "seen"
    RECONCILED = "reconciled"


@dataclass(frozen=True, slots=True)
class Mark:
    """A reaction of a member's to a message. ``emoji`` is as Discord writes it: the character, or name:id, where the
    name is ``_``, since names can be changed and are of no account."""

    message_id: int
    member_id: int
    emoji: str
    burst: bool = False


@dataclass(frozen=True, slots=True)
class Reaction:
    """A mark that is there, since then."""

    mark: Mark
    since: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How many members are for something, and how many against it."""

    up: int = 0
    down: int = 0

    @property
    def votes(self) -> int:
        return self.up + self.down


async def came(connection: AsyncConnection, ballot: Ballot, mark: Mark, at: datetime, origin: Origin) -> bool:
    """The reaction is there. False where it was known."""
    row = {"message_id": mark.message_id, "member_id": mark.member_id, "emoji": mark.emoji, "burst": mark.burst}
    key = list(row)
    added = await connection.execute(insert_or_keep(reactions, key), {**row, "since": at})
    if added.rowcount:
        await _record(connection, ballot, mark, at, origin, added=True)
    return bool(added.rowcount)


async def went(connection: AsyncConnection, ballot: Ballot, mark: Mark, at: datetime, origin: Origin) -> bool:
    """The reaction is there no more. False where none was known of; the ledger has it all the same."""
    removed = await connection.execute(
        delete(reactions).where(
            reactions.c.message_id == mark.message_id,
            reactions.c.member_id == mark.member_id,
            reactions.c.emoji == mark.emoji,
            reactions.c.burst == mark.burst,
        )
    )
    await _record(connection, ballot, mark, at, origin, added=False)
    return bool(removed.rowcount)


async def on_message(connection: AsyncConnection, message_id: int) -> list[Reaction]:
    """The reactions that are on a message now."""
    rows = await connection.execute(select(reactions).where(reactions.c.message_id == message_id))
    return [Reaction(Mark(row.message_id, row.member_id, row.emoji, row.burst), row.since) for row in rows]


async def of_member(connection: AsyncConnection, subject: Subject, member_id: int) -> list[Reaction]:
    """The member's reactions that are there now on any message about the subject, whether it is open or not."""
    rows = await connection.execute(
        select(reactions)
        .join(ballots, ballots.c.message_id == reactions.c.message_id)
        .where(
            ballots.c.subject_kind == subject.kind,
            ballots.c.subject_id == subject.id,
            reactions.c.member_id == member_id,
        )
    )
    return [Reaction(Mark(row.message_id, row.member_id, row.emoji, row.burst), row.since) for row in rows]


async def decide(
    connection: AsyncConnection, ballot: Ballot, member_id: int, decided: tuple[int, datetime] | None
) -> bool:
    """Stores a member's vote on the ballot's subject, 1 or -1 and since when, or that there is none. Did it change?"""
    subject = ballot.subject
    theirs = (
        votes.c.subject_kind == subject.kind,
        votes.c.subject_id == subject.id,
        votes.c.member_id == member_id,
    )
    before = (await connection.execute(select(votes.c.value, votes.c.at).where(*theirs))).one_or_none()
    if decided is None:
        await connection.execute(delete(votes).where(*theirs))
        return before is not None
    value, at = decided
    row = {
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "member_id": member_id,
        "guild_id": ballot.guild_id,
        "value": value,
        "at": at,
    }
    await connection.execute(upsert(votes, ["subject_kind", "subject_id", "member_id"], ["value", "at"]), row)
    return before is None or before.value != value


async def tallies(connection: AsyncConnection, subjects: Collection[Subject]) -> dict[Subject, Tally]:
    """The votes on these subjects; those without any are left out."""
    columns = votes.c.subject_kind, votes.c.subject_id
    rows = await connection.execute(
        select(
            *columns,
            func.count().filter(votes.c.value > 0).label("up"),
            func.count().filter(votes.c.value < 0).label("down"),
        )
        .where(tuple_(*columns).in_([(one.kind, one.id) for one in subjects]))
        .group_by(*columns)
    )
    return {Subject(row.subject_kind, row.subject_id): Tally(row.up, row.down) for row in rows}


async def voters(connection: AsyncConnection, subjects: Collection[Subject]) -> int:
    """How many members voted on any of these subjects."""
    about = tuple_(votes.c.subject_kind, votes.c.subject_id).in_([(one.kind, one.id) for one in subjects])
    return (await connection.execute(select(func.count(votes.c.member_id.distinct())).where(about))).scalar_one()


async def position(connection: AsyncConnection) -> int:
    """Where the ledger ends."""
    return (await connection.execute(select(func.coalesce(func.max(vote_events.c.id), 0)))).scalar_one()


async def touched(connection: AsyncConnection, message_id: int, after: int) -> set[Mark]:
    """What came to a message or went from it after that position of the ledger."""
    columns = vote_events.c
    rows = await connection.execute(
        select(columns.member_id, columns.emoji, columns.burst).where(
            columns.id > after, columns.message_id == message_id
        )
    )
    return {Mark(message_id, row.member_id, row.emoji, row.burst) for row in rows}


async def _record(
    connection: AsyncConnection, ballot: Ballot, mark: Mark, at: datetime, origin: Origin, *, added: bool
) -> None:
    row = {
        "guild_id": ballot.guild_id,
        "subject_kind": ballot.subject.kind,
        "subject_id": ballot.subject.id,
        "message_id": mark.message_id,
        "member_id": mark.member_id,
        "emoji": mark.emoji,
        "burst": mark.burst,
        "added": added,
        "origin": origin.value,
        "at": at,
    }
    await connection.execute(insert(vote_events), row)
