"""Where members are told of what they follow: in threads, and where their direct messages are closed."""

from __future__ import annotations

from datetime import timedelta

import discord

from companion.archive.encoders import ToyEncoder
from companion.community.news import CLAIM_LASTS
from companion.storage import follows
from companion.storage.channels import Purpose
from companion.storage.follows import TellIn
from companion.storage.saved import Owner
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.followers import (
    DRONES,
    LATER,
    close_direct_messages,
    direct,
    follow,
    minute,
    posts,
    publish,
    threads,
    topic,
)
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in, shown
from tests.cogs.test_setup_channels import closed_channel, keep


class TestInThreads:
    async def test_an_own_private_thread_which_the_next_ones_come_to_as_well(self, world: World) -> None:
        await follow(world, topic("drones"), tell_in=TellIn.THREAD)
        await publish(world, "The Drones Leave")
        await minute(world)
        await publish(world, "The Drones Return")
        await minute(world)

        (thread,) = threads(world)
        assert world.env.backend.channels[thread.id].type == discord.ChannelType.private_thread.value
        assert world.priya.id in world.env.backend.channels[thread.id].thread_members
        first, second = said_in(world.env, thread)
        assert first.startswith(f"<@{world.priya.id}>")
        assert "The Drones Return" in second
        assert direct(world) == []

    async def test_a_thread_that_was_archived_is_found_again(self, world: World) -> None:
        await follow(world, topic("drones"), tell_in=TellIn.THREAD)
        await publish(world, "The Drones Leave")
        await minute(world)
        (thread,) = threads(world)
        opened = bot_of(world).get_channel(thread.id)
        assert isinstance(opened, discord.Thread)
        await opened.edit(archived=True)
        await world.restart()
        await publish(world, "The Drones Return")
        await minute(world)

        assert len(said_in(world.env, thread)) == 2
        assert len(threads(world)) == 1

    async def test_a_deleted_thread_is_opened_anew(self, world: World) -> None:
        await follow(world, topic("drones"), tell_in=TellIn.THREAD)
        await publish(world, "The Drones Leave")
        await minute(world)
        (thread,) = threads(world)
        world.env.backend.delete_channel(thread.id)
        await world.env.settle()
        await publish(world, "The Drones Return")
        await minute(world)

        (anew,) = threads(world)
        assert anew.id != thread.id
        assert len(said_in(world.env, anew)) == 1

    async def test_under_the_announcement_one_thread_for_all_its_followers(self, world: World) -> None:
        news = world.guild.create_text_channel("news")
        await keep(world, Purpose.NEWS, news.id)
        await follow(world, topic("drones"), tell_in=TellIn.THREAD)
        await follow(world, topic("drones"), world.jonas, tell_in=TellIn.THREAD)
        await publish(world, "The Drones Leave")
        await minute(world)

        (thread,) = threads(world, news)
        assert thread.name == "The Drones Leave"
        assert thread.id == news.history()[0].id
        assert [said.split(">")[0] for said in said_in(world.env, thread)] == [
            f"<@{world.priya.id}",
            f"<@{world.jonas.id}",
        ]
        assert threads(world) == []

    async def test_where_the_announcements_cannot_be_reached_all_comes_to_the_own_thread(self, world: World) -> None:
        news = world.guild.create_text_channel("news")
        await keep(world, Purpose.NEWS, news.id)
        await follow(world, topic("drones"), tell_in=TellIn.THREAD)
        await publish(world, "The Drones Leave", "The Drones Return", embedded=False)
        await minute(world)
        world.env.backend.delete_channel(news.id)
        await world.env.settle()
        await samples.embed(world.database, ToyEncoder())
        await minute(world, LATER)

        (thread,) = threads(world)
        assert len(said_in(world.env, thread)) == 2

    async def test_a_thread_that_somebody_opened_under_it_already(self, world: World) -> None:
        news = world.guild.create_text_channel("news")
        await keep(world, Purpose.NEWS, news.id)
        await follow(world, topic("drones"), tell_in=TellIn.THREAD)
        await publish(world, "The Drones Leave", embedded=False)
        await minute(world)
        channel = bot_of(world).get_channel(news.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.get_partial_message(news.history()[0].id).create_thread(name="Poor drones")
        await samples.embed(world.database, ToyEncoder())
        await minute(world, LATER)

        (thread,) = threads(world, news)
        assert thread.name == "Poor drones"
        assert len(said_in(world.env, thread)) == 1

    async def test_nobody_but_the_follower_is_mentioned(self, world: World) -> None:
        await follow(world, topic("drones"), tell_in=TellIn.THREAD)
        await publish(world, f"@everyone <@{world.jonas.id}>", words=f"{DRONES} @here <@{world.jonas.id}>")
        await minute(world)

        (thread,) = threads(world)
        (message,) = thread.history()
        assert [one.id for one in message.mentions] == [world.priya.id]
        assert not message.mention_everyone
        (said,) = said_in(world.env, thread)
        assert said.count("<@") == 1

    async def test_it_waits_for_a_place_and_asks_discord_for_nothing_meanwhile(self, world: World) -> None:
        closed = closed_channel(world, "closed", create_private_threads=False)
        await follow(world, topic("drones"), tell_in=TellIn.THREAD, channel=closed)
        await publish(world, "The Drones Leave")
        asked = len(world.env.http_requests)
        await minute(world)
        assert len(world.env.http_requests) == asked

        await keep(world, Purpose.NEWS, world.channel.id)
        await minute(world)
        assert len(threads(world)) == 1


class TestClosedDirectMessages:
    async def test_it_is_told_in_a_thread_that_says_why(self, world: World) -> None:
        await follow(world, topic("drones"))
        close_direct_messages(world)
        await publish(world, "The Drones Leave")
        await minute(world)
        await minute(world, CLAIM_LASTS * 2)

        (thread,) = threads(world)
        (said,) = said_in(world.env, thread)
        assert said.startswith(f"<@{world.priya.id}>")
        assert "yours are closed to me: so I tell you here" in said
        assert direct(world) == []

    async def test_where_the_server_has_news_under_the_announcement(self, world: World) -> None:
        news = world.guild.create_text_channel("news")
        await keep(world, Purpose.NEWS, news.id)
        await follow(world, topic("drones"))
        close_direct_messages(world)
        await publish(world, "The Drones Leave")
        await minute(world)

        (thread,) = threads(world, news)
        assert len(said_in(world.env, thread)) == 1

    async def test_where_there_is_no_thread_either_it_is_not_tried_again(self, world: World) -> None:
        closed = closed_channel(world, "closed", create_private_threads=False)
        await follow(world, topic("drones"), channel=closed)
        close_direct_messages(world)
        await publish(world, "The Drones Leave")
        await minute(world)
        sent = posts(world)
        await minute(world, CLAIM_LASTS * 2)
        await world.restart()
        await minute(world, timedelta(days=1))

        assert posts(world) == sent
        assert direct(world) == []


async def test_nobody_else_stops_it_under_a_public_thread(world: World) -> None:
    await keep(world, Purpose.NEWS, world.channel.id)
    await follow(world, topic("drones"), tell_in=TellIn.THREAD)
    await publish(world, "The Drones Leave")
    await minute(world)
    (thread,) = threads(world)
    (message,) = thread.history()
    (kept,) = await listed(world)

    result = await world.jonas.select(message, [str(kept.id)])

    assert "You don't follow that here" in shown(result)
    assert await listed(world) == [kept]


async def listed(world: World) -> list[follows.Follow]:
    async with world.database.read() as connection:
        return await follows.listed(connection, Owner(world.guild.id, world.priya.id))
