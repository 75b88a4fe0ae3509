"""Searches as members make them: asked, riffed on, turned over, and looked into.

Everything here checks that what a member names or presses belongs to the member's own server.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from companion.archive.chapters import by_chapter
from companion.archive.links import moment_url
from companion.archive.quoting import words_of
from companion.archive.results import Query, Results
from companion.archive.search import Searcher
from companion.community import logged_texts
from companion.community.examples import EXAMPLES, example_searches
from companion.community.places import passages_at
from companion.community.surroundings import Surroundings, surroundings
from companion.community.visibility import visible_podcasts
from companion.community.wishes import Wish, checked_query, has_words, looked_up
from companion.storage import episodes, passages, podcasts, retractions, searches
from companion.storage.engine import AsyncConnection, Database
from companion.storage.episodes import Episode, Passage, Reference
from companion.storage.errors import NotFoundError
from companion.storage.names import named_passage, named_turns, names_in
from companion.storage.podcasts import Podcast
from companion.storage.retractions import Retraction
from companion.storage.searches import Search

PER_PAGE = 5
LAST_PAGE = 9
_EXAMPLE_EPISODES = 12


class GoneSearchError(NotFoundError):
    """A search that this server never made, or whose record is deleted."""

    def __init__(self) -> None:
        super().__init__("I don't know this search any more. Search again with `/search`.")


class NoSuchPageError(NotFoundError):
    """A page behind the last one."""

    def __init__(self, page: int) -> None:
        gone = f"There is no page {page + 1} of this search any more: what it finds has changed."
        super().__init__(f"{gone} Search again with `/search`.")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where. ``guild_id`` is None in a direct message; ``role_ids`` are those of the member there."""

    guild_id: int | None
    channel_id: int
    member_id: int
    member_name: str
    role_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of the results of a search, and everything that is shown with them.

    ``origin`` is the search that it riffs on or started from, ``episode`` and ``podcast`` those it was limited to;
    ``examples`` are given where nothing answers. ``page`` counts from 0. ``loading``: asked again in a few seconds, it
    would be answered by meaning too.
    """

    search_id: int
    search: Search
    origin: Search | None
    episode: Episode | None
    results: Results
    page: int
    examples: tuple[str, ...]
    loading: bool
    podcast: Podcast | None = None

    @property
    def filters_dropped(self) -> bool:
        """Did the filters leave nothing, so that the passages are those that come nearest without them?"""
        asked, given = self.search.filters, self.results.query
        wanted = (asked.episode_id, asked.speaker, asked.after, asked.before)
        elsewhere = asked.podcast_id is not None and given.podcasts != frozenset({asked.podcast_id})
        return bool(self.results.hits) and (
            elsewhere or wanted != (given.episode_id, given.speaker, given.after, given.before)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A passage in its place. ``quoted`` is what the result showed of it, verbatim; empty where that is not known."""

    reference: Reference
    passage: Passage
    episode: Episode
    around: Surroundings
    url: str | None
    quoted: str = ""


def turns_in_place(search: Search, member_id: int) -> bool:
    """May this member's press change the public message? Only the asker's may."""
    return search.member_id == member_id


