"""A machine's clock that jumps, both ways: what was to be told is told once, and nothing waits for the jump."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from companion.archive.due import Polled, due
from companion.bot import heartbeat
from companion.bot.client import CompanionBot
from companion.bot.doctor import machine_clock
from companion.bot.doctor.findings import Severity
from companion.community.clock_jumps import LOOKED_BACK, TOLERANCE, ClockJumps
from companion.community.cooldowns import Cooldowns, Rate
from companion.community.daily_posts import DailyPosts
from companion.community.slot_posts import UnsureError
from companion.storage import claims, erasures, highlight_rules
from companion.storage.engine import Database
from companion.storage.erasures import Erasure
from companion.storage.feeds import FeedState
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from tests.bot.doctor.said import of, worst
from tests.clocks import StoppedClock
from tests.community.test_daily_posts import Channels, Picks, clip_ids
from tests.storage.everywhere import seed

NOON = StoppedClock().now()
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

__all__ = ["clip_ids"]


async def test_claims_of_the_future_expire_in_every_table_that_has_such(database: Database) -> None:
    async with database.write() as connection:
        await seed(connection, 100, 7)
        await erasures.ask(connection, [Erasure(7, 100)], NOON)
        for table, name in claims.tables():
            await connection.execute(update(table).values({name: NOON + 30 * DAY}))

    await ClockJumps(database).look(NOON)

    async with database.read() as connection:
        for table, name in claims.tables():
            found = set((await connection.scalars(select(table.c[name]))).all())
            assert found == {NOON - LOOKED_BACK}, table.name
    assert len(claims.tables()) > 5


async def test_claims_of_another_process_whose_clock_is_a_little_ahead_stay(database: Database) -> None:
    (table, name), *_ = claims.tables()
    async with database.write() as connection:
        await seed(connection, 100, 7)
        await erasures.ask(connection, [Erasure(7, 100)], NOON)
        await connection.execute(update(table).values({name: NOON + TOLERANCE / 2}))

    await ClockJumps(database).look(NOON)

    async with database.read() as connection:
        assert set((await connection.scalars(select(table.c[name]))).all()) == {NOON + TOLERANCE / 2}


async def test_the_running_bot_looks_at_the_clock_before_anything_else(database: Database) -> None:
    bot = CompanionBot(database)
    first: Any = bot.duties[0]

    assert isinstance(first.__self__, ClockJumps)


async def test_a_highlight_a_day_though_the_clock_jumps_a_month_ahead_and_back(
    database: Database, clip_ids: list[int]
) -> None:
    rule = HighlightRule(10, 11, "UTC", 12 * 60, EVERY_DAY, Approval.NONE, None, 5, NOON - MINUTE)
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)
    channels, posts, jumps = Channels(), DailyPosts(database, Picks(clip_ids).choose), ClockJumps(database)

    async def minute(now: datetime) -> None:
        await jumps.look(now)
        await posts.run_due(now, channels)

    await minute(NOON)
    # The sender is stopped while the clock is wrong: its claim is of next month.
    channels.before = UnsureError()
    await minute(NOON + 30 * DAY)
    channels.before = None
    for day in range(1, 33):
        for later in (MINUTE, 20 * MINUTE):
            await minute(NOON + day * DAY + later)

    posted = Counter(slot.day for _, slot, _ in channels.messages)
    assert set(posted.values()) == {1}
    assert set(posted) == {(NOON + day * DAY).date() for day in range(33)}


async def test_a_post_that_was_claimed_in_the_future_is_not_held_up_until_then(
    database: Database, clip_ids: list[int]
) -> None:
    rule = HighlightRule(10, 11, "UTC", 12 * 60, EVERY_DAY, Approval.NONE, None, 5, NOON - MINUTE)
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)
    channels, posts, jumps = Channels(), DailyPosts(database, Picks(clip_ids).choose), ClockJumps(database)
    channels.before = UnsureError()
    # Of the same day, by a clock that is ten hours ahead; nothing was sent.
    await jumps.look(NOON + timedelta(hours=10))
    await posts.run_due(NOON + timedelta(hours=10), channels)
    channels.before = None

    await jumps.look(NOON + MINUTE)
    await posts.run_due(NOON + MINUTE, channels)

    assert len(channels.messages) == 1


def test_feeds_are_asked_though_they_were_read_or_put_off_in_the_future() -> None:
    def feed(number: int, read_at: datetime, not_before: datetime | None = None, failures: int = 0) -> Polled:
        return Polled(number, "https://a.example", FeedState(None, None, None, "1", read_at, failures, not_before))

    hour = timedelta(hours=1)
    known = [feed(1, NOON + 30 * DAY), feed(2, NOON, NOON + 30 * DAY, 3), feed(3, NOON), feed(4, NOON, NOON + DAY, 9)]
    assert [one.podcast_id for one in due(known, NOON, hour)] == [2, 1]


def test_nobody_waits_for_a_cool_down_of_the_future() -> None:
    cooldowns = Cooldowns(Rate(burst=2, every=MINUTE))
    for _ in range(2):
        assert cooldowns.use("Priya", NOON + 30 * DAY) is None

    again = cooldowns.use("Priya", NOON)

    assert again is not None
    assert again <= NOON + MINUTE
    assert cooldowns.use("Priya", again) is None


def test_a_sign_of_life_from_the_future_is_none(tmp_path: Path) -> None:
    file = tmp_path / "companion.db.heartbeat"
    heartbeat.write(file, NOON + DAY)

    assert "in the future: the machine's clock was set back" in (heartbeat.trouble(file, NOON) or "")
    assert heartbeat.trouble(file, NOON + DAY) is None


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (5 * MINUTE, "5 minutes ahead of"),
        (timedelta(hours=-7), "7 hours behind"),
        (-9 * DAY, "9 days behind"),
    ],
)
def test_the_doctor_names_a_clock_that_is_not_discords(apart: timedelta, said: str) -> None:
    assert said in of(Severity.WARNING, machine_clock.check(NOON + apart, NOON))


def test_the_doctor_is_content_with_seconds_and_silent_where_discord_is(tmp_path: Path) -> None:
    assert worst(machine_clock.check(NOON + timedelta(seconds=40), NOON)) is Severity.OK
    assert machine_clock.check(NOON, None) == []
