from __future__ import annotations

from datetime import timedelta

from companion.storage import subscriptions
from companion.storage.engine import Database
from tests.clocks import StoppedClock
from tests.storage.readings import store_podcast

HERE, THERE = 81384788765712384, 2**63 - 1


async def test_a_server_sees_what_it_subscribed_to_and_nothing_else(database: Database) -> None:
    bees, caves = await store_podcast(database, "Bees"), await store_podcast(database, "Caves")
    async with database.write() as connection:
        assert await subscriptions.subscribe(connection, HERE, bees.id, database.clock.now())
        assert await subscriptions.subscribe(connection, THERE, caves.id, database.clock.now())

    async with database.read() as connection:
        assert await subscriptions.podcast_ids(connection, HERE) == {bees.id}
        assert await subscriptions.podcast_ids(connection, THERE) == {caves.id}
        assert await subscriptions.podcast_ids(connection, 5) == frozenset()
        assert await subscriptions.guild_ids(connection, caves.id) == {THERE}


async def test_subscribing_twice_is_told_apart_and_changes_nothing(database: Database) -> None:
    bees = await store_podcast(database, "Bees")
    async with database.write() as connection:
        assert await subscriptions.subscribe(connection, HERE, bees.id, database.clock.now())
        assert not await subscriptions.subscribe(connection, HERE, bees.id, database.clock.now())
        assert await subscriptions.podcast_ids(connection, HERE) == {bees.id}


async def test_unsubscribing_hides_the_podcast_from_that_server_only(database: Database) -> None:
    bees = await store_podcast(database, "Bees")
    async with database.write() as connection:
        for guild_id in (HERE, THERE):
            await subscriptions.subscribe(connection, guild_id, bees.id, database.clock.now())
        assert await subscriptions.unsubscribe(connection, HERE, bees.id)
        assert not await subscriptions.unsubscribe(connection, HERE, bees.id)
        assert await subscriptions.guild_ids(connection, bees.id) == {THERE}


async def test_the_server_that_subscribed_first_is_the_first(database: Database, clock: StoppedClock) -> None:
    bees = await store_podcast(database, "Bees")
    async with database.write() as connection:
        assert await subscriptions.first_guild_id(connection, bees.id) is None
        await subscriptions.subscribe(connection, THERE, bees.id, clock.now())
        clock.advance(timedelta(seconds=1))
        await subscriptions.subscribe(connection, HERE, bees.id, clock.now())
        assert await subscriptions.first_guild_id(connection, bees.id) == THERE
