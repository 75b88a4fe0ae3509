from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from companion.storage import corpus, index_version, vectors
from companion.storage.engine import Database
from companion.storage.vectors import Embedding, digest_of, packed, unpacked
from tests.storage.readings import reading, store, store_podcast

MODEL = "toy@3"


def matrix(*first: float) -> vectors.Matrix:
    return np.array([[value, 0.0, 1.0] for value in first], np.float32)


def embedding(*first: float) -> Embedding:
    return Embedding(matrix(*first), b"tokens")


async def missing(database: Database, model: str = MODEL, limit: int = 100) -> list[str]:
    async with database.read() as connection:
        found = await vectors.missing(connection, model, limit)
        if limit == 100:
            assert await vectors.count_missing(connection, model) == len(found)
    assert all(one.digest == digest_of([one.passage.text]) for one in found)
    return [one.passage.text for one in found]


async def put(database: Database, *texts: str, model: str = MODEL) -> None:
    async with database.write() as connection:
        await vectors.put(connection, model, {digest_of([text]): embedding(1.0) for text in texts})


async def test_what_has_no_vectors_is_missing_in_order_and_each_text_once(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["One.", "Two.", "One.", "Three."]))

    assert await missing(database) == ["One.", "Two.", "Three."]
    assert await missing(database, limit=2) == ["One.", "Two."]
    await put(database, "One.")
    assert await missing(database) == ["Two.", "Three."]
    assert await missing(database, model="another@3") == ["One.", "Two.", "Three."]


async def test_a_text_that_stays_when_an_episode_is_read_again_keeps_its_vectors(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["One.", "Two."]))
    await put(database, "One.", "Two.")
    await store(database, podcast, reading("pilot", ["Two.", "Three."]))

    assert await missing(database) == ["Three."]


async def test_vectors_put_twice_are_stored_once(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["One."]))
    await put(database, "One.")
    async with database.write() as connection:
        await vectors.put(connection, MODEL, {digest_of(["One."]): embedding(5.0)})

    (kept,) = (await corpus.load(database, MODEL)).vectors.values()
    assert kept.tolist() == [[1.0, 0.0, 1.0]]


async def test_vectors_of_texts_that_are_gone_are_purged_and_others_stay(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["One.", "Two."]))
    await put(database, "One.", "Two.")
    await put(database, "One.", "Two.", model="another@3")
    await store(database, podcast, reading("pilot", ["Two."]))

    async with database.write() as connection:
        assert await vectors.purge_orphans(connection) == 2
        assert await vectors.purge_orphans(connection) == 0
    assert await missing(database) == []


async def test_putting_vectors_raises_the_index_version(database: Database) -> None:
    async with database.read() as connection:
        before = await index_version.current(connection)
    await put(database, "One.")
    async with database.read() as connection:
        assert await index_version.current(connection) > before


def test_digests_tell_apart_how_texts_are_divided() -> None:
    assert len({digest_of(texts) for texts in (["ab"], ["a", "b"], ["b", "a"], ["", "ab"], [])}) == 5


@given(st.integers(1, 4), st.integers(1, 8), st.data())
def test_a_matrix_comes_back_from_its_bytes(rows: int, dimension: int, data: st.DataObject) -> None:
    numbers = data.draw(
        st.lists(st.floats(width=32, allow_nan=False), min_size=rows * dimension, max_size=rows * dimension)
    )
    original = np.array(numbers, np.float32).reshape(rows, dimension)

    assert np.array_equal(unpacked(packed(original), dimension), original)
