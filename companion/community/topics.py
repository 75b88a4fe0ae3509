"""A topic's way through the archive: when it came up, how much of what was said then, first and most where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from companion.archive.results import Hit, Query, Results
from companion.archive.search import Searcher
from companion.archive.topics import EpisodeShare, Trace
from companion.community.examples import EXAMPLES
from companion.community.periods import Period, period_of, periods
from companion.community.searches import Searches
from companion.community.visibility import visible_podcasts
from companion.community.wishes import checked_query, known_speaker
from companion.storage import passages
from companion.storage.engine import Database

_NEAREST = 3
FEWEST = 20
"""Passages of a stretch of time of which a share is told. Of fewer, some ten minutes of talk, one passage more or less
moves it by over five points: it says more of how little there is than of the topic."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time: the passages of its episodes, and how many of them speak of the topic."""

    period: Period
    said: int
    speaking: int

    @property
    def share(self) -> float:
        """Of what was said then, from 0 to 1."""
        return self.speaking / self.said if self.said else 0.0


@dataclass(frozen=True, slots=True)
class Topic:
    """Where a topic comes up. ``bars`` go from the archive's first dated episode to its last.

    ``undated`` passages speak of it in episodes without a date; ``passages`` are all that do, ``said`` all there are.
    """

    text: str
    speaker: str | None
    bars: tuple[Bar, ...]
    undated: int
    passages: int
    said: int
    episodes: int
    first: Hit
    top: tuple[tuple[Hit, int], ...]
    semantic: bool

    @property
    def peak(self) -> Bar | None:
        """When it came up most; None where no episode has a date."""
        return max(self.bars, key=lambda bar: bar.speaking, default=None)

    @property
    def densest(self) -> Bar | None:
        """When most of what was said was of it, where enough was said; None where that is nowhere so."""
        return max((bar for bar in self.bars if bar.said >= FEWEST), key=lambda bar: bar.share, default=None)


@dataclass(frozen=True, slots=True)
class NotFound:
    """A topic that nothing in the archive speaks of, with what comes nearest and searches that do find something."""

    text: str
    speaker: str | None
    nearest: Results
    examples: tuple[str, ...]


class Topics:
    """Topics in a server's podcasts, over one database and one searcher."""

    def __init__(self, database: Database, searcher: Searcher, searches: Searches) -> None:
        self._database = database
        self._searcher = searcher
        self._searches = searches

    async def trace(self, guild_id: int | None, words: str, speaker: str | None, seed: int) -> Topic | NotFound:
        """Where the words come up on this server, or that they do not. The same seed gives the same examples.

        Raises `CompanionError` for no words, and for a speaker whom nobody knows.
        """
        text = checked_query(words)
        seen = await visible_podcasts(self._database, guild_id)
        name = None
        if speaker:
            async with self._database.read() as connection:
                name = known_speaker(speaker, await passages.speakers(connection, seen))
        query = Query(text, seen, speaker=name)
        topic = told(await self._searcher.trace(query))
        if topic is not None:
            return topic
        nearest = await self._searcher.search(query, limit=_NEAREST)
        return NotFound(text, name, nearest, await self._searches.examples(guild_id, seed, EXAMPLES))


def told(trace: Trace) -> Topic | None:
    """A trace over time; None where the topic comes up nowhere."""
    if trace.first is None:
        return None
    return Topic(
        trace.query.text,
        trace.query.speaker,
        bars(trace.shares),
        sum(share.speaking for share in trace.shares if share.episode.published is None),
        sum(share.speaking for share in trace.shares),
        sum(share.passages for share in trace.shares),
        sum(share.speaking > 0 for share in trace.shares),
        trace.first,
        trace.top,
        trace.semantic,
    )


def bars(shares: tuple[EpisodeShare, ...]) -> tuple[Bar, ...]:
    """The episodes that have a date, by the stretch of time they were published in; stretches without one, too."""
    dated = [(share.episode.published.date(), share) for share in shares if share.episode.published is not None]
    if not dated:
        return ()
    days: list[date] = [day for day, _ in dated]
    every = periods(min(days), max(days))
    said = dict.fromkeys(every, 0)
    speaking = dict.fromkeys(every, 0)
    for day, share in dated:
        period = period_of(day, every[0].unit)
        said[period] += share.passages
        speaking[period] += share.speaking
    return tuple(Bar(period, said[period], speaking[period]) for period in every)
