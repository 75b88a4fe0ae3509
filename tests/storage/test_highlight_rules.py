"""What is kept of a server's rule for its daily highlight."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from companion.storage import highlight_rules
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Recap, Wishes
from tests.clocks import StoppedClock

RULE = HighlightRule(10, 11, "Europe/Berlin", 9 * 60, EVERY_DAY, Approval.SKIP, 12, 5, StoppedClock().now())


async def test_a_rule_comes_back_as_it_was_stored_and_replaces_the_one_before(database: Database) -> None:
    wished = replace(
        RULE,
        wishes=Wishes(
            up="🐝", down="bee:77", account_days=30, hall_of_fame=13, card_accent=0xAA5500, recap=Recap.MONTHLY
        ),
    )
    async with database.write() as connection:
        await highlight_rules.put(connection, RULE)
        await highlight_rules.put(connection, wished)
        await highlight_rules.put(connection, replace(RULE, guild_id=20))
    async with database.read() as connection:
        assert await highlight_rules.get(connection, 10) == wished
        assert await highlight_rules.get(connection, 30) is None
        assert await highlight_rules.running(connection) == [wished, replace(RULE, guild_id=20)]


async def test_a_server_without_a_rule_has_the_usual_wishes(database: Database) -> None:
    async with database.write() as connection:
        await highlight_rules.put(connection, replace(RULE, wishes=Wishes(account_days=0)))
        assert await highlight_rules.wishes_of(connection, 10) == Wishes(account_days=0)
        assert await highlight_rules.wishes_of(connection, 20) == Wishes()
        assert Wishes().account_age == timedelta(days=7)


async def test_pausing_and_resuming_happen_once_each_and_what_was_due_meanwhile_is_not(database: Database) -> None:
    now = database.clock.now()
    later = now + timedelta(days=3)
    async with database.write() as connection:
        assert not await highlight_rules.pause(connection, 10, now, None)
        await highlight_rules.put(connection, RULE)
        assert not await highlight_rules.resume(connection, 10, now)
        assert await highlight_rules.pause(connection, 10, now, "the channel is gone")
        assert not await highlight_rules.pause(connection, 10, later, "again")
        paused = await highlight_rules.get(connection, 10)
        assert paused == replace(RULE, paused_at=now, pause_reason="the channel is gone")
        assert await highlight_rules.running(connection) == []
        assert await highlight_rules.resume(connection, 10, later)
        assert await highlight_rules.get(connection, 10) == replace(RULE, since=later)
        assert await highlight_rules.remove(connection, 10)
        assert not await highlight_rules.remove(connection, 10)
