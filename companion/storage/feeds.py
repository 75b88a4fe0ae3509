"""What feeds said the last time, so that they are asked for news only, and not again too soon after a failure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import feeds


@dataclass(frozen=True, slots=True)
class FeedState:
    """``address`` is where the feed moved to for good, if it did. ``etag`` and ``last_modified`` are of the last answer
    that was read whole, by this ``reader``. After so many ``failures`` in a row, ask not before ``not_before``."""

    address: str | None
    etag: str | None
    last_modified: str | None
    reader: str
    read_at: datetime
    failures: int = 0
    not_before: datetime | None = None


_STATE = (
    feeds.c.address,
    feeds.c.etag,
    feeds.c.last_modified,
    feeds.c.reader,
    feeds.c.read_at,
    feeds.c.failures,
    feeds.c.not_before,
)


async def get(connection: AsyncConnection, podcast_id: int) -> FeedState | None:
    row = (await connection.execute(select(*_STATE).where(feeds.c.podcast_id == podcast_id))).one_or_none()
    return None if row is None else FeedState(*row)


async def by_ids(connection: AsyncConnection, podcast_ids: Collection[int]) -> dict[int, FeedState]:
    """What is remembered of the feeds of these podcasts, by podcast; of others nothing."""
    wanted = select(feeds.c.podcast_id, *_STATE).where(among(feeds.c.podcast_id, podcast_ids))
    return {podcast_id: FeedState(*state) for podcast_id, *state in await connection.execute(wanted)}


async def failing_since(connection: AsyncConnection, before: datetime) -> dict[int, FeedState]:
    """The feeds that failed when they were last asked, and could not be read since ``before``, by podcast."""
    columns = feeds.c
    failing = select(columns.podcast_id, *_STATE).where(columns.failures > 0, columns.read_at <= before)
    return {podcast_id: FeedState(*state) for podcast_id, *state in await connection.execute(failing)}


async def put(connection: AsyncConnection, podcast_id: int, state: FeedState) -> None:
    """Stores the state of a podcast's feed in place of the one it had."""
    row = {
        "address": state.address,
        "etag": state.etag,
        "last_modified": state.last_modified,
        "reader": state.reader,
        "read_at": state.read_at,
        "failures": state.failures,
        "not_before": state.not_before,
    }
    known = await connection.execute(update(feeds).where(feeds.c.podcast_id == podcast_id).values(row))
    if not known.rowcount:
        await connection.execute(insert(feeds).values(podcast_id=podcast_id, **row))


async def hold_off(connection: AsyncConnection, podcast_ids: Collection[int], not_before: datetime) -> None:
    """These feeds are not to be asked before that instant, nor before one that is known already."""
    columns = feeds.c
    await connection.execute(
        update(feeds)
        .where(among(columns.podcast_id, podcast_ids))
        .where(or_(columns.not_before.is_(None), columns.not_before < not_before))
        .values(not_before=not_before)
    )
