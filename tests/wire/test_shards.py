"""Two whole bots as processes of their own, with two shards each, over one database on a server."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from discord.utils import time_snowflake
from sqlalchemy import select

from companion.archive.search import Searcher
from companion.community.attendance import Attendance
from companion.community.channels import Place
from companion.community.club_wishes import Wanted, Where
from companion.community.follows import Follows
from companion.community.follows import Wanted as Followed
from companion.community.permissions import INVITED
from companion.community.subscriptions import Subscriptions
from companion.community.votes import Votes
from companion.storage import channels, highlight_rules, schema, sessions
from companion.storage.ballots import CLIP, Subject
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.follows import TellIn
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.rsvps import Answer
from companion.storage.series import Venue
from companion.storage.votes import Tally
from tests.clocks import StoppedClock
from tests.community.clubs import FRIDAYS, begin, friday
from tests.publisher import Publisher, item, loopback_fetcher, publishing
from tests.wire.interactions import Invoked
from tests.wire.lengths import parts
from tests.wire.messages import WireMessage
from tests.wire.payloads import WireGuild, option
from tests.wire.processes import STARTS_WITHIN, bot_process, line_of
from tests.wire.running import until
from tests.wire.server import WireDiscord

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SHARDS, LOW, HIGH, ALL = 4, "0-1/4", "2-3/4", "0-3/4"
_FIRST = 310_000_000_000
GUILDS = [(_FIRST + nth) << 22 for nth in range(2 * SHARDS)]
"""Two for each shard."""
MEMBERS = [700_000_000_000_000_000 + nth for nth in range(6)]
UP = "👍"
AT_ADAS = Where(Venue.EXTERNAL, text="At Ada's")
EXPIRED = timedelta(minutes=25)
"""After which every claim of a sender who was stopped is over."""


@dataclass(slots=True)
class Fleet:
    """What the processes work on: Discord, a podcast's publisher, the database, and the time that they are told.
    ``askers`` are members who have not asked yet."""

    wire: WireDiscord
    publisher: Publisher
    database: Database
    clock: StoppedClock
    askers: count[int] = field(default_factory=lambda: count(900_000_000_000_000_000))

    def process(self, share: str) -> AbstractAsyncContextManager[Process]:
        """A bot with these shards, connected; killed at the end."""
        return bot_process(self.wire, self.database, share, self.clock.now())

    async def minute(self, *processes: Process, later: timedelta = timedelta(minutes=1)) -> None:
        """What each does by itself in a minute, all at once."""
        self.clock.advance(later)
        for one in processes:
            begin_minute(one, self.clock.now())
        assert [await line_of(one) for one in processes] == ["0"] * len(processes)

    async def answered(self, *asked: Invoked) -> None:
        """Each was answered, and once."""
        for one in asked:
            await until(one.answered.is_set)
        assert self.wire.interactions.repeated == self.wire.interactions.too_late == []

    def posted(self) -> Counter[int]:
        """How many messages stand in each server's channel, of those that came by themselves."""
        return Counter(one.guild_id for one in self.wire.messages.all.values() if one.guild_id and one.invoked is None)

    def directly(self, member_id: int) -> list[WireMessage]:
        """What the member was told, unasked, in a channel of their own."""
        there = self.wire.messages.direct.get(member_id)
        return [one for one in self.wire.messages.all.values() if one.channel_id == there and one.invoked is None]

    async def daily(self) -> dict[int, list[int]]:
        """The messages that stand for daily highlights, by server, the first day's first."""
        slots = schema.highlight_slots.c
        kept = select(slots.guild_id, slots.message_id).where(slots.state == "posted").order_by(slots.day)
        found: dict[int, list[int]] = {}
        async with self.database.read() as connection:
            for guild_id, message_id in await connection.execute(kept):
                found.setdefault(guild_id, []).append(message_id)
        return found


def begin_minute(process: Process, now: datetime) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{now.isoformat()}\n".encode())


