"""What the sources of episodes said, so that what did not change is not read again, nor stored under a second name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import index_version
from companion.storage.schema import episodes

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KnownSource:
    """The episode of a podcast that was read from a source with this hash; None where it was not read whole."""

    episode_id: int
    podcast_id: int
    guid: str
    source_hash: str | None


async def of_podcast(connection: AsyncConnection, podcast_id: int) -> dict[str, KnownSource]:
    """Every episode of the podcast, by guid."""
    rows = await connection.execute(_SELECTED.where(episodes.c.podcast_id == podcast_id))
    return {row.guid: KnownSource(*row) for row in rows}


async def with_hashes(connection: AsyncConnection, hashes: Collection[str]) -> list[KnownSource]:
    """The episodes of any podcast that were read from sources with these hashes."""
    found: list[KnownSource] = []
    wanted = list(hashes)
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        rows = await connection.execute(_SELECTED.where(episodes.c.source_hash.in_(some)))
        found += (KnownSource(*row) for row in rows)
    return found


async def hash_of(connection: AsyncConnection, episode_id: int) -> str | None:
    """The hash of the source that the episode was read from; None where it was not read whole."""
    return (await connection.execute(select(episodes.c.source_hash).where(episodes.c.id == episode_id))).scalar_one()


async def put_hash(connection: AsyncConnection, episode_id: int, source_hash: str | None) -> None:
    """The episode was read from a source with another hash, and is what it was."""
    await connection.execute(update(episodes).where(episodes.c.id == episode_id).values(source_hash=source_hash))


async def rename(connection: AsyncConnection, episode_id: int, guid: str) -> None:
    """The episode has this guid from now on. No other of its podcast may have it. Raises the index version."""
    await connection.execute(update(episodes).where(episodes.c.id == episode_id).values(guid=guid, source_hash=None))
    await index_version.raise_version(connection, [episode_id])


async def move(connection: AsyncConnection, episode_id: int, podcast_id: int, guid: str) -> None:
    """The episode is one of another podcast from now on, under the same id. That must not have the guid yet. Raises the
    index version."""
    moved = update(episodes).where(episodes.c.id == episode_id)
    await connection.execute(moved.values(podcast_id=podcast_id, guid=guid, source_hash=None))
    await index_version.raise_version(connection, [episode_id])


_SELECTED = select(episodes.c.id, episodes.c.podcast_id, episodes.c.guid, episodes.c.source_hash)
