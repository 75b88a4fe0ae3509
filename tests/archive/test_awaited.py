"""Whether an episode holds what somebody waits for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from companion.archive.awaited import SHOWN, Held, talk_of, words_by
from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.storage import episodes, passages
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Person, Turn
from companion.storage.names import NOTHING_NAMED, Names
from companion.storage.podcasts import Podcast
from tests import samples


@pytest.fixture
async def bees(database: Database) -> Podcast:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    await samples.embed(database, ToyEncoder())
    return podcast


async def titled(database: Database, title: str) -> Episode:
    async with database.read() as connection:
        return await episodes.find(connection, title, None)


async def said_by(
    database: Database, podcast: Podcast, episode: Episode, name: str, names: Names = NOTHING_NAMED
) -> Held | None:
    async with database.read() as connection:
        stored = await passages.of_episode(connection, episode.id)
    return words_by(name, episode, podcast, stored, names)


@pytest.mark.parametrize("semantic", [True, False])
async def test_talk_of_a_topic_is_found_in_its_episode_alone(database: Database, bees: Podcast, semantic: bool) -> None:
    worker = EncodingWorker(ToyEncoder()) if semantic else None
    searcher = Searcher(database, worker)
    winter, egg = await titled(database, "The Winter Cluster"), await titled(database, "An Egg Fed Better")

    held = await talk_of(searcher, "mites", winter)

    assert held is not None
    assert held.passages == len(held.hits) == 1
    assert "mites" in held.hits[0].snippet.text
    assert {hit.episode for hit in held.hits} == {winter}
    assert await talk_of(searcher, "mites", egg) is None
    if worker is not None:
        worker.close()


async def test_of_much_talk_the_first_and_the_best_are_shown(database: Database) -> None:
    turns = [
        Turn("Mara", 60.0 * minute, 60.0 * minute + 50, False, f"In minute {minute} we speak of drones. " + "So. " * 70)
        for minute in range(6)
    ]
    await samples.store_podcast(database, samples.BEES, [samples.reading("All Drones", turns)])

    held = await talk_of(Searcher(database), "drones", await titled(database, "All Drones"))

    assert held is not None
    assert held.passages > 2
    assert 1 <= len(held.hits) <= SHOWN
    assert held.hits[0].passage.first_word == 0


async def test_a_persons_longest_turns_are_quoted_word_for_word(database: Database, bees: Podcast) -> None:
    winter = await titled(database, "The Winter Cluster")

    held = await said_by(database, bees, winter, "tomas ek")

    assert held is not None
    assert len(held.hits) <= SHOWN
    texts = [turn.text for turn in samples.WINTER_TURNS if turn.speaker == "Tomas Ek"]
    for hit in held.hits:
        assert hit.snippet.speaker == "Tomas Ek"
        assert any(hit.snippet.text in text for text in texts)
        assert hit.url is not None
    assert [hit.passage.ordinal for hit in held.hits] == sorted(hit.passage.ordinal for hit in held.hits)


async def test_who_does_not_talk_in_it_holds_nothing(database: Database, bees: Podcast) -> None:
    winter = await titled(database, "The Winter Cluster")

    assert await said_by(database, bees, winter, "Ines Okafor") is None
    assert await said_by(database, bees, winter, "Tomas") is None


async def test_a_label_counts_as_the_person_it_is_named(database: Database, bees: Podcast) -> None:
    winter = await titled(database, "The Winter Cluster")
    named = Names({}, {}, {winter.id: {"Tomas Ek": "Tomas Ekström"}})
    spelt = Names({bees.id: {"tom": "Tomas Ek"}}, {}, {})

    assert await said_by(database, bees, winter, "Tomas Ekström", named) is not None
    assert await said_by(database, bees, winter, "Tomas Ek", named) is None
    assert await said_by(database, bees, winter, "Tom", spelt) is not None


async def test_a_first_name_will_do_where_the_episode_names_all_of_it(database: Database) -> None:
    turns = [Turn("Tomas", 0.0, 9.0, False, "The bees heat it themselves, all winter long.")]
    podcast = await samples.store_podcast(database, samples.BEES, [samples.reading("Heat", turns)])
    episode = await titled(database, "Heat")
    with_guest = replace(episode, facts=replace(episode.facts, people=(Person("Tomas Ek", "guest"),)))

    assert await said_by(database, podcast, episode, "Tomas Ek") is None
    assert await said_by(database, podcast, with_guest, "Tomas Ek") is not None


async def test_a_turn_that_may_be_anothers_is_not_theirs(database: Database) -> None:
    turns = [Turn("Tomas Ek", 0.0, 9.0, False, "The bees heat it themselves.", uncertain=True)]
    podcast = await samples.store_podcast(database, samples.BEES, [samples.reading("Heat", turns)])

    assert await said_by(database, podcast, await titled(database, "Heat"), "Tomas Ek") is None
