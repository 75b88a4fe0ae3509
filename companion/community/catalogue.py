"""The episodes that a server can read about: lists of them, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.archive.people import people_in
from companion.community.keeping import known_to, meant
from companion.community.wishes import has_words
from companion.storage import episodes, statistics
from companion.storage.engine import Database
from companion.storage.episodes import Episode, EpisodeFacts
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.podcasts import Podcast

PER_PAGE = 10
LONGEST_WORDS = 60
"""Characters of words looked for in titles: a button carries them."""

_REGULAR_EPISODES, _REGULAR_SHARE = 3, 1 / 3
"""Whoever is heard in so many episodes of a podcast and in such a share of them is no guest."""
_HOSTS = ("host", "co-host", "cohost")


class NoSuchTitleError(NotFoundError):
    """No episode has all these words in its title."""

    def __init__(self, words: str) -> None:
        super().__init__(
            f"No episode has “{words}” in its title. Try fewer words, or `/search` for what was said in them."
        )


class NothingReadError(CompanionError):
    """The server has podcasts, and none of them an episode."""

    def __init__(self) -> None:
        super().__init__("There is no episode in the archive yet: its podcasts are still to be read. Try again later.")


@dataclass(frozen=True, slots=True)
class Entry:
    """An episode in a list. ``guests`` are those whom the feed credits or, where it credits nobody, who speak and are
    not heard all the time; ``seconds`` is its length, None where nothing tells."""

    episode: Episode
    guests: tuple[str, ...]
    seconds: float | None
    transcribed: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of episodes, newest first. ``podcast`` is the one it was limited to; ``page`` counts from 0 and is the
    last one where a later was asked for."""

    entries: tuple[Entry, ...]
    podcasts: Mapping[int, Podcast]
    podcast: Podcast | None
    words: str
    page: int
    pages: int
    total: int


class Catalogue:
    """What members browse, over one database. Everything that they name is looked up among their server's podcasts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listing(self, guild_id: int | None, podcast: str | None, words: str, page: int) -> Listing:
        """A page of the server's episodes that have all the words in their titles. Raises `CompanionError`."""
        seen = {one.id: one for one in await known_to(self._database, guild_id)}
        chosen = await meant(self._database, guild_id, podcast) if podcast else None
        wanted = " ".join(words.split())[:LONGEST_WORDS]
        within = frozenset({chosen.id} if chosen else seen)
        async with self._database.read() as connection:
            known = await episodes.list_episodes(connection, within)
            found = [episode for episode in known if has_words(episode.title, wanted)]
            if not found:
                raise NoSuchTitleError(wanted) if known else NothingReadError
            pages = -(-len(found) // PER_PAGE)
            page = min(page, pages - 1)
            shown = found[page * PER_PAGE : (page + 1) * PER_PAGE]
            ends = await statistics.heard_until(connection, [episode.id for episode in shown])
            voices = await statistics.voices(connection, frozenset(episode.podcast_id for episode in shown))
        regulars = regular_speakers(known, voices)
        entries = tuple(
            Entry(
                episode,
                guests(episode.facts, voices.get(episode.id, {}), regulars.get(episode.podcast_id, frozenset())),
                length(episode.facts, ends.get(episode.id)),
                episode.id in ends,
            )
            for episode in shown
        )
        return Listing(entries, seen, chosen, wanted, page, pages, len(found))


def regular_speakers(known: Sequence[Episode], voices: Mapping[int, Mapping[str, int]]) -> dict[int, frozenset[str]]:
    """Who is heard all the time, by podcast: hosts, as a rule. ``known`` are all episodes of the podcasts."""
    heard: dict[int, Counter[str]] = {}
    spoken: Counter[int] = Counter()
    for episode in known:
        if episode.id in voices:
            names = {name for label in voices[episode.id] for name in people_in(label)}
            heard.setdefault(episode.podcast_id, Counter()).update(names)
            spoken[episode.podcast_id] += 1
    return {
        podcast_id: frozenset(
            name
            for name, count in names.items()
            if count >= _REGULAR_EPISODES and count >= _REGULAR_SHARE * spoken[podcast_id]
        )
        for podcast_id, names in heard.items()
    }


def guests(facts: EpisodeFacts, voices: Mapping[str, int], regulars: frozenset[str]) -> tuple[str, ...]:
    """Those whom the feed credits, but for hosts; where it credits nobody, those who speak, but for regular speakers.

    Who speaks most comes first. Labels that are no names (`SPEAKER 1`) are left out, and those of two are taken apart.
    """
    credited = [person.name for person in facts.people if (person.role or "").casefold() not in _HOSTS]
    if facts.people:
        return tuple(dict.fromkeys(credited))
    labels = sorted(voices, key=lambda label: -voices[label])
    names = dict.fromkeys(name for label in labels for name in people_in(label))
    return tuple(name for name in names if name not in regulars)


def length(facts: EpisodeFacts, heard: float | None) -> float | None:
    """Seconds, as the feed says or as the transcript goes; None where neither tells."""
    return facts.duration or heard or None
