"""The bot's connection to the gateway, when it is lost in each of the ways in which it can be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from companion.bot.client import CompanionBot
from companion.cogs.ballot_messages import seed
from companion.community.votes import Votes, VotingRules
from companion.storage.ballots import Subject
from companion.storage.engine import Database
from companion.storage.votes import Tally
from tests.wire.running import running, until
from tests.wire.server import CHANNEL_ID, GUILD_ID, WireDiscord

UP = "👍"
THING = Subject("thing", 1)
MEMBERS = [700_000_000_000_000_000 + nth for nth in range(90)]


async def ballot(bot: CompanionBot, database: Database) -> int:
    """A message that is voted on."""
    message = await bot.get_partial_messageable(CHANNEL_ID).send("Is this worth hearing again?")
    await Votes(database).open_ballot(message.id, GUILD_ID, CHANNEL_ID, THING)
    await seed(message, VotingRules())
    return message.id


async def ask_to_reconnect(wire: WireDiscord) -> None:
    await wire.gateway.ask_to_reconnect()


async def cut(wire: WireDiscord) -> None:
    wire.gateway.cut()


async def close(wire: WireDiscord) -> None:
    await wire.gateway.close(4000)


async def say_that_it_can_be_resumed(wire: WireDiscord) -> None:
    await wire.gateway.invalidate(resumable=True)


@pytest.mark.parametrize("lost", [ask_to_reconnect, cut, close, say_that_it_can_be_resumed])
async def test_no_vote_is_lost_over_a_resume(
    wire: WireDiscord, database: Database, lost: Callable[[WireDiscord], Awaitable[None]]
) -> None:
    async with running(database) as bot:
        message_id = await ballot(bot, database)
        for member in MEMBERS[:30]:
            await wire.react(message_id, UP, member)
        await lost(wire)
        for member in MEMBERS[30:60]:
            await wire.react(message_id, UP, member)
        await until(lambda: len(wire.gateway.resumes) == 1)
        for member in MEMBERS[60:]:
            await wire.react(message_id, UP, member)

        async def all_counted() -> bool:
            return await Votes(database).tally(THING) == Tally(len(MEMBERS))

        await until(all_counted)
    assert len(wire.gateway.identifies) == 1
    assert wire.messages.pages == []
