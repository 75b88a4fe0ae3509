"""Storing what was read of an episode, and telling whether it is news: of the source, of the reader, or of what is
embedded of a passage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from companion.archive.grains import embedded_texts
from companion.archive.readings import READER_VERSION
from companion.archive.second_sources import kept_sketch
from companion.archive.source_episodes import SourceEpisode
from companion.storage import episode_sources, episodes, readings, transcripts, vectors
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Kind, Passage, Piece
from companion.storage.podcasts import Podcast
from companion.storage.readings import Reading

_SAMPLE_TEXT = "Is it so? It is. " * 40


async def store(
    database: Database, podcast: Podcast, reading: Reading, digests: Sequence[str], sketch: bytes | None
) -> tuple[Episode, bool] | None:
    """Stores an episode of the podcast in one transaction, with what it is `known_by`. Returns it, and whether it is
    new; None where it was stored just like this already."""
    reading = replace(reading, content_hash=_fingerprint(reading, digests))
    now = database.clock.now()
    async with database.write() as connection:
        # Asked inside the transaction: another ingest may have stored it a moment ago.
        known = await episodes.by_guid(connection, podcast.id, reading.facts.guid)
        if known is not None and known.content_hash == reading.content_hash:
            await episode_sources.put_hash(connection, known.id, reading.source_hash)
            return None
        stored = await readings.store(connection, podcast.id, reading, digests, now, sketch)
        await transcripts.replace(connection, stored.id, reading.transcripts, now)
    return stored, known is None


def known_by(reading: Reading) -> tuple[list[str], bytes | None]:
    """The keys of the vectors of its passages, and what its speech is known by."""
    return [vectors.digest_of(embedded_texts(passage)) for passage in reading.passages], kept_sketch(reading)


def named_reader() -> str:
    """What names the way in which sources are read and passages are embedded: with another, all is read again."""
    piece = Piece(0, 0, "Ann", 0.0, 9.0, approximate=False)
    words = len(_SAMPLE_TEXT.split())
    sample = Passage(0, Kind.SPEECH, "Ann", 0.0, 9.0, False, 0, words - 1, "So", _SAMPLE_TEXT, (piece,))
    return f"{READER_VERSION}-{vectors.digest_of(embedded_texts(sample))[:16]}"


def source_hashes(found: Iterable[SourceEpisode], reader: str) -> dict[str, str]:
    """Of what the source says of each episode, and of the reader, by guid."""
    return {episode.facts.guid: hashlib.sha256(f"{reader} {episode.digest}".encode()).hexdigest() for episode in found}


def _fingerprint(reading: Reading, digests: Sequence[str]) -> str:
    """Changes with the source's content, with the reader, and with what is embedded of a passage."""
    return hashlib.sha256("\n".join((reading.content_hash, *digests)).encode()).hexdigest()
