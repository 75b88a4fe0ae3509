"""Which episodes a server was told of. A row is claimed by who sends the message, and finalised with its id, so that no
episode is announced twice, whoever else tries and whenever the sender is stopped."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.channels import Purpose
from companion.storage.schema import announcements, episodes, server_channels, subscriptions
from companion.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class Unannounced:
    """An episode that a server was not told of: it came into the archive after the server subscribed to its podcast.

    ``published`` is when the feed says that it came out, or when it came into the archive, which was at ``stored``.
    ``channel_id`` is where the server wants news.
    """

    guild_id: int
    channel_id: int
    episode_id: int
    published: datetime
    subscribed: datetime
    stored: datetime


async def unannounced(connection: AsyncConnection, since: datetime, expired: datetime) -> list[Unannounced]:
    """The episodes published ``since`` that servers with a channel for news were not told of, the oldest first.

    One that was claimed is told of by who claimed it, unless that was before ``expired``.
    """
    published = func.coalesce(episodes.c.published_at, episodes.c.created_at, type_=episodes.c.created_at.type)
    rows = await connection.execute(
        select(
            subscriptions.c.guild_id,
            server_channels.c.channel_id,
            episodes.c.id,
            published.label("published"),
            subscriptions.c.subscribed_at,
            episodes.c.created_at,
        )
        .select_from(subscriptions)
        .join(
            server_channels,
            and_(
                server_channels.c.guild_id == subscriptions.c.guild_id, server_channels.c.purpose == Purpose.NEWS.value
            ),
        )
        .join(episodes, episodes.c.podcast_id == subscriptions.c.podcast_id)
        .outerjoin(
            announcements,
            and_(announcements.c.guild_id == subscriptions.c.guild_id, announcements.c.episode_id == episodes.c.id),
        )
        .where(
            episodes.c.created_at > subscriptions.c.subscribed_at,
            published >= since,
            or_(
                announcements.c.episode_id.is_(None),
                and_(announcements.c.message_id.is_(None), announcements.c.claimed_at < expired),
            ),
        )
        .order_by(subscriptions.c.guild_id, published, episodes.c.id)
    )
    return [Unannounced(*row) for row in rows]


async def claim(
    connection: AsyncConnection, guild_id: int, episode_ids: Collection[int], now: datetime, expired: datetime
) -> dict[int, datetime | None]:
    """Claims those of the episodes that nobody announced, or is about to. Of each, when it was claimed before: that
    claim is from before ``expired``, and nobody knows what came of it."""
    known: dict[int, tuple[datetime, int | None]] = {
        row.episode_id: (row.claimed_at, row.message_id)
        for row in await connection.execute(
            select(announcements.c.episode_id, announcements.c.claimed_at, announcements.c.message_id).where(
                announcements.c.guild_id == guild_id, among(announcements.c.episode_id, episode_ids)
            )
        )
    }
    free = [one for one in episode_ids if one not in known or (known[one][1] is None and known[one][0] < expired)]
    for episode_id in free:
        await connection.execute(
            upsert(announcements, ["guild_id", "episode_id"], ["claimed_at"]),
            {"guild_id": guild_id, "episode_id": episode_id, "claimed_at": now},
        )
    return {one: known[one][0] if one in known else None for one in free}


async def finalise(
    connection: AsyncConnection, guild_id: int, episode_ids: Collection[int], channel_id: int, message_id: int
) -> None:
    """The message announces the episodes, which were claimed."""
    await connection.execute(
        update(announcements)
        .where(announcements.c.guild_id == guild_id, among(announcements.c.episode_id, episode_ids))
        .values(channel_id=channel_id, message_id=message_id)
    )


async def messages(
    connection: AsyncConnection, guild_id: int, episode_ids: Collection[int]
) -> dict[int, tuple[int, int]]:
    """Where the server was told of these episodes: the channel and the message of each that was announced."""
    columns = announcements.c
    rows = await connection.execute(
        select(columns.episode_id, columns.channel_id, columns.message_id).where(
            columns.guild_id == guild_id, among(columns.episode_id, episode_ids), columns.message_id.is_not(None)
        )
    )
    return {row.episode_id: (row.channel_id, row.message_id) for row in rows}


async def release(connection: AsyncConnection, guild_id: int, episode_ids: Collection[int]) -> None:
    """Nothing was sent: the episodes can be claimed again."""
    await connection.execute(
        delete(announcements).where(
            announcements.c.guild_id == guild_id,
            among(announcements.c.episode_id, episode_ids),
            announcements.c.message_id.is_(None),
        )
    )
