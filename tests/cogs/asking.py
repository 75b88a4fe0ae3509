"""Asking in the simulated servers, and reading what stands in a channel afterwards."""

from __future__ import annotations

import discord
import simcord
from simcord.results import ResponseMessage

from tests.cogs.conftest import World

QUESTION = "how do bees heat the hive in winter"


def answers_in(world: World, channel: simcord.ChannelHandle) -> list[ResponseMessage]:
    """The bot's messages in a channel that everybody sees, the oldest first."""
    bot = world.env.bot.user
    assert bot is not None
    backend = world.env.backend
    # Discord's own notices, of a thread that was opened, have the bot for an author, too.
    notices = discord.MessageType.thread_created, discord.MessageType.thread_starter_message
    said = [one for one in channel.history() if one.author.id == bot.id and one.type not in notices]
    ids = [one.id for one in said if not one.flags.ephemeral]
    return [ResponseMessage(world.env, backend.get_message(channel.id, one)) for one in ids]


def last_answer(world: World, channel: simcord.ChannelHandle | None = None) -> ResponseMessage:
    """The bot's last message there; in the bees' channel, where none is given."""
    found = answers_in(world, channel or world.channel)
    assert found, "the bot has said nothing there"
    return found[-1]


async def ask(
    world: World, question: str = QUESTION, who: simcord.MemberActor | None = None, **options: str
) -> ResponseMessage:
    """Asks by command in the bees' channel, as Priya where nobody is given; returns the answer."""
    before = len(answers_in(world, world.channel))
    await (who or world.priya).slash(world.channel, "ask", question=question, **options)
    found = answers_in(world, world.channel)
    assert len(found) == before + 1
    return found[-1]


def mention(world: World, words: str) -> str:
    """A message that mentions the bot."""
    assert world.env.bot.user is not None
    return f"<@{world.env.bot.user.id}> {words}"
