"""Passages: what search finds. Their ids change when an episode is read again; a `Reference` does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.among import among
from companion.storage.episodes import Kind, Passage, Piece, Reference, visible
from companion.storage.names import Names, folded, named_passage, names_in


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its place in the database."""

    id: int
    episode_id: int
    passage: Passage

    @property
    def reference(self) -> Reference:
        """What finds this stretch again when the episode has been read anew."""
        p = self.passage
        return Reference(self.episode_id, p.kind, p.start, p.end, p.first_word, p.last_word)


SELECTED = select(
    schema.passages.c.id,
    schema.passages.c.episode_id,
    schema.passages.c.ordinal,
    schema.passages.c.kind,
    schema.passages.c.speaker,
    schema.passages.c.start_s,
    schema.passages.c.end_s,
    schema.passages.c.approximate,
    schema.passages.c.first_word,
    schema.passages.c.last_word,
    schema.passages.c.chapter,
    schema.passages.c.text,
    schema.passages.c.pieces,
)


def from_row(row: Sequence[Any]) -> StoredPassage:
    """The passage in a row of `SELECTED`."""
    passage_id, episode_id, ordinal, kind, *rest, pieces = row
    return StoredPassage(
        passage_id,
        episode_id,
        Passage(ordinal, Kind(kind), *rest, pieces=tuple(Piece(*piece) for piece in pieces)),
    )


def named(stored: StoredPassage, names: Names, podcast_id: int) -> StoredPassage:
    """The passage with names in place of the labels of its transcript."""
    passage = named_passage(stored.passage, names, podcast_id, stored.episode_id)
    return stored if passage is stored.passage else replace(stored, passage=passage)


async def get(connection: AsyncConnection, ids: Collection[int]) -> dict[int, StoredPassage]:
    """The passages with these ids; those that do not exist are left out."""
    rows = await connection.execute(SELECTED.where(among(schema.passages.c.id, ids)))
    return {stored.id: stored for stored in map(from_row, rows)}


async def of_episode(connection: AsyncConnection, episode_id: int) -> list[StoredPassage]:
    """The episode's passages, in order."""
    columns = schema.passages.c
    rows = await connection.execute(SELECTED.where(columns.episode_id == episode_id).order_by(columns.ordinal))
    return [from_row(row) for row in rows]


async def spoken(connection: AsyncConnection, episode_id: int, first_word: int, last_word: int) -> str:
    """What is said in an episode from one word to another, both in it; passages are joined by a newline."""
    columns = schema.passages.c
    rows = await connection.execute(
        select(columns.first_word, columns.text)
        .where(
            columns.episode_id == episode_id,
            columns.kind == Kind.SPEECH.value,
            columns.first_word <= last_word,
            columns.last_word >= first_word,
        )
        .order_by(columns.ordinal)
    )
    parts: list[str] = []
    for row in rows:
        words = list(re.finditer(r"\S+", row.text))[
            max(first_word - row.first_word, 0) : last_word - row.first_word + 1
        ]
        parts.append(row.text[words[0].start() : words[-1].end()])
    return "\n".join(parts)


async def at(connection: AsyncConnection, reference: Reference) -> list[StoredPassage]:
    """The passages that now cover the reference, the one that shares most with it first."""
    return covering(reference, await of_episode(connection, reference.episode_id))


def covering(reference: Reference, passages: Iterable[StoredPassage]) -> list[StoredPassage]:
    """Those of an episode's passages that share time with the reference or, where that finds none, words."""
    same_kind = [stored for stored in passages if stored.passage.kind is reference.kind]
    words = {
        stored: _overlap(
            reference.first_word, reference.last_word + 1, stored.passage.first_word, stored.passage.last_word + 1
        )
        for stored in same_kind
    }
    seconds = {
        stored: _overlap(reference.start, reference.end, stored.passage.start, stored.passage.end)
        for stored in same_kind
    }
    shared = {stored: share for stored, share in seconds.items() if share is not None} or {
        stored: share for stored, share in words.items() if share is not None
    }
    return sorted(shared, key=lambda stored: (-shared[stored], stored.passage.ordinal))


def _overlap(
    first: float | None, last: float | None, other_first: float | None, other_last: float | None
) -> float | None:
    """How much two stretches share; None when they only touch, do not meet, or one is not placed.

    A stretch without a known end is a point; it may lie in the other.
    """
    if first is None or other_first is None:
        return None
    last = first if last is None else last
    other_last = other_first if other_last is None else other_last
    start, end = max(first, other_first), min(last, other_last)
    if end > start or (end == start and (first == last or other_first == other_last)):
        return end - start
    return None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone who speaks, with every folded spelling that stands for them: labels, aliases, and the name itself."""

    name: str
    spellings: frozenset[str]


async def turns_by_label(
    connection: AsyncConnection, podcasts: frozenset[int] | None
) -> Sequence[Row[int, int, str, int]]:
    """Podcast, episode, label, and in how many turns it talks there; None stands for every podcast."""
    columns = schema.turns.c
    counted = (
        select(schema.episodes.c.podcast_id, columns.episode_id, columns.speaker, func.count())
        .join(schema.episodes, schema.episodes.c.id == columns.episode_id)
        .where(columns.speaker.is_not(None), visible(podcasts))
        .group_by(columns.episode_id, columns.speaker, schema.episodes.c.podcast_id)
    )
    return (await connection.execute(counted)).all()


async def speakers(connection: AsyncConnection, podcasts: frozenset[int] | None) -> list[Speaker]:
    """Everyone who speaks in these podcasts, who speaks in most turns first; None stands for every podcast."""
    known = await names_in(connection, podcasts)
    turns: Counter[str] = Counter()
    spellings: dict[str, set[str]] = {}
    for podcast_id, episode_id, label, count in await turns_by_label(connection, podcasts):
        name = known.of(podcast_id, episode_id, label)
        turns[name] += count
        spellings.setdefault(name, {folded(name)}).add(folded(label))
    for podcast_id, others in known.people.items():
        for spelling in others:
            name = known.person(podcast_id, spelling)
            if name in spellings:
                spellings[name].add(spelling)
    ordered = sorted(turns, key=lambda name: (-turns[name], name))
    return [Speaker(name, frozenset(spellings[name])) for name in ordered]
