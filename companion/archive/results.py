"""What a search is asked and what it returns: plain data between the archive and those who show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from companion.storage.episodes import Episode, Passage, Reference
from companion.storage.mentions import EditorsPick
from companion.storage.podcasts import Podcast


@dataclass(frozen=True, slots=True)
class Query:
    """A search. ``podcasts`` limits it to what a server subscribed to; None (the operator) sees everything.

    ``after`` and ``before`` are inclusive days in UTC. With ``like``, the passage it refers to stands in for words:
    ``text`` is then only shown. ``newest_first`` has what bears on it by the days of its episodes.
    """

    text: str
    podcasts: frozenset[int] | None = None
    episode_id: int | None = None
    speaker: str | None = None
    after: date | None = None
    before: date | None = None
    like: Reference | None = None
    newest_first: bool = False


class Asked(StrEnum):
    """The kinds of questions."""

    MOMENT = "moment"
    SAID_BY = "said_by"
    WHICH_EPISODE = "which_episode"
    LATEST = "latest"
    COMPARE = "compare"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a question asks for. ``words`` are those to search by, ``topic`` what it is about, as it would be said.

    ``people`` are names for `Snapshot.is_by`. ``episode_id``, ``after`` and ``before`` (inclusive days) narrow the
    search; where that left nothing near, they are gone and ``widened`` is set.
    """

    kind: Asked
    words: str
    topic: str = ""
    people: tuple[str, ...] = ()
    newest_first: bool = False
    episode_id: int | None = None
    after: date | None = None
    before: date | None = None
    widened: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """The part of a passage that answers best: verbatim, from one turn.

    ``matches`` are (start, end) character spans of ``text`` that carry the query's words.
    """

    text: str
    matches: tuple[tuple[int, int], ...]
    speaker: str | None
    start: float | None
    approximate: bool
    uncertain: bool = False
    """Whether it may be another who speaks."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: a passage (or adjacent ones merged), where it stands, and what to show of it."""

    passage_id: int
    passage: Passage
    episode: Episode
    podcast: Podcast
    score: float
    snippet: Snippet
    url: str | None
    picked: EditorsPick | None = None
    """What the episode's makers chose of it."""

    @property
    def reference(self) -> Reference:
        p = self.passage
        return Reference(self.episode.id, p.kind, p.start, p.end, p.first_word, p.last_word)

    @property
    def quoted(self) -> tuple[int, int] | None:
        """The snippet's words in the passage, counted from its first: the first, and the one after the last."""
        at = self.passage.text.find(self.snippet.text)
        if at < 0 or not self.snippet.text.strip():
            return None
        first = len(self.passage.text[:at].split())
        return first, first + len(self.snippet.text.split())


@dataclass(frozen=True, slots=True)
class Group:
    """Hits that stand for a person or an episode, ``name``. ``relevant`` counts all passages there that bear on it."""

    name: str
    relevant: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """Hits, best first. ``answerable`` is False where the evidence is too thin: the hits are then only the nearest.

    ``intent`` is what the question was taken to ask for. For episodes, people and comparisons ``groups`` hold the same
    hits in the same order; a group of a comparison may be empty.
    """

    query: Query
    hits: tuple[Hit, ...]
    answerable: bool
    semantic: bool
    """False while only words were compared: the model is not loaded yet, or there is none."""
    more: bool = False
    """Are there results after these?"""
    intent: Intent | None = None
    groups: tuple[Group, ...] = ()
    also: tuple[str, ...] = ()
    """Other spellings that were searched for, too."""

    @property
    def kind(self) -> Asked:
        return Asked.MOMENT if self.intent is None else self.intent.kind
