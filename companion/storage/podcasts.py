"""Podcasts: the feeds (and folders of files) that the archive was read from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import index_version
from companion.storage.among import among
from companion.storage.errors import NotFoundError, StorageError
from companion.storage.holdable import LONGEST_KEY, is_key
from companion.storage.schema import episodes, podcasts
from companion.storage.upsert import upsert as upsert_row


@dataclass(frozen=True, slots=True)
class PodcastFacts:
    """What a source says of the podcast it holds. ``guid`` is its feed's own, the same at every address."""

    key: str
    title: str
    link: str | None
    private: bool
    guid: str | None = None


@dataclass(frozen=True, slots=True)
class Podcast:
    """A podcast as stored.

    ``key`` is what makes it the same podcast when it is read again: the feed's URL, or ``file:`` and a
    name. It may be a secret (private feeds), so it is never shown outside the operator's command line.
    ``link_template`` says where a moment is shown (`archive/links.py`). The offsets are the seconds by which what is
    said comes later in the audio, and in the video, than the transcript says.
    """

    id: int
    key: str
    title: str
    link: str | None
    private: bool
    video_offset: float = 0.0
    guid: str | None = None
    link_template: str | None = None
    audio_offset: float = 0.0


SELECTED = select(
    podcasts.c.id,
    podcasts.c.key,
    podcasts.c.title,
    podcasts.c.link,
    podcasts.c.private,
    podcasts.c.video_offset,
    podcasts.c.guid,
    podcasts.c.link_template,
    podcasts.c.audio_offset,
)


def from_row(row: Sequence[Any]) -> Podcast:
    """The podcast in a row of `SELECTED`."""
    return Podcast(*row)


async def upsert(connection: AsyncConnection, facts: PodcastFacts, now: datetime) -> Podcast:
    """Stores the podcast, or brings the one with the same key up to date; its id stays. Raises `StorageError` for a key
    that is too long for one."""
    _require_key(facts.key)
    before = await by_key(connection, facts.key)
    if before is not None and before == replace(before, **asdict(facts)):
        return before
    await index_version.raise_version(connection, changed=())
    statement = upsert_row(podcasts, ["key"], ["title", "link", "private", "guid"]).returning(
        *SELECTED.selected_columns
    )
    return from_row((await connection.execute(statement, {**asdict(facts), "created_at": now})).one())


async def rekey(connection: AsyncConnection, podcast_id: int, key: str) -> None:
    """The podcast is read from another source from now on. Raises `StorageError` for a key that is too long for
    one."""
    _require_key(key)
    await connection.execute(update(podcasts).where(podcasts.c.id == podcast_id).values(key=key))


def _require_key(key: str) -> None:
    """A feed is read at its key, which a digest could not stand for."""
    if not is_key(key):
        raise StorageError(
            f"The address or name of a podcast is longer than {LONGEST_KEY:,} bytes, which is the most that can be"
            " stored: give it a shorter one."
        )


async def put_links(connection: AsyncConnection, podcast: Podcast) -> None:
    """Stores how the podcast's moments are linked: its template and its offsets."""
    await index_version.raise_version(connection, changed=())
    await connection.execute(
        update(podcasts)
        .where(podcasts.c.id == podcast.id)
        .values(
            link_template=podcast.link_template,
            audio_offset=podcast.audio_offset,
            video_offset=podcast.video_offset,
        )
    )


async def make_private(connection: AsyncConnection, podcast_id: int) -> None:
    """Who is not told the podcast's address hears nothing of it from now on."""
    await index_version.raise_version(connection, changed=())
    await connection.execute(update(podcasts).where(podcasts.c.id == podcast_id).values(private=True))


async def remove_if_empty(connection: AsyncConnection, podcast_id: int) -> bool:
    """Removes the podcast if it has no episodes, with its subscriptions. Says whether it did."""
    has_episodes = exists().where(episodes.c.podcast_id == podcast_id)
    removed = await connection.execute(delete(podcasts).where(podcasts.c.id == podcast_id, ~has_episodes))
    if removed.rowcount:
        await index_version.raise_version(connection, changed=())
    return bool(removed.rowcount)


async def by_key(connection: AsyncConnection, key: str) -> Podcast | None:
    row = (await connection.execute(SELECTED.where(podcasts.c.key == key))).one_or_none()
    return None if row is None else from_row(row)


async def by_guid(connection: AsyncConnection, guid: str) -> list[Podcast]:
    """The podcasts whose feeds have this guid, the first one first."""
    return [
        from_row(row)
        for row in await connection.execute(SELECTED.where(podcasts.c.guid == guid).order_by(podcasts.c.id))
    ]


async def get(connection: AsyncConnection, podcast_id: int) -> Podcast | None:
    row = (await connection.execute(SELECTED.where(podcasts.c.id == podcast_id))).one_or_none()
    return None if row is None else from_row(row)


async def by_ids(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Podcast]:
    """Those of the podcasts that exist, by id."""
    rows = await connection.execute(SELECTED.where(among(podcasts.c.id, ids)).order_by(podcasts.c.title, podcasts.c.id))
    return {podcast.id: podcast for podcast in map(from_row, rows)}


async def list_podcasts(connection: AsyncConnection) -> list[Podcast]:
    """Every podcast, by title."""
    return [from_row(row) for row in await connection.execute(SELECTED.order_by(podcasts.c.title, podcasts.c.id))]


async def find(connection: AsyncConnection, name: str) -> Podcast:
    """The podcast with this id, key, title or unambiguous part of a title; `NotFoundError` names the choices."""
    return named(name, await list_podcasts(connection))


def named(name: str, choices: Iterable[Podcast]) -> Podcast:
    """The one of the choices that is meant by an id, a key, a title or an unambiguous part of one."""
    known = list(choices)
    wanted = name.strip().casefold()
    exact = [
        podcast for podcast in known if wanted in {str(podcast.id), podcast.key.casefold(), podcast.title.casefold()}
    ]
    found = exact or [podcast for podcast in known if wanted and wanted in podcast.title.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        titles = ", ".join(f"{podcast.title!r} (id {podcast.id})" for podcast in found)
        raise NotFoundError(f"{name!r} fits more than one podcast: {titles}. Give more of the title, or the id.")
    titles = ", ".join(repr(podcast.title) for podcast in known) or "none; `companion ingest` reads one"
    raise NotFoundError(f"There is no podcast {name!r}. Known: {titles}.")
