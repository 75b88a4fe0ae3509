from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete

from companion.storage import saved, schema
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference
from companion.storage.saved import Owner
from tests import samples

ADA, BO = Owner(10, 1), Owner(10, 2)
ADA_ELSEWHERE = Owner(11, 1)


@pytest.fixture
async def place(database: Database) -> Reference:
    podcast = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
    episode = await samples.only_episode(database, podcast)
    return Reference(episode.id, Kind.SPEECH, 1.5, None, 3, 9)


async def test_what_is_saved_comes_back_the_last_one_first(database: Database, place: Reference) -> None:
    later = replace(place, first_word=20, last_word=30, start=None)
    now = database.clock.now()
    async with database.write() as connection:
        assert await saved.add(connection, ADA, place, now)
        assert await saved.add(connection, ADA, later, now)
        listed = await saved.listed(connection, ADA)

        assert [one.reference for one in listed] == [later, place]
        assert {one.saved_at for one in listed} == {now}
        assert await saved.count(connection, ADA) == 2


async def test_a_place_is_saved_once_by_each_member_in_each_server(database: Database, place: Reference) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        assert await saved.add(connection, ADA, place, now)
        assert not await saved.add(connection, ADA, replace(place, last_word=12), now)
        assert await saved.add(connection, ADA, replace(place, kind=Kind.NOTES), now)
        assert await saved.add(connection, BO, place, now)
        assert await saved.add(connection, ADA_ELSEWHERE, place, now)

        counts = [await saved.count(connection, owner) for owner in (ADA, BO, ADA_ELSEWHERE)]
        assert counts == [2, 1, 1]


async def test_only_who_saved_it_can_remove_it_and_nothing_is_left(database: Database, place: Reference) -> None:
    async with database.write() as connection:
        await saved.add(connection, ADA, place, database.clock.now())
        (kept,) = await saved.listed(connection, ADA)

        assert not await saved.remove(connection, BO, kept.id)
        assert not await saved.remove(connection, ADA_ELSEWHERE, kept.id)
        assert await saved.remove(connection, ADA, kept.id)
        assert not await saved.remove(connection, ADA, kept.id)
        assert await saved.listed(connection, ADA) == []


async def test_it_goes_with_its_episode(database: Database, place: Reference) -> None:
    async with database.write() as connection:
        await saved.add(connection, ADA, place, database.clock.now())
        await connection.execute(delete(schema.episodes).where(schema.episodes.c.id == place.episode_id))

        assert await saved.count(connection, ADA) == 0
