"""What happened in a server in a span of time, as far as others should hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.duels import Duel, from_row
from companion.storage.episodes import SELECTED, Episode
from companion.storage.episodes import from_row as episode_from_row
from companion.storage.highlight_slots import DAILY, State
from companion.storage.schema import clips, duels, episodes, highlight_slots, subscriptions


@dataclass(frozen=True, slots=True)
class ClipsMade:
    """How many clips members made, how many members did, and how many daily highlights were posted."""

    clips: int
    makers: int
    highlights: int


async def new_episodes(connection: AsyncConnection, guild_id: int, since: datetime, until: datetime) -> list[Episode]:
    """The episodes of the server's podcasts that came out in that time, the newest first.

    One without a date came out when it came into the archive, unless that was with the podcast itself.
    """
    columns = episodes.c
    undated = and_(
        columns.published_at.is_(None),
        columns.created_at >= since,
        columns.created_at < until,
        columns.created_at > subscriptions.c.subscribed_at,
    )
    rows = await connection.execute(
        SELECTED.join(subscriptions, subscriptions.c.podcast_id == columns.podcast_id)
        .where(
            subscriptions.c.guild_id == guild_id,
            or_(and_(columns.published_at >= since, columns.published_at < until), undated),
        )
        .order_by(func.coalesce(columns.published_at, columns.created_at).desc(), columns.id.desc())
    )
    return [episode_from_row(row) for row in rows]


async def clips_made(connection: AsyncConnection, guild_id: int, since: datetime, until: datetime) -> ClipsMade:
    """What was clipped in the server in that time and is still there."""
    of_members = clips.c.guild_id == guild_id, clips.c.made_by.is_not(None)
    made = (
        await connection.execute(
            select(func.count(), func.count(distinct(clips.c.made_by))).where(
                *of_members, clips.c.made_at >= since, clips.c.made_at < until
            )
        )
    ).one()
    slots = highlight_slots.c
    posted = await connection.execute(
        select(func.count()).where(
            slots.guild_id == guild_id,
            slots.kind == DAILY,
            slots.state == State.POSTED.value,
            slots.claimed_at >= since,
            slots.claimed_at < until,
        )
    )
    return ClipsMade(made[0], made[1], posted.scalar_one())


async def open_duels(connection: AsyncConnection, guild_id: int, now: datetime) -> list[Duel]:
    """The server's duels in which members can still choose, the one that closes first first."""
    columns = duels.c
    rows = await connection.execute(
        select(duels)
        .where(columns.guild_id == guild_id, columns.closes_at > now, columns.message_id.is_not(None))
        .order_by(columns.closes_at, columns.id)
    )
    return [from_row(row) for row in rows]
