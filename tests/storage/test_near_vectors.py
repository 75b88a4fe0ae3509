"""Vectors in a server's index, where that fails: what is said of it, and how it is mended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import numpy as np
import psycopg
import pytest

from companion.storage import near_tables, vectors
from companion.storage.address import address_of
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.near_vectors import NearVectors
from companion.storage.vectors import Embedding, digest_of
from tests.clocks import StoppedClock
from tests.storage.readings import reading, store, store_podcast

MODEL = "toy@3"
TEXTS = ["One secret.", "Two secrets.", "Three secrets."]
QUERY = np.array([1.0, 0.0, 0.0], np.float32)


@pytest.fixture
async def archive(server_url: str, clock: StoppedClock) -> AsyncGenerator[Database]:
    """Three passages, the second of them nearest to the query; with the table of their vectors."""
    async with await Database.open(server_url, clock) as database:
        podcast = await store_podcast(database)
        await store(database, podcast, reading("pilot", TEXTS))
        embeddings = {
            digest_of([text]): Embedding(np.array([[value, 0.0, 1.0]], np.float32), b"tokens")
            for text, value in zip(TEXTS, (0.25, 0.75, 0.5), strict=True)
        }
        async with database.write() as connection:
            await vectors.put(connection, MODEL, embeddings)
        await fill(database)
        yield database


async def fill(database: Database) -> int:
    return await asyncio.to_thread(near_tables.bring_up_to_date, database.address, MODEL)


async def nearest(database: Database) -> list[int]:
    asked = NearVectors(database.address, MODEL)
    return await asyncio.to_thread(
        lambda: [passage_id for ids in asked.nearest(QUERY, 3, 2) for passage_id in ids.tolist()]
    )


async def searched(database: Database) -> None:
    await asyncio.to_thread(NearVectors(database.address, MODEL).cosines, QUERY, await nearest(database))


def connected(database: Database) -> psycopg.Connection[tuple[object, ...]]:
    """Somebody else, who may do everything."""
    url = database.address.of_loop.render_as_string(hide_password=False)
    return psycopg.connect(url.replace("+asyncpg", ""), autocommit=True)


async def refused(database: Database) -> str:
    """What a search raises, which has nothing of what the driver said with it."""
    with pytest.raises(StorageError) as raised:
        await searched(database)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    return str(raised.value)


@pytest.mark.parametrize("table", ["near_vectors", "near_middles"])
async def test_a_table_that_is_gone_is_told_and_made_again(archive: Database, table: str) -> None:
    expected = await nearest(archive)
    with connected(archive) as other:
        other.execute(f"DROP TABLE {table}".encode())

    assert "start the bot again, which makes it" in await refused(archive)

    await asyncio.to_thread(near_tables.require, archive.address)
    assert await fill(archive) == 3
    assert await nearest(archive) == expected


async def test_a_table_of_the_schema_that_is_gone_is_not_told_as_one_of_these(archive: Database) -> None:
    with connected(archive) as other:
        other.execute("ALTER TABLE passages RENAME TO passages_of_old")

    told = await refused(archive)

    assert "failed at its vectors (UndefinedTable)" in told
    assert "start the bot again" not in told


async def test_of_passages_within_ranges_the_nearest_are_found(archive: Database) -> None:
    asked = NearVectors(archive.address, MODEL)
    second, third, first = await nearest(archive)

    found = await asyncio.to_thread(asked.nearest_among, QUERY, [(first, first), (third, third)], 2)

    assert found.tolist() == [third, first]
    assert second not in found


async def test_a_passage_that_is_deleted_is_near_nothing_any_more(archive: Database) -> None:
    gone, *others = await nearest(archive)
    with connected(archive) as other:
        other.execute("DELETE FROM passages WHERE id = %s", (gone,))

    assert await nearest(archive) == others


async def test_an_extension_that_is_gone_with_its_column_is_told_and_made_again(archive: Database) -> None:
    expected = await nearest(archive)
    with connected(archive) as other:
        other.execute("DROP EXTENSION vector CASCADE")

    assert "or its extension pgvector, is there no more" in await refused(archive)

    assert await fill(archive) == 3
    assert await nearest(archive) == expected


async def test_without_its_index_the_same_is_found_and_the_index_comes_back(archive: Database) -> None:
    expected = await nearest(archive)
    index = "SELECT indexname FROM pg_indexes WHERE tablename = 'near_middles' AND indexdef LIKE '%hnsw%'"
    with connected(archive) as other:
        (before,) = other.execute(index).fetchall()
        other.execute(f"DROP INDEX {before[0]}".encode())

        assert await nearest(archive) == expected
        assert other.execute(index).fetchall() == []
        await fill(archive)
        assert other.execute(index).fetchall() == [before]


async def test_a_connection_that_is_closed_in_the_middle_of_a_search_is_told_and_the_next_search_has_another(
    archive: Database,
) -> None:
    expected = await nearest(archive)
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connected(archive) as holder, connected(archive) as other, holder.transaction():
        holder.execute("LOCK TABLE near_middles")
        search = asyncio.create_task(refused(archive))
        async with asyncio.timeout(60):
            while not (found := other.execute(waiting).fetchall()):  # noqa: ASYNC110  another connection waits
                await asyncio.sleep(0.02)
        other.execute("SELECT pg_terminate_backend(%s, 5000)", found[0])
        assert "cannot be reached: is PostgreSQL running there" in await search

    assert await nearest(archive) == expected


async def test_whatever_else_fails_is_told_by_its_kind_alone(archive: Database) -> None:
    with connected(archive) as other:
        other.execute("ALTER TABLE near_middles ALTER COLUMN embedding TYPE halfvec(3)")
    asked = NearVectors(archive.address, MODEL)

    with pytest.raises(StorageError, match=r"failed at its vectors \(DataException\)") as raised:
        await asyncio.to_thread(list, asked.nearest(np.ones(5, np.float32), 3, 3))

    assert "[" not in str(raised.value)


def test_a_server_that_is_not_there_is_told() -> None:
    nowhere = NearVectors(address_of("postgresql+asyncpg://bot:sesame@127.0.0.1:1/companion"), MODEL)

    with pytest.raises(StorageError, match="cannot be reached") as raised:
        list(nowhere.nearest(QUERY, 3, 3))
    assert "sesame" not in str(raised.value)
