"""What is remembered of a feed from one reading to the next: what it said, and its failures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from companion.archive.back_off import next_attempt
from companion.archive.feed_pages import Validators
from companion.archive.fetch import FetchError
from companion.archive.references import split
from companion.storage import feeds, podcasts
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.feeds import FeedState
from companion.storage.podcasts import Podcast

NO_READER = ""
"""The reader of a feed that was never read to its end."""


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A feed whose podcast is in the archive. Where it was never read to its end, the state is of no reader."""

    podcast: Podcast
    state: FeedState

    @property
    def read_whole(self) -> bool:
        """Was it ever read to its end?"""
        return self.state.reader != NO_READER


async def known_feed(database: Database, url: str) -> KnownFeed | None:
    """The feed at an address, None if its podcast is unknown."""
    async with database.read() as connection:
        podcast = await podcasts.by_key(connection, url)
        if podcast is None:
            return None
        state = await feeds.get(connection, podcast.id)
    return KnownFeed(podcast, state or FeedState(None, None, None, NO_READER, database.clock.now()))


async def note_read(
    database: Database, podcast: Podcast, reader: str, validators: Validators, moved_to: str | None
) -> bool:
    """The feed was read, by this reader, and is asked with the ``validators`` and at ``moved_to`` next time. Says
    whether that is another address than before."""
    state = FeedState(moved_to, validators.etag, validators.last_modified, reader, database.clock.now())
    async with database.write() as connection:
        before = await feeds.get(connection, podcast.id)
        await feeds.put(connection, podcast.id, state)
    return moved_to is not None and (before is None or before.address != moved_to)


async def note_no_news(database: Database, known: KnownFeed) -> None:
    """The feed answered, and is as it was."""
    state = replace(known.state, read_at=database.clock.now(), failures=0, not_before=None)
    async with database.write() as connection:
        await feeds.put(connection, known.podcast.id, state)


async def note_failure(database: Database, known: KnownFeed, error: CompanionError) -> None:
    """Counts the failure. Where its host asked for a pause, its other feeds have that too."""
    now = database.clock.now()
    retry_after = error.retry_after if isinstance(error, FetchError) else None
    failures = known.state.failures + 1
    not_before = next_attempt(failures, now, retry_after)
    # A feed may have come back to where it was.
    state = replace(known.state, address=None, failures=failures, not_before=not_before)
    async with database.write() as connection:
        await feeds.put(connection, known.podcast.id, state)
        if retry_after is not None:
            host = _host(known.podcast.key)
            others = [one.id for one in await podcasts.list_podcasts(connection) if _host(one.key) == host]
            await feeds.hold_off(connection, others, now + timedelta(seconds=retry_after))


def _host(key: str) -> str | None:
    parts = split(key)
    return parts.hostname if parts else None
