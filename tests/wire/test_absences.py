"""What happens while the gateway has no session for the bot, and is never told: how it is found out afterwards."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
from discord.utils import time_snowflake

from companion.bot import gateway_pace
from companion.bot.client import CompanionBot
from companion.community.follows import Follows, Wanted
from companion.community.votes import Votes
from companion.storage import departures, follows, highlight_rules, searches, sessions
from companion.storage.ballots import Subject
from companion.storage.engine import Database
from companion.storage.follows import TellIn
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.saved import Owner
from companion.storage.searches import Search
from companion.storage.sessions import Session, State
from companion.storage.shards import Shards
from tests import samples
from tests.clocks import StoppedClock
from tests.storage import sample_clubs
from tests.storage.sample_clubs import VOICE
from tests.wire.payloads import TEXT, WireGuild, option
from tests.wire.payloads import VOICE as VOICE_CHANNEL
from tests.wire.running import running, until
from tests.wire.server import CHANNEL_ID, GUILD_ID, WireDiscord

THING = Subject("thing", 1)
MEMBER = 700_000_000_000_000_000
SHARDS = 2
OTHER = GUILD_ID + (1 << 22)
"""A server of the other one of two shards."""


@pytest.fixture(autouse=True)
def in_step(wire: WireDiscord, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord's ids tell the time, sessions begin at once, and nobody has posted yet."""
    wire.messages.last_id, wire.messages.next_id = 0, lambda: time_snowflake(clock.now())
    monkeypatch.setattr(gateway_pace, "LEAST", 0.2)
    monkeypatch.setattr(gateway_pace, "CONNECTS_EVERY", 0.0)


@asynccontextmanager
async def absence(wire: WireDiscord, bot: CompanionBot, clock: StoppedClock) -> AsyncGenerator[None]:
    """Nothing of what happens in the block is told to the bot; then each of its shards has a new session."""
    began = len(wire.gateway.identifies)
    wire.gateway.forget()
    yield
    clock.advance(timedelta(hours=1))
    ready: list[int] = []
    bot.add_listener(_noting(ready), "on_shard_ready")
    wire.gateway.cut()
    await until(lambda: len(ready) == len(bot.shards), 60)
    assert len(wire.gateway.identifies) == began + len(bot.shards)


def _noting(ready: list[int]) -> Any:
    async def note(shard: int) -> None:
        ready.append(shard)

    return note


async def left(database: Database) -> list[int]:
    async with database.read() as connection:
        return await departures.before(connection, database.clock.now() + timedelta(days=1))


@pytest.mark.parametrize("shards", [1, SHARDS])
async def test_servers_that_were_left_and_joined_meanwhile(
    wire: WireDiscord, database: Database, clock: StoppedClock, bees: None, shards: int
) -> None:
    wire.guilds[OTHER] = WireGuild(OTHER)
    async with running(database, share=Shards(0, shards - 1, shards)) as bot:
        new = WireGuild(OTHER + (1 << 23), joined=clock.now().isoformat())
        async with absence(wire, bot, clock):
            del wire.guilds[GUILD_ID]
            wire.guilds[new.id] = new
        await until(lambda: {guild.id for guild in bot.guilds} == {OTHER, new.id})

        async def noted() -> bool:
            return await left(database) == [GUILD_ID]

        await until(noted)
        await until(lambda: {one.guild_id for one in wire.messages.all.values()} == {new.id})  # hello

        async with absence(wire, bot, clock):
            wire.guilds[GUILD_ID] = WireGuild(GUILD_ID)

        async def back() -> bool:
            return await left(database) == []

        await until(back)


