"""Sources of episodes: a feed (address or file), a transcript file, or a folder of files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from companion.archive.feeds import Feed, FeedItem, read_feed
from companion.archive.markup import plain_text
from companion.archive.readings import reading_of
from companion.archive.transcripts.prose import read_prose
from companion.storage.episodes import EpisodeFacts, Reading
from companion.storage.errors import CompanionError
from companion.storage.podcasts import PodcastFacts


class SourceError(CompanionError):
    """A source that cannot be read at all."""


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What a source holds. ``problems`` are sentences on what could not be read; everything else was."""

    podcast: PodcastFacts
    readings: tuple[Reading, ...]
    problems: tuple[str, ...]


async def read_source(source: str, fetcher: object, *, title: str | None = None) -> SourceReading:
    path = Path(source)
    if not path.exists():
        raise SourceError(f"There is no file or folder “{source}”.")
    data = path.read_bytes()
    feed = read_feed(data)
    name = title or feed.title
    return SourceReading(PodcastFacts(f"file:{name}", name, feed.link, False), tuple(_readings(feed)), feed.problems)


def _readings(feed: Feed) -> Iterator[Reading]:
    for item in feed.items:
        transcript = read_prose(item.body, among_notes=True)
        notes = "\n".join(part for part in (transcript.before, transcript.after, item.footer) if part)
        yield reading_of(item.facts, transcript, notes)
