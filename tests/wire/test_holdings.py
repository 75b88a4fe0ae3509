"""What the bot holds after many members of many servers, compared with what it held after some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from companion.bot.client import CompanionBot
from companion.community import retractions
from companion.community.votes import Votes
from companion.storage import subscriptions
from companion.storage.ballots import Subject
from companion.storage.engine import Database
from tests import samples
from tests.clocks import StoppedClock
from tests.holdings import holdings
from tests.wire.payloads import COMPLETION, WireGuild, command_data, option
from tests.wire.running import point_at, running, until
from tests.wire.server import WireDiscord

SOME, MANY = 40, 160
"""Members, each of a server of their own."""
SERVERS = [1_300_000_000_000_001_000 + 10 * nth for nth in range(MANY)]
FIRST_MEMBER = 700_000_000_000_000_000
PODCASTS = 9
BUCKETS = ".fair_use._cooldowns[]._full_at"
"""Of whoever came within some seconds; those who came before are forgotten (`tests/community/test_cooldowns.py`)."""


async def test_after_many_members_the_bot_holds_no_more_than_after_some_but_for_who_came_last(
    database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await every_server_sees_podcasts_of_its_own(database)
    guilds = {server: WireGuild(server, f"Server {server}") for server in SERVERS}
    async with WireDiscord(guilds=guilds, keeps=False).serving() as wire:
        point_at(wire.base, monkeypatch)
        monkeypatch.setattr(retractions, "_REMEMBERED", SOME // 2)
        async with running(database) as bot:
            await until(lambda: len(bot.guilds) == MANY)
            await members_come(wire, bot, range(SOME))
            some = holdings(bot)
            await members_come(wire, bot, range(SOME, MANY))
            many = holdings(bot)

    grown = {way: size - some.get(way, 0) for way, size in many.items()}
    assert grown[BUCKETS] == MANY - SOME
    assert {way for way, more in grown.items() if more > (MANY - SOME) // 4} == {BUCKETS}


async def every_server_sees_podcasts_of_its_own(database: Database) -> None:
    """No two servers see the same."""
    every = [
        await samples.store_podcast(
            database,
            replace(samples.BEES, key=f"https://example.com/{nth}", title=f"Bees {nth}"),
            samples.bee_readings(),
        )
        for nth in range(PODCASTS)
    ]
    async with database.write() as connection:
        for number, server in enumerate(SERVERS, 1):
            for nth, podcast in enumerate(every):
                if number >> nth & 1:
                    await subscriptions.subscribe(connection, server, podcast.id, database.clock.now())


async def members_come(wire: WireDiscord, bot: CompanionBot, numbers: Sequence[int]) -> None:
    """Each types in a command, searches for something of their own, and votes on what comes of it."""
    votes = Votes(bot.database)
    for nth in numbers:
        server, member = SERVERS[nth], FIRST_MEMBER + nth
        typed = command_data(["search"], [option("query", "drones"), option("episode", "") | {"focused": True}])
        suggested = await wire.interactions.invoke(server, member, COMPLETION, typed)
        asked = await wire.command("search", option("query", f"drones {nth}"), guild_id=server, member_id=member)
        await until(suggested.answered.is_set)
        await until(asked.answered.is_set)
        if asked.original is None:
            raise AssertionError("nothing was answered")
        await votes.open_ballot(asked.original.id, server, asked.channel_id, Subject("thing", nth))
        await wire.react(asked.original.id, "👍", member)
    await until(lambda: not bot.requests)
