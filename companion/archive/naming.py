"""Names found without anybody's help, at the end of an ingest: who the labels are, and spellings to propose."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from companion.archive.mining import candidates
from companion.archive.people import Billing, cast_of
from companion.storage import aliases, episodes
from companion.storage.aliases import Alias, AliasKind, AliasState, Origin
from companion.storage.engine import Database


async def find_names(database: Database, podcast_id: int, changed: Collection[int]) -> None:
    """Brings up to date who speaks in a podcast, and proposes what the ``changed`` episodes may have misspelt."""
    billings = await _billings(database, podcast_id)
    cast = await asyncio.to_thread(cast_of, podcast_id, billings)
    async with database.write() as connection:
        await aliases.seed(connection, podcast_id, cast.aliases, cast.labels, database.clock.now())
    for billing in billings:
        if billing.episode_id in changed:
            await _propose(database, podcast_id, billing)


async def _billings(database: Database, podcast_id: int) -> list[Billing]:
    podcast = frozenset({podcast_id})
    async with database.read() as connection:
        labels = await aliases.labels(connection, podcast)
        notes = await episodes.all_notes(connection, podcast)
        return [
            Billing(
                episode.id, episode.title, notes[episode.id], episode.facts.people, tuple(labels.get(episode.id, ()))
            )
            for episode in await episodes.list_episodes(connection, podcast)
        ]


async def _propose(database: Database, podcast_id: int, billing: Billing) -> None:
    async with database.read() as connection:
        turns = [turn.text for turn in await episodes.turns(connection, billing.episode_id)]
        chapters = [chapter.title for chapter in await episodes.chapters(connection, billing.episode_id)]
    written = "\n".join((billing.title, *(person.name for person in billing.people), billing.notes, *chapters))
    found = await asyncio.to_thread(candidates, written, turns, billing.labels)
    proposals = [
        Alias(podcast_id, AliasKind.TERM, one.spelling, one.name, AliasState.PROPOSED, Origin.MINED, one.reason)
        for one in found
    ]
    async with database.write() as connection:
        await aliases.propose(connection, proposals, database.clock.now())
