"""Reading a source into the archive: first its texts, an episode a transaction; then the vectors they lack.

Both halves can be interrupted anywhere and run again: texts that did not change are not stored again, and vectors are
kept by what they are of, so that only missing ones are made.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetches
from companion.archive.grains import embedded_texts
from companion.archive.sources import read_source
from companion.storage import episodes, podcasts, vectors
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Reading
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast
from companion.storage.vectors import Unembedded

COMMIT_EVERY = 16
"""Passages whose vectors are stored together: what an interruption costs is less than that, a second or two."""


@dataclass(frozen=True, slots=True)
class SourceRead:
    """A source was read; so many episodes of it follow."""

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


@dataclass(frozen=True, slots=True)
class Embedded:
    """So many of the passages that had no vectors have them now."""

    done: int
    total: int


class EmptySourceError(CompanionError):
    """A source without a single episode."""


Event = SourceRead | EpisodeStored | EpisodeUnchanged | Embedded
Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What reading a source changed. ``problems`` are sentences on what could not be read; all else was."""

    podcast: Podcast
    new: int
    changed: int
    unchanged: int
    passages: int
    """Of the new and the changed episodes."""
    problems: tuple[str, ...]


def silent(_event: Event) -> None:
    """The listener that listens to nothing."""


async def ingest(
    database: Database, source: str, fetcher: Fetches, *, title: str | None = None, listener: Listener = silent
) -> Ingested:
    """Reads the texts of a feed, a file or a folder into the archive. Episodes that left the feed stay.

    ``title`` names the podcast where the source does not. Raises `CompanionError` for a source of which
    nothing can be read.
    """
    read = await read_source(source, fetcher, title=title)
    if not len(read.readings):
        raise EmptySourceError("; ".join(read.problems) or "It holds no episodes: give another feed, file or folder.")
    async with database.write() as connection:
        podcast = await podcasts.upsert(connection, read.podcast, database.clock.now())
    listener(SourceRead(podcast, len(read.readings)))
    new = changed = unchanged = passages = 0
    readings = iter(read.readings)
    # A long transcript takes some tenths of a second to read, which the loop of a running bot has not.
    while (reading := await asyncio.to_thread(next, readings, None)) is not None:
        event = await _store(database, podcast, reading)
        match event:
            case EpisodeStored():
                new, changed = new + event.new, changed + (not event.new)
                passages += event.passages
            case EpisodeUnchanged():
                unchanged += 1
        listener(event)
    return Ingested(podcast, new, changed, unchanged, passages, tuple(read.problems))


async def _store(database: Database, podcast: Podcast, reading: Reading) -> EpisodeStored | EpisodeUnchanged:
    title = reading.facts.title
    digests = [vectors.digest_of(embedded_texts(passage)) for passage in reading.passages]
    reading = replace(reading, content_hash=_fingerprint(reading, digests))
    async with database.write() as connection:
        # Asked inside the transaction: another ingest may have stored it a moment ago.
        known = await episodes.by_guid(connection, podcast.id, reading.facts.guid)
        if known is not None and known.content_hash == reading.content_hash:
            return EpisodeUnchanged(title)
        stored = await episodes.store(connection, podcast.id, reading, digests, database.clock.now())
    return EpisodeStored(stored, len(reading.passages), new=known is None)


def _fingerprint(reading: Reading, digests: Sequence[str]) -> str:
    """Changes with the source's content, with the reader, and with what is embedded of a passage."""
    return hashlib.sha256("\n".join((reading.content_hash, *digests)).encode()).hexdigest()


async def unembedded(database: Database, model_id: str) -> int:
    """How many texts have no vectors of this model."""
    async with database.read() as connection:
        return await vectors.count_missing(connection, model_id)


async def embed(database: Database, encoder: EncodingWorker, *, listener: Listener = silent) -> int:
    """Makes the vectors that are missing, of every podcast, and drops those of texts that are gone. Returns how many.

    Another process may embed at the same time: what both make is stored once.
    """
    total = await unembedded(database, encoder.model_id)
    done = 0
    while batch := await _missing(database, encoder.model_id):
        texts = [embedded_texts(missing.passage) for missing in batch]
        rows = await encoder.encode_passages([text for of_passage in texts for text in of_passage])
        matrices: dict[str, vectors.Matrix] = {}
        first = 0
        for missing, of_passage in zip(batch, texts, strict=True):
            matrices[missing.digest] = rows[first : first + len(of_passage)]
            first += len(of_passage)
        async with database.write() as connection:
            await vectors.put(connection, encoder.model_id, matrices)
        done += len(batch)
        listener(Embedded(done, max(done, total)))
    async with database.write() as connection:
        await vectors.purge_orphans(connection)
    return done


async def _missing(database: Database, model_id: str) -> list[Unembedded]:
    async with database.read() as connection:
        return await vectors.missing(connection, model_id, COMMIT_EVERY)
