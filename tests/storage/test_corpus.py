from __future__ import annotations

import numpy as np

from companion.storage import corpus, index_version, vectors
from companion.storage.engine import Database
from companion.storage.vectors import Embedding, digest_of
from tests.storage.readings import reading, store, store_podcast


async def test_the_corpus_holds_everything_at_one_version(database: Database) -> None:
    podcast = await store_podcast(database)
    pilot = await store(database, podcast, reading("pilot", ["One.", "Two."]))
    second = await store(database, podcast, reading("second", ["Three."]))
    async with database.write() as connection:
        await vectors.put(
            connection, "toy@2", {digest_of(["Two."]): Embedding(np.array([[0, 1], [1, 0]], np.float32), b"2")}
        )
        version = await index_version.current(connection)

    loaded = await corpus.load(database, "toy@2")

    assert loaded.version == version
    assert loaded.podcasts == {podcast.id: podcast}
    assert loaded.episodes == {pilot.id: pilot, second.id: second}
    assert [stored.passage.text for stored in loaded.passages] == ["One.", "Two.", "Three."]
    (passage_id,) = loaded.vectors
    assert passage_id == loaded.passages[1].id
    assert loaded.vectors[passage_id].tolist() == [[0, 1], [1, 0]]


async def test_the_vectors_of_another_model_are_left_out(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["One."]))
    async with database.write() as connection:
        await vectors.put(connection, "toy@2", {digest_of(["One."]): Embedding(np.ones((1, 2), np.float32), b"1")})

    assert (await corpus.load(database, "other@2")).vectors == {}
    assert (await corpus.load(database, None)).vectors == {}


async def test_passages_with_the_same_text_share_their_vectors(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["Welcome back.", "Welcome back."]))
    async with database.write() as connection:
        await vectors.put(
            connection, "toy@2", {digest_of(["Welcome back."]): Embedding(np.ones((1, 2), np.float32), b"0")}
        )

    assert len((await corpus.load(database, "toy@2")).vectors) == 2


async def test_what_is_being_written_is_not_in_it_yet(database: Database) -> None:
    podcast = await store_podcast(database)
    before = await corpus.load(database, None)
    async with database.write() as connection:
        await index_version.raise_version(connection)
        during = await corpus.load(database, None)

    assert during == before
    assert (await corpus.load(database, None)).version > before.version
    assert podcast.id in before.podcasts
