"""Votes and messages over a real connection: the library's own client against a small Discord on the loopback."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from discord.utils import time_snowflake

from companion.archive.audio_parts import AudioError
from companion.bot.client import CompanionBot
from companion.bot.rest import PAUSES
from companion.cogs import clip_media
from companion.cogs.ballot_messages import seed
from companion.community.daily import CLAIM_LASTS as DAILY_CLAIM_LASTS
from companion.community.news import CLAIM_LASTS
from companion.community.serving import Serving
from companion.community.votes import Votes, VotingRules
from companion.storage import channels, highlight_rules, highlight_slots, subscriptions
from companion.storage.ballots import CLIP, Subject
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, State
from companion.storage.votes import Tally
from tests import samples
from tests.clocks import StoppedClock
from tests.wire.faults import Fault
from tests.wire.running import running, until
from tests.wire.server import CHANNEL_ID, GUILD_ID, WireDiscord

UP, DOWN = "👍", "👎"
SENT = r"POST /channels/\d+/messages"
THING = Subject("thing", 1)
MEMBERS = [700_000_000_000_000_000 + nth for nth in range(250)]


def votes_of(bot: CompanionBot) -> Any:
    return bot.get_cog("Votes")


async def compared(bot: CompanionBot, database: Database) -> None:
    """Compares every ballot with what this Discord lists."""
    await votes_of(bot).catch_up(database.clock.now())
    await votes_of(bot).settled()


async def heard(database: Database, expected: Tally, subject: Subject = THING) -> None:
    """Waits until the gateway told of that many votes."""

    async def so() -> bool:
        return await Votes(database).tally(subject) == expected

    await until(so)


def standing(wire: WireDiscord, message_id: int) -> Tally:
    """What the reactions amount to, where each member has but one."""
    counted = Counter[str]()
    for (at, emoji, _), members in wire.messages.reactions.items():
        if at == message_id:
            counted[emoji] += len(members & set(MEMBERS))
    return Tally(counted[UP], counted[DOWN])


async def test_of_250_reactors_of_both_types_none_is_lost_though_the_bot_is_down_for_half_of_them(
    wire: WireDiscord, database: Database, clock: StoppedClock
) -> None:
    async with running(database) as bot:
        channel: Any = bot.get_channel(CHANNEL_ID)
        message = await channel.send("Is this worth hearing again?")
        await Votes(database).open_ballot(message.id, GUILD_ID, CHANNEL_ID, THING)
        await seed(message, VotingRules())
        for nth, member in enumerate(MEMBERS[:125]):
            await wire.react(message.id, DOWN if nth % 5 == 0 else UP, member, burst=nth % 3 == 0)
        await heard(database, Tally(100, 25))

    clock.advance(timedelta(hours=1))
    for nth, member in enumerate(MEMBERS[:125]):
        if nth % 10 == 1:
            await wire.react(message.id, UP, member, burst=nth % 3 == 0, on=False)
    for nth, member in enumerate(MEMBERS[125:]):
        await wire.react(message.id, UP, member, burst=nth % 25 == 0)
    expected = standing(wire, message.id)
    assert expected == Tally(100 - 13 + 125, 25)

    async with running(database) as bot:
        await compared(bot, database)
        assert await Votes(database).tally(THING) == expected

        normal = [page for page in wire.messages.pages if page[0] == 0]
        assert {kind for kind, *_ in wire.messages.pages} == {0, 1}
        assert len({after for _, after, _ in normal}) >= 3
        assert {limit for *_, limit in wire.messages.pages} == {100}

        clock.advance(timedelta(minutes=1))
        asked = len(wire.messages.pages)
        await compared(bot, database)
        assert len(wire.messages.pages) == asked

        await wire.react(message.id, UP, MEMBERS[1])
        await heard(database, Tally(expected.up + 1, expected.down))


async def test_a_message_whose_sender_heard_nothing_stands_once(
    wire: WireDiscord, database: Database, clock: StoppedClock
) -> None:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD_ID, podcast.id, clock.now())
        await channels.choose(connection, GUILD_ID, Purpose.NEWS, CHANNEL_ID, 1, clock.now())
    clock.advance(timedelta(hours=1))
    turns = [samples.Turn("Mara Lindqvist", 0.0, 40.0, False, "Today the drones leave, and nobody says goodbye.")]
    new = samples.reading("The Drones Leave", turns, published=clock.now())
    await samples.store_podcast(database, samples.BEES, [new])

    async with running(database) as bot:
        before = len(wire.messages.all)
        news: Any = bot.get_cog("News")
        cut = wire.faults.plan(Fault(SENT, times=1 + len(PAUSES), done=True))
        await news.announce(clock.now())
        assert len(wire.messages.all) == before + 1

        clock.advance(CLAIM_LASTS * 2)
        await news.announce(clock.now())
        clock.advance(CLAIM_LASTS * 2)
        await news.announce(clock.now())

    assert cut.met == 3
    assert len(wire.messages.all) == before + 1


async def test_a_daily_post_whose_connection_was_cut_stands_once_and_is_voted_on(
    wire: WireDiscord, database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_media, "clip_audio", no_audio)
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    due = clock.now() + timedelta(hours=1)
    rule = HighlightRule(
        GUILD_ID, CHANNEL_ID, "UTC", due.hour * 60 + due.minute, EVERY_DAY, Approval.NONE, None, 1, clock.now()
    )
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD_ID, podcast.id, clock.now())
        await highlight_rules.put(connection, rule)
    clock.advance(timedelta(hours=1))
    before = set(wire.messages.all)

    # Discord's ids tell the time.
    wire.messages.last_id, wire.messages.next_id = 0, lambda: time_snowflake(clock.now())
    async with running(database) as bot:
        cut = wire.faults.plan(Fault(SENT, times=1 + len(PAUSES), done=True))
        await posting(bot, clock)
    (sent,) = set(wire.messages.all) - before
    assert (cut.met, wire.messages.reactions) == (3, {})

    # Somebody takes the claim over, and is stopped before they look.
    clock.advance(DAILY_CLAIM_LASTS * 1.5)
    async with database.write() as connection:
        expired = clock.now() - DAILY_CLAIM_LASTS
        assert await highlight_slots.claim(connection, GUILD_ID, DAILY, due.date(), clock.now(), expired) is not None

    # Who comes after the claim's time is up looks in the channel; Discord knows the nonce no more.
    wire.messages.forget_nonces()
    async with running(database) as bot:
        for _ in range(2):
            clock.advance(DAILY_CLAIM_LASTS * 1.5)
            await posting(bot, clock)
        assert set(wire.messages.all) - before == {sent}
        async with database.read() as connection:
            slot = await highlight_slots.get(connection, GUILD_ID, DAILY, due.date())
        assert slot is not None
        assert (slot.state, slot.message_id) == (State.POSTED, sent)
        assert {emoji for _, emoji, _ in wire.messages.reactions} == {UP, DOWN}
        await wire.react(sent, UP, MEMBERS[0])
        await heard(database, Tally(1), Subject(CLIP, slot.clip_id or 0))


async def no_audio(*_: object) -> bytes:
    raise AudioError("There is no such audio.")


async def posting(bot: CompanionBot, clock: StoppedClock) -> None:
    """What the schedule does every minute, of daily posts. An invented conversation is too short to be picky with."""
    picker: Any = bot.picker
    picker._rules = Serving(bar=-9.0)
    highlights: Any = bot.get_cog("Highlights")
    await highlights.post_due(clock.now())
