"""Names found without anybody's help, at the end of an ingest: who the labels are, and spellings to propose."""

from __future__ import annotations

import asyncio

from companion.archive.mining import candidates
from companion.archive.people import Billing, cast_of
from companion.storage import aliases, episodes
from companion.storage.aliases import Alias, Origin
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.names import AliasKind, AliasState


async def find_names(database: Database, podcast_id: int) -> None:
    """Brings up to date who speaks in a podcast."""
    billings = await _billings(database, podcast_id)
    cast = await asyncio.to_thread(cast_of, podcast_id, billings)
    async with database.write() as connection:
        await aliases.seed(connection, podcast_id, cast.aliases, cast.labels, database.clock.now())


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


async def propose_spellings(database: Database, episode: Episode) -> None:
    """Proposes to moderators what an episode's transcript may have misspelt."""
    async with database.read() as connection:
        turns = await episodes.turns(connection, episode.id)
        chapters = [chapter.title for chapter in await episodes.chapters(connection, episode.id)]
        notes = await episodes.notes(connection, episode.id)
    people = [person.name for person in episode.facts.people]
    written = "\n".join((episode.title, *people, notes, *chapters))
    labels = {turn.speaker for turn in turns if turn.speaker}
    found = await asyncio.to_thread(candidates, written, [turn.text for turn in turns], labels)
    proposals = [
        Alias(episode.podcast_id, AliasKind.TERM, one.spelling, one.name, AliasState.PROPOSED, Origin.MINED, one.reason)
        for one in found
    ]
    if proposals:
        async with database.write() as connection:
            await aliases.propose(connection, proposals, database.clock.now())
