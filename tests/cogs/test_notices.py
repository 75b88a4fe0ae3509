from __future__ import annotations

from datetime import timedelta
from typing import Any

from companion.storage import channels, feeds
from companion.storage.channels import Purpose
from companion.storage.feeds import FeedState
from companion.storage.podcasts import Podcast
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in
from tests.cogs.test_setup_channels import closed_channel, keep


async def fail(world: World, podcast: Podcast, days: float, failures: int = 9) -> None:
    """The podcast's feed could last be read so many days ago."""
    read_at = world.database.clock.now() - timedelta(days=days)
    async with world.database.write() as connection:
        await feeds.put(connection, podcast.id, FeedState(None, None, None, "1", read_at, failures))


async def tick(world: World, later: timedelta = timedelta(0)) -> None:
    """What the schedule does each minute."""
    cog: Any = bot_of(world).get_cog("Notices")
    assert cog.tell in bot_of(world).duties
    await cog.tell(world.database.clock.now() + later)


async def test_managers_are_told_once_of_a_feed_that_fails_for_days(world: World) -> None:
    await keep(world, Purpose.NOTICES, world.channel.id)
    await fail(world, world.bees, days=3)

    await tick(world)
    await tick(world, timedelta(days=1))

    (said,) = said_in(world.env, world.channel)
    assert "The feed of *Hive Minds* could not be read 9 times in a row" in said
    assert "chosen for notices" in said


async def test_a_feed_that_recovered_and_fails_again_is_told_again(world: World) -> None:
    await keep(world, Purpose.NOTICES, world.channel.id)
    await fail(world, world.bees, days=30)
    await tick(world)
    await fail(world, world.bees, days=4)

    await tick(world)

    assert len(said_in(world.env, world.channel)) == 2


async def test_a_feed_that_fails_since_yesterday_is_no_news_yet(world: World) -> None:
    await keep(world, Purpose.NOTICES, world.channel.id)
    await fail(world, world.bees, days=1)

    await tick(world)

    assert said_in(world.env, world.channel) == []


async def test_a_feed_that_answers_seldom_but_well_is_none(world: World) -> None:
    await keep(world, Purpose.NOTICES, world.channel.id)
    await fail(world, world.bees, days=9, failures=0)

    await tick(world)

    assert said_in(world.env, world.channel) == []


async def test_no_server_is_told_of_anothers_podcast(world: World) -> None:
    await keep(world, Purpose.NOTICES, world.channel.id)
    cavers = world.cave_channel.guild
    assert cavers is not None
    async with world.database.write() as connection:
        now = world.database.clock.now()
        await channels.choose(connection, cavers.id, Purpose.NOTICES, world.cave_channel.id, 1, now)
    await fail(world, world.caves, days=3)

    await tick(world)

    assert said_in(world.env, world.channel) == []
    assert len(said_in(world.env, world.cave_channel)) == 1


async def test_a_notice_waits_for_a_channel_that_it_may_be_sent_to(world: World) -> None:
    closed = closed_channel(world, "closed", send_messages=False)
    await keep(world, Purpose.NOTICES, closed.id)
    await fail(world, world.bees, days=3)
    await tick(world)
    assert said_in(world.env, closed) == []

    await keep(world, Purpose.NOTICES, world.channel.id)
    await tick(world)

    assert len(said_in(world.env, world.channel)) == 1


async def test_a_deleted_channel_stops_nothing(world: World) -> None:
    await keep(world, Purpose.NOTICES, 1_300_000_000_000_000_000)
    await fail(world, world.bees, days=3)

    await tick(world)


async def test_after_a_restart_it_is_not_told_again(world: World) -> None:
    await keep(world, Purpose.NOTICES, world.channel.id)
    await fail(world, world.bees, days=3)
    await tick(world)

    await world.restart()
    await tick(world)

    assert len(said_in(world.env, world.channel)) == 1
