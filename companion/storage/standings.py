"""What clips got by votes in a span of time, as rows that rankings are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.ballots import CLIP
from companion.storage.schema import ballots, votes


@dataclass(frozen=True, slots=True)
class Counted:
    """A clip's votes for and against it, and on how many messages members could give them."""

    clip_id: int
    up: int
    down: int
    posts: int


async def counted(connection: AsyncConnection, guild_id: int, since: datetime) -> list[Counted]:
    """The server's clips that were posted since then, with the votes that were given since, by id."""
    posts = await connection.execute(
        select(ballots.c.subject_id, func.count().label("posts"))
        .where(ballots.c.guild_id == guild_id, ballots.c.subject_kind == CLIP, ballots.c.posted_at >= since)
        .group_by(ballots.c.subject_id)
        .order_by(ballots.c.subject_id)
    )
    given = await connection.execute(
        select(
            votes.c.subject_id,
            func.count().filter(votes.c.value > 0).label("up"),
            func.count().filter(votes.c.value < 0).label("down"),
        )
        .where(votes.c.guild_id == guild_id, votes.c.subject_kind == CLIP, votes.c.at >= since)
        .group_by(votes.c.subject_id)
    )
    by_clip = {row.subject_id: (row.up, row.down) for row in given}
    return [Counted(row.subject_id, *by_clip.get(row.subject_id, (0, 0)), row.posts) for row in posts]


async def voters(connection: AsyncConnection, guild_id: int, since: datetime) -> int:
    """How many members of the server voted on any clip since then."""
    wanted = select(func.count(votes.c.member_id.distinct())).where(
        votes.c.guild_id == guild_id, votes.c.subject_kind == CLIP, votes.c.at >= since
    )
    return (await connection.execute(wanted)).scalar_one()
