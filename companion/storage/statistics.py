"""How much is stored: who speaks in which episode, and how much there is of everything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.among import among
from companion.storage.episodes import Kind, visible
from companion.storage.names import names_in
from companion.storage.passages import turns_by_label
from companion.storage.searches import NOBODY


async def voices(connection: AsyncConnection, podcasts: frozenset[int]) -> dict[int, dict[str, int]]:
    """Who speaks in each episode of these podcasts, and in how many turns. Episodes without named speakers have no
    entry."""
    names = await names_in(connection, podcasts)
    found: dict[int, dict[str, int]] = {}
    for podcast_id, episode_id, label, count in await turns_by_label(connection, podcasts):
        speakers = found.setdefault(episode_id, {})
        name = names.of(podcast_id, episode_id, label)
        speakers[name] = speakers.get(name, 0) + count
    return found


async def heard_until(connection: AsyncConnection, episode_ids: Collection[int]) -> dict[int, float]:
    """The second in which the transcript of each of these episodes ends: 0 where it has no times. Episodes without a
    transcript have no entry."""
    columns = schema.turns.c
    rows = await connection.execute(
        select(columns.episode_id, func.max(func.coalesce(columns.end_s, columns.start_s, 0.0)))
        .where(among(columns.episode_id, episode_ids))
        .group_by(columns.episode_id)
    )
    return {episode_id: float(end) for episode_id, end in rows}


@dataclass(frozen=True, slots=True)
class Totals:
    """How much of some podcasts is stored. ``seconds`` are as the feeds or, where these say nothing, the transcripts
    have them; ``words`` are those of the transcripts."""

    episodes: int
    transcribed: int
    seconds: float
    words: int
    passages: int
    first: datetime | None
    newest: datetime | None


async def totals(connection: AsyncConnection, podcasts: frozenset[int]) -> Totals:
    """What is stored of these podcasts together."""
    episodes, passages = schema.episodes.c, schema.passages.c
    dates = (func.min(episodes.published_at), func.max(episodes.published_at))
    told = (await connection.execute(select(func.count(), *dates).where(visible(podcasts)))).one()
    stored = (
        select(
            passages.episode_id,
            func.count().label("passages"),
            func.sum(_is_speech().cast(Integer)).label("spoken"),
            func.max(passages.last_word + 1).filter(_is_speech()).label("words"),
            func.max(func.coalesce(passages.end_s, passages.start_s, 0.0)).filter(_is_speech()).label("end"),
        )
        .join(schema.episodes, episodes.id == passages.episode_id)
        .where(visible(podcasts))
        .group_by(passages.episode_id)
        .subquery()
    )
    counted = (
        await connection.execute(
            select(
                func.count().filter(stored.c.spoken > 0),
                func.coalesce(func.sum(func.coalesce(episodes.duration, stored.c.end)), 0.0),
                func.coalesce(func.sum(stored.c.words), 0),
                func.coalesce(func.sum(stored.c.passages), 0),
            )
            .select_from(schema.episodes)
            .outerjoin(stored, stored.c.episode_id == episodes.id)
            .where(visible(podcasts))
        )
    ).one()
    transcribed, seconds, words, many = counted
    # PostgreSQL adds whole numbers up to decimal ones.
    return Totals(told[0], transcribed, float(seconds), int(words), int(many), told[1], told[2])


async def episodes(connection: AsyncConnection) -> int:
    """How many episodes the archive has."""
    return (await connection.execute(select(func.count()).select_from(schema.episodes))).scalar_one()


async def searches_of(connection: AsyncConnection, guild_id: int) -> int:
    """How many searches made in a server are stored."""
    made = select(func.count()).where(schema.searches.c.guild_id == guild_id, schema.searches.c.member_id != NOBODY)
    return (await connection.execute(made)).scalar_one()


def _is_speech() -> ColumnElement[bool]:
    return schema.passages.c.kind == Kind.SPEECH.value