@pytest.fixture
async def fleet(wire: WireDiscord, server_url: str, clock: StoppedClock) -> AsyncGenerator[Fleet]:
    """Servers on every shard, each with a podcast, news, a daily highlight, a club, and a member who follows."""
    wire.shards = SHARDS
    wire.guilds.clear()
    wire.guilds.update({one: WireGuild(one) for one in GUILDS})
    wire.messages.last_id, wire.messages.next_id = 0, lambda: time_snowflake(clock.now())
    async with publishing() as publisher, await Database.open(server_url, clock) as database:
        feed = publisher.publish("/feed", [item(1), item(2), item(3)])
        subscriptions = Subscriptions(database, loopback_fetcher())
        follows = Follows(database, Searcher(database))
        due = clock.now() + timedelta(hours=2)
        for guild_id, member_id in zip(GUILDS, following(), strict=True):
            await subscriptions.add(guild_id, feed)
            channel_id = wire.guilds[guild_id].channel_id
            rule = HighlightRule(
                guild_id, channel_id, "UTC", due.hour * 60, EVERY_DAY, Approval.NONE, None, 1, clock.now()
            )
            async with database.write() as connection:
                await channels.choose(connection, guild_id, Purpose.NEWS, channel_id, 1, clock.now())
                await highlight_rules.put(connection, rule)
            await follows.podcast(Followed(guild_id, member_id, TellIn.DIRECT, channel_id), "Lamps")
            place = Place(channel_id, INVITED.value)
            await begin(database, Wanted(name="Papers", when=FRIDAYS, place=place, where=AT_ADAS), guild=guild_id)
        yield Fleet(wire, publisher, database, clock)


def following() -> list[int]:
    """The member of each server who follows its podcast."""
    return [800_000_000_000_000_000 + nth for nth in range(len(GUILDS))]


def of_shards(low: int, high: int) -> Sequence[int]:
    return [one for one in GUILDS if low <= (one >> 22) % SHARDS <= high]


async def test_each_server_is_served_by_one_of_two_processes(fleet: Fleet) -> None:
    wire = fleet.wire
    async with fleet.process(LOW) as low:
        assert {one.shard for one in wire.gateway.sessions.values()} == {(0, SHARDS), (1, SHARDS)}
        async with fleet.process(HIGH) as high:
            assert {one.shard for one in wire.gateway.sessions.values()} == {(nth, SHARDS) for nth in range(SHARDS)}
            await fleet.answered(*[await wire.command("help", guild_id=one) for one in GUILDS])

            # The posts of sessions; then an episode that one of them reads, and the highlight of the day.
            await fleet.minute(low, high)
            assert fleet.posted() == dict.fromkeys(GUILDS, 1)
            fleet.publisher.publish("/feed", [item(7, published=fleet.clock.now()), item(1), item(2), item(3)])
            await fleet.minute(low, high, later=timedelta(hours=2))
            await fleet.minute(low, high)
            await fleet.minute(low, high)
            assert fleet.posted() == dict.fromkeys(GUILDS, 3)
            daily = await fleet.daily()
            assert {one: len(sent) for one, sent in daily.items()} == dict.fromkeys(GUILDS, 1)
            assert [len(fleet.directly(one)) for one in following()] == [1] * len(GUILDS)
            for guild_id in GUILDS:
                await until(lambda guild_id=guild_id: found(fleet, guild_id, "sunken organ", "Lamp 7"))

            await votes(fleet, daily)
            await answers_in_direct_messages(fleet, low, high)


async def found(fleet: Fleet, guild_id: int, words: str, wanted: str) -> bool:
    """Is it what a member of that server finds?"""
    asker = next(fleet.askers)
    asked = await fleet.wire.command("search", option("query", words), guild_id=guild_id, member_id=asker)
    await fleet.answered(asked)
    return asked.original is not None and wanted in str(asked.original.sent)


async def votes(fleet: Fleet, daily: dict[int, list[int]]) -> None:
    """Every member votes in every server, and each vote counts once."""
    for (message_id,) in daily.values():
        for member_id in MEMBERS:
            await fleet.wire.react(message_id, UP, member_id)
    await until(lambda: tallied(fleet, daily, Tally(len(MEMBERS))))


async def tallied(fleet: Fleet, daily: dict[int, list[int]], expected: Tally) -> bool:
    """Is that what was voted on the highlights of all servers?"""
    slots = schema.highlight_slots.c
    wanted = [sent[-1] for sent in daily.values()]
    async with fleet.database.read() as connection:
        clips = (await connection.execute(select(slots.clip_id).where(slots.message_id.in_(wanted)))).scalars().all()
    tallies = await Votes(fleet.database).tallies([Subject(CLIP, one or 0) for one in clips])
    return [*tallies.values()] == [expected] * len(daily)


