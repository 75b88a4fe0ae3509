"""Asking the feeds of the archive for news, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from companion.archive.due import Polled, due
from companion.archive.feed_memory import known_feed, note_failure
from companion.archive.fetch import FetchError, Fetches
from companion.archive.intake import ingest
from companion.archive.sources import is_address
from companion.storage import feeds, podcasts, subscriptions
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)

Turn = Callable[[], AbstractAsyncContextManager[None]]
"""Gives the turn in which a feed is read: one at a time in the whole process."""


class BrokenReadingError(CompanionError):
    """A feed on which the reader itself failed."""

    def __init__(self) -> None:
        super().__init__("Its feed could not be read, by a fault of this program.")


class Polling:
    """Feeds that some server sees, asked every ``interval``.

    ``changed`` is called after each feed that brought something.
    """

    def __init__(
        self,
        database: Database,
        fetcher: Fetches,
        interval: timedelta,
        turn: Turn,
        changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._interval = interval
        self._turn = turn
        self._changed = changed

    async def run_due(self, now: datetime) -> None:
        """Asks the feeds that are due. What fails is logged, remembered for its back-off, and holds up no other."""
        for feed in due(await self._polled(), now, self._interval):
            async with self._turn():
                await self._ask(feed)

    async def _polled(self) -> list[Polled]:
        async with self._database.read() as connection:
            seen = await podcasts.by_ids(connection, await subscriptions.subscribed(connection))
            states = await feeds.by_ids(connection, seen)
            return [
                Polled(podcast.id, podcast.key, states.get(podcast.id))
                for podcast in seen.values()
                if is_address(podcast.key)
            ]

    async def _ask(self, feed: Polled) -> None:
        # A private feed's address is a secret, its title its servers' own, and a traceback may quote either.
        try:
            read = await ingest(self._database, feed.address, self._fetcher, apart=True)
        except CompanionError as error:
            # Of a failed fetch the sentence names the host alone; others may name addresses that a page gave.
            said = str(error) if isinstance(error, FetchError) else type(error).__name__
            log.warning("the feed of podcast %d: %s", feed.podcast_id, said)
            return
        except Exception as error:  # whatever it is, the other feeds are asked
            log.error("the feed of podcast %d failed: %s", feed.podcast_id, place_of(error))  # noqa: TRY400  it may quote
            await self._note_fault(feed)
            return
        if read.new or read.changed:
            log.info("the feed of podcast %d: %d new, %d changed", feed.podcast_id, read.new, read.changed)
            self._changed()

    async def _note_fault(self, feed: Polled) -> None:
        known = await known_feed(self._database, feed.address)
        if known is not None:
            await note_failure(self._database, known, BrokenReadingError())


def place_of(error: BaseException) -> str:
    """The kind of an error and where it was raised, without what it says."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f" at {at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at is not None else ""
    return f"{type(error).__name__}{where}"
