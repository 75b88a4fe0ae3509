"""What members say is wrong with names, who says so, and what the managers of their server decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.episodes import Kind, Reference
from companion.storage.names import folded
from companion.storage.schema import correction_proposers, corrections
from companion.storage.upsert import insert_or_keep


class About(StrEnum):
    """What is corrected: whom a label means in one episode, or, in a whole podcast, what somebody who speaks is called,
    or how something that is said is spelt."""

    LABEL = "label"
    PERSON = "person"
    TERM = "term"


class Verdict(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Mistake:
    """``spelling`` is what is read (a label, somebody's name as it is shown, or words), ``name`` what it should be."""

    about: About
    spelling: str
    name: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A proposal of a server's members, in the order in which they made it their own.

    ``reference`` is where it was noticed, ``message_id`` the message that asks the managers, once there is one.
    """

    id: int
    guild_id: int
    podcast_id: int
    reference: Reference
    mistake: Mistake
    verdict: Verdict
    proposers: tuple[int, ...]
    proposed_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    channel_id: int | None
    message_id: int | None


async def add(
    connection: AsyncConnection, guild_id: int, member_id: int, reference: Reference, mistake: Mistake, now: datetime
) -> int:
    """Keeps a proposal; returns its id."""
    values = {
        "guild_id": guild_id,
        "episode_id": reference.episode_id,
        "kind": reference.kind.value,
        "start_s": reference.start,
        "end_s": reference.end,
        "first_word": reference.first_word,
        "last_word": reference.last_word,
        "about": mistake.about.value,
        "spelling": mistake.spelling,
        "name": mistake.name,
        "state": Verdict.OPEN.value,
        "proposed_at": now,
    }
    made = await connection.execute(insert(corrections).returning(corrections.c.id), values)
    correction_id: int = made.scalar_one()
    await join(connection, correction_id, member_id, now)
    return correction_id


async def join(connection: AsyncConnection, correction_id: int, member_id: int, now: datetime) -> bool:
    """Makes the proposal the member's, too. False if it was."""
    row = {"correction_id": correction_id, "member_id": member_id, "proposed_at": now}
    added = await connection.execute(insert_or_keep(correction_proposers, ["correction_id", "member_id"]), row)
    return added.rowcount > 0


async def leave(connection: AsyncConnection, correction_id: int, member_id: int) -> bool:
    """Makes the proposal the member's no more, and forgets it where it is open and nobody's then. False if it was not
    theirs."""
    theirs = correction_proposers.c.correction_id == correction_id
    left = await connection.execute(
        delete(correction_proposers).where(theirs, correction_proposers.c.member_id == member_id)
    )
    if not left.rowcount:
        return False
    others = await connection.execute(select(func.count()).select_from(correction_proposers).where(theirs))
    if not others.scalar_one():
        is_open = corrections.c.state == Verdict.OPEN.value
        await connection.execute(delete(corrections).where(corrections.c.id == correction_id, is_open))
    return True


async def get(connection: AsyncConnection, correction_id: int) -> Correction | None:
    """The proposal of that number, whoever's it is."""
    found = await _select(connection, corrections.c.id == correction_id)
    return found[0] if found else None


async def listed(connection: AsyncConnection, guild_id: int) -> list[Correction]:
    """What is open in the server, the oldest first."""
    return await _select(connection, corrections.c.guild_id == guild_id, corrections.c.state == Verdict.OPEN.value)


async def same(
    connection: AsyncConnection, guild_id: int, podcast_id: int, episode_id: int, mistake: Mistake
) -> list[Correction]:
    """The server's proposals of the same, in whatever state, the oldest first. A label's is of that episode, any other
    of that podcast; the case of letters matters only to how people are called."""
    place = (
        corrections.c.episode_id == episode_id
        if mistake.about is About.LABEL
        else schema.episodes.c.podcast_id == podcast_id
    )
    known = await _select(
        connection, corrections.c.guild_id == guild_id, corrections.c.about == mistake.about.value, place
    )
    return [one for one in known if _folded(one.mistake) == _folded(mistake)]


async def of_member(connection: AsyncConnection, guild_id: int, member_id: int) -> list[Correction]:
    """What the member proposed in the server, in whatever state, the oldest first."""
    theirs = select(correction_proposers.c.correction_id).where(correction_proposers.c.member_id == member_id)
    return await _select(connection, corrections.c.guild_id == guild_id, corrections.c.id.in_(theirs))


async def decide(connection: AsyncConnection, correction_id: int, verdict: Verdict, by: int, now: datetime) -> None:
    """Writes down what a manager decided."""
    await connection.execute(
        update(corrections)
        .where(corrections.c.id == correction_id)
        .values(state=verdict.value, decided_by=by, decided_at=now)
    )


async def untold(connection: AsyncConnection) -> list[Correction]:
    """What is open in any server, and no message was sent of yet, the oldest first."""
    return await _select(connection, corrections.c.state == Verdict.OPEN.value, corrections.c.claimed_at.is_(None))


async def claim(connection: AsyncConnection, correction_id: int, now: datetime) -> bool:
    """Takes over the sending of its message. False where somebody has already, or nothing is to be sent."""
    claimed = await connection.execute(
        update(corrections)
        .where(
            corrections.c.id == correction_id,
            corrections.c.state == Verdict.OPEN.value,
            corrections.c.claimed_at.is_(None),
        )
        .values(claimed_at=now)
    )
    return claimed.rowcount > 0


async def release(connection: AsyncConnection, correction_id: int) -> None:
    """Nothing was sent: it can be claimed again."""
    await connection.execute(update(corrections).where(corrections.c.id == correction_id).values(claimed_at=None))


async def told(connection: AsyncConnection, correction_id: int, channel_id: int, message_id: int) -> None:
    """The message is sent."""
    values = {"channel_id": channel_id, "message_id": message_id}
    await connection.execute(update(corrections).where(corrections.c.id == correction_id).values(**values))


async def _select(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Correction]:
    wanted = (
        select(corrections, schema.episodes.c.podcast_id)
        .join(schema.episodes, schema.episodes.c.id == corrections.c.episode_id)
        .where(*conditions)
        .order_by(corrections.c.id)
    )
    rows = (await connection.execute(wanted)).all()
    proposers = await _proposers(connection, [row.id for row in rows])
    return [_from_row(row, proposers.get(row.id, ())) for row in rows]


async def _proposers(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    columns = correction_proposers.c
    rows = await connection.execute(
        select(columns.correction_id, columns.member_id)
        .where(columns.correction_id.in_(list(ids)))
        .order_by(columns.proposed_at, columns.member_id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for correction_id, member_id in rows:
        found[correction_id] = (*found.get(correction_id, ()), member_id)
    return found


def _from_row(row: Any, proposers: tuple[int, ...]) -> Correction:
    return Correction(
        id=row.id,
        guild_id=row.guild_id,
        podcast_id=row.podcast_id,
        reference=Reference(row.episode_id, Kind(row.kind), row.start_s, row.end_s, row.first_word, row.last_word),
        mistake=Mistake(About(row.about), row.spelling, row.name),
        verdict=Verdict(row.state),
        proposers=proposers,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        channel_id=row.channel_id,
        message_id=row.message_id,
    )


def _folded(mistake: Mistake) -> tuple[str, str]:
    # Labels of one episode may differ in case alone, and mean two people; so may the case be all that is wrong.
    if mistake.about is About.TERM:
        return folded(mistake.spelling), folded(mistake.name)
    return mistake.spelling, mistake.name
