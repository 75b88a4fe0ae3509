from __future__ import annotations

from datetime import timedelta

from companion.community.overdue import Overdue, Waiting
from companion.storage import channels, highlight_rules, highlight_slots, outbox, subscriptions
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State
from companion.storage.outbox import Kind, Notice
from tests import samples
from tests.clocks import StoppedClock
from tests.community.clubs import begin

GUILD = 10
NOTHING = Waiting(0, 0)


async def counted(database: Database, *, left: bool = False) -> dict[str, Waiting]:
    """What waits now, for a bot that is in every server, or in none."""
    return await Overdue(database, lambda _guild_id: not left).count(database.clock.now())


async def test_where_nothing_was_set_up_nothing_waits(database: Database) -> None:
    assert await counted(database) == dict.fromkeys(("highlight", "winner", "episode", "session"), NOTHING)


async def test_a_highlight_is_due_at_its_minute_late_after_a_quarter_of_an_hour_and_done_once_posted(
    database: Database, clock: StoppedClock
) -> None:
    now = clock.now()
    rule = HighlightRule(GUILD, 11, "UTC", now.hour * 60 + 1, EVERY_DAY, Approval.NONE, None, 5, now)
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)
    assert (await counted(database))["highlight"] == NOTHING
    clock.advance(timedelta(minutes=1))
    assert (await counted(database))["highlight"] == Waiting(1, 0)
    clock.advance(timedelta(minutes=16))
    assert (await counted(database))["highlight"] == Waiting(1, 1)
    assert (await counted(database, left=True))["highlight"] == NOTHING
    async with database.write() as connection:
        await highlight_slots.put(connection, Slot(GUILD, DAILY, now.date(), State.POSTED))
    assert (await counted(database))["highlight"] == NOTHING


async def test_an_episode_waits_until_its_server_is_told(database: Database, clock: StoppedClock) -> None:
    podcast = await samples.store_podcast(database, samples.BEES, ())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD, podcast.id, clock.now())
        await channels.choose(connection, GUILD, Purpose.NEWS, 11, 1, clock.now())
    clock.advance(timedelta(minutes=1))
    new = samples.reading("Swarms", samples.WINTER_TURNS, published=clock.now())
    await samples.store_podcast(database, samples.BEES, (new,))
    assert (await counted(database))["episode"] == Waiting(1, 0)
    clock.advance(timedelta(minutes=20))
    assert (await counted(database))["episode"] == Waiting(1, 1)
    assert (await counted(database, left=True))["episode"] == NOTHING


async def test_a_sessions_notice_waits_until_it_is_stale(database: Database, clock: StoppedClock) -> None:
    await begin(database)
    now = clock.now()
    async with database.write() as connection:
        notice = Notice(0, "reminder:1", GUILD, 1, Kind.REMINDER, now, now + timedelta(hours=1))
        await outbox.put(connection, notice)
    assert (await counted(database))["session"] == Waiting(1, 0)
    clock.advance(timedelta(minutes=30))
    assert (await counted(database))["session"] == Waiting(1, 1)
    clock.advance(timedelta(minutes=30))
    assert (await counted(database))["session"] == NOTHING
