"""The recording of a club's session as an episode: who was there, what is linked, its notes, and its words where an
address gives a transcript of them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import PurePosixPath

from companion.archive.decoding import decoded
from companion.archive.fetch import MEBIBYTE, FetchError, Fetches
from companion.archive.folders import SUFFIXES
from companion.archive.intake import Ingested, ingest_opened
from companion.archive.markup import itemised
from companion.archive.note_links import found_links, links_of
from companion.archive.readings import reading_of
from companion.archive.references import split, video_id
from companion.archive.source_episodes import EpisodeRead, Texts
from companion.archive.sources import OpenedSource
from companion.archive.transcripts.conventions import PARAGRAPHS
from companion.archive.transcripts.reader import read_transcript
from companion.archive.transcripts.transcript import Transcript
from companion.storage.engine import Database
from companion.storage.episodes import EpisodeFacts, Person
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast, PodcastFacts

_LARGEST = 16 * MEBIBYTE
_KEY = "club:"
_TITLE = "Paper club recordings"
_AUDIO = frozenset((".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac"))
_VIDEO = frozenset((".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi"))
_PAGES = frozenset((".html", ".htm"))


class NoTranscriptError(CompanionError):
    """An address that holds no transcript. ``reason`` is a sentence on what it holds instead."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known of a recorded session. ``people`` are authors who attended."""

    session_id: int
    title: str
    starts_at: datetime
    url: str
    people: tuple[Person, ...]
    notes: str


@dataclass(frozen=True, slots=True)
class RecordedEpisode:
    """A recording on its way into the archive; a `SourceEpisode` of which everything was fetched already."""

    recording: Recording
    transcript: Transcript

    @property
    def facts(self) -> EpisodeFacts:
        one, suffix = self.recording, _suffix(self.recording.url)
        video = video_id(one.url) is not None or suffix in _VIDEO
        return EpisodeFacts(
            guid=f"session:{one.session_id}",
            title=one.title,
            published=one.starts_at,
            link=one.url,
            audio_url=one.url if suffix in _AUDIO else None,
            duration=None,
            people=one.people,
            video_url=one.url if video else None,
        )

    @property
    def digest(self) -> str:
        turns = [astuple(turn) for turn in self.transcript.turns]
        return hashlib.sha256(repr((self.facts, self.recording.notes, turns)).encode()).hexdigest()

    async def gather(self) -> Texts:
        return {}

    def read(self, texts: Texts) -> EpisodeRead:
        del texts
        notes = itemised(self.recording.notes)
        return EpisodeRead(reading_of(self.facts, self.transcript, notes, links=links_of(found_links([notes]))))


def is_recordings(podcast: Podcast) -> bool:
    """Is it what the clubs of a server recorded?"""
    return podcast.key.startswith(_KEY)


def source_of(guild_id: int, recordings: Sequence[RecordedEpisode]) -> OpenedSource:
    """Recordings as a source: a podcast of the server's own, which is offered to no other."""
    facts = PodcastFacts(f"{_KEY}{guild_id}", _TITLE, None, private=True)
    return OpenedSource(facts, recordings, (), feed=False)


async def store_recording(database: Database, guild_id: int, recording: Recording, transcript: Transcript) -> Ingested:
    """Stores the recording among the server's, in place of what was recorded of that session before."""
    opened = source_of(guild_id, [RecordedEpisode(recording, transcript)])
    return await ingest_opened(database, opened)


async def words_at(url: str, fetcher: Fetches) -> Transcript:
    """The transcript at an address. Raises `CompanionError` where there is none."""
    fetched = await fetcher.get(url, max_bytes=_LARGEST)
    if fetched.truncated:
        raise FetchError("The download broke off: try again.")
    if fetched.media_type.startswith(("audio/", "video/", "image/")):
        raise NoTranscriptError(f"What is there is no text, but {fetched.media_type}.")
    return await asyncio.to_thread(_read, fetched.body, fetched.charset)


async def words_of_recording(url: str, fetcher: Fetches) -> Transcript | None:
    """The words of a recording, where its own address is that of a transcript. None for sound and pictures.

    Where nothing is marked, neither times nor speakers, a page may be about anything, so it is no transcript. Raises
    `CompanionError` where it cannot be told.
    """
    suffix = _suffix(url)
    if suffix in _AUDIO or suffix in _VIDEO or video_id(url) is not None:
        return None
    found = await words_at(url, fetcher)
    if found.convention == PARAGRAPHS and suffix not in SUFFIXES - _PAGES:
        raise NoTranscriptError("The page marks neither who speaks nor when.")
    return found


def _read(body: bytes, charset: str | None) -> Transcript:
    return read_transcript(decoded(body, charset, "The transcript"), name="The transcript")


def _suffix(url: str) -> str:
    parts = split(url)
    return PurePosixPath(parts.path).suffix.lower() if parts else ""
