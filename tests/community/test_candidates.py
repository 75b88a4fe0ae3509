"""Making the candidates of episodes that are new or have changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.community import candidates
from companion.community.candidates import Candidates
from companion.storage import highlight_candidates, index_version
from companion.storage.engine import Database
from companion.storage.episodes import Turn
from companion.storage.podcasts import Podcast
from tests import samples
from tests.holdings import holdings


@pytest.fixture
async def bees(database: Database) -> Podcast:
    return await samples.store_podcast(database, samples.BEES, samples.bee_readings())


@pytest.fixture
async def worker() -> AsyncIterator[EncodingWorker]:
    made = EncodingWorker(ToyEncoder())
    yield made
    made.close()


async def made_of(database: Database) -> dict[int, str]:
    async with database.read() as connection:
        return await highlight_candidates.made_of(connection)


async def test_candidates_are_made_once_the_newest_episode_first(database: Database, bees: Podcast) -> None:
    making = Candidates(database, Searcher(database))

    assert await making.make(1) == 1
    newest = await samples.only_episode(database, bees)
    assert set(await made_of(database)) == {newest.id}
    assert await making.make(5) == 1
    assert len(await made_of(database)) == 2
    assert await making.make(5) == 0
    assert await Candidates(database, Searcher(database)).make(5) == 0


async def test_the_words_of_few_podcasts_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "_REMEMBERED", 2)
    for nth in range(4):
        facts = replace(samples.BEES, key=f"https://bees.example/{nth}")
        await samples.store_podcast(database, facts, samples.bee_readings())
    making = Candidates(database, Searcher(database))

    assert await making.make(8) == 8

    assert holdings(making)["._vocabularies._kept"] == 2


async def test_an_episode_that_changed_is_made_anew_and_no_other(database: Database, bees: Podcast) -> None:
    making = Candidates(database, Searcher(database))
    await making.make(5)
    before = await made_of(database)
    changed = await samples.only_episode(database, bees)
    async with database.write() as connection:
        await index_version.raise_version(connection, [changed.id])

    assert await making.make(5) == 1

    after = await made_of(database)
    assert {episode for episode in after if after[episode] != before[episode]} == {changed.id}


async def test_a_model_and_another_version_of_the_code_make_all_anew(
    database: Database, bees: Podcast, worker: EncodingWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = Searcher(database)
    making = Candidates(database, searcher)
    await making.make(5)
    by_words = await made_of(database)

    searcher.attach(worker)
    await samples.embed(database, ToyEncoder())
    assert await making.make(5) == 2
    by_meaning = await made_of(database)
    assert set(by_words.values()).isdisjoint(by_meaning.values())

    monkeypatch.setattr(candidates, "VERSION", -1)
    assert await Candidates(database, searcher).make(5) == 2


async def test_an_episode_in_which_nothing_can_be_picked_is_looked_at_once(database: Database) -> None:
    short = samples.reading("Short", [Turn("Mara", None, None, True, "Goodbye, and keep them warm.")])
    await samples.store_podcast(database, samples.BEES, [short])
    making = Candidates(database, Searcher(database))

    assert await making.make(5) == 1
    assert await making.make(5) == 0
    assert await made_of(database) == {}


async def test_no_more_is_kept_of_an_episode_than_its_best(
    database: Database, bees: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "KEPT", 2)
    await Candidates(database, Searcher(database)).make(5)

    for episode in await made_of(database):
        async with database.read() as connection:
            assert len(await highlight_candidates.of_episode(connection, episode)) <= 2


async def test_only_the_asked_podcasts_are_made(database: Database, bees: Podcast) -> None:
    making = Candidates(database, Searcher(database))

    assert await making.make(5, frozenset({bees.id + 1})) == 0
    assert await making.make(5, frozenset({bees.id})) == 2
