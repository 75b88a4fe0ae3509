"""Vectors that stay in PostgreSQL: what is found by its index is what is found by those in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import delete, text

from companion.archive import near_index
from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.ingest import embed
from companion.archive.near_index import NearVectorIndex
from companion.archive.results import Query
from companion.archive.search import Searcher
from companion.archive.snapshot import Snapshot, renewed, renewed_without_vectors
from companion.archive.vector_index import Wanted
from companion.storage import index_version, near_tables, schema
from companion.storage.address import of_file
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from tests.clocks import StoppedClock
from tests.storage.readings import reading, store, store_podcast

WORDS = "bee hive wax queen honey smoke comb drone pollen sting swarm nectar".split()


@pytest.fixture
def worker() -> Iterator[EncodingWorker]:
    made = EncodingWorker(ToyEncoder())
    yield made
    made.close()


@pytest.fixture
async def archive(server_url: str, clock: StoppedClock, worker: EncodingWorker) -> AsyncGenerator[Database]:
    """Thirty episodes of four passages, embedded."""
    async with await Database.open(server_url, clock) as database:
        podcast = await store_podcast(database)
        for number in range(30):
            texts = [
                f"{number} {n} " + " ".join(WORDS[(number * 5 + n * word) % 12] for word in range(1, 9)) + "."
                for n in range(4)
            ]
            await store(database, podcast, reading(f"episode {number}", texts))
        await embed(database, worker)
        yield database


@pytest.fixture(params=["all middles compared", "by the index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_index, "_ALL", 0)
    if request.param == "by the index":
        monkeypatch.setattr(near_index, "_FEW", 0)
        monkeypatch.setattr(near_index, "_MANY", 0)


def snapshots(database: Database) -> tuple[Snapshot, Snapshot]:
    """With the vectors in memory, and without."""
    model = ToyEncoder().model_id
    return renewed(database.address, None, model), renewed_without_vectors(database.address, None, model)


@pytest.mark.usefixtures("way")
async def test_a_search_finds_the_same_at_the_same_scores(archive: Database, worker: EncodingWorker) -> None:
    memory, elsewhere = Searcher(archive, worker), Searcher(archive, worker, vectors_elsewhere=True)

    for asked in ("queen of the hive", "smoke", "nectar pollen sting", "what has a comb to do with wax?"):
        expected = await memory.search(Query(asked))
        found = await elsewhere.search(Query(asked))
        assert [hit.passage_id for hit in found.hits] == [hit.passage_id for hit in expected.hits]
        assert found == expected
        assert found.hits


@pytest.mark.usefixtures("way")
async def test_a_search_of_one_episode_finds_the_same(archive: Database, worker: EncodingWorker) -> None:
    memory, elsewhere = Searcher(archive, worker), Searcher(archive, worker, vectors_elsewhere=True)

    for episode_id in (1, 17, 30):
        query = Query("queen of the hive", episode_id=episode_id)
        assert await elsewhere.search(query) == await memory.search(query)


class TestByFew:
    """Where the index gives a dozen, and the words of a question one more."""

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(near_index, "_ALL", 0)
        monkeypatch.setattr(near_index, "_FEW", 0)
        monkeypatch.setattr(near_index, "NEAREST", 12)
        monkeypatch.setattr(near_index, "_WORDED", 1)

    async def test_the_best_are_found(self, archive: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(near_index, "_ENOUGH", 0)
        query, exact, elsewhere = _beside(archive)
        size = len(exact)

        similar, likely = elsewhere.best_similarities(query, size, _among(np.ones(size, np.bool_)))

        assert len(likely) < size
        assert similar.whole[likely].max() == exact.max()
        assert (similar.whole[np.setdiff1d(np.arange(size), likely)] == 0).all()

    @pytest.mark.parametrize("nearly_all", [0.0, 1.0], ids=["found too few", "would miss some"])
    async def test_of_what_may_be_seen_all_middles_are_compared_where_the_index(
        self, archive: Database, monkeypatch: pytest.MonkeyPatch, nearly_all: float
    ) -> None:
        monkeypatch.setattr(near_index, "_MOST", 12)
        monkeypatch.setattr(near_index, "_NEARLY_ALL", nearly_all)
        query, exact, elsewhere = _beside(archive)
        farthest = np.zeros(len(exact), np.bool_)
        farthest[np.argsort(exact)[:40]] = True

        similar, likely = elsewhere.best_similarities(query, len(exact), _among(farthest))

        assert len(likely) < len(exact)
        assert similar.whole[farthest].max() == exact[farthest].max()

    async def test_the_index_is_asked_on_until_enough_of_what_may_be_seen_is_found(
        self, archive: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(near_index, "_MANY", 0)
        query, exact, elsewhere = _beside(archive)
        farthest = np.zeros(len(exact), np.bool_)
        farthest[np.argsort(exact)[:40]] = True

        similar, _ = elsewhere.best_similarities(query, len(exact), _among(farthest))

        assert similar.whole[farthest].max() == exact[farthest].max()


def _beside(archive: Database) -> tuple[NDArray[np.float32], NDArray[np.float32], NearVectorIndex]:
    """A question, how near each passage is to it by every vector, and the index to be asked."""
    memory, elsewhere = snapshots(archive)
    query = ToyEncoder().encode(["drone honey"])[0]
    assert memory.vectors is not None
    assert isinstance(elsewhere.vectors, NearVectorIndex)
    return query, memory.vectors.similarities(query, len(memory)).whole, elsewhere.vectors


def _among(mask: NDArray[np.bool_]) -> Wanted:
    return Wanted(np.zeros(len(mask), np.float32), 1.0, 0.0, [mask])


async def test_the_table_compares_its_texts_as_the_others_do(archive: Database) -> None:
    """Where it does not, no index serves for what joins them, and each search reads all of it."""
    await asyncio.to_thread(near_tables.require, archive.address)

    async with archive.read() as connection:
        asked = text("SELECT collation_name FROM information_schema.columns WHERE column_name IN ('digest', 'model')")
        assert set((await connection.execute(asked)).scalars()) == {"C"}


async def test_all_similarities_are_those_in_memory_but_for_rounding(archive: Database) -> None:
    memory, elsewhere = snapshots(archive)
    query = ToyEncoder().encode(["wax and honey"])[0]
    assert memory.vectors is not None
    assert elsewhere.vectors is not None

    ours, theirs = (one.similarities(query, len(memory)) for one in (elsewhere.vectors, memory.vectors))

    assert np.abs(ours.whole - theirs.whole).max() < 0.002
    assert np.abs(ours.window - theirs.window).max() < 0.002


async def test_what_becomes_of_the_archive_becomes_of_the_index(archive: Database, worker: EncodingWorker) -> None:
    searcher = Searcher(archive, worker, vectors_elsewhere=True)
    before = (await searcher.search(Query("queen of the hive"))).hits
    async with archive.write() as connection:
        await connection.execute(delete(schema.episodes).where(schema.episodes.c.id == before[0].episode.id))
        await index_version.raise_version(connection, ())
    podcast = await store_podcast(archive)
    await store(archive, podcast, reading("another", ["The queen of the hive, the queen of the hive."]))
    await embed(archive, worker)
    await searcher.refresh()

    after = (await searcher.search(Query("queen of the hive"))).hits

    assert after[0].episode.facts.title == "Another"
    assert before[0].passage_id not in {hit.passage_id for hit in after}
    async with archive.read() as connection:
        kept = await connection.execute(text("SELECT count(DISTINCT digest) FROM near_vectors"))
        stored = await connection.execute(text("SELECT count(DISTINCT digest) FROM vectors"))
        assert kept.scalar_one() == stored.scalar_one()


async def test_two_that_fill_the_table_at_once_fill_it_once(archive: Database) -> None:
    model = ToyEncoder().model_id
    fill = partial(near_tables.bring_up_to_date, archive.address, model)

    counts = await asyncio.gather(asyncio.to_thread(fill), asyncio.to_thread(fill))

    memory = await asyncio.to_thread(renewed, archive.address, None, model)
    assert memory.vectors is not None
    assert counts == [memory.vectors.size] * 2


def test_a_file_has_no_such_index(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="wants a PostgreSQL database, and DATABASE_URL names a file"):
        near_tables.require(of_file(tmp_path / "companion.db"))


async def test_a_search_that_the_server_fails_at_is_told_in_a_sentence(
    archive: Database, worker: EncodingWorker
) -> None:
    searcher = Searcher(archive, worker, vectors_elsewhere=True)
    await searcher.search(Query("queen of the hive"))
    async with archive.write() as connection:
        await connection.execute(text("DROP TABLE near_vectors"))

    with pytest.raises(StorageError, match=r"A table of vectors of .* is there no more"):
        await searcher.search(Query("smoke"))


async def test_a_server_without_the_extension_is_told(archive: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_tables, "_MADE", ("CREATE EXTENSION no_such_extension",))

    with pytest.raises(StorageError, match=r"no pgvector that could be used \(.*no_such_extension.*docs/scaling.md"):
        near_tables.require(archive.address)
