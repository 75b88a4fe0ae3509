"""Searches as members make them: asked, riffed on, turned over, and looked into.

Everything here checks that what a member names or presses belongs to the member's own server.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from companion.archive.chapters import by_chapter
from companion.archive.links import moment_url
from companion.archive.quoting import words_of
from companion.archive.results import Query, Results
from companion.archive.search import Searcher
from companion.community import logged_texts
from companion.community.beside import Beside
from companion.community.examples import EXAMPLES
from companion.community.places import passages_at
from companion.community.retractions import Namings
from companion.community.surroundings import Surroundings, surroundings
from companion.community.visibility import seen_by
from companion.community.wishes import Wish, checked_query, looked_up
from companion.storage import episodes, index_version, namings, podcasts, retractions, searches
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Passage, Reference
from companion.storage.errors import NotFoundError
from companion.storage.names import named_passage, named_turns, names_in
from companion.storage.namings import Naming
from companion.storage.podcasts import Podcast
from companion.storage.retractions import Retraction
from companion.storage.searches import Search

PER_PAGE = 5
LAST_PAGE = 9


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
    """Who asks, and where. ``guild_id`` is None in a direct message; ``role_ids`` are those of the member there.
    ``message_id`` is the message that is to show the answer, where it is there already."""

    guild_id: int | None
    channel_id: int
    member_id: int
    member_name: str
    role_ids: tuple[int, ...] = ()
    message_id: int | None = None


class _Sight(NamedTuple):
    """What a server sees: its podcasts, in the archive at that version."""

    podcasts: frozenset[int]
    version: int


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
    """What members do with search, over one database and one searcher. The ``namings`` are those of the process."""

    def __init__(
        self, database: Database, searcher: Searcher, namings: Namings | None = None, *, loading: bool = False
    ) -> None:
        self.loading = loading
        """Will meanings be compared soon? Until then answers say why they go by words alone."""
        self._database = database
        self._searcher = searcher
        self._namings = namings or Namings(database)
        self._beside = Beside(database)

    @property
    def semantic(self) -> bool:
        """Are meanings compared, or words only?"""
        return self._searcher.semantic

    async def ask(self, asker: Asker, wish: Wish) -> Answer:
        """Records the search and answers its first page. Raises `CompanionError` for names that nothing has."""
        sight = await self._sight(asker.guild_id)
        filters = await looked_up(self._database, wish, sight.podcasts)
        search = Search(**_made_by(asker), text=wish.text, created_at=self._now, filters=filters)
        return await self._record(sight, search)

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
        return await self._record(await self._sight(asker.guild_id), varied)

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
        return await self._record(await self._sight(asker.guild_id), similar)

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
        return await self._answer(await self._sight(guild_id), search_id, search, min(page, LAST_PAGE))

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
        """Remembers the message that shows the answer, where that was not known before, for riffs to point to. It is
        taken back where its search was deleted meanwhile."""
        async with self._database.write() as connection:
            if not await searches.attach_message(connection, search_id, message.message_id):
                await retractions.put(connection, [message], self._database.clock.now())

    async def examples(self, guild_id: int | None, seed: int, count: int = EXAMPLES) -> tuple[str, ...]:
        """Searches worth trying on this server."""
        sight = await self._sight(guild_id)
        return await self._beside.examples(*sight, seed, count)

    async def _sight(self, guild_id: int | None) -> _Sight:
        async with self._database.read() as connection:
            return _Sight(await seen_by(connection, guild_id), await index_version.current(connection))

    async def _record(self, sight: _Sight, search: Search) -> Answer:
        named = _naming(search)
        async with self._database.write() as connection:
            search_id = await searches.record(connection, search)
            await namings.put(connection, named)
        for one in named:
            self._namings.noted(one.message_id, frozenset({one.member_id}))
        logged_texts.asked("search", search_id, search.guild_id, search.text)
        return await self._answer(sight, search_id, search, 0)

    async def _answer(self, sight: _Sight, search_id: int, search: Search, page: int) -> Answer:
        filters, podcasts = search.filters, sight.podcasts
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
        results = await self._results(query, page, sight)
        results = by_chapter(
            results, await self._beside.chapters({hit.episode.id for hit in results.hits}, sight.version)
        )
        examples = () if results.answerable else await self._beside.examples(*sight, search_id)
        origin, episode, podcast = await self._beside.told_of(search)
        if episode is not None and episode.podcast_id not in podcasts:
            episode = None  # the server has left the podcast since
        if podcast is not None and podcast.id not in podcasts:
            podcast = None
        loading = self.loading and not results.semantic
        return Answer(search_id, search, origin, episode, results, page, examples, loading, podcast)

    async def _results(self, query: Query, page: int, sight: _Sight) -> Results:
        """The page; where the filters leave nothing, the first page without them, as nearest passages only."""
        results = await self._searcher.search(query, limit=PER_PAGE, offset=page * PER_PAGE, version=sight.version)
        if page and not results.hits:
            raise NoSuchPageError(page)
        unfiltered = Query(query.text, sight.podcasts, like=query.like)
        if not results.hits and query != unfiltered:
            nearest = await self._searcher.search(unfiltered, limit=PER_PAGE, version=sight.version)
            return replace(nearest, answerable=False, more=False)
        return replace(results, more=False) if page == LAST_PAGE else results

    @property
    def _now(self) -> datetime:
        return self._database.clock.now()


def _quoted(passage: Passage, reference: Reference, quoted: tuple[int, int] | None) -> str:
    """The words between two places, counted from the first of the reference; nothing where the passage lacks them."""
    words = words_of(passage, *(reference.first_word + place for place in quoted)) if quoted else None
    return passage.text[slice(*words)] if words else ""


def _naming(search: Search) -> list[Naming]:
    """That the message which is to show the answer names who asked; nothing where it is not known yet."""
    if search.message_id is None:
        return []
    return [Naming(search.message_id, search.member_id, search.guild_id, search.channel_id)]


def _made_by(asker: Asker) -> dict[str, Any]:
    return {
        "guild_id": asker.guild_id or 0,
        "channel_id": asker.channel_id,
        "member_id": asker.member_id,
        "member_name": asker.member_name,
        "message_id": asker.message_id,
    }
