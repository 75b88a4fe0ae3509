from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from companion.storage import guests, subscriptions
from companion.storage.engine import Database
from companion.storage.guests import Guest
from tests import samples

HERE, THERE, PRIYA = 10**17 + 1, 10**17 + 2, 300_000_000_000_000_001
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def added(
    database: Database, name: str = "Ada Moreau", day: date | None = None, guild_id: int = HERE, at: datetime = NOW
) -> Guest:
    guest = Guest(0, guild_id, name, day, PRIYA, at)
    async with database.write() as connection:
        return replace(guest, id=await guests.add(connection, guest))


async def test_what_is_stored_comes_back_to_its_server_alone(database: Database) -> None:
    ada = await added(database, day=date(2026, 3, 6))

    async with database.read() as connection:
        assert await guests.get(connection, HERE, ada.id) == ada
        assert await guests.get(connection, THERE, ada.id) is None
        assert await guests.by_name(connection, HERE, " ADA  moreau ") == ada
        assert await guests.by_name(connection, THERE, "Ada Moreau") is None
        assert await guests.count(connection, HERE) == 1
        assert await guests.count(connection, THERE) == 0


async def test_a_name_is_taken_but_once_in_a_server(database: Database) -> None:
    await added(database)
    await added(database, guild_id=THERE)

    with pytest.raises(IntegrityError):
        await added(database, "ada MOREAU")


async def test_those_who_are_expected_come_by_day_and_before_those_who_were_heard(database: Database) -> None:
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, bees)
    someday = await added(database, "Someday")
    later = await added(database, "Later", date(2026, 4, 1))
    sooner = await added(database, "Sooner", date(2026, 3, 9))
    first = await added(database, "First heard", at=NOW - timedelta(days=9))
    last = await added(database, "Last heard")
    async with database.write() as connection:
        assert await guests.heard_in(connection, first.id, episode.id)
        assert await guests.heard_in(connection, last.id, episode.id)
        assert not await guests.heard_in(connection, last.id, episode.id)

    async with database.read() as connection:
        listed = [one.name for one in await guests.of_guild(connection, HERE)]
        waited_for = await guests.expected(connection)
    assert listed == ["Sooner", "Later", "Someday", "Last heard", "First heard"]
    assert waited_for == [someday, later, sooner]


async def test_who_was_heard_can_be_expected_again(database: Database) -> None:
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, bees)
    ada = await added(database)
    again = replace(ada, name="ADA Moreau", day=date(2027, 1, 5), added_at=NOW + timedelta(days=200))
    async with database.write() as connection:
        await guests.heard_in(connection, ada.id, episode.id)
        await guests.expect_again(connection, again)

    async with database.read() as connection:
        assert await guests.get(connection, HERE, ada.id) == again
        assert await guests.expected(connection) == [again]


async def test_no_server_removes_the_guest_of_another(database: Database) -> None:
    ada = await added(database)

    async with database.write() as connection:
        assert not await guests.remove(connection, THERE, ada.id)
        assert await guests.remove(connection, HERE, ada.id)
        assert not await guests.remove(connection, HERE, ada.id)


async def test_only_what_came_out_since_in_the_server_s_podcasts_may_be_theirs(database: Database) -> None:
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, bees)
    assert episode.published is not None
    async with database.write() as connection:
        await subscriptions.subscribe(connection, HERE, bees.id, NOW)

    async with database.read() as connection:
        assert await guests.published_since(connection, HERE, episode.published) == [episode]
        assert await guests.published_since(connection, HERE, episode.published + timedelta(seconds=1)) == []
        assert await guests.published_since(connection, THERE, episode.published) == []
