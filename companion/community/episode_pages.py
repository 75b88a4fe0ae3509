"""All that can be read about one episode, each thing with its link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from companion.archive.links import moment_url
from companion.archive.people import people_in
from companion.community.catalogue import length
from companion.community.visibility import visible_podcasts
from companion.storage import episodes, mentions, passages, podcasts, sessions, statistics
from companion.storage.engine import Database
from companion.storage.episodes import Chapter, Episode, Kind, Passage, Turn
from companion.storage.errors import NotFoundError
from companion.storage.mentions import EditorsPick, Link, LinkKind, PickOrigin
from companion.storage.names import named_turns, names_in
from companion.storage.passages import StoredPassage, named
from companion.storage.podcasts import Podcast

_LEAST_ALIKE = 0.5
"""Of a quotation's words: what was said less like it is not shown as said."""


class GoneEpisodeError(NotFoundError):
    """An episode that is no longer in the archive, or not in this server's."""

    def __init__(self) -> None:
        super().__init__("This episode is no longer in the archive. `/episodes` lists those that are.")


@dataclass(frozen=True, slots=True)
class LinkedChapter:
    """A chapter with the address of its beginning, None where it has no time."""

    chapter: Chapter
    url: str | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A moment that the makers picked: what was said there, verbatim and by one speaker, or a soundbite's title."""

    text: str
    said: bool
    speaker: str | None
    start: float | None
    approximate: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class TranscriptFacts:
    """What an episode's transcript is. ``convention`` is how it marks speakers and times, as its reading named it."""

    convention: str | None
    turns: int
    timed: int
    approximate: int
    unnamed: int


@dataclass(frozen=True, slots=True)
class EpisodePage:
    """An episode as it is shown. ``speakers`` are those heard in it, who speaks most first; ``transcript`` is None
    where there are only notes; ``papers`` and ``links`` are what its notes link to, each target once. ``presented_by``
    is the member who presented, where it is the recording of a club's session."""

    episode: Episode
    podcast: Podcast
    seconds: float | None
    speakers: tuple[str, ...]
    chapters: tuple[LinkedChapter, ...]
    papers: tuple[Link, ...]
    links: tuple[Link, ...]
    quotes: tuple[Quote, ...]
    transcript: TranscriptFacts | None
    presented_by: int | None = None


class EpisodePages:
    """Episodes of a server's podcasts, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def named(self, guild_id: int | None, name: str) -> EpisodePage:
        """The server's episode of that id or title. Raises `NotFoundError` with the titles it could be."""
        seen = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            episode = await episodes.find(connection, name[:200], seen)
        return await self._page(episode)

    async def get(self, guild_id: int | None, episode_id: int) -> EpisodePage:
        """All about the server's episode of that id. Raises `GoneEpisodeError` for any other."""
        return await self._page(await self.episode(guild_id, episode_id))

    async def episode(self, guild_id: int | None, episode_id: int) -> Episode:
        """The server's episode of that id. Raises `GoneEpisodeError` for any other."""
        seen = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            episode = (await episodes.get(connection, [episode_id])).get(episode_id)
        if episode is None or episode.podcast_id not in seen:
            raise GoneEpisodeError
        return episode

    async def _page(self, episode: Episode) -> EpisodePage:
        async with self._database.read() as connection:
            podcast = await podcasts.get(connection, episode.podcast_id)
            if podcast is None:
                raise GoneEpisodeError
            names = await names_in(connection, frozenset({podcast.id}))
            turns = named_turns(await episodes.turns(connection, episode.id), names, podcast.id, episode.id)
            chapters = await episodes.chapters(connection, episode.id)
            links = await mentions.links(connection, episode.id)
            picks = await mentions.picks(connection, episode.id)
            spoken = [
                named(stored, names, podcast.id)
                for stored in (await passages.of_episode(connection, episode.id) if picks else [])
                if stored.passage.kind is Kind.SPEECH
            ]
            convention = await episodes.convention(connection, episode.id)
            ends = await statistics.heard_until(connection, [episode.id])
            presented_by = await sessions.presenter_of(connection, episode.id)
        facts = episode.facts
        once = _once(links)
        return EpisodePage(
            episode,
            podcast,
            length(facts, ends.get(episode.id)),
            _speakers(turns),
            tuple(LinkedChapter(one, _moment(episode, podcast, one.start)) for one in chapters),
            tuple(link for link in once if link.kind is LinkKind.PAPER),
            tuple(link for link in once if link.kind is not LinkKind.PAPER),
            tuple(quote for pick in picks if (quote := _quote(episode, podcast, pick, spoken))),
            _told(convention, turns) if turns else None,
            presented_by,
        )


def _moment(episode: Episode, podcast: Podcast, start: float | None) -> str | None:
    return None if start is None else moment_url(episode.facts, start, podcast)


def _once(links: Iterable[Link]) -> list[Link]:
    """Each target once, by what names it or its address; the first link to it counts."""
    first: dict[str, Link] = {}
    for link in links:
        first.setdefault(link.reference or link.url.partition("#")[0].rstrip("/"), link)
    return list(first.values())


def _speakers(turns: Sequence[Turn]) -> tuple[str, ...]:
    words: dict[str, int] = {}
    for turn in turns:
        for name in people_in(turn.speaker or ""):
            words[name] = words.get(name, 0) + len(turn.text.split())
    return tuple(sorted(words, key=lambda name: -words[name]))


def _told(convention: str | None, turns: Sequence[Turn]) -> TranscriptFacts:
    return TranscriptFacts(
        convention,
        len(turns),
        sum(turn.start is not None for turn in turns),
        sum(turn.start is not None and turn.approximate for turn in turns),
        sum(turn.speaker is None for turn in turns),
    )


def _quote(episode: Episode, podcast: Podcast, pick: EditorsPick, spoken: Sequence[StoredPassage]) -> Quote | None:
    """The words that were said where the makers quote; None where nothing much like it was."""
    url = _moment(episode, podcast, pick.start)
    if pick.first_word is None or pick.last_word is None:
        if pick.origin is PickOrigin.SOUNDBITE:
            return Quote(pick.text, False, None, pick.start, pick.approximate, url)
        return None
    if pick.similarity < _LEAST_ALIKE:
        return None
    for stored in spoken:
        if stored.passage.first_word <= pick.first_word <= stored.passage.last_word:
            text, speaker = _said(stored.passage, pick.first_word, pick.last_word)
            return Quote(text, True, speaker, pick.start, pick.approximate, url) if text else None
    return None


def _said(passage: Passage, first: int, last: int) -> tuple[str, str | None]:
    """The words of a passage from one to another, as far as it and the first one's turn go; and whose they are."""
    words = list(re.finditer(r"\S+", passage.text))[first - passage.first_word : last + 1 - passage.first_word]
    if not words:
        return "", None
    begin, end = words[0].start(), words[-1].end()
    piece = max((one for one in passage.pieces if one.offset <= begin), key=lambda one: one.offset)
    after = min((one.offset for one in passage.pieces if one.offset > begin), default=end)
    return passage.text[begin : min(end, after)].strip(), piece.speaker
