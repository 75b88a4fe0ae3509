"""New episodes that servers are told of, each exactly once.

What a server is told of came into the archive after it subscribed, so the first reading of a podcast tells of nothing.
After downtime it is told late rather than never, but of nothing that came out more than a week ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from companion.archive.recordings import is_recordings
from companion.community.nonces import nonce_of
from companion.storage import announcements, episodes, podcasts
from companion.storage.announcements import Unannounced
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.follow_notices import Unlooked
from companion.storage.podcasts import Podcast

STALE = timedelta(days=7)
"""After which an episode is no news."""
AT_ONCE = 3
"""Episodes that get a message each; more are told of in one that lists them."""
CLAIM_LASTS = timedelta(minutes=10)
"""After which a claim's sender is taken to have been stopped."""
_BACKDATED = timedelta(days=1)
"""Feeds often date an episode a little before it is there."""


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """An episode with what is told of it."""

    episode: Episode
    podcast: Podcast
    chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What one message tells a server: of one episode, or of several at once."""

    guild_id: int
    channel_id: int
    episodes: tuple[NewEpisode, ...]
    claimed_before: datetime | None = None
    """When somebody else was about to send it, of whom nothing was heard again; None where nobody was."""

    @property
    def nonce(self) -> str:
        return nonce_of("news", self.guild_id, *(one.episode.id for one in self.episodes))


class News:
    """What servers are to be told of, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pending(self, now: datetime) -> list[Announcement]:
        """The messages to be sent now, each server's oldest episode first. `claim` one before it is sent."""
        async with self._database.read() as connection:
            found = await announcements.unannounced(connection, now - STALE, now - CLAIM_LASTS)
        found = [one for one in found if is_news(one, now)]
        pending: list[Announcement] = []
        for (guild_id, channel_id), of_server in groupby(found, key=lambda one: (one.guild_id, one.channel_id)):
            described = await self._described([one.episode_id for one in of_server])
            # What clubs record is told by their command.
            told = [one for one in described if not is_recordings(one.podcast)]
            if not told:
                continue
            together = [told] if len(told) > AT_ONCE else [[one] for one in told]
            pending += [Announcement(guild_id, channel_id, tuple(some)) for some in together]
        return pending

    async def claim(self, announcement: Announcement, now: datetime) -> list[Announcement]:
        """Takes it over from everybody else: what is left of it to be sent now.

        That is nothing where others were quicker, and two where a part of it had been claimed before: whether that was
        sent has to be looked up.
        """
        ids = [one.episode.id for one in announcement.episodes]
        async with self._database.write() as connection:
            claimed = await announcements.claim(connection, announcement.guild_id, ids, now, now - CLAIM_LASTS)
        left: dict[datetime | None, list[NewEpisode]] = {}
        for one in announcement.episodes:
            if one.episode.id in claimed:
                left.setdefault(claimed[one.episode.id], []).append(one)
        return [
            Announcement(announcement.guild_id, announcement.channel_id, tuple(some), before)
            for before, some in left.items()
        ]

    async def sent(self, announcement: Announcement, message_id: int) -> None:
        """The message was sent."""
        ids = [one.episode.id for one in announcement.episodes]
        async with self._database.write() as connection:
            await announcements.finalise(connection, announcement.guild_id, ids, announcement.channel_id, message_id)

    async def not_sent(self, announcement: Announcement) -> None:
        """The message was refused, so that it is certain that nobody has it."""
        async with self._database.write() as connection:
            ids = [one.episode.id for one in announcement.episodes]
            await announcements.release(connection, announcement.guild_id, ids)

    async def _described(self, episode_ids: Sequence[int]) -> list[NewEpisode]:
        async with self._database.read() as connection:
            known = await episodes.get(connection, episode_ids)
            of = await podcasts.by_ids(connection, {episode.podcast_id for episode in known.values()})
            chapters = await episodes.chapters_of(connection, known)
        return [
            NewEpisode(known[one], of[known[one].podcast_id], tuple(chapter.title for chapter in chapters[one]))
            for one in episode_ids
            if one in known
        ]


def is_news(one: Unannounced | Unlooked, now: datetime) -> bool:
    """Is it worth telling? Not what came out more than a week ago, nor before the server subscribed."""
    return one.published >= max(now - STALE, one.subscribed - _BACKDATED)
