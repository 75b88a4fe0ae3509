"""What is to be told, claimed and settled in the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from companion.storage import outbox
from companion.storage.engine import Database
from companion.storage.outbox import Kind, Notice, State
from tests.community.clubs import GUILD, begin

LASTS = timedelta(minutes=10)


async def noted(database: Database) -> Notice:
    decided = await begin(database)
    now = database.clock.now()
    notice = Notice(0, "reminder:1", GUILD, decided.coming[0].id, Kind.REMINDER, now, now + timedelta(hours=1))
    async with database.write() as connection:
        assert await outbox.put(connection, notice)
        (stored,) = await outbox.unsettled(connection, now)
    assert replace(stored, id=0) == notice
    return stored


async def test_the_same_is_noted_but_once(database: Database) -> None:
    notice = await noted(database)
    async with database.write() as connection:
        assert not await outbox.put(connection, replace(notice, kind=Kind.POST))
        assert await outbox.by_key(connection, notice.key) == notice
        assert await outbox.get(connection, notice.id) == notice


async def test_what_is_not_due_is_not_looked_at(database: Database) -> None:
    notice = await noted(database)
    async with database.read() as connection:
        assert await outbox.unsettled(connection, notice.due_at - timedelta(seconds=1)) == []


async def test_of_many_who_claim_it_one_has_it(database: Database) -> None:
    notice = await noted(database)
    now = database.clock.now()

    async def claim() -> bool:
        async with database.write() as connection:
            return await outbox.claim(connection, notice.id, now, now - LASTS, 11)

    assert sorted(await asyncio.gather(*(claim() for _ in range(8)))) == [False] * 7 + [True]


async def test_a_claim_that_was_taken_over_settles_nothing(database: Database) -> None:
    notice = await noted(database)
    first, second = notice.due_at, notice.due_at + LASTS * 2
    async with database.write() as connection:
        assert await outbox.claim(connection, notice.id, first, first - LASTS, 11)
        assert await outbox.claim(connection, notice.id, second, second - LASTS, 12)
        assert not await outbox.sent(connection, notice.id, first, 11, 70)
        assert not await outbox.dropped(connection, notice.id, first)
        assert not await outbox.released(connection, notice.id, first)
        assert await outbox.sent(connection, notice.id, second, 12, 71)
        stands = await outbox.get(connection, notice.id)
        assert await outbox.unsettled(connection, second) == []
        assert not await outbox.claim(connection, notice.id, second + LASTS * 2, second + LASTS, 11)
    assert stands is not None
    assert (stands.state, stands.channel_id, stands.message_id) == (State.SENT, 12, 71)


async def test_what_was_certainly_not_sent_waits_again(database: Database) -> None:
    notice = await noted(database)
    async with database.write() as connection:
        assert await outbox.claim(connection, notice.id, notice.due_at, notice.due_at - LASTS, None)
        assert await outbox.released(connection, notice.id, notice.due_at)
        assert await outbox.claim(connection, notice.id, notice.due_at, notice.due_at - LASTS, None)
        assert await outbox.dropped(connection, notice.id, notice.due_at)
        assert await outbox.unsettled(connection, notice.stale_at) == []
