"""Episodes and what was said in them: chapters, turns, passages.

Times are seconds from the start of the audio. A time is *approximate* when it was interpolated inside a
stretch of text that has no time mark of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.among import among
from companion.storage.errors import NotFoundError
from companion.storage.holdable import key_of


class Kind(StrEnum):
    """What a text is: what people said, or what was written about it."""

    SPEECH = "speech"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's uninterrupted words. ``speaker`` is the label as the transcript gives it, or None; ``uncertain``
    says that it may be another's turn, or the turn of two."""

    speaker: str | None
    start: float | None
    end: float | None
    approximate: bool
    text: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A titled stretch of an episode. ``soft`` marks a time that the turns do not confirm."""

    start: float | None
    title: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a passage that comes from one turn: ``passage.text[offset:]`` up to the next piece.

    ``turn`` is the turn's ordinal within the episode; ``start`` and ``end`` are the piece's own times (a piece
    that begins in mid-turn has an interpolated, hence approximate, start). ``uncertain`` is the turn's.
    """

    offset: int
    turn: int | None
    speaker: str | None
    start: float | None
    end: float | None
    approximate: bool
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """60 to 180 words that can be found and quoted.

    ``text`` is verbatim, its pieces joined by a newline. ``speaker`` is who says most of its words. ``first_word``
    and ``last_word`` count the words of the episode's text of this kind, from 0, and are the reference that
    holds where there are no times.
    """

    ordinal: int
    kind: Kind
    speaker: str | None
    start: float | None
    end: float | None
    approximate: bool
    first_word: int
    last_word: int
    chapter: str | None
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whom a feed names for an episode (`podcast:person`), with their role there: `host`, `guest`, …"""

    name: str
    role: str | None = None


class EpisodeType(StrEnum):
    """What an episode is to its podcast (`itunes:episodeType`)."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """What is known of an episode besides its words. ``guid`` makes it the same episode when it is read again, and is
    as `key_of` makes it.

    ``number`` may have decimals, as `podcast:episode` allows.
    """

    guid: str
    title: str
    published: datetime | None
    link: str | None
    audio_url: str | None
    duration: float | None
    people: tuple[Person, ...]
    season: int | None = None
    number: float | None = None
    image_url: str | None = None
    video_url: str | None = None
    type: EpisodeType = EpisodeType.FULL

    def __post_init__(self) -> None:
        object.__setattr__(self, "guid", key_of(self.guid))


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode as stored, without its texts."""

    id: int
    podcast_id: int
    facts: EpisodeFacts
    content_hash: str

    @property
    def title(self) -> str:
        return self.facts.title

    @property
    def published(self) -> datetime | None:
        return self.facts.published


@dataclass(frozen=True, slots=True)
class Reference:
    """A stretch of an episode that outlives re-ingestion: found again by time, else by word position."""

    episode_id: int
    kind: Kind
    start: float | None
    end: float | None
    first_word: int
    last_word: int


SELECTED = select(
    schema.episodes.c.id,
    schema.episodes.c.podcast_id,
    schema.episodes.c.guid,
    schema.episodes.c.title,
    schema.episodes.c.published_at,
    schema.episodes.c.link,
    schema.episodes.c.audio_url,
    schema.episodes.c.duration,
    schema.episodes.c.season,
    schema.episodes.c.number,
    schema.episodes.c.image_url,
    schema.episodes.c.video_url,
    schema.episodes.c.type,
    schema.episodes.c.people,
    schema.episodes.c.content_hash,
)


_FACTS = [field.name for field in fields(EpisodeFacts) if field.name != "people"]


def from_row(row: Sequence[Any]) -> Episode:
    """The episode in a row of `SELECTED`."""
    episode_id, podcast_id, *facts, people, content_hash = row
    known = dict(zip(_FACTS, facts, strict=True))
    known["type"] = EpisodeType(known["type"])
    return Episode(
        episode_id, podcast_id, EpisodeFacts(**known, people=tuple(Person(*person) for person in people)), content_hash
    )


def visible(podcasts: frozenset[int] | None) -> ColumnElement[bool]:
    """Is an episode's podcast one of these? None, the operator, sees all."""
    return true() if podcasts is None else among(schema.episodes.c.podcast_id, podcasts)


async def by_guid(connection: AsyncConnection, podcast_id: int, guid: str) -> Episode | None:
    columns = schema.episodes.c
    row = (
        await connection.execute(SELECTED.where(columns.podcast_id == podcast_id, columns.guid == guid))
    ).one_or_none()
    return None if row is None else from_row(row)


async def get(connection: AsyncConnection, ids: Collection[int]) -> Mapping[int, Episode]:
    """The episodes with these ids; those that do not exist are left out."""
    rows = await connection.execute(SELECTED.where(among(schema.episodes.c.id, ids)))
    return {episode.id: episode for episode in map(from_row, rows)}