async def answers_in_direct_messages(fleet: Fleet, low: Process, high: Process) -> None:
    """What a member presses outside of servers comes to the first shard, whichever has the server that it is about."""
    wire, guild_id, member_id = fleet.wire, GUILDS[-1], following()[-1]
    assert guild_id in of_shards(2, 3)
    (told,) = fleet.directly(member_id)
    (menu,) = [one for one in parts(told.sent["components"]) if str(one.get("custom_id")).startswith("follow:stop")]
    await fleet.answered(await wire.press(told, menu["custom_id"], [menu["options"][0]["value"]], member_id=member_id))
    async with fleet.database.read() as connection:
        left = select(schema.follows.c.guild_id)
        assert sorted((await connection.execute(left)).scalars()) == sorted(GUILDS[:-1])
        (session, *_) = await sessions.coming(connection, guild_id, fleet.clock.now())
    attendance = Attendance(fleet.database)
    await attendance.answer(guild_id, session.id, member_id, Answer.MAYBE)
    await attendance.remind_directly(guild_id, session.id, member_id)

    # A day before, whoever wanted to is reminded directly, and says there that they do not come after all.
    await fleet.minute(low, high, later=friday(19) - fleet.clock.now())
    _, reminder = fleet.directly(member_id)
    (post,) = [one for one in wire.messages.all.values() if one.id == session.message_id]
    await until(lambda: f"<@{member_id}>" in str(post.sent))
    (stays_away,) = [one for one in marks(reminder) if one.startswith("session:no")]
    await fleet.answered(await wire.press(reminder, stays_away, member_id=member_id))
    await until(lambda: f"<@{member_id}>" not in str(post.sent))


def marks(of: WireMessage) -> list[str]:
    """What its buttons and menus carry."""
    return [one["custom_id"] for one in parts(of.sent["components"]) if one.get("custom_id")]


async def test_a_process_that_is_killed_loses_and_doubles_nothing_whoever_takes_over(fleet: Fleet) -> None:
    wire = fleet.wire
    async with fleet.process(LOW) as low:
        async with fleet.process(HIGH) as high:
            await fleet.minute(low, high)
            # It is killed among the day's highlights; what Discord took by then, it can tell nobody any more.
            wire.delay = 0.05
            fleet.clock.advance(timedelta(hours=2))
            begin_minute(high, fleet.clock.now())
            await until(lambda: any(fleet.posted()[one] == 2 for one in of_shards(2, 3)), STARTS_WITHIN)
            high.kill()
            await high.wait()
            wire.delay = 0.0
        await fleet.minute(low)
        assert all(fleet.posted()[one] == 2 for one in of_shards(0, 1))
        async with fleet.process(HIGH) as high:
            wire.messages.forget_nonces()
            await fleet.minute(low, high, later=EXPIRED)
            await fleet.minute(low, high, later=EXPIRED)
            assert fleet.posted() == dict.fromkeys(GUILDS, 2)
            daily = await fleet.daily()
            assert {one: len(sent) for one, sent in daily.items()} == dict.fromkeys(GUILDS, 1)
            await votes(fleet, daily)

    # Nobody hears half of them take it back; then one process has all shards.
    for (message_id,) in daily.values():
        for member_id in MEMBERS[::2]:
            await wire.react(message_id, UP, member_id, on=False)
    async with fleet.process(ALL) as every:
        await fleet.minute(every)
        await until(lambda: tallied(fleet, daily, Tally(len(MEMBERS) // 2)))
        assert fleet.posted() == dict.fromkeys(GUILDS, 2)
        await fleet.answered(*[await wire.command("help", guild_id=one) for one in GUILDS])
        await fleet.minute(every, later=timedelta(days=1))
        await fleet.minute(every)
        daily = await fleet.daily()
        assert {one: len(sent) for one, sent in daily.items()} == dict.fromkeys(GUILDS, 2)
        assert fleet.posted() == dict.fromkeys(GUILDS, 3)


async def test_processes_that_start_at_once_wait_for_each_other(fleet: Fleet) -> None:
    fleet.wire.gateway.identify_every = 0.3
    async with asyncio.TaskGroup() as group:
        for share in (LOW, HIGH):
            group.create_task(_started(fleet, share))
    assert {one.shard for one in fleet.wire.gateway.sessions.values()} == {(nth, SHARDS) for nth in range(SHARDS)}


async def _started(fleet: Fleet, share: str) -> None:
    async with fleet.process(share):
        pass
