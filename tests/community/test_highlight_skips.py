"""Dates that managers let go and bring back, by a clock that stands still."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from companion.community.daily_posts import NOTHING_GOOD
from companion.community.highlight_skips import HighlightSkips, NotSkippedError
from companion.storage import highlight_rules, highlight_slots
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State
from tests.clocks import StoppedClock

GUILD = 10
TODAY = date(2026, 3, 14)
TOMORROW = TODAY + timedelta(days=1)
RULE = HighlightRule(GUILD, 11, "UTC", 15 * 60, EVERY_DAY, Approval.NONE, None, 5, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
async def skips(database: Database) -> HighlightSkips:
    async with database.write() as connection:
        await highlight_rules.put(connection, RULE)
    return HighlightSkips(database)


async def becomes(database: Database, state: State, reason: str | None = None) -> None:
    """What became of today's highlight."""
    async with database.write() as connection:
        await highlight_slots.put(connection, Slot(GUILD, DAILY, TODAY, state, reason=reason))


async def test_to_skip_again_skips_nothing_more_until_that_date_has_passed(
    skips: HighlightSkips, clock: StoppedClock
) -> None:
    first, again = await skips.skip(GUILD), await skips.skip(GUILD)
    clock.advance(timedelta(hours=4))
    later = await skips.skip(GUILD)

    assert [(one.day, one.new) for one in (first, again, later)] == [(TODAY, True), (TODAY, False), (TOMORROW, True)]


@pytest.mark.parametrize(("state", "reason"), [(State.POSTED, None), (State.SKIPPED, NOTHING_GOOD)])
async def test_after_one_that_was_posted_early_or_for_which_nothing_was_good_enough_the_one_that_comes_is_skipped(
    skips: HighlightSkips, database: Database, state: State, reason: str | None
) -> None:
    await becomes(database, state, reason)

    skip = await skips.skip(GUILD)

    assert (skip.day, skip.new) == (TOMORROW, True)


async def test_what_was_skipped_is_brought_back_once_and_not_when_its_time_has_come(
    skips: HighlightSkips, clock: StoppedClock
) -> None:
    skip = await skips.skip(GUILD)
    at, schedule = await skips.bring_back(GUILD, TODAY)

    assert at == schedule.next_at == skip.at
    with pytest.raises(NotSkippedError):
        await skips.bring_back(GUILD, TODAY)

    await skips.skip(GUILD)
    clock.advance(timedelta(hours=3))
    with pytest.raises(NotSkippedError):
        await skips.bring_back(GUILD, TODAY)


async def test_what_nobody_skipped_is_not_brought_back(skips: HighlightSkips, database: Database) -> None:
    await becomes(database, State.SKIPPED, NOTHING_GOOD)

    with pytest.raises(NotSkippedError):
        await skips.bring_back(GUILD, TODAY)
