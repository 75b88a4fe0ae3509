"""What managers are told of by itself, in the channel they chose for it: feeds that fail for days, once each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.community.check import FailingFeed
from companion.storage import channels, feeds, podcasts, settings, subscriptions
from companion.storage.channels import Purpose
from companion.storage.engine import Database

PATIENCE = timedelta(days=2)
"""For so long a feed may fail without a word: most hosts are back by then."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A feed that fails, and the channel of a server that is to be told."""

    guild_id: int
    channel_id: int
    feed: FailingFeed

    @property
    def key(self) -> str:
        """What is remembered of it: the value is since when the feed failed, so that the next time is another."""
        return f"notice feed {self.guild_id} {self.feed.podcast.id}"


class Notices:
    """What servers' managers are to be told of, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pending(self, now: datetime) -> list[Notice]:
        """What was not told yet, to servers that see the podcast and chose a channel."""
        async with self._database.read() as connection:
            failing = await feeds.failing_since(connection, now - PATIENCE)
            if not failing:
                return []
            found: list[Notice] = []
            for guild_id, channel_id in (await channels.of_purpose(connection, Purpose.NOTICES)).items():
                for podcast_id in sorted(failing.keys() & await subscriptions.podcast_ids(connection, guild_id)):
                    podcast, state = await podcasts.get(connection, podcast_id), failing[podcast_id]
                    if podcast is None:
                        continue
                    feed = FailingFeed(podcast, state.failures, state.read_at, state.not_before)
                    notice = Notice(guild_id, channel_id, feed)
                    if await settings.get(connection, notice.key) != _streak(notice):
                        found.append(notice)
        return found

    async def claim(self, notice: Notice) -> bool:
        """Takes it over from every other process. False where one was quicker."""
        async with self._database.write() as connection:
            if await settings.get(connection, notice.key) == _streak(notice):
                return False
            await settings.put(connection, notice.key, _streak(notice))
        return True

    async def not_sent(self, notice: Notice) -> None:
        """The message was refused, so that it is certain that nobody has it."""
        async with self._database.write() as connection:
            await settings.put(connection, notice.key, "")


def _streak(notice: Notice) -> str:
    return notice.feed.read_at.isoformat()
