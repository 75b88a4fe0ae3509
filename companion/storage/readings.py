"""An episode as a source gives it, with all its texts, and how one transaction stores it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import episodes, index_version, mentions, schema, sketches
from companion.storage.episodes import Chapter, Episode, EpisodeFacts, Passage, Turn
from companion.storage.holdable import key_of
from companion.storage.mentions import EditorsPick, Link
from companion.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class SourceTranscript:
    """One of the transcripts that an episode's source has. ``origin`` is its address, its file's name, or
    `OWN_TEXT`, as `key_of` makes it; the ``chosen`` one gave the episode its turns."""

    origin: str
    language: str | None
    convention: str | None
    turns: tuple[Turn, ...]
    chosen: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "origin", key_of(self.origin))


OWN_TEXT = "the item's own text"
"""The origin of a transcript that stands in the feed itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An episode as read from a source: everything that one transaction stores or replaces."""

    facts: EpisodeFacts
    content_hash: str
    chapters: tuple[Chapter, ...]
    turns: tuple[Turn, ...]
    notes: str
    passages: tuple[Passage, ...]
    convention: str | None
    """How the transcript marks speakers and times, as chosen by evidence; None without a transcript."""
    links: tuple[Link, ...] = ()
    picks: tuple[EditorsPick, ...] = ()
    transcripts: tuple[SourceTranscript, ...] = ()
    """All that the source has of the episode, where there are several; stored by `storage/transcripts.py`."""
    source_hash: str | None = None
    """Of what the source said before anything it links to was fetched; None where some of that is missing."""


async def store(
    connection: AsyncConnection,
    podcast_id: int,
    reading: Reading,
    digests: Sequence[str],
    now: datetime,
    sketch: bytes | None = None,
) -> Episode:
    """Stores an episode, or replaces the texts of the one with the same guid, whose id stays.

    ``digests`` are the keys of the vectors of ``reading.passages``, one each; ``sketch`` is what its speech is known
    by, where that is known already. Raises the index version.
    """
    facts = reading.facts
    row = {
        "podcast_id": podcast_id,
        "guid": facts.guid,
        "title": facts.title,
        "published_at": facts.published,
        "link": facts.link,
        "audio_url": facts.audio_url,
        "duration": facts.duration,
        "people": [[person.name, person.role] for person in facts.people],
        "season": facts.season,
        "number": facts.number,
        "image_url": facts.image_url,
        "video_url": facts.video_url,
        "type": facts.type.value,
        "content_hash": reading.content_hash,
        "source_hash": reading.source_hash,
        "convention": reading.convention,
        "notes": reading.notes,
        "updated_at": now,
    }
    replaced = [column for column in row if column not in {"podcast_id", "guid"}]
    statement = upsert(schema.episodes, ["podcast_id", "guid"], replaced).returning(*episodes.SELECTED.selected_columns)
    stored = episodes.from_row((await connection.execute(statement, {**row, "created_at": now})).one())
    await _replace(connection, schema.chapters, stored.id, _chapter_rows(reading))
    await _replace(connection, schema.turns, stored.id, _turn_rows(reading))
    await _replace(connection, schema.passages, stored.id, _passage_rows(reading, digests))
    await mentions.replace(connection, stored.id, reading.links, reading.picks)
    await sketches.replace(connection, stored.id, sketch)
    await index_version.raise_version(connection, [stored.id])
    return stored


async def _replace(connection: AsyncConnection, table: Table, episode_id: int, rows: list[dict[str, Any]]) -> None:
    await connection.execute(delete(table).where(table.c.episode_id == episode_id))
    if rows:
        await connection.execute(insert(table), [{"episode_id": episode_id, **row} for row in rows])


def _chapter_rows(reading: Reading) -> list[dict[str, Any]]:
    return [
        {"ordinal": ordinal, "start_s": chapter.start, "title": chapter.title, "soft": chapter.soft}
        for ordinal, chapter in enumerate(reading.chapters)
    ]


def _turn_rows(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "ordinal": ordinal,
            "speaker": turn.speaker,
            "start_s": turn.start,
            "end_s": turn.end,
            "approximate": turn.approximate,
            "text": turn.text,
            "uncertain": turn.uncertain,
        }
        for ordinal, turn in enumerate(reading.turns)
    ]


def _passage_rows(reading: Reading, digests: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "ordinal": passage.ordinal,
            "kind": passage.kind.value,
            "speaker": passage.speaker,
            "start_s": passage.start,
            "end_s": passage.end,
            "approximate": passage.approximate,
            "first_word": passage.first_word,
            "last_word": passage.last_word,
            "chapter": passage.chapter,
            "text": passage.text,
            "pieces": [
                [piece.offset, piece.turn, piece.speaker, piece.start, piece.end, piece.approximate, piece.uncertain]
                for piece in passage.pieces
            ],
            "digest": digest,
        }
        for passage, digest in zip(reading.passages, digests, strict=True)
    ]
