"""Names found without anybody's help, at the end of an ingest: who the labels are, and spellings to propose."""

from __future__ import annotations

import asyncio

from companion.archive.people import Billing, cast_of
from companion.storage import aliases, episodes
from companion.storage.engine import Database


async def find_names(database: Database, podcast_id: int) -> None:
    """Brings up to date what the podcast's own titles, notes and credits say of its speakers."""
    podcast = frozenset({podcast_id})
    async with database.read() as connection:
        labels = await aliases.labels(connection, podcast)
        billings = [
            Billing(
                episode.id,
                episode.title,
                await episodes.notes(connection, episode.id),
                episode.facts.people,
                tuple(labels.get(episode.id, ())),
            )
            for episode in await episodes.list_episodes(connection, podcast)
        ]
    cast = await asyncio.to_thread(cast_of, podcast_id, billings)
    async with database.write() as connection:
        await aliases.seed(connection, podcast_id, cast.aliases, cast.labels, database.clock.now())
