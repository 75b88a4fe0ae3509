from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select

from companion.storage import channels
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.schema import server_channels
from tests.clocks import StoppedClock

HERE, THERE = 81384788765712384, 2**63 - 1
MO, ADA = 11, 12


async def test_each_server_has_its_own_channel_a_purpose(database: Database) -> None:
    async with database.write() as connection:
        now = database.clock.now()
        await channels.choose(connection, HERE, Purpose.NOTICES, 5, MO, now)
        await channels.choose(connection, HERE, Purpose.NEWS, 6, MO, now)
        await channels.choose(connection, THERE, Purpose.NEWS, 7, ADA, now)

    async with database.read() as connection:
        assert await channels.chosen(connection, HERE) == {Purpose.NEWS: 6, Purpose.NOTICES: 5}
        assert list(await channels.chosen(connection, HERE)) == [Purpose.NEWS, Purpose.NOTICES]
        assert await channels.chosen(connection, THERE) == {Purpose.NEWS: 7}
        assert await channels.chosen(connection, 9) == {}


async def test_choosing_again_replaces_the_channel_and_who_chose_it(database: Database, clock: StoppedClock) -> None:
    async with database.write() as connection:
        await channels.choose(connection, HERE, Purpose.NEWS, 5, MO, clock.now())
        clock.advance(timedelta(days=1))
        await channels.choose(connection, HERE, Purpose.NEWS, 6, ADA, clock.now())
        assert await channels.chosen(connection, HERE) == {Purpose.NEWS: 6}
        row = (await connection.execute(select(server_channels.c.chosen_by, server_channels.c.chosen_at))).one()
        assert tuple(row) == (ADA, clock.now())


async def test_forgetting_is_told_apart_from_nothing_to_forget(database: Database) -> None:
    async with database.write() as connection:
        await channels.choose(connection, HERE, Purpose.NEWS, 5, MO, database.clock.now())
        await channels.choose(connection, THERE, Purpose.NEWS, 5, MO, database.clock.now())
        assert await channels.forget(connection, HERE, Purpose.NEWS)
        assert not await channels.forget(connection, HERE, Purpose.NEWS)
        assert await channels.chosen(connection, HERE) == {}
        assert await channels.chosen(connection, THERE) == {Purpose.NEWS: 5}


async def test_a_purpose_of_a_newer_version_is_left_alone(database: Database) -> None:
    async with database.write() as connection:
        row = {"guild_id": HERE, "purpose": "fame", "channel_id": 5, "chosen_by": MO, "chosen_at": database.clock.now()}
        await connection.execute(insert(server_channels).values(row))
        assert await channels.chosen(connection, HERE) == {}


async def test_all_servers_of_a_purpose_are_found(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        await channels.choose(connection, THERE, Purpose.NOTICES, 7, ADA, now)
        await channels.choose(connection, HERE, Purpose.NOTICES, 5, MO, now)
        await channels.choose(connection, 9, Purpose.NEWS, 6, MO, now)

        assert await channels.of_purpose(connection, Purpose.NOTICES) == {HERE: 5, THERE: 7}
