"""The first words of the bot in a server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import simcord

from companion.cogs.greeting import channel_for_hello
from companion.community.greeting import LATE, Greeting
from companion.storage.engine import Database
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in

MUTE = discord.PermissionOverwrite(send_messages=False)


def joined(world: World, handle: simcord.GuildHandle, ago: timedelta = timedelta(0)) -> discord.Guild:
    """A server as the bot has it, which it joined a while ago."""
    guild = bot_of(world).get_guild(handle.id)
    assert guild is not None
    guild.me.joined_at = world.database.clock.now() - ago
    return guild


async def hear_of(world: World, guild: discord.Guild) -> None:
    cog: Any = bot_of(world).get_cog("Hello")
    await cog.on_guild_join(guild)


async def test_hello_is_said_once_with_the_next_step(world: World) -> None:
    guild = joined(world, world.guild)
    await hear_of(world, guild)
    await hear_of(world, guild)
    await world.restart()

    (said,) = said_in(world.env, world.channel)
    assert "`/setup podcasts add url:`" in said
    assert "`/help`" in said


async def test_it_is_said_in_the_first_channel_where_the_bot_may_write(world: World) -> None:
    handle = world.env.create_guild("New")
    closed = handle.create_text_channel("closed", overwrites={handle.default_role: MUTE})
    opened = handle.create_text_channel("opened")
    await hear_of(world, joined(world, handle))

    assert said_in(world.env, closed) == []
    assert len(said_in(world.env, opened)) == 1


async def test_where_it_may_nowhere_write_nothing_is_said_and_it_may_be_another_time(world: World) -> None:
    handle = world.env.create_guild("New")
    closed = handle.create_text_channel("closed", overwrites={handle.default_role: MUTE})
    guild = joined(world, handle)
    assert channel_for_hello(guild) is None
    await hear_of(world, guild)
    assert said_in(world.env, closed) == []

    opened = handle.create_text_channel("opened")
    await hear_of(world, guild)
    assert len(said_in(world.env, opened)) == 1


async def test_a_server_that_was_joined_while_the_bot_was_down_is_greeted_when_it_is_up(world: World) -> None:
    joined(world, world.guild, LATE / 2)
    cog: Any = bot_of(world).get_cog("Hello")
    await cog.greet_late(0)
    await cog.greet_late(0)

    assert len(said_in(world.env, world.channel)) == 1


async def test_a_server_that_was_joined_long_ago_is_not(world: World) -> None:
    joined(world, world.guild, LATE * 2)
    cog: Any = bot_of(world).get_cog("Hello")
    await cog.greet_late(0)

    assert said_in(world.env, world.channel) == []


async def test_a_hello_that_discord_refused_may_be_tried_again(world: World) -> None:
    guild = joined(world, world.guild)
    world.env.inject_error("POST", f"/channels/{world.channel.id}/messages", status=403)
    await hear_of(world, guild)
    assert said_in(world.env, world.channel) == []

    await hear_of(world, guild)
    assert len(said_in(world.env, world.channel)) == 1


async def test_it_is_due_but_once(database: Database) -> None:
    greeting = Greeting(database)

    assert await greeting.is_due(1, None)
    assert not await greeting.is_due(1, None)
    assert await greeting.is_due(2, None)
