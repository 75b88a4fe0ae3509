"""Ten minutes in which Discord refuses whatever the bot does by itself, in every server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from companion.archive.audio_parts import AudioError
from companion.bot.client import CompanionBot
from companion.bot.rest import HELD_BACK
from companion.cogs import clip_media
from companion.cogs.views.greeting import hello_message
from companion.community.serving import Serving
from companion.community.votes import Votes
from companion.storage import channels, highlight_rules, subscriptions
from companion.storage.ballots import Subject
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from tests import samples
from tests.clocks import StoppedClock
from tests.wire.faults import Fault
from tests.wire.payloads import WireGuild
from tests.wire.running import running, until
from tests.wire.server import WireDiscord

SERVERS, BALLOTS = 12, 3
FIRST = 1_310_000_000_000_000_000
MEMBER = 700_000_000_000_000_000


async def no_audio(*_: object) -> bytes:
    raise AudioError("There is no such audio.")


async def have_everything_due(wire: WireDiscord, database: Database, clock: StoppedClock) -> None:
    """In every server a daily post and an announcement are due, and reactions are to be compared."""
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    due = clock.now() + timedelta(hours=1)
    for nth in range(SERVERS):
        guild = WireGuild(FIRST + nth * 1_000)
        wire.guilds[guild.id] = guild
        minute, there = due.hour * 60 + due.minute, guild.channel_id
        rule = HighlightRule(guild.id, there, "UTC", minute, EVERY_DAY, Approval.NONE, None, 1, clock.now())
        async with database.write() as connection:
            await subscriptions.subscribe(connection, guild.id, podcast.id, clock.now())
            await highlight_rules.put(connection, rule)
            for purpose in (Purpose.NEWS, Purpose.NOTICES):
                await channels.choose(connection, guild.id, purpose, guild.channel_id, 1, clock.now())
        for ballot in range(BALLOTS):
            message = await wire.messages.put(guild.channel_id, {"content": "Voted on"})
            await Votes(database).open_ballot(
                message.id, guild.id, guild.channel_id, Subject("thing", nth * 10 + ballot)
            )
    clock.advance(timedelta(hours=1))
    turns = [samples.Turn("Mara Lindqvist", 0.0, 40.0, False, "Today the drones leave, and nobody says goodbye.")]
    await samples.store_podcast(
        database, samples.BEES, [samples.reading("The Drones Leave", turns, published=clock.now())]
    )


async def pass_ten_minutes(bot: CompanionBot, wire: WireDiscord, clock: StoppedClock) -> None:
    """Everything that is due is tried every minute, and members vote on all that there is meanwhile."""
    voted_on = [one.id for one in wire.messages.all.values() if one.sent.get("content") == "Voted on"]
    votes: Any = bot.get_cog("Votes")
    failed: list[int] = []
    bot.schedule.failed.append(lambda: failed.append(1))
    for minute in range(10):
        for message_id in voted_on:
            await wire.react(message_id, "👍", MEMBER + minute)
        await bot.schedule.tick()
        await votes.settled()
        clock.advance(timedelta(minutes=1))
    assert failed == []


@pytest.mark.parametrize("status", [403, pytest.param(404, marks=pytest.mark.slow)])
async def test_refusals_stay_far_below_what_discord_bans_for(
    wire: WireDiscord, database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(clip_media, "clip_audio", no_audio)
    monkeypatch.setattr("companion.cogs.tally_pace.EVERY", 0.1)
    await have_everything_due(wire, database, clock)
    async with running(database) as bot:
        await until(lambda: len(bot.guilds) > SERVERS)
        picker: Any = bot.picker
        picker._rules = Serving(bar=-9.0)

        async def tallied(*_: object) -> Any:
            return hello_message()

        bot.tallied["thing"] = tallied
        wire.faults.plan(Fault(r"\w+ /(channels|guilds|users)/.*", status))
        await pass_ten_minutes(bot, wire, clock)
        refused = wire.invalid()
        # Each kind of request to each channel a few times, whatever is due there.
        assert 0 < len(refused) < 9 * SERVERS
        assert bot.rest.refusals.forbids(answers=False) is False
    assert len(refused) < HELD_BACK
