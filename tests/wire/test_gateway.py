"""The bot's connection to the gateway, when it is lost in each of the ways in which it can be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest

from companion.bot import gateway_pace
from companion.bot.client import CompanionBot
from companion.cogs.ballot_messages import seed
from companion.community.votes import Votes, VotingRules
from companion.storage.ballots import Subject
from companion.storage.engine import Database
from companion.storage.votes import Tally
from tests.clocks import StoppedClock
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


def counted(database: Database, up: int) -> Callable[[], Awaitable[bool]]:
    """Are there so many votes for it?"""

    async def so() -> bool:
        return await Votes(database).tally(THING) == Tally(up)

    return so


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
        await until(counted(database, len(MEMBERS)))
    assert len(wire.gateway.identifies) == 1
    assert wire.messages.pages == []


async def test_a_connection_on_which_nothing_comes_any_more_is_noticed_and_resumed(
    wire: WireDiscord, database: Database
) -> None:
    wire.gateway.interval = 0.3
    async with running(database, heartbeat_timeout=1.5) as bot:
        message_id = await ballot(bot, database)
        wire.gateway.fall_silent()
        for member in MEMBERS:
            await wire.react(message_id, UP, member)
        await until(counted(database, len(MEMBERS)))
    assert len(wire.gateway.identifies) == 1
    assert len(wire.gateway.resumes) >= 1


async def test_what_a_member_asks_while_the_connection_is_lost_is_answered_once(
    wire: WireDiscord, database: Database
) -> None:
    async with running(database):
        wire.gateway.cut()
        asked = await wire.command("help")
        await until(asked.answered.is_set)
    assert wire.interactions.too_late == wire.interactions.repeated == []
    assert [one.route for one in wire.requests("POST", "/interactions")] == [
        "/interactions/{interaction}/{token}/callback"
    ]


@pytest.mark.parametrize("told", [True, False])
async def test_votes_that_nobody_was_told_of_are_looked_up_after_an_invalid_session(
    wire: WireDiscord, database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, *, told: bool
) -> None:
    monkeypatch.setattr(gateway_pace, "LEAST", 0.2)
    async with running(database) as bot:
        message_id = await ballot(bot, database)
        for member in MEMBERS[:30]:
            await wire.react(message_id, UP, member)
        await until(counted(database, 30))
        clock.advance(timedelta(minutes=1))

        wire.gateway.forget()
        for member in MEMBERS[10:20]:
            await wire.react(message_id, UP, member, on=False)
        for member in MEMBERS[30:]:
            await wire.react(message_id, UP, member)
        if told:
            await wire.gateway.invalidate()
        else:
            wire.gateway.cut()  # the bot tries to resume, and hears then that it cannot
        await until(lambda: len(wire.gateway.identifies) == 2)
        await until(bot.is_connected)
        votes: Any = bot.get_cog("Votes")

        async def all_counted() -> bool:
            await votes.catch_up(clock.now())
            await votes.settled()
            return await Votes(database).tally(THING) == Tally(len(MEMBERS) - 10)

        await until(all_counted)
    assert len(wire.gateway.resumes) == (0 if told else 1)
    assert {kind for kind, *_ in wire.messages.pages} == {0}


async def test_sessions_that_discord_ends_at_once_begin_slower_and_slower(
    wire: WireDiscord, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_pace, "LEAST", 0.2)
    monkeypatch.setattr(gateway_pace, "CONNECTS_EVERY", 0.0)
    monkeypatch.setattr(gateway_pace.random, "uniform", min)
    wire.gateway.refusals = 4
    async with running(database):
        pass
    gaps = [after - before for before, after in pairwise(wire.gateway.identifies)]
    # How much later than that a session begins is up to the machine.
    waits = (0.2, 0.4, 0.8, 1.6)
    assert len(gaps) == len(waits)
    assert all(gap > wait - 0.01 for gap, wait in zip(gaps, waits, strict=True))


async def test_a_gateway_that_hangs_up_at_once_is_called_seldom_and_no_session_is_begun(
    wire: WireDiscord, database: Database
) -> None:
    async with running(database) as bot:
        wire.gateway.shut = True
        wire.gateway.cut()
        await asyncio.sleep(4)
        assert wire.gateway.connections <= 6
        wire.gateway.shut = False
        await until(bot.is_connected, 60)
    assert len(wire.gateway.identifies) <= 2


async def test_a_bot_that_began_too_many_sessions_today_waits_before_the_next(
    wire: WireDiscord, database: Database
) -> None:
    wire.logins = {"remaining": 10, "total": 1000, "reset_after": 20_000}
    began = monotonic()
    async with running(database):
        pass
    assert wire.gateway.identifies[0] - began >= 2