async def list_episodes(
    connection: AsyncConnection, podcasts: frozenset[int] | None, *, limit: int | None = None
) -> list[Episode]:
    """The episodes of these podcasts, or so many of them, newest first; None stands for every podcast."""
    columns = schema.episodes.c
    newest_first = SELECTED.where(visible(podcasts)).order_by(
        columns.published_at.desc().nulls_last(), columns.id.desc()
    )
    return [from_row(row) for row in await connection.execute(newest_first.limit(limit))]


async def find(connection: AsyncConnection, name_or_id: str, podcasts: frozenset[int] | None) -> Episode:
    """The episode with this id or title, or with this unambiguous part of its title, among these podcasts.

    Raises `NotFoundError`, with the titles it could be.
    """
    return named(name_or_id, await list_episodes(connection, podcasts))


def named(name_or_id: str, choices: Iterable[Episode]) -> Episode:
    """The one of the choices that is meant by an id, a title, a part of one, or some of its words in any order."""
    known = list(choices)
    wanted = name_or_id.strip().casefold()
    words = wanted.split()
    for fits in (
        [episode for episode in known if wanted == str(episode.id)],
        [episode for episode in known if wanted == episode.title.casefold()],
        [episode for episode in known if wanted and wanted in episode.title.casefold()],
        [episode for episode in known if words and all(word in episode.title.casefold() for word in words)],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            titles = ", ".join(f"“{episode.title}” (id {episode.id})" for episode in fits[:5])
            more = f" and {len(fits) - 5} more" if len(fits) > 5 else ""
            raise NotFoundError(
                f"“{_line(name_or_id)}” fits {len(fits)} episodes: {titles}{more}. Give more of the title, or the id."
            )
    raise NotFoundError(f"There is no episode “{_line(name_or_id)}”: give a part of its title.")


def _line(typed: str) -> str:
    return " ".join(typed.split())


async def turns(connection: AsyncConnection, episode_id: int) -> list[Turn]:
    """What was said in the episode, in order."""
    columns = schema.turns.c
    rows = await connection.execute(
        select(columns.speaker, columns.start_s, columns.end_s, columns.approximate, columns.text, columns.uncertain)
        .where(columns.episode_id == episode_id)
        .order_by(columns.ordinal)
    )
    return [Turn(*row) for row in rows]


async def chapters(connection: AsyncConnection, episode_id: int) -> list[Chapter]:
    """The episode's chapters, in order."""
    return (await chapters_of(connection, [episode_id]))[episode_id]


async def chapters_of(connection: AsyncConnection, episode_ids: Collection[int]) -> dict[int, list[Chapter]]:
    """The chapters of each of these episodes, in order."""
    columns = schema.chapters.c
    rows = await connection.execute(
        select(columns.episode_id, columns.start_s, columns.title, columns.soft)
        .where(among(columns.episode_id, episode_ids))
        .order_by(columns.episode_id, columns.ordinal)
    )
    found: dict[int, list[Chapter]] = {episode_id: [] for episode_id in episode_ids}
    for episode_id, *chapter in rows:
        found[episode_id].append(Chapter(*chapter))
    return found


@dataclass(frozen=True, slots=True)
class EpisodeSize:
    """How much of an episode is stored."""

    turns: int
    passages: int


async def sizes(connection: AsyncConnection) -> dict[int, EpisodeSize]:
    """The size of every episode, by id."""
    turns_of = select(func.count()).where(schema.turns.c.episode_id == schema.episodes.c.id).scalar_subquery()
    passages_of = select(func.count()).where(schema.passages.c.episode_id == schema.episodes.c.id).scalar_subquery()
    rows = await connection.execute(select(schema.episodes.c.id, turns_of, passages_of))
    return {episode_id: EpisodeSize(*counts) for episode_id, *counts in rows}


async def convention(connection: AsyncConnection, episode_id: int) -> str | None:
    """How the episode's transcript marks speakers and times, as its reading said; None without a transcript."""
    found = await connection.execute(select(schema.episodes.c.convention).where(schema.episodes.c.id == episode_id))
    return found.scalar_one()


async def notes(connection: AsyncConnection, episode_id: int) -> str:
    """The episode's show notes; empty when it has none."""
    row = await connection.execute(select(schema.episodes.c.notes).where(schema.episodes.c.id == episode_id))
    return row.scalar_one_or_none() or ""


async def all_notes(connection: AsyncConnection, podcasts: frozenset[int] | None) -> dict[int, str]:
    """The show notes of every episode of these podcasts, by id; None stands for every podcast."""
    rows = await connection.execute(select(schema.episodes.c.id, schema.episodes.c.notes).where(visible(podcasts)))
    return {row.id: row.notes for row in rows}