async def test_an_answer_that_was_deleted_meanwhile_is_forgotten_and_others_are_not(
    wire: WireDiscord, database: Database, clock: StoppedClock, bees: None
) -> None:
    async with running(database) as bot:
        shown: list[int] = []
        for nth in range(3):
            search = await wire.command("search", option("query", "drones"), member_id=MEMBER + nth)
            await until(search.answered.is_set)
            assert search.original is not None
            shown.append(search.original.id)
        await until(lambda: len(bot.requests) == 0)
        async with absence(wire, bot, clock):
            del wire.messages.all[shown[1]]
        await duty(bot, "DeletedMessages", "catch_up", clock)
        asked = len(wire.requests("GET", "/channels/{channel}/messages/{message}"))
        await duty(bot, "DeletedMessages", "catch_up", clock)

    async with database.read() as connection:
        kept = await searches.showing(connection, GUILD_ID, shown)
    assert sorted(kept) == [shown[0], shown[2]]
    assert asked == len(wire.requests("GET", "/channels/{channel}/messages/{message}")) == 3


async def test_an_absence_while_messages_are_looked_up_has_all_of_them_looked_up_again(
    wire: WireDiscord, database: Database, clock: StoppedClock, bees: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(database) as bot:
        for nth in range(2):
            search = await wire.command("search", option("query", "drones"), member_id=MEMBER + nth)
            await until(search.answered.is_set)
        await until(lambda: len(bot.requests) == 0)
        clock.advance(timedelta(minutes=1))
        cog: Any = bot.get_cog("DeletedMessages")
        await cog.on_shard_ready(0)
        begun = cog._unseen[0]
        fetch = discord.abc.Messageable.fetch_message

        async def absent(channel: Any, message_id: int) -> discord.Message:
            message = await fetch(channel, message_id)
            clock.advance(timedelta(minutes=1))
            await cog.on_shard_ready(0)
            return message

        monkeypatch.setattr(discord.abc.Messageable, "fetch_message", absent)
        await cog.catch_up(clock.now())

        assert cog._unseen[0][1] > begun[1]


async def test_of_a_new_session_of_one_shard_only_its_own_messages_are_looked_up_again(
    wire: WireDiscord, database: Database, clock: StoppedClock, bees: None
) -> None:
    wire.shards, wire.guilds[OTHER] = SHARDS, WireGuild(OTHER)
    looked_up = "GET", "/channels/{channel}/messages/{message}"
    async with running(database, share=Shards(0, SHARDS - 1, SHARDS)) as bot:
        for guild_id in (GUILD_ID, OTHER, OTHER):
            message = await bot.get_partial_messageable(CHANNEL_ID).send("Drones, by the dozen.")
            search = Search(guild_id, CHANNEL_ID, MEMBER, "Mo", "drones", clock.now(), message_id=message.id)
            async with database.write() as connection:
                await searches.record(connection, search)
        clock.advance(timedelta(minutes=1))
        cog: Any = bot.get_cog("DeletedMessages")
        for shard in range(SHARDS):
            await cog.on_shard_ready(shard)
            await cog.catch_up(clock.now())
        asked = len(wire.requests(*looked_up))

        await cog.on_shard_ready((GUILD_ID >> 22) % SHARDS)
        await cog.catch_up(clock.now())

    assert asked == 3
    assert len(wire.requests(*looked_up)) == 4


async def test_what_was_voted_on_and_is_deleted_is_voted_on_no_more(
    wire: WireDiscord, database: Database, clock: StoppedClock
) -> None:
    async with running(database) as bot:
        message = await bot.get_partial_messageable(CHANNEL_ID).send("Is this worth hearing again?")
        await Votes(database).open_ballot(message.id, GUILD_ID, CHANNEL_ID, THING)
        async with absence(wire, bot, clock):
            del wire.messages.all[message.id]
        votes: Any = bot.get_cog("Votes")
        await votes.catch_up(clock.now())
        await votes.settled()
    assert await Votes(database).shown_on([THING]) == []


class TestEvents:
    async def test_one_that_was_moved_moves_its_session_and_one_that_was_deleted_cancels_it(
        self, wire: WireDiscord, database: Database, clock: StoppedClock
    ) -> None:
        async with running(database) as bot:
            first, second = await self.with_events(wire, database, bot, clock)
            later = first.starts_at + timedelta(days=1)
            async with absence(wire, bot, clock):
                wire.places.events[first.event_id or 0]["scheduled_start_time"] = later.isoformat()
                del wire.places.events[second.event_id or 0]
            await duty(bot, "ClubEvents", "keep", clock)

        moved, cancelled = await self.kept(database, first, second)
        assert (moved.starts_at, moved.state) == (later, State.PLANNED)
        assert cancelled.state is State.CANCELLED

    async def test_one_that_went_with_its_channel_comes_again_without_it(
        self, wire: WireDiscord, database: Database, clock: StoppedClock
    ) -> None:
        async with running(database) as bot:
            first, second = await self.with_events(wire, database, bot, clock)
            async with absence(wire, bot, clock):
                del wire.guilds[GUILD_ID].channels[VOICE]
                wire.places.events.clear()
            await duty(bot, "ClubEvents", "keep", clock)
            await duty(bot, "ClubEvents", "keep", clock)

        assert {one.state for one in await self.kept(database, first, second)} == {State.PLANNED}
        assert {one["channel_id"] for one in wire.places.events.values()} == {None}
        assert len(wire.places.events) == 2

    async def with_events(
        self, wire: WireDiscord, database: Database, bot: CompanionBot, clock: StoppedClock
    ) -> list[Session]:
        """Two sessions in a voice channel, each with its event."""
        wire.guilds[GUILD_ID].channels[VOICE] = (VOICE_CHANNEL, "Lounge")
        await wire.gateway.tell("CHANNEL_CREATE", wire.guilds[GUILD_ID].channel(VOICE), GUILD_ID)
        guild = bot.get_guild(GUILD_ID)
        assert guild is not None
        await until(lambda: guild.get_channel(VOICE) is not None)
        await sample_clubs.keep(database, weeks=2, guild_id=GUILD_ID)
        await duty(bot, "ClubEvents", "keep", clock)
        async with database.read() as connection:
            coming = await sessions.coming(connection, GUILD_ID, clock.now())
        assert {one.event_id for one in coming} == set(wire.places.events)
        return list(coming)

    async def kept(self, database: Database, *known: Session) -> list[Session]:
        async with database.read() as connection:
            found = [await sessions.get(connection, one.guild_id, one.id) for one in known]
        return [one for one in found if one is not None]


async def test_a_channel_that_was_deleted_pauses_its_highlights(
    wire: WireDiscord, database: Database, clock: StoppedClock, bees: None
) -> None:
    due = clock.now() + timedelta(minutes=30)
    rule = HighlightRule(GUILD_ID, CHANNEL_ID, "UTC", _minute(due), EVERY_DAY, Approval.NONE, None, 1, clock.now())
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)
    async with running(database) as bot:
        async with absence(wire, bot, clock):
            wire.guilds[GUILD_ID].channels = {CHANNEL_ID + 1: (TEXT, "elsewhere")}
        await duty(bot, "Highlights", "post_due", clock)
    async with database.read() as connection:
        paused = await highlight_rules.get(connection, GUILD_ID)
    assert paused is not None
    assert "was deleted" in str(paused.pause_reason)
    assert wire.invalid() == []


async def test_of_a_member_who_left_nothing_is_kept_that_they_follow(
    wire: WireDiscord, database: Database, clock: StoppedClock, bees: None
) -> None:
    async with running(database) as bot:
        await Follows(database, bot.searcher).podcast(
            Wanted(GUILD_ID, MEMBER, TellIn.DIRECT, CHANNEL_ID), samples.BEES.title
        )
        async with absence(wire, bot, clock):
            wire.places.left.add(MEMBER)
        new = samples.reading("The Drones Leave", samples.QUEEN_TURNS, published=clock.now())
        await samples.store_podcast(database, samples.BEES, [new])
        await duty(bot, "FollowDuty", "tell", clock)
    async with database.read() as connection:
        assert await follows.listed(connection, Owner(GUILD_ID, MEMBER)) == []
    assert wire.messages.direct == {}


async def duty(bot: CompanionBot, cog: str, name: str, clock: StoppedClock) -> None:
    """What a cog does every minute."""
    await getattr(bot.get_cog(cog), name)(clock.now())


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute
