"""Who holds a date's slot, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from companion.storage import highlight_slots as slots
from companion.storage.engine import Database
from companion.storage.highlight_slots import DAILY, Slot, State, offer_kind

DAY = date(2026, 3, 14)
LASTS = timedelta(minutes=10)


async def test_a_slot_is_one_holders_until_the_claim_expires(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        before = await slots.claim(connection, 10, DAILY, DAY, now, now - LASTS)
        assert before == Slot(10, DAILY, DAY, State.CLAIMED)
        assert await slots.claim(connection, 10, DAILY, DAY, now, now - LASTS) is None
        assert await slots.claim(connection, 20, DAILY, DAY, now, now - LASTS) is not None
        held = Slot(10, DAILY, DAY, State.CLAIMED, None, now, 11, None, reason="about bees")
        assert await slots.change(connection, held, now)

        later = now + LASTS * 2
        taken_over = await slots.claim(connection, 10, DAILY, DAY, later, later - LASTS)
        assert taken_over == held
        assert not await slots.change(connection, replace(held, state=State.POSTED, message_id=77), now)
        assert await slots.change(connection, replace(held, state=State.POSTED, message_id=78), later)
        assert await slots.claim(connection, 10, DAILY, DAY, later + LASTS * 2, later + LASTS) is None
        kept = await slots.get(connection, 10, DAILY, DAY)
        assert kept == replace(held, state=State.POSTED, message_id=78, claimed_at=later)


async def test_what_was_released_can_be_claimed_and_what_was_posted_is_not_released(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        await slots.claim(connection, 10, DAILY, DAY, now, now - LASTS)
        await slots.release(connection, 10, DAILY, DAY, now)
        assert await slots.claim(connection, 10, DAILY, DAY, now, now - LASTS) is not None
        await slots.put(connection, Slot(10, DAILY, DAY, State.POSTED, message_id=77))
        await slots.release(connection, 10, DAILY, DAY, now)
        assert await slots.get(connection, 10, DAILY, DAY) == Slot(10, DAILY, DAY, State.POSTED, message_id=77)


async def test_who_lost_a_claim_does_not_release_it(database: Database) -> None:
    now = database.clock.now()
    later = now + LASTS * 2
    async with database.write() as connection:
        await slots.claim(connection, 10, DAILY, DAY, now, now - LASTS)
        await slots.claim(connection, 10, DAILY, DAY, later, later - LASTS)
        await slots.release(connection, 10, DAILY, DAY, now)
        kept = await slots.get(connection, 10, DAILY, DAY)
    assert kept is not None
    assert kept.claimed_at == later


async def test_old_slots_are_only_looked_at_while_they_are_claimed(database: Database) -> None:
    now, old = database.clock.now(), DAY - timedelta(days=40)
    kept = [
        Slot(10, DAILY, old, State.CLAIMED, claimed_at=now),
        Slot(10, DAILY, DAY, State.SKIPPED, reason="nothing was good enough"),
        Slot(10, offer_kind(2), DAY, State.PROPOSED, channel_id=12, message_id=5),
    ]
    async with database.write() as connection:
        for slot in [*kept, Slot(10, DAILY, old + timedelta(days=1), State.POSTED), Slot(20, DAILY, DAY, State.POSTED)]:
            await slots.put(connection, slot)
        assert await slots.of_servers(connection, [10], DAY) == kept
        assert [slot.offer for slot in kept] == [0, 0, 2]
        assert await slots.posted(connection, 10, 5) == []
