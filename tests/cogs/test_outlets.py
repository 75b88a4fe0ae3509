"""What the bot posts by itself: direct messages are about a server, for which it is kept whom they name."""

from __future__ import annotations

import discord
import pytest

from companion.cogs.outlets import Outlets
from companion.cogs.views.layout import Message
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of


async def test_a_direct_message_that_is_about_no_server_is_not_sent(world: World) -> None:
    bot = bot_of(world)
    direct = await (await bot.fetch_user(world.priya.id)).create_dm()
    said = Message(discord.ui.Container(discord.ui.TextDisplay("A word.")))

    with pytest.raises(ValueError, match="say which"):
        await Outlets(bot).send(direct, said, world.database.clock.now())

    assert world.priya.user.dm_channel.history() == []
    await Outlets(bot).send(direct, said, world.database.clock.now(), about=world.priya.guild.id)
    assert len(world.priya.user.dm_channel.history()) == 1
