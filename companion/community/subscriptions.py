"""The podcasts of a server: added by the address of a feed, subscribed to, left, and how their moments are linked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from companion.archive.feed_memory import known_feed
from companion.archive.fetch import Fetches
from companion.archive.intake import Ingested, Listener, ingest, silent
from companion.archive.known_podcasts import KnownPodcastError
from companion.archive.links import LinkChange, moment_url, video_url_at
from companion.archive.references import split
from companion.archive.sources import is_address
from companion.community.keeping import NotKeeperError, keeps, known_to, meant
from companion.community.visibility import NoPodcastYetError, OutsideServersError
from companion.storage import episodes, feeds, podcasts, statistics, subscriptions
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.feeds import FeedState
from companion.storage.names import folded
from companion.storage.podcasts import Podcast

LONGEST_ADDRESS = 1000
MOST_PODCASTS = 20
"""Podcasts of one server: as many as one list names."""
EXAMPLE_MOMENT = 754.0
"""Seconds into an episode: the moment that an example of a link leads to."""

_APP_SCHEME = re.compile(r"(?:feed|itpc|pcast|podcast)s?:(?://)?(?=\S)", re.IGNORECASE)


class NotAFeedAddressError(CompanionError):
    """What is no address of the web."""

    def __init__(self) -> None:
        super().__init__(
            "That is not the address of a feed. Give one that begins with https://, as podcast apps use it: the"
            " podcast's website names it, and so do directories such as podcastindex.org."
        )


class TooManyPodcastsError(CompanionError):
    """A server that has as many podcasts as it may."""

    def __init__(self) -> None:
        super().__init__(
            f"This server has {MOST_PODCASTS} podcasts, and can have no more: take one away with"
            " `/setup podcasts unsubscribe` first."
        )


class NotOnOfferError(NotFoundError):
    """A podcast that this server cannot subscribe to by its name: unknown, or known to those who have its address."""

    def __init__(self) -> None:
        super().__init__(
            "I know no public podcast of that name that this server does not have already. Give the address of its"
            " feed to `/setup podcasts add`."
        )


@dataclass(frozen=True, slots=True)
class Added:
    """A podcast that the server sees now. ``new``: it did not before. ``problems`` are sentences on what could not be
    read of its feed."""

    podcast: Podcast
    new: bool
    episodes: int
    passages: int
    problems: tuple[str, ...]
    example: str | None
    """The title of a chapter or an episode of it, to search for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A podcast of the server, and how its feed does. ``state`` is None for one that is not read from a feed, or whose
    feed was never asked."""

    podcast: Podcast
    of_feed: bool
    episodes: int
    newest: datetime | None
    state: FeedState | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A podcast that the server sees, and what would be gone for it. ``left``: those that it still has."""

    podcast: Podcast
    episodes: int
    left: int


@dataclass(frozen=True, slots=True)
class Linked:
    """How a podcast's moments are linked, with the newest episode at a quarter past twelve minutes or so."""

    podcast: Podcast
    episode: Episode | None
    url: str | None
    video_url: str | None


