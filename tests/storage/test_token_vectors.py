from __future__ import annotations

import numpy as np

from companion.storage import vectors
from companion.storage.engine import Database
from companion.storage.token_vectors import sizes_of, tokens_of
from companion.storage.vectors import Embedding, digest_of
from tests.storage.readings import reading, store, store_podcast


async def test_the_tokens_of_the_passages_asked_for_are_read_and_no_others(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["One.", "Two.", "Three.", "One."]))
    made = {digest_of([text]): Embedding(np.ones((1, 2), np.float32), text.encode()) for text in ("One.", "Two.")}
    async with database.write() as connection:
        every = await vectors.missing(connection, "toy@2", 10)
        await vectors.put(connection, "toy@2", made)
    ids = {one.passage.text: one.id for one in every}

    assert tokens_of(database.address, "toy@2", list(ids.values())) == {ids["One."]: b"One.", ids["Two."]: b"Two."}
    assert tokens_of(database.address, "toy@2", [ids["Two."]]) == {ids["Two."]: b"Two."}
    assert tokens_of(database.address, "other@2", list(ids.values())) == {}
    assert tokens_of(database.address, "toy@2", []) == {}
    assert sizes_of(database.address, "toy@2", list(ids.values())) == {ids["One."]: 4, ids["Two."]: 4}


async def test_what_was_written_a_moment_ago_is_read(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["One."]))
    async with database.write() as connection:
        [one] = await vectors.missing(connection, "toy@2", 10)
    assert tokens_of(database.address, "toy@2", [one.id]) == {}

    async with database.write() as connection:
        await vectors.put(connection, "toy@2", {one.digest: Embedding(np.ones((1, 2), np.float32), b"now")})

    assert tokens_of(database.address, "toy@2", [one.id]) == {one.id: b"now"}
