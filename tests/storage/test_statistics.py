from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from companion.storage import statistics
from companion.storage.engine import Database
from companion.storage.podcasts import Podcast
from tests import samples


async def stored(database: Database) -> Podcast:
    """Hive Minds, with an episode that has notes only and one without anything."""
    notes = samples.reading("Notes", (), notes="A few words about a hive and the keeper of it.")
    bare = samples.reading("Bare", ())
    notes = replace(notes, facts=replace(notes.facts, duration=600.0))
    return await samples.store_podcast(database, samples.BEES, (*samples.bee_readings(), notes, bare))


async def test_totals_count_what_is_stored_of_these_podcasts_alone(database: Database) -> None:
    bees = await stored(database)
    await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
    turns = [turn for reading in samples.bee_readings() for turn in reading.turns]
    passages = [passage for reading in samples.bee_readings() for passage in reading.passages]

    async with database.read() as connection:
        totals = await statistics.totals(connection, frozenset({bees.id}))

    assert (totals.episodes, totals.transcribed) == (4, 2)
    assert totals.words == sum(len(turn.text.split()) for turn in turns)
    assert totals.passages == len(passages) + 1
    assert totals.seconds == 3850.0 + 240.0 + 600.0
    assert totals.first == datetime(2024, 1, 17, 9, tzinfo=UTC)
    assert totals.newest == datetime(2025, 6, 3, 9, tzinfo=UTC)


async def test_totals_of_nothing_are_none(database: Database) -> None:
    async with database.read() as connection:
        totals = await statistics.totals(connection, frozenset({7}))

    assert totals == statistics.Totals(0, 0, 0.0, 0, 0, None, None)


async def test_voices_are_named_people_by_episode(database: Database) -> None:
    bees = await stored(database)

    async with database.read() as connection:
        voices = await statistics.voices(connection, frozenset({bees.id}))
        ends = await statistics.heard_until(connection, list(range(1, 10)))

    assert sorted(map(sorted, voices.values())) == [
        ["Ines Okafor", "Mara Lindqvist"],
        ["Mara Lindqvist", "Tomas Ek"],
    ]
    assert sorted(ends.values()) == [240.0, 3850.0]
