"""What is shown beside the results of a search: the chapters that they stand in, what the search is limited to and
varies, and other searches worth trying."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from companion.archive.latest import SinceChange
from companion.community.examples import EXAMPLES, example_searches, offered
from companion.storage import episodes, podcasts, searches
from companion.storage.engine import Database
from companion.storage.episodes import Chapter, Episode
from companion.storage.podcasts import Podcast
from companion.storage.searches import Search

_NEWEST = 12
"""Episodes that examples are taken from."""
_EPISODES, _SIGHTS = 200, 32
"""How many episodes' chapters are kept at hand, and for how many sets of podcasts, as servers see them, the searches
that they offer: most searches come to the same few."""


class Beside:
    """Reads it from one database: what is the archive's once, for as long as that stays at the same ``version``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._chapters: SinceChange[int, Sequence[Chapter]] = SinceChange(_EPISODES)
        self._offers: SinceChange[frozenset[int], Sequence[Sequence[str]]] = SinceChange(_SIGHTS)

    async def chapters(self, episode_ids: Collection[int], version: int) -> Mapping[int, Sequence[Chapter]]:
        """The chapters of each of these episodes, in order."""
        kept = self._chapters.at(version)
        known = {one: chapters for one in episode_ids if (chapters := kept.get(one)) is not None}
        if unknown := set(episode_ids) - known.keys():
            async with self._database.read() as connection:
                read = await episodes.chapters_of(connection, unknown)
            for one, chapters in read.items():
                kept.put(one, chapters)
            known |= read
        return known

    async def told_of(self, search: Search) -> tuple[Search | None, Episode | None, Podcast | None]:
        """The search that it varies, and the episode and the podcast that it is limited to, as far as there are any."""
        origin = episode = podcast = None
        limited_to, podcast_id = search.filters.episode_id, search.filters.podcast_id
        if search.riff_on is None and limited_to is None and podcast_id is None:
            return None, None, None
        async with self._database.read() as connection:
            if search.riff_on is not None:
                origin = await searches.get(connection, search.riff_on)
            if limited_to is not None:
                episode = (await episodes.get(connection, [limited_to])).get(limited_to)
            if podcast_id is not None:
                podcast = await podcasts.get(connection, podcast_id)
        return origin, episode, podcast

    async def examples(self, seen: frozenset[int], version: int, seed: int, count: int = EXAMPLES) -> tuple[str, ...]:
        """Searches worth trying in the podcasts that are seen; the same ones for the same seed."""
        kept = self._offers.at(version)
        offers = kept.get(seen)
        if offers is None:
            async with self._database.read() as connection:
                newest = await episodes.list_episodes(connection, seen, limit=_NEWEST)
                chapters = await episodes.chapters_of(connection, [episode.id for episode in newest])
            offers = offered((one, [chapter.title for chapter in chapters[one.id]]) for one in newest)
            kept.put(seen, offers)
        return example_searches(offers, seed, count)
