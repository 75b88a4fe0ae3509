"""What became of new episodes for who follows something: claimed once, settled once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from companion.storage import follow_notices, follows, subscriptions
from companion.storage.engine import Database
from companion.storage.follow_notices import Claim, Unlooked
from companion.storage.follows import FollowKind, Subject, TellIn
from companion.storage.podcasts import Podcast
from companion.storage.saved import Owner
from tests import samples
from tests.clocks import StoppedClock

ADA, BO = Owner(10, 1), Owner(10, 2)
STRANGER = Owner(20, 1)
WINTER = Subject(FollowKind.TOPIC, "winter")
WEEK, LASTS = timedelta(days=7), timedelta(minutes=10)


@pytest.fixture
async def bees(database: Database, clock: StoppedClock) -> Podcast:
    """A podcast that a server sees, in which Ada follows a topic."""
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, ADA.guild_id, podcast.id, clock.now())
    await follow(database, ADA, WINTER)
    clock.advance(timedelta(hours=1))
    return podcast


async def follow(database: Database, owner: Owner, subject: Subject) -> None:
    async with database.write() as connection:
        await follows.add(connection, owner, subject, TellIn.DIRECT, 5, database.clock.now())


async def publish(database: Database, title: str = "New", words: str = "Bees hum all winter long.") -> None:
    turns = [samples.Turn("Mara", 0.0, 9.0, False, words)]
    reading = samples.reading(title, turns, published=database.clock.now())
    await samples.store_podcast(database, samples.BEES, [reading])


async def unlooked(database: Database) -> list[Unlooked]:
    now = database.clock.now()
    async with database.read() as connection:
        return await follow_notices.unlooked(connection, now - WEEK, now - LASTS)


async def claim(database: Database, one: Unlooked, mark: str = "m") -> list[int]:
    now = database.clock.now()
    async with database.write() as connection:
        return await follow_notices.claim(connection, one.owner, {one.episode_id: one.revision}, mark, now, now - LASTS)


async def settle(database: Database, one: Unlooked, place: tuple[int, int] | None) -> None:
    async with database.write() as connection:
        await follow_notices.finalise(connection, one.owner, [one.episode_id], place)


async def test_a_new_episode_comes_once_for_each_member_with_all_that_may_be_in_it(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    tomas, whole = Subject(FollowKind.SPEAKER, "Tomas Ek"), Subject(FollowKind.PODCAST, "", bees.id)
    await follow(database, BO, tomas)
    await follow(database, BO, whole)
    assert await unlooked(database) == []
    clock.advance(timedelta(minutes=1))
    await publish(database)

    found = {one.owner: [follow.subject for follow in one.follows] for one in await unlooked(database)}
    assert found == {ADA: [WINTER], BO: [tomas, whole]}


async def test_only_what_came_after_the_wish_in_a_podcast_that_the_server_sees(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    await publish(database)
    clock.advance(timedelta(minutes=1))
    await follow(database, BO, WINTER)
    await follow(database, STRANGER, WINTER)
    other = await samples.store_podcast(database, samples.CAVES, ())
    await follow(database, BO, Subject(FollowKind.PODCAST, "", other.id))
    clock.advance(timedelta(minutes=1))
    await publish(database, "Newer")

    assert [(one.owner, len(one.follows)) for one in await unlooked(database)] == [(ADA, 1), (ADA, 1), (BO, 1)]
    clock.advance(WEEK + timedelta(seconds=1))
    assert await unlooked(database) == []


async def test_one_of_many_who_claim_at_once_gets_it(database: Database, bees: Podcast) -> None:
    await publish(database)
    (one,) = await unlooked(database)

    claims = await asyncio.gather(*(claim(database, one, f"m{number}") for number in range(8)))

    assert sorted(map(len, claims)) == [0] * 7 + [1]
    assert await unlooked(database) == []


async def test_a_claim_expires_and_its_mark_is_told(database: Database, bees: Podcast, clock: StoppedClock) -> None:
    await publish(database)
    (one,) = await unlooked(database)
    claimed_at = clock.now()
    await claim(database, one, "first")
    clock.advance(LASTS)
    assert await unlooked(database) == []

    clock.advance(timedelta(seconds=1))
    (again,) = await unlooked(database)
    assert again.claim == Claim(claimed_at, "first")
    assert await claim(database, again, "first") == [one.episode_id]


@pytest.mark.parametrize("place", [(5, 6), None])
async def test_what_is_settled_stays_so_even_when_the_episode_changes(
    database: Database, bees: Podcast, clock: StoppedClock, place: tuple[int, int] | None
) -> None:
    await publish(database)
    (one,) = await unlooked(database)
    await claim(database, one)
    await settle(database, one, place)
    await publish(database, words="Now it says something else.")
    clock.advance(LASTS * 2)

    assert await unlooked(database) == []
    assert await claim(database, one) == []


async def test_an_episode_without_anything_is_looked_at_again_when_it_changes(
    database: Database, bees: Podcast
) -> None:
    await publish(database)
    (one,) = await unlooked(database)
    now = database.clock.now()
    async with database.write() as connection:
        await follow_notices.settle_nothing(connection, ADA, {one.episode_id: one.revision}, now, now - LASTS)
    assert await unlooked(database) == []

    await publish(database, words="Now it says something else.")
    (again,) = await unlooked(database)
    assert again.revision > one.revision
    assert again.claim is None
    assert await claim(database, again) == [one.episode_id]


async def test_that_there_is_nothing_does_not_undo_what_was_told(database: Database, bees: Podcast) -> None:
    await publish(database)
    (one,) = await unlooked(database)
    await claim(database, one)
    await settle(database, one, (5, 6))
    now = database.clock.now()
    async with database.write() as connection:
        await follow_notices.settle_nothing(connection, ADA, {one.episode_id: one.revision + 1}, now, now)

    assert await claim(database, one) == []


async def test_nothing_is_kept_of_a_member_who_is_forgotten(database: Database, bees: Podcast) -> None:
    await publish(database)
    (one,) = await unlooked(database)
    await claim(database, one)
    async with database.write() as connection:
        await follow_notices.forget(connection, ADA)

    assert await claim(database, one) == [one.episode_id]
