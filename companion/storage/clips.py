"""Clips: spans of episodes that a server keeps, with their words as they were said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.among import among
from companion.storage.schema import clips


@dataclass(frozen=True, slots=True)
class ClipTurn:
    """What one speaker says in a clip, verbatim. ``speaker`` is the transcript's label, or None; ``uncertain`` is the
    turn's."""

    speaker: str | None
    uncertain: bool
    text: str


@dataclass(frozen=True, slots=True)
class Clip:
    """A span of an episode's speech: its words are counted from 0, and both bounds are in it.

    Times are seconds from the episode's start; ``approximate`` where one of them was interpolated or is not known.
    ``title`` quotes one of its sentences. ``made_by`` is a member; None is the picker. ``id`` is 0 until it is stored.
    """

    id: int
    guild_id: int
    episode_id: int
    first_word: int
    last_word: int
    start: float | None
    end: float | None
    approximate: bool
    turns: tuple[ClipTurn, ...]
    title: str
    made_by: int | None
    made_at: datetime

    @property
    def text(self) -> str:
        """Its words, verbatim, the turns joined by a line end."""
        return "\n".join(turn.text for turn in self.turns)

    def likeness(self, first_word: int, last_word: int) -> float:
        """The share of the words in it or in another span of its episode that are in both."""
        shared = max(0, min(self.last_word, last_word) - max(self.first_word, first_word) + 1)
        every = self.last_word - self.first_word + last_word - first_word + 2 - shared
        return shared / every


_SELECTED = select(
    clips.c.id,
    clips.c.guild_id,
    clips.c.episode_id,
    clips.c.first_word,
    clips.c.last_word,
    clips.c.start_s,
    clips.c.end_s,
    clips.c.approximate,
    clips.c.turns,
    clips.c.title,
    clips.c.made_by,
    clips.c.made_at,
)
_TURNS = 8
"""The place of the turns among the columns."""


def _from_row(row: Sequence[Any]) -> Clip:
    values = list(row)
    values[_TURNS] = tuple(ClipTurn(*turn) for turn in values[_TURNS])
    return Clip(*values)


async def add(connection: AsyncConnection, clip: Clip) -> int:
    """Stores the clip, whose own id is not looked at. Returns its id."""
    values = {
        "guild_id": clip.guild_id,
        "episode_id": clip.episode_id,
        "first_word": clip.first_word,
        "last_word": clip.last_word,
        "start_s": clip.start,
        "end_s": clip.end,
        "approximate": clip.approximate,
        "turns": [[turn.speaker, turn.uncertain, turn.text] for turn in clip.turns],
        "title": clip.title,
        "made_by": clip.made_by,
        "made_at": clip.made_at,
    }
    return (await connection.execute(insert(clips).returning(clips.c.id), values)).scalar_one()


async def get(connection: AsyncConnection, guild_id: int, clip_id: int) -> Clip | None:
    """The server's clip of that id."""
    row = (await connection.execute(_SELECTED.where(clips.c.guild_id == guild_id, clips.c.id == clip_id))).one_or_none()
    return None if row is None else _from_row(row)


async def of_member(connection: AsyncConnection, guild_id: int, member_id: int) -> list[Clip]:
    """What the member made in the server, the last one first."""
    theirs = clips.c.guild_id == guild_id, clips.c.made_by == member_id
    return [_from_row(row) for row in await connection.execute(_SELECTED.where(*theirs).order_by(clips.c.id.desc()))]


async def count_of_member(connection: AsyncConnection, guild_id: int, member_id: int) -> int:
    """How many the member made in the server."""
    theirs = clips.c.guild_id == guild_id, clips.c.made_by == member_id
    return (await connection.execute(select(func.count()).select_from(clips).where(*theirs))).scalar_one()


async def of_guild(connection: AsyncConnection, guild_id: int, podcasts: Collection[int] | None = None) -> list[Clip]:
    """The server's clips, or those of these podcasts only, the last one first."""
    wanted = _SELECTED.where(clips.c.guild_id == guild_id)
    if podcasts is not None:
        wanted = wanted.join(schema.episodes, schema.episodes.c.id == clips.c.episode_id).where(
            among(schema.episodes.c.podcast_id, podcasts)
        )
    return [_from_row(row) for row in await connection.execute(wanted.order_by(clips.c.id.desc()))]


async def servers(connection: AsyncConnection) -> list[int]:
    """The ids of the servers that have clips."""
    return list(await connection.scalars(select(clips.c.guild_id).distinct().order_by(clips.c.guild_id)))


async def overlapping(
    connection: AsyncConnection, guild_id: int, episode_id: int, first_word: int, last_word: int
) -> list[Clip]:
    """The server's clips that share words with a span of the episode, the first one made first."""
    shares = (
        clips.c.guild_id == guild_id,
        clips.c.episode_id == episode_id,
        clips.c.first_word <= last_word,
        clips.c.last_word >= first_word,
    )
    return [_from_row(row) for row in await connection.execute(_SELECTED.where(*shares).order_by(clips.c.id))]


async def remove(connection: AsyncConnection, guild_id: int, clip_id: int) -> bool:
    """Deletes the server's clip. False where there is none of that id."""
    gone = await connection.execute(delete(clips).where(clips.c.guild_id == guild_id, clips.c.id == clip_id))
    return gone.rowcount > 0
