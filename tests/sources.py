"""A source opened and read to its end, as tests look at it."""

from __future__ import annotations

from dataclasses import dataclass

from companion.archive.fetch import Fetches
from companion.archive.reading_ahead import read_ahead
from companion.archive.sources import open_source
from companion.storage.podcasts import PodcastFacts
from companion.storage.readings import Reading


@dataclass(frozen=True)
class ReadSource:
    """What a source holds, and what could not be read."""

    podcast: PodcastFacts
    readings: list[Reading]
    problems: list[str]


async def read_source(source: str, fetcher: Fetches, title: str | None = None) -> ReadSource:
    opened = await open_source(source, fetcher, title=title)
    read = [read async for _, read in read_ahead(opened.episodes)]
    readings = [one.reading for one in read if one.reading is not None]
    return ReadSource(
        opened.podcast, readings, [*opened.problems, *(problem for one in read for problem in one.problems)]
    )
