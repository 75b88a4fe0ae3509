"""Lists that are longer than the parameters that a statement may have, on each engine."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import ColumnElement, create_engine, insert, select

from companion.storage import corpus, episodes, index_version, mentions, passages, podcasts, schema, settings, vectors
from companion.storage.among import among
from companion.storage.engine import Database
from tests.storage.readings import reading, store, store_podcast

MANY = range(1, 40_001)
"""PostgreSQL takes 32,767 parameters a statement."""
KEYS = ["a", "it's", "b\\u0000c", '"[]"', "é😀", "x" * 5000]


async def found(database: Database, condition: ColumnElement[bool]) -> list[str]:
    async with database.read() as connection:
        wanted = select(schema.settings.c.value).where(condition).order_by(schema.settings.c.value)
        return list((await connection.execute(wanted)).scalars())


@pytest.fixture
async def kept(database: Database) -> Database:
    """With a value for each of the keys: its place among them."""
    async with database.write() as connection:
        for number, key in enumerate(KEYS):
            await settings.put(connection, key, str(number))
    return database


@pytest.mark.parametrize("places", [(), (0,), (1, 2), (3, 4, 5), range(6)])
async def test_texts_are_found_among_others_and_the_rest_by_denying_it(kept: Database, places: Iterable[int]) -> None:
    wanted = among(schema.settings.c.key, ["none of them", *(KEYS[place] for place in places)])

    assert await found(kept, wanted) == [str(place) for place in places]
    assert await found(kept, ~wanted) == [str(place) for place in range(6) if place not in places]


async def test_among_no_values_is_nothing(kept: Database) -> None:
    nothing = among(schema.settings.c.key, [])

    assert await found(kept, nothing) == []
    assert len(await found(kept, ~nothing)) == len(KEYS)


def test_a_file_is_asked_for_a_list_by_its_index() -> None:
    columns = schema.passages.c
    listed = select(columns.text).where(among(columns.episode_id, [1, 2]), among(columns.digest, ["a"]))
    alone = select(schema.vectors.c.data).where(among(schema.vectors.c.digest, ["a", "b"]))
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        schema.metadata.create_all(connection)
        for statement in (listed, alone):
            written = statement.compile(engine)
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}", ("[]",) * len(written.params)).all()
            assert any("USING INDEX" in step[-1] for step in plan)
            assert not any(step[-1].startswith(("SCAN passages", "SCAN vectors")) for step in plan)


async def test_whatever_grows_with_the_archive_may_be_longer_than_the_parameters_of_a_statement(
    database: Database,
) -> None:
    podcast = await store_podcast(database)
    episode = await store(database, podcast, reading("pilot"))
    ids = [podcast.id, episode.id, *(10**15 + number for number in MANY)]
    texts = [f"https://example.org/{number}" for number in MANY]

    with corpus.reading(database.address, "model") as reader:
        assert len(reader.passages(ids)) == 2
        assert reader.vectors(ids) == {}
    async with database.write() as connection:
        assert list(await episodes.get(connection, ids)) == [episode.id]
        assert list(await podcasts.by_ids(connection, ids)) == [podcast.id]
        assert [one.id for one in await episodes.list_episodes(connection, frozenset(ids))] == [episode.id]
        assert await passages.get(connection, ids)
        assert await vectors.lacking(connection, "model", ids) == {episode.id}
        assert await mentions.linking(connection, texts, texts, ids) == []
        await index_version.raise_version(connection, ids)


async def test_servers_may_be_more_than_the_parameters_of_a_statement(database: Database) -> None:
    from companion.storage import ballots, departures, highlight_slots, retractions

    now = database.clock.now()
    servers = [10**17 + number for number in MANY]
    async with database.write() as connection:
        await connection.execute(insert(schema.departures), [{"guild_id": servers[7], "left_at": now}])
        assert await departures.returned(connection, servers) == 1
        assert await retractions.due(connection, servers, now, 5) == []
        assert await highlight_slots.of_servers(connection, servers, now.date()) == []
        assert not await ballots.stale(connection, now, servers)