class Subscriptions:
    """What managers do with the podcasts of their servers, over one database. Feeds are fetched by the ``fetcher``."""

    def __init__(self, database: Database, fetcher: Fetches) -> None:
        self._database = database
        self._fetcher = fetcher

    async def check(self, guild_id: int | None, typed: str) -> str:
        """The address of the feed that was typed, if the server may add one. Raises `CompanionError`."""
        if guild_id is None:
            raise OutsideServersError
        await self._check_room(guild_id)
        return feed_address(typed)

    async def add(self, guild_id: int, typed: str, *, private: bool = False, listener: Listener = silent) -> Added:
        """Reads the feed at an address into the archive, and lets the server see its podcast.

        A podcast that is known by just this address is not read again, nor is a public one that is known at another. So
        that nobody learns of a private feed without its address, it is known by nothing else. Raises `CompanionError`
        where nothing comes of it; then nothing of the podcast is kept.
        """
        address = await self.check(guild_id, typed)
        known = await known_feed(self._database, address)
        problems: tuple[str, ...] = ()
        if known is not None and known.read_whole:
            podcast = known.podcast
            if private and not podcast.private and await keeps(self._database, guild_id, podcast.id):
                async with self._database.write() as connection:
                    await podcasts.make_private(connection, podcast.id)
        else:
            try:
                read = await self._read(address, private=private, listener=listener)
            except KnownPodcastError as error:
                podcast = error.podcast
            else:
                podcast, problems = read.podcast, read.problems
        return await self._subscribed(guild_id, podcast, problems)

    async def on_offer(self, guild_id: int | None, typed: str, limit: int) -> list[Podcast]:
        """The podcasts of public feeds that the server does not have, with what was typed in their title."""
        if guild_id is None:
            return []
        async with self._database.read() as connection:
            seen = await subscriptions.podcast_ids(connection, guild_id)
            public = [
                podcast
                for podcast in await podcasts.list_podcasts(connection)
                # A folder of files is the operator's: who sees it is theirs to say.
                if not podcast.private and is_address(podcast.key) and podcast.id not in seen
            ]
            fits = [podcast for podcast in public if folded(typed) in folded(podcast.title)]
            states = await feeds.by_ids(connection, [podcast.id for podcast in fits])
        read = [podcast for podcast in fits if (state := states.get(podcast.id)) is not None and state.reader]
        return read[:limit]

    async def subscribe(self, guild_id: int | None, name: str) -> Added:
        """Lets the server see a podcast that is `on_offer`, by its id or title. Raises `CompanionError`."""
        if guild_id is None:
            raise OutsideServersError
        await self._check_room(guild_id)
        offered = await self.on_offer(guild_id, "", limit=10**6)
        fits = [podcast for podcast in offered if folded(name) in {str(podcast.id), folded(podcast.title)}]
        if len(fits) != 1:
            raise NotOnOfferError
        return await self._subscribed(guild_id, fits[0], ())

    async def leaving(self, guild_id: int | None, name: str | None) -> Leaving:
        """What unsubscribing would do. Raises `CompanionError` for a podcast that the server does not see."""
        podcast = await meant(self._database, guild_id, name)
        left = len(await known_to(self._database, guild_id)) - 1
        return Leaving(podcast, (await self._size(podcast)).episodes, left)

    async def unsubscribe(self, guild_id: int | None, name: str) -> Leaving:
        """Hides the podcast from the server. It stays in the archive. Raises `CompanionError`."""
        leaving = await self.leaving(guild_id, name)
        async with self._database.write() as connection:
            await subscriptions.unsubscribe(connection, guild_id or 0, leaving.podcast.id)
        return leaving

    async def listed(self, guild_id: int | None) -> list[Listed]:
        """The server's podcasts, by title; none where it has none. Raises `OutsideServersError`."""
        try:
            known = await known_to(self._database, guild_id)
        except NoPodcastYetError:
            return []
        async with self._database.read() as connection:
            states = await feeds.by_ids(connection, [podcast.id for podcast in known])
        listed: list[Listed] = []
        for podcast in known:
            size = await self._size(podcast)
            state = states.get(podcast.id)
            listed.append(Listed(podcast, is_address(podcast.key), size.episodes, size.newest, state))
        return listed

    async def links(self, guild_id: int | None, name: str | None, change: LinkChange) -> Linked:
        """Changes how a podcast's moments are linked, for everybody who sees it, and shows what comes of it.

        Raises `NotKeeperError` where another server decides that, unless nothing shall change, and `CompanionError` for
        what cannot be.
        """
        podcast = await meant(self._database, guild_id, name)
        changed = change.made_to(podcast)
        if change != LinkChange():
            if not await keeps(self._database, guild_id, podcast.id):
                refused = f"How moments of “{podcast.title}” are linked cannot be changed"
                raise NotKeeperError(refused, "companion podcasts")
            async with self._database.write() as connection:
                await podcasts.put_links(connection, changed)
        async with self._database.read() as connection:
            newest = next(iter(await episodes.list_episodes(connection, frozenset({podcast.id}), limit=1)), None)
        if newest is None:
            return Linked(changed, None, None, None)
        facts = newest.facts
        video = video_url_at(facts, EXAMPLE_MOMENT, changed)
        return Linked(changed, newest, moment_url(facts, EXAMPLE_MOMENT, changed), video)

    async def _read(self, address: str, *, private: bool, listener: Listener) -> Ingested:
        try:
            return await ingest(self._database, address, self._fetcher, apart=True, private=private, listener=listener)
        except (Exception, asyncio.CancelledError):
            # What was read stays for the next time; a podcast without an episode would be nothing.
            async with self._database.write() as connection:
                podcast = await podcasts.by_key(connection, address)
                if podcast is not None:
                    await podcasts.remove_if_empty(connection, podcast.id)
            raise

    async def _subscribed(self, guild_id: int, podcast: Podcast, problems: Sequence[str]) -> Added:
        async with self._database.write() as connection:
            new = await subscriptions.subscribe(connection, guild_id, podcast.id, self._database.clock.now())
        size = await self._size(podcast)
        return Added(podcast, new, size.episodes, size.passages, tuple(problems), await self._example(podcast))

    async def _example(self, podcast: Podcast) -> str | None:
        async with self._database.read() as connection:
            for episode in await episodes.list_episodes(connection, frozenset({podcast.id}), limit=1):
                chapters = await episodes.chapters(connection, episode.id)
                return chapters[len(chapters) // 2].title if chapters else episode.title
        return None

    async def _size(self, podcast: Podcast) -> statistics.Totals:
        async with self._database.read() as connection:
            return await statistics.totals(connection, frozenset({podcast.id}))

    async def _check_room(self, guild_id: int) -> None:
        async with self._database.read() as connection:
            if len(await subscriptions.podcast_ids(connection, guild_id)) >= MOST_PODCASTS:
                raise TooManyPodcastsError


def feed_address(typed: str) -> str:
    """The web address of a feed, as it was typed or as podcast apps pass it on. Raises `NotAFeedAddressError`.

    Nothing but an address gets through: a path would be read from the machine that runs this.
    """
    address = _APP_SCHEME.sub("", typed.strip(), count=1)
    if not is_address(address) and address != typed.strip():
        address = f"https://{address}"
    if len(address) > LONGEST_ADDRESS or re.search(r"\s", address) or split(address) is None:
        raise NotAFeedAddressError
    return address
