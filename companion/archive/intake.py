"""Reading a source into the archive, an episode a transaction; the vectors that its texts lack are made apart.

It can be interrupted anywhere and run again: what did not change is not read again, and what reads the same is not
stored again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from companion.archive.feed_memory import known_feed, note_failure, note_no_news, note_read
from companion.archive.feed_pages import Validators
from companion.archive.fetch import Fetches
from companion.archive.known_podcasts import podcast_of
from companion.archive.naming import find_names, propose_spellings
from companion.archive.reading_ahead import read_ahead
from companion.archive.second_sources import Recogniser, adopt, competing, is_of_a_file, link, offered_by
from companion.archive.source_episodes import SourceEpisode
from companion.archive.sources import OpenedSource, is_address, open_source
from companion.archive.storing import known_by, named_reader, source_hashes, store
from companion.storage import episode_sources, podcasts
from companion.storage.engine import Database
from companion.storage.episode_sources import KnownSource
from companion.storage.episodes import Episode
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast
from companion.storage.readings import Reading

_MOST_TOLD = 5
"""Problems of a source of which nothing could be read that are told."""


@dataclass(frozen=True, slots=True)
class SourceRead:
    """A source was opened; so many episodes of it follow."""

    podcast: Podcast
    episodes: int


@dataclass(frozen=True, slots=True)
class EpisodeStored:
    """An episode's texts are in the archive now."""

    episode: Episode
    passages: int
    new: bool


@dataclass(frozen=True, slots=True)
class EpisodeUnchanged:
    """An episode was in the archive already, just like this."""

    title: str


class EmptySourceError(CompanionError):
    """A source without a single episode that can be read, with sentences on what cannot be."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = f" {len(problems) - _MOST_TOLD} more cannot be read either." if len(problems) > _MOST_TOLD else ""
        told = " ".join(problems[:_MOST_TOLD]) + more
        super().__init__(told or "It holds no episodes: give another feed, file or folder.")


@dataclass(frozen=True, slots=True)
class ProblemsFound:
    """Something of an episode could not be read: a sentence each."""

    problems: tuple[str, ...]


Event = SourceRead | EpisodeStored | EpisodeUnchanged | ProblemsFound
Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What reading a source changed. ``problems`` are sentences on what could not be read; all else was.

    ``gone`` counts the episodes that the feed has no more, and the archive still has. ``remarks`` are sentences on what
    was found out besides.
    """

    podcast: Podcast
    new: int
    changed: int
    unchanged: int
    passages: int
    """Of the new and the changed episodes."""
    problems: tuple[str, ...]
    gone: int = 0
    remarks: tuple[str, ...] = ()
    own: bool = True
    """Are its episodes its podcast's own? Otherwise they were all transcripts of episodes of ``podcast``."""


def silent(_event: Event) -> None:
    """The listener that listens to nothing."""


async def ingest(
    database: Database,
    source: str,
    fetcher: Fetches,
    *,
    title: str | None = None,
    anew: bool = False,
    separate: bool = False,
    apart: bool = False,
    private: bool = False,
    listener: Listener = silent,
) -> Ingested:
    """Reads the texts of a feed, a file or a folder into the archive. Episodes that left the feed stay.

    ``title`` names the podcast where the source does not; ``anew`` reads everything, also what did not change. Another
    transcript of a known episode is added to that, unless they shall be ``separate``. Who gives a source that is to be
    kept ``apart`` changes no podcast but its own: nothing is added to another's episodes or taken from them, and
    `KnownPodcastError` is raised for a public podcast that is known at another address. A feed that once was
    ``private`` stays so.

    Raises `CompanionError` for a source of which nothing can be read.
    """
    known = await known_feed(database, source) if is_address(source) else None
    reader = named_reader()
    news_only = known is not None and known.state.reader == reader and title in (None, known.podcast.title) and not anew
    validators = Validators(known.state.etag, known.state.last_modified) if known and news_only else Validators()
    try:
        opened = await open_source(
            source,
            fetcher,
            title=title,
            validators=validators,
            address=known.state.address if known else None,
            private=private or (known is not None and known.podcast.private),
        )
        if opened is not None and not opened.episodes:
            raise EmptySourceError(opened.problems)
    except CompanionError as error:
        if known is not None:
            await note_failure(database, known, error)
        raise
    if opened is None and known is not None:
        await note_no_news(database, known)
        async with database.read() as connection:
            count = len(await episode_sources.of_podcast(connection, known.podcast.id))
        return Ingested(known.podcast, 0, 0, count, 0, ())
    if opened is None:
        raise EmptySourceError(())
    return await _Intake(database, opened, reader, anew, separate or apart, apart, listener).run()


async def ingest_opened(database: Database, opened: OpenedSource) -> Ingested:
    """Reads what was opened elsewhere, anew and kept apart from everything else. Raises as `ingest`."""
    return await _Intake(database, opened, named_reader(), anew=True, separate=True, apart=True, listener=silent).run()


