"""Requests that go wrong on the wire: what is asked again, and what must not be done twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from companion.bot import rest
from companion.bot.client import CompanionBot
from companion.bot.rest import UnansweredError, UnsentError
from companion.community.outbox import CLAIM_LASTS
from companion.storage import sessions
from companion.storage.engine import Database
from tests.clocks import StoppedClock
from tests.storage import sample_clubs
from tests.wire.faults import Fault
from tests.wire.running import running, until
from tests.wire.server import CHANNEL_ID, GUILD_ID, WireDiscord

SENT = r"POST /channels/\d+/messages"
ANSWERED_FIRST = r"POST /interactions/.*/callback"
EDITED = r"PATCH /webhooks/.*/messages/@original"
FOLLOWED = r"POST /webhooks/\d+/\w+"


async def say(bot: CompanionBot) -> Any:
    return await bot.get_partial_messageable(CHANNEL_ID).send("Once.")


async def make_event(bot: CompanionBot) -> Any:
    guild = bot.get_guild(GUILD_ID)
    assert guild is not None
    start = datetime.now(UTC) + timedelta(days=1)
    return await guild.create_scheduled_event(
        name="Paper club",
        start_time=start,
        end_time=start + timedelta(hours=1),
        entity_type=discord.EntityType.external,
        privacy_level=discord.PrivacyLevel.guild_only,
        location="Elsewhere",
    )


async def make_thread(bot: CompanionBot) -> Any:
    channel: Any = bot.get_channel(CHANNEL_ID)
    message = await channel.send("On this.")
    return await message.create_thread(name="A thread")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(SENT, times=1, done=True),
        Fault(SENT, times=2, done=True),
        Fault(SENT, times=1),
        Fault(SENT, 502, times=1, done=True),
        Fault(SENT, 503, times=0),
        Fault(SENT, 429, times=2),
    ],
    ids=["cut after", "cut after, twice", "cut before", "502 after", "none", "429"],
)
async def test_a_message_stands_once_whatever_happened_to_its_request(
    wire: WireDiscord, database: Database, fault: Fault
) -> None:
    async with running(database) as bot:
        wire.faults.plan(fault)
        sent = await say(bot)
    assert [one.id for one in wire.messages.all.values()] == [sent.id]
    requests = wire.requests("POST", "/channels/{channel}/messages")
    assert len(requests) == fault.times + 1
    assert len({one.body["nonce"] for one in requests}) == 1


async def test_messages_have_nonces_of_their_own(wire: WireDiscord, database: Database) -> None:
    async with running(database) as bot:
        await asyncio.gather(*(say(bot) for _ in range(4)))
    assert len(wire.messages.all) == 4


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("status", [None, 500, 502, 504])
async def test_an_event_is_asked_for_once_where_nobody_knows_whether_it_is_there(
    wire: WireDiscord, database: Database, status: int | None, *, done: bool
) -> None:
    async with running(database) as bot:
        wire.faults.plan(Fault(r"POST /guilds/\d+/scheduled-events", status, done=done))
        with pytest.raises(UnansweredError):
            await make_event(bot)
    assert len(wire.requests("POST", "/guilds")) == 1


async def test_a_thread_on_a_message_is_asked_for_again(wire: WireDiscord, database: Database) -> None:
    async with running(database) as bot:
        wire.faults.plan(Fault(r"POST /channels/\d+/messages/\d+/threads", times=1))
        thread = await make_thread(bot)
    assert list(wire.messages.threads) == [thread.id]


async def test_what_discord_never_heard_of_is_asked_for_again_and_given_up_at_last(
    wire: WireDiscord, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "PAUSES", (0.01, 0.02))
    async with running(database) as bot:
        asked = len(wire.asked)
        monkeypatch.setattr("discord.http.Route.BASE", "http://127.0.0.1:9")
        with pytest.raises(UnsentError):
            await make_event(bot)
        assert len(wire.asked) == asked


@pytest.mark.usefixtures("bees")
@pytest.mark.parametrize(
    "fault",
    [
        Fault(ANSWERED_FIRST, 502, times=1, done=True),
        Fault(ANSWERED_FIRST, 502, times=1),
        Fault(ANSWERED_FIRST, times=1, done=True),
        Fault(ANSWERED_FIRST, times=1),
        Fault(ANSWERED_FIRST, times=1, slow=0.5),
        Fault(EDITED, times=1, done=True),
        Fault(EDITED, times=1),
        Fault(EDITED, 502, times=1),
        Fault(EDITED, 429, times=2),
    ],
    ids=lambda fault: f"{fault.what[:12]} {fault.status} {'after' if fault.done else 'before'} {fault.slow}",
)
async def test_a_command_is_answered_well_though_a_request_of_its_answer_was_lost(
    wire: WireDiscord, database: Database, fault: Fault
) -> None:
    async with running(database):
        wire.faults.plan(fault)
        asked = await wire.command("about")
        await until(asked.answered.is_set)
    assert fault.met == fault.times
    assert asked.original is not None
    assert "Something went wrong" not in str(asked.original.sent)
    assert asked.followups == []
    assert wire.interactions.too_late == []


async def test_an_answer_that_somebody_else_gave_is_not_taken_for_ones_own(
    wire: WireDiscord, database: Database
) -> None:
    async with running(database):
        wire.faults.plan(Fault(ANSWERED_FIRST, slow=0.3, cuts=False))
        asked = await wire.command("about")
        asked.callback = {"type": 5}  # by a second bot of the same token
        await until(lambda: len(wire.interactions.repeated) > 0)
        await asyncio.sleep(0.5)
    assert asked.original is None


async def test_what_follows_an_answer_is_not_sent_again(wire: WireDiscord, database: Database) -> None:
    async with running(database) as bot:
        lost: list[BaseException] = []
        followed = asyncio.Event()

        @bot.tree.command(name="follow-up", description="Answers, and says something more.")
        async def follow_up(interaction: discord.Interaction[CompanionBot]) -> None:  # pyright: ignore[reportUnusedFunction]
            await interaction.response.send_message("First.", allowed_mentions=discord.AllowedMentions.none())
            try:
                await interaction.followup.send("Second.", allowed_mentions=discord.AllowedMentions.none())
            except discord.HTTPException as error:
                lost.append(error)
            followed.set()

        wire.faults.plan(Fault(FOLLOWED, 502, done=True))
        asked = await wire.command("follow-up")
        await until(followed.is_set)
    assert [type(one) for one in lost] == [UnansweredError]
    assert len(asked.followups) == len(wire.requests("POST", "/webhooks")) == 1


@pytest.mark.usefixtures("bees")
async def test_one_members_slow_answer_delays_nobody_elses(wire: WireDiscord, database: Database) -> None:
    async with running(database):
        wire.faults.plan(Fault(EDITED, times=1, slow=2.0, cuts=False))
        slow = await wire.command("about", member_id=1)
        await until(lambda: wire.faults.planned[0].met == 1)
        quick = [await wire.command("about", member_id=member) for member in range(2, 8)]
        await asyncio.gather(*(until(one.answered.is_set, 2) for one in quick))
        assert not slow.answered.is_set()
        await until(slow.answered.is_set)


@pytest.mark.parametrize("status", [None, 502])
async def test_a_sessions_event_stands_once_where_nobody_heard_that_it_was_made(
    wire: WireDiscord, database: Database, clock: StoppedClock, status: int | None
) -> None:
    _, (session_id,) = await sample_clubs.keep(database, guild_id=GUILD_ID)
    async with running(database) as bot:
        events: Any = bot.get_cog("ClubEvents")
        wire.faults.plan(Fault(r"POST /guilds/\d+/scheduled-events", status, times=1, done=True))
        for _ in range(3):
            await events.keep(clock.now())
            await until(lambda: bool(bot.get_guild(GUILD_ID) and bot.guilds[0].scheduled_events))
            clock.advance(CLAIM_LASTS * 2)
        async with database.read() as connection:
            session = await sessions.get(connection, GUILD_ID, session_id)
    assert len(wire.requests("POST", "/guilds")) == 1
    assert session is not None
    assert [session.event_id] == list(wire.places.events)
