"""What clips got by votes and in duels in a span of time, as rows that rankings are made of.

A span begins with ``since`` and ends before ``until``; None stands for no end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.ballots import CLIP
from companion.storage.schema import ballots, duel_votes, duels, votes


@dataclass(frozen=True, slots=True)
class Counted:
    """A clip's votes for and against it, and on how many messages members could give them."""

    clip_id: int
    up: int
    down: int
    posts: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A duel between two clips, and how many members chose either."""

    left_id: int
    right_id: int
    for_left: int
    for_right: int


async def counted(
    connection: AsyncConnection,
    guild_id: int,
    since: datetime,
    until: datetime | None = None,
    votes_until: datetime | None = None,
) -> list[Counted]:
    """The server's clips that were posted in the span, with the votes that were given in it, or ``votes_until`` a later
    time, by id."""
    posts = await connection.execute(
        select(ballots.c.subject_id, func.count().label("posts"))
        .where(
            ballots.c.guild_id == guild_id, ballots.c.subject_kind == CLIP, _within(ballots.c.posted_at, since, until)
        )
        .group_by(ballots.c.subject_id)
        .order_by(ballots.c.subject_id)
    )
    given = await connection.execute(
        select(
            votes.c.subject_id,
            func.count().filter(votes.c.value > 0).label("up"),
            func.count().filter(votes.c.value < 0).label("down"),
        )
        .where(
            votes.c.guild_id == guild_id, votes.c.subject_kind == CLIP, _within(votes.c.at, since, votes_until or until)
        )
        .group_by(votes.c.subject_id)
    )
    by_clip = {row.subject_id: (row.up, row.down) for row in given}
    return [Counted(row.subject_id, *by_clip.get(row.subject_id, (0, 0)), row.posts) for row in posts]


async def compared(
    connection: AsyncConnection, guild_id: int, since: datetime, now: datetime, until: datetime | None = None
) -> list[Compared]:
    """The server's duels that were over in the span, and are ``now``, and that anybody chose in, in the order they were
    opened. Before that, choices can change, and are nobody's to see."""
    rows = await connection.execute(
        select(
            duels.c.left_id,
            duels.c.right_id,
            func.count().filter(duel_votes.c.clip_id == duels.c.left_id).label("for_left"),
            func.count().filter(duel_votes.c.clip_id == duels.c.right_id).label("for_right"),
        )
        .join(duel_votes, duel_votes.c.duel_id == duels.c.id)
        .where(duels.c.guild_id == guild_id, duels.c.closes_at <= now, _within(duels.c.closes_at, since, until))
        .group_by(duels.c.id)
        .order_by(duels.c.id)
    )
    return [Compared(*row) for row in rows]


async def voters(connection: AsyncConnection, guild_id: int, since: datetime, until: datetime | None = None) -> int:
    """How many members of the server voted on any clip in the span."""
    wanted = select(func.count(votes.c.member_id.distinct())).where(
        votes.c.guild_id == guild_id, votes.c.subject_kind == CLIP, _within(votes.c.at, since, until)
    )
    return (await connection.execute(wanted)).scalar_one()


def _within(column: Column[datetime], since: datetime, until: datetime | None) -> ColumnElement[bool]:
    return column >= since if until is None else and_(column >= since, column < until)
