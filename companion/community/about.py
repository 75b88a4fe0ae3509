"""What this bot knows and keeps, as a server may read it: about its own podcasts, and about its own members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from companion.archive.search import Searcher
from companion.community.keeping import known_to
from companion.community.searches import Searches
from companion.storage import feeds, statistics
from companion.storage.engine import Database
from companion.storage.podcasts import Podcast
from companion.storage.statistics import Totals


@dataclass(frozen=True, slots=True)
class PodcastState:
    """A podcast with what is stored of it. ``read_at`` is when its feed was last read, None for files; ``failures`` are
    the attempts since then that failed."""

    podcast: Podcast
    totals: Totals
    read_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class About:
    """``model`` is what meanings are compared with, without its fingerprint; None where words alone are compared, for
    now where it is ``loading``. ``searches`` are those made on this server that are stored."""

    podcasts: tuple[PodcastState, ...]
    totals: Totals
    model: str | None
    loading: bool
    searches: int


async def about(database: Database, searcher: Searcher, searches: Searches, guild_id: int | None) -> About:
    """What there is on a server. Raises `CompanionError` where it has no podcast."""
    known = await known_to(database, guild_id)
    async with database.read() as connection:
        read = await feeds.by_ids(connection, [podcast.id for podcast in known])
        states: list[PodcastState] = []
        for podcast in known:
            feed = read.get(podcast.id)
            states.append(
                PodcastState(
                    podcast,
                    await statistics.totals(connection, frozenset({podcast.id})),
                    feed.read_at if feed else None,
                    feed.failures if feed else 0,
                )
            )
        totals = await statistics.totals(connection, frozenset(podcast.id for podcast in known))
        stored = await statistics.searches_of(connection, guild_id or 0)
    model = None if searcher.model_id is None else searcher.model_id.partition("@")[0]
    return About(tuple(states), totals, model, searches.loading, stored)
