from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete

from companion.storage import follows, schema
from companion.storage.engine import Database
from companion.storage.follows import FollowKind, Subject, TellIn
from companion.storage.podcasts import Podcast
from companion.storage.saved import Owner
from tests import samples

ADA, BO = Owner(10, 1), Owner(10, 2)
ADA_ELSEWHERE = Owner(11, 1)
WINTER = Subject(FollowKind.TOPIC, "Winter  Feed")
TOMAS = Subject(FollowKind.SPEAKER, "Tomas Ek")


@pytest.fixture
async def podcast(database: Database) -> Podcast:
    return await samples.store_podcast(database, samples.BEES, samples.bee_readings())


async def add(database: Database, owner: Owner, subject: Subject, channel_id: int = 5) -> None:
    async with database.write() as connection:
        await follows.add(connection, owner, subject, TellIn.DIRECT, channel_id, database.clock.now())


async def test_what_is_followed_comes_back_the_last_one_first(database: Database, podcast: Podcast) -> None:
    bees = Subject(FollowKind.PODCAST, "", podcast.id)
    for subject in (WINTER, TOMAS, bees):
        await add(database, ADA, subject)

    async with database.read() as connection:
        listed = await follows.listed(connection, ADA)
        assert [one.subject for one in listed] == [bees, TOMAS, WINTER]
        assert {(one.owner, one.tell_in, one.channel_id, one.thread_id) for one in listed} == {
            (ADA, TellIn.DIRECT, 5, None)
        }
        assert {one.created_at for one in listed} == {database.clock.now()}
        assert await follows.count(connection, ADA) == 3


async def test_a_thing_is_followed_once_by_each_member_in_each_server(database: Database) -> None:
    await add(database, ADA, WINTER)
    await add(database, ADA, replace(WINTER, text="winter feed"))
    await add(database, ADA, Subject(FollowKind.SPEAKER, "Winter Feed"))
    await add(database, BO, WINTER)
    await add(database, ADA_ELSEWHERE, WINTER)

    async with database.read() as connection:
        assert [await follows.count(connection, owner) for owner in (ADA, BO, ADA_ELSEWHERE)] == [2, 1, 1]
        found = await follows.find(connection, ADA, replace(WINTER, text="WINTER feed"))
    assert found is not None
    assert found.subject == WINTER


async def test_it_is_found_by_its_id_for_its_owner_alone(database: Database) -> None:
    await add(database, ADA, WINTER)

    async with database.read() as connection:
        (kept,) = await follows.listed(connection, ADA)
        assert await follows.get(connection, ADA.member_id, kept.id) == kept
        assert await follows.get(connection, BO.member_id, kept.id) is None


async def test_a_thread_is_that_of_everything_asked_for_in_its_channel_and_of_what_follows(database: Database) -> None:
    await add(database, ADA, WINTER, channel_id=5)
    await add(database, BO, WINTER, channel_id=5)
    async with database.write() as connection:
        await follows.keep_thread(connection, ADA, 5, 55)
    await add(database, ADA, TOMAS, channel_id=5)
    await add(database, ADA, Subject(FollowKind.TOPIC, "mites"), channel_id=6)

    async with database.read() as connection:
        mine = {one.subject.text: one.thread_id for one in await follows.listed(connection, ADA)}
        (theirs,) = await follows.listed(connection, BO)
    assert mine == {"Winter  Feed": 55, "Tomas Ek": 55, "mites": None}
    assert theirs.thread_id is None


async def test_who_is_told_elsewhere_from_now_on_has_no_thread_there_yet(database: Database) -> None:
    await add(database, ADA, WINTER)
    async with database.write() as connection:
        await follows.keep_thread(connection, ADA, 5, 55)
        (before,) = await follows.listed(connection, ADA)
        await follows.tell_elsewhere(connection, before.id, TellIn.THREAD, 6)

        assert await follows.listed(connection, ADA) == [
            replace(before, tell_in=TellIn.THREAD, channel_id=6, thread_id=None)
        ]


async def test_what_is_stopped_is_gone_and_a_member_who_leaves_takes_all_of_a_server(database: Database) -> None:
    for owner in (ADA, BO, ADA_ELSEWHERE):
        for subject in (WINTER, TOMAS):
            await add(database, owner, subject)
    async with database.write() as connection:
        (tomas, _) = await follows.listed(connection, BO)
        await follows.remove(connection, tomas.id)
        await follows.remove_all(connection, ADA)

        assert [await follows.count(connection, owner) for owner in (ADA, BO, ADA_ELSEWHERE)] == [0, 1, 2]


async def test_a_podcast_that_goes_takes_those_who_follow_it_along(database: Database, podcast: Podcast) -> None:
    await add(database, ADA, Subject(FollowKind.PODCAST, "", podcast.id))
    await add(database, ADA, WINTER)
    async with database.write() as connection:
        await connection.execute(delete(schema.podcasts))

        assert [one.subject for one in await follows.listed(connection, ADA)] == [WINTER]