class _Intake:
    """The episodes of one opened source on their way into the archive, and what has come of them so far."""

    def __init__(
        self,
        database: Database,
        opened: OpenedSource,
        reader: str,
        anew: bool,
        separate: bool,
        apart: bool,
        listener: Listener,
    ) -> None:
        self._database = database
        self._opened = opened
        self._reader = reader
        self._anew = anew
        self._separate = separate
        self._apart = apart
        self._recognisers = {of_files: Recogniser(database, of_files=of_files) for of_files in (False, True)}
        self._listener = listener
        self._problems = list(opened.problems)
        self._remarks: list[str] = []
        self._whole = opened.whole
        self._new = self._changed = self._unchanged = self._passages = 0
        self._joined_to: Podcast | None = None

    async def run(self) -> Ingested:
        opened = self._opened
        hashes = await asyncio.to_thread(source_hashes, opened.episodes, self._reader)
        podcast, known, remarks = await podcast_of(self._database, opened, hashes, apart=self._apart)
        self._remarks += remarks
        self._listener(SourceRead(podcast, len(opened.episodes)))
        async with aclosing(read_ahead(self._stale(known, hashes))) as episodes_read:
            async for episode, read in episodes_read:
                self._problems += read.problems
                if read.problems:
                    self._listener(ProblemsFound(tuple(read.problems)))
                self._whole = self._whole and not read.problems
                if read.reading is not None:
                    guid = episode.facts.guid
                    reading = replace(read.reading, source_hash=None if read.problems else hashes[guid])
                    await self._take_in(podcast, reading, known=guid in known)
        await find_names(self._database, podcast.id)
        if is_address(podcast.key):
            await self._remember_feed(podcast)
        own = not await self._removed(podcast)
        if not own and self._joined_to is None:
            raise EmptySourceError(self._problems)
        return Ingested(
            podcast if own or self._joined_to is None else self._joined_to,
            self._new,
            self._changed,
            self._unchanged,
            self._passages,
            tuple(self._problems),
            gone=len(known.keys() - hashes.keys()) if opened.feed and opened.whole else 0,
            remarks=tuple(self._remarks),
            own=own,
        )

    def _stale(self, known: Mapping[str, KnownSource], hashes: Mapping[str, str]) -> list[SourceEpisode]:
        """The episodes that have to be read; the others are unchanged."""
        stale: list[SourceEpisode] = []
        for episode in self._opened.episodes:
            before = known.get(episode.facts.guid)
            if self._anew or before is None or before.source_hash != hashes[episode.facts.guid]:
                stale.append(episode)
            else:
                self._unchanged += 1
                self._listener(EpisodeUnchanged(episode.facts.title))
        return stale

    async def _take_in(self, podcast: Podcast, reading: Reading, *, known: bool) -> None:
        """Stores an episode, or adds its transcript to the one that it is another transcript of."""
        if not known and not self._separate and (joined := await self._joined(podcast, reading)) is not None:
            self._joined_to, is_news = joined
            self._changed += is_news
            self._unchanged += not is_news
            self._listener(EpisodeUnchanged(reading.facts.title))
            return
        reading = await competing(self._database, podcast.id, reading)
        digests, sketch = await asyncio.to_thread(known_by, reading)
        stored = await store(self._database, podcast, reading, digests, sketch)
        if stored is None:
            self._unchanged += 1
            self._listener(EpisodeUnchanged(reading.facts.title))
            return
        episode, new = stored
        self._recognisers[False].add(episode.id, sketch)
        self._new += new
        self._changed += not new
        self._passages += len(reading.passages)
        await propose_spellings(self._database, episode)
        self._listener(EpisodeStored(episode, len(reading.passages), new))

    async def _joined(self, podcast: Podcast, reading: Reading) -> tuple[Podcast, bool] | None:
        """Adds a file's transcript to the episode that it is of: returns whose that is, and whether it is news.

        Where it is the other way round, an episode of files becomes this feed's, to be stored as usual.
        """
        of_feed = not is_of_a_file(reading.facts.guid)
        known = await self._recognisers[of_feed].known(reading)
        if known is None:
            return None
        share = "by its title" if known.share is None else f"{known.share:.0%} of its words"
        if of_feed:
            await adopt(self._database, podcast, reading.facts.guid, known.episode)
            self._recognisers[of_feed].forget(known.episode.id)
            self._remarks.append(
                f"“{known.episode.title}”, read from a file before, is “{reading.facts.title}” ({share}):"
                " its transcript was added to that."
            )
            return None
        is_news = await link(self._database, known.episode, offered_by(reading))
        self._remarks.append(
            f"“{reading.facts.title}” is another transcript of “{known.episode.title}” ({share}):"
            " linked to it, not added again."
        )
        async with self._database.read() as connection:
            owner = await podcasts.get(connection, known.episode.podcast_id)
        return (owner or podcast), is_news

    async def _remember_feed(self, podcast: Podcast) -> None:
        """What the feed said counts as read only if nothing that may come another time is missing."""
        validators = self._opened.validators if self._whole else Validators()
        if await note_read(self._database, podcast, self._reader, validators, self._opened.moved_to):
            self._remarks.append(f"The feed of {podcast.title} has moved for good, and is asked at its new address.")

    async def _removed(self, podcast: Podcast) -> bool:
        """Removes the podcast if nothing of the source became an episode of it."""
        async with self._database.write() as connection:
            return await podcasts.remove_if_empty(connection, podcast.id)
