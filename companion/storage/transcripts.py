"""The transcripts of episodes that have several: those of the source, and those that were added to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import episode_sources, episodes, mentions, passages, schema
from companion.storage.address import Address
from companion.storage.engine import plain_connection
from companion.storage.episodes import Episode, Turn
from companion.storage.readings import Reading, SourceTranscript
from companion.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class KeptTranscript:
    """A transcript as stored. One that was ``added`` (from a file, or made from the audio) stays when the episode's
    source is read again."""

    transcript: SourceTranscript
    added: bool


async def replace(
    connection: AsyncConnection, episode_id: int, transcripts: Sequence[SourceTranscript], now: datetime
) -> None:
    """Stores these transcripts in place of those that the source had.

    Added ones stay. Where ``transcripts`` has them too, by origin, only whether they are chosen is taken from it.
    """
    columns = schema.transcripts.c
    await connection.execute(
        delete(schema.transcripts).where(columns.episode_id == episode_id, columns.added.is_(False))
    )
    stays = {kept.transcript.origin for kept in await of_episode(connection, episode_id)}
    chosen = [transcript.origin for transcript in transcripts if transcript.chosen]
    await connection.execute(
        update(schema.transcripts).where(columns.episode_id == episode_id).values(chosen=columns.origin.in_(chosen))
    )
    rows = [_row(transcript) for transcript in transcripts if transcript.origin not in stays]
    if rows:
        await connection.execute(
            insert(schema.transcripts),
            [{**row, "episode_id": episode_id, "added": False, "created_at": now} for row in rows],
        )


async def add(connection: AsyncConnection, episode_id: int, transcript: SourceTranscript, now: datetime) -> None:
    """Adds a transcript to an episode, or replaces the one of the same origin that it has."""
    statement = upsert(
        schema.transcripts, ["episode_id", "origin"], ["added", "chosen", "language", "convention", "turns"]
    )
    await connection.execute(
        statement, {**_row(transcript), "episode_id": episode_id, "added": True, "created_at": now}
    )


async def of_episode(connection: AsyncConnection, episode_id: int) -> list[KeptTranscript]:
    """The transcripts of an episode that has several, those of the source first; none where it has one at most."""
    columns = schema.transcripts.c
    rows = await connection.execute(
        select(columns.origin, columns.language, columns.convention, columns.turns, columns.chosen, columns.added)
        .where(columns.episode_id == episode_id)
        .order_by(columns.added, columns.id)
    )
    return [
        KeptTranscript(
            SourceTranscript(origin, language, convention, tuple(_turn(turn) for turn in turns), chosen), added
        )
        for origin, language, convention, turns, chosen, added in rows
    ]


async def added(connection: AsyncConnection, episode_id: int) -> list[SourceTranscript]:
    """The transcripts that were added to an episode."""
    return [kept.transcript for kept in await of_episode(connection, episode_id) if kept.added]


def _row(transcript: SourceTranscript) -> dict[str, Any]:
    return {
        "origin": transcript.origin,
        "chosen": transcript.chosen,
        "language": transcript.language,
        "convention": transcript.convention,
        "turns": [
            [turn.speaker, turn.start, turn.end, turn.approximate, turn.uncertain, turn.text]
            for turn in transcript.turns
        ],
    }


def _turn(stored: Sequence[Any]) -> Turn:
    speaker, start, end, approximate, uncertain, text = stored
    return Turn(speaker, start, end, approximate, text, uncertain)


async def reading(connection: AsyncConnection, episode: Episode) -> Reading:
    """An episode as its source gave it, as far as it is stored: without what was added."""
    kept = await of_episode(connection, episode.id)
    own = tuple(one.transcript for one in kept if not one.added)
    turns = tuple(await episodes.turns(connection, episode.id))
    return Reading(
        facts=episode.facts,
        content_hash=episode.content_hash,
        chapters=tuple(await episodes.chapters(connection, episode.id)),
        turns=turns if own or not kept else (),
        notes=await episodes.notes(connection, episode.id),
        passages=tuple(stored.passage for stored in await passages.of_episode(connection, episode.id)),
        convention=await episodes.convention(connection, episode.id),
        links=tuple(await mentions.links(connection, episode.id)),
        picks=tuple(await mentions.picks(connection, episode.id)),
        transcripts=own,
        source_hash=await episode_sources.hash_of(connection, episode.id),
    )


def spoken_texts(address: Address, episode_ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The words of these episodes, by id, one episode at a time; of those that have any. Belongs in a thread."""
    turns = schema.turns.c
    with plain_connection(address) as connection:
        for episode_id in episode_ids:
            selected = select(turns.text).where(turns.episode_id == episode_id).order_by(turns.ordinal)
            if texts := connection.execute(selected).scalars().all():
                yield episode_id, " ".join(texts)