class Searches:
    """What members do with search, over one database and one searcher."""

    def __init__(self, database: Database, searcher: Searcher, *, loading: bool = False) -> None:
        self.loading = loading
        """Will meanings be compared soon? Until then answers say why they go by words alone."""
        self._database = database
        self._searcher = searcher

    @property
    def semantic(self) -> bool:
        """Are meanings compared, or words only?"""
        return self._searcher.semantic

    async def ask(self, asker: Asker, wish: Wish) -> Answer:
        """Records the search and answers its first page. Raises `CompanionError` for names that nothing has."""
        podcasts = await visible_podcasts(self._database, asker.guild_id)
        filters = await looked_up(self._database, wish, podcasts)
        search = Search(**_made_by(asker), text=wish.text, created_at=self._now, filters=filters)
        return await self._record(podcasts, search)

    async def riff(self, asker: Asker, search_id: int, text: str) -> Answer:
        """A variation of somebody's search, with its filters and credit to it."""
        origin = await self.get(search_id, asker.guild_id)
        varied = Search(
            **_made_by(asker),
            text=checked_query(text),
            created_at=self._now,
            filters=origin.filters,
            riff_on=search_id,
        )
        return await self._record(await visible_podcasts(self._database, asker.guild_id), varied)

    async def like(
        self, asker: Asker, search_id: int, reference: Reference, quoted: tuple[int, int] | None = None
    ) -> Answer:
        """The passages most similar to one that a search found, of which it ``quoted`` these words, as in `context`."""
        await self.get(search_id, asker.guild_id)
        passage = (await passages_at(self._database, asker.guild_id, reference))[0][0]
        similar = Search(
            **_made_by(asker),
            text=checked_query(_quoted(passage, reference, quoted) or passage.text),
            created_at=self._now,
            riff_on=search_id,
            like=reference,
        )
        return await self._record(await visible_podcasts(self._database, asker.guild_id), similar)

    async def get(self, search_id: int, guild_id: int | None) -> Search:
        """A search of this server. Raises `GoneSearchError` for any other."""
        async with self._database.read() as connection:
            search = await searches.get(connection, search_id)
        if search is None or search.guild_id != guild_id:
            raise GoneSearchError
        return search

    async def page(self, search_id: int, guild_id: int | None, page: int) -> Answer:
        """A page of a search of this server, in the archive as it is now."""
        search = await self.get(search_id, guild_id)
        podcasts = await visible_podcasts(self._database, guild_id)
        return await self._answer(podcasts, search_id, search, min(page, LAST_PAGE))

    async def context(
        self, search_id: int, guild_id: int | None, reference: Reference, quoted: tuple[int, int] | None = None
    ) -> Found:
        """What was said around a passage that a search of this server found.

        ``quoted`` are the words of it that stood in the result, counted from its first.
        """
        await self.get(search_id, guild_id)
        (passage, *_), episode = await passages_at(self._database, guild_id, reference)
        async with self._database.read() as connection:
            names = await names_in(connection, frozenset({episode.podcast_id}))
            turns = await episodes.turns(connection, episode.id)
            podcast = await podcasts.get(connection, episode.podcast_id)
        turns = named_turns(turns, names, episode.podcast_id, episode.id)
        passage = named_passage(passage, names, episode.podcast_id, episode.id)
        url = moment_url(episode.facts, passage.start, podcast) if podcast else None
        return Found(
            reference, passage, episode, surroundings(turns, passage), url, _quoted(passage, reference, quoted)
        )

    async def posted(self, search_id: int, message: Retraction) -> None:
        """Remembers the message that shows the answer, for riffs to point to. It is taken back where its search was
        deleted meanwhile."""
        async with self._database.write() as connection:
            if not await searches.attach_message(connection, search_id, message.message_id):
                await retractions.put(connection, [message], self._database.clock.now())

    async def episodes_like(self, guild_id: int | None, typed: str, limit: int) -> list[Episode]:
        """The server's episodes that have every typed word in their title, newest first."""
        podcasts = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            known = await episodes.list_episodes(connection, podcasts)
        return [episode for episode in known if has_words(episode.title, typed)][:limit]

    async def speakers_like(self, guild_id: int | None, typed: str, limit: int) -> list[str]:
        """Who speaks in the server's podcasts and has every typed word in a spelling, the most talkative first."""
        podcasts = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            known = await passages.speakers(connection, podcasts)
        fits = [speaker.name for speaker in known if any(has_words(spelling, typed) for spelling in speaker.spellings)]
        return fits[:limit]

    async def examples(self, guild_id: int | None, seed: int, count: int = EXAMPLES) -> tuple[str, ...]:
        """Searches worth trying on this server."""
        podcasts = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            return await _examples(connection, podcasts, seed, count)

    async def _record(self, podcasts: frozenset[int], search: Search) -> Answer:
        async with self._database.write() as connection:
            search_id = await searches.record(connection, search)
        logged_texts.asked("search", search_id, search.guild_id, search.text)
        return await self._answer(podcasts, search_id, search, 0)

    async def _answer(self, podcasts: frozenset[int], search_id: int, search: Search, page: int) -> Answer:
        filters = search.filters
        query = Query(
            search.text,
            podcasts if filters.podcast_id is None else podcasts & {filters.podcast_id},
            filters.episode_id,
            filters.speaker,
            filters.after,
            filters.before,
            search.like,
            filters.newest_first,
        )
        results = await self._results(query, page, podcasts)
        async with self._database.read() as connection:
            results = await by_chapter(connection, results)
            origin, episode, podcast = await _told_of(connection, search)
            examples = () if results.answerable else await _examples(connection, podcasts, search_id, EXAMPLES)
        if episode is not None and episode.podcast_id not in podcasts:
            episode = None  # the server has left the podcast since
        if podcast is not None and podcast.id not in podcasts:
            podcast = None
        loading = self.loading and not results.semantic
        return Answer(search_id, search, origin, episode, results, page, examples, loading, podcast)

    async def _results(self, query: Query, page: int, podcasts: frozenset[int]) -> Results:
        """The page; where the filters leave nothing, the first page without them, as nearest passages only."""
        results = await self._searcher.search(query, limit=PER_PAGE, offset=page * PER_PAGE)
        if page and not results.hits:
            raise NoSuchPageError(page)
        unfiltered = Query(query.text, podcasts, like=query.like)
        if not results.hits and query != unfiltered:
            nearest = await self._searcher.search(unfiltered, limit=PER_PAGE)
            return replace(nearest, answerable=False, more=False)
        return replace(results, more=False) if page == LAST_PAGE else results

    @property
    def _now(self) -> datetime:
        return self._database.clock.now()


def _quoted(passage: Passage, reference: Reference, quoted: tuple[int, int] | None) -> str:
    """The words between two places, counted from the first of the reference; nothing where the passage lacks them."""
    words = words_of(passage, *(reference.first_word + place for place in quoted)) if quoted else None
    return passage.text[slice(*words)] if words else ""


async def _told_of(connection: AsyncConnection, search: Search) -> tuple[Search | None, Episode | None, Podcast | None]:
    """The search that it varies, and the episode and the podcast that it is limited to, as far as there are any."""
    origin = episode = podcast = None
    limited_to, podcast_id = search.filters.episode_id, search.filters.podcast_id
    if search.riff_on is not None:
        origin = await searches.get(connection, search.riff_on)
    if limited_to is not None:
        episode = (await episodes.get(connection, [limited_to])).get(limited_to)
    if podcast_id is not None:
        podcast = await podcasts.get(connection, podcast_id)
    return origin, episode, podcast


async def _examples(connection: AsyncConnection, podcasts: frozenset[int], seed: int, count: int) -> tuple[str, ...]:
    newest = await episodes.list_episodes(connection, podcasts, limit=_EXAMPLE_EPISODES)
    chapters = await episodes.chapters_of(connection, [episode.id for episode in newest])
    named = [(episode, [chapter.title for chapter in chapters[episode.id]]) for episode in newest]
    return example_searches(named, seed, count)


def _made_by(asker: Asker) -> dict[str, Any]:
    return {
        "guild_id": asker.guild_id or 0,
        "channel_id": asker.channel_id,
        "member_id": asker.member_id,
        "member_name": asker.member_name,
    }
