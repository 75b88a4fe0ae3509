"""Stretches that the picker of highlights may choose, with what speaks for them, by episode.

They are made anew whenever an episode, its vectors or the code that weighs them changed: `made_of` names all three.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.address import Address
from companion.storage.among import among
from companion.storage.engine import plain_connection
from companion.storage.episodes import EpisodeType, visible

_AT_ONCE = 500
"""Rows that are read in one go."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of an episode, by its words (counted over the speech, from 0; both are in it), and its signals.

    Times are in seconds. ``speaker`` is the name of who says most of it. ``published`` is when the episode came out, as
    far as its feed says so.
    """

    episode_id: int
    first_word: int
    last_word: int
    start: float | None
    end: float | None
    approximate: bool
    speaker: str | None
    signals: Mapping[str, float]
    published: datetime | None = None

    @property
    def words(self) -> int:
        return self.last_word - self.first_word + 1

    def shared(self, first_word: int, last_word: int) -> int:
        """How many of its words another stretch of the episode has."""
        return max(0, min(self.last_word, last_word) - max(self.first_word, first_word) + 1)


@dataclass(frozen=True, slots=True)
class EpisodeState:
    """An episode that something was said in, as it is now: another ``revision`` says that it changed."""

    episode_id: int
    podcast_id: int
    revision: int
    content_hash: str


async def states(connection: AsyncConnection, podcasts: frozenset[int] | None) -> list[EpisodeState]:
    """The episodes of these podcasts that may have candidates, newest first; None stands for every podcast."""
    columns = schema.episodes.c
    rows = await connection.execute(
        select(columns.id, columns.podcast_id, columns.revision, columns.content_hash)
        .where(
            visible(podcasts),
            columns.type != EpisodeType.TRAILER.value,
            exists().where(schema.turns.c.episode_id == columns.id),
        )
        .order_by(columns.published_at.desc().nulls_last(), columns.id.desc())
    )
    return [EpisodeState(*row) for row in rows]


async def made_of(connection: AsyncConnection) -> dict[int, str]:
    """What the candidates of every episode that has any were made of."""
    columns = schema.highlight_candidates.c
    rows = await connection.execute(select(columns.episode_id, columns.made_of).distinct())
    return {row.episode_id: row.made_of for row in rows}


async def replace(connection: AsyncConnection, episode_id: int, candidates: Sequence[Candidate], made_of: str) -> None:
    """Stores these candidates in place of those that the episode had. One that is gone by now is left alone."""
    table = schema.highlight_candidates
    await connection.execute(delete(table).where(table.c.episode_id == episode_id))
    known = await connection.execute(select(schema.episodes.c.id).where(schema.episodes.c.id == episode_id))
    if candidates and known.first() is not None:
        await connection.execute(insert(table), [_row(one, made_of) for one in candidates])


def of_podcasts(address: Address, podcasts: Collection[int]) -> Iterator[Candidate]:
    """The candidates of all episodes of these podcasts, in the order of episodes and words. Belongs in a thread.

    They are read as they are asked for: there may be tens of thousands, and the garbage collector, which every thread
    waits for, looks at all that are there at once.
    """
    with plain_connection(address) as connection:
        wanted = _SELECTED.where(among(schema.episodes.c.podcast_id, podcasts)).execution_options(yield_per=_AT_ONCE)
        for row in connection.execute(wanted):
            yield Candidate(*row)


def of_episodes(address: Address, episode_ids: Collection[int]) -> dict[int, list[Candidate]]:
    """The candidates of each of these episodes that has any, in the order they are said. Belongs in a thread."""
    with plain_connection(address) as connection:
        found = _candidates(connection.execute(_SELECTED.where(among(schema.episodes.c.id, episode_ids))))
    return {episode_id: list(own) for episode_id, own in groupby(found, key=lambda one: one.episode_id)}


async def of_episode(connection: AsyncConnection, episode_id: int) -> list[Candidate]:
    """An episode's candidates, in the order they are said."""
    return _candidates(await connection.execute(_SELECTED.where(schema.episodes.c.id == episode_id)))


_SELECTED = (
    select(
        schema.highlight_candidates.c.episode_id,
        schema.highlight_candidates.c.first_word,
        schema.highlight_candidates.c.last_word,
        schema.highlight_candidates.c.start_s,
        schema.highlight_candidates.c.end_s,
        schema.highlight_candidates.c.approximate,
        schema.highlight_candidates.c.speaker,
        schema.highlight_candidates.c.signals,
        schema.episodes.c.published_at,
    )
    .join(schema.episodes, schema.episodes.c.id == schema.highlight_candidates.c.episode_id)
    .order_by(
        schema.highlight_candidates.c.episode_id,
        schema.highlight_candidates.c.first_word,
        schema.highlight_candidates.c.last_word,
    )
)


def _candidates(rows: Iterable[Sequence[Any]]) -> list[Candidate]:
    return [Candidate(*row) for row in rows]


def _row(candidate: Candidate, made_of: str) -> dict[str, Any]:
    return {
        "episode_id": candidate.episode_id,
        "first_word": candidate.first_word,
        "last_word": candidate.last_word,
        "start_s": candidate.start,
        "end_s": candidate.end,
        "approximate": candidate.approximate,
        "speaker": candidate.speaker,
        "signals": {name: round(float(value), 3) for name, value in candidate.signals.items()},
        "made_of": made_of,
    }
