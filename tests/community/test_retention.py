"""What is old goes by itself, and so does what servers left behind, but never by a clock that is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.community.retention import Retention, Terms
from companion.storage import departures, questions, retention, searches
from companion.storage.engine import Database
from companion.storage.schema import metadata, outbox, podcasts, settings, spent, subscriptions
from companion.storage.searches import Search
from tests.clocks import StoppedClock
from tests.storage.asking import BEES, CAVES, PRIYA, asked
from tests.storage.everywhere import AT, everything, seed

MINUTE, YEAR = timedelta(minutes=1), timedelta(days=365)
HERE, THERE = 900000000000000010, 900000000000000011


async def searched(database: Database, ago: timedelta, riff_on: int | None = None) -> int:
    made = Search(BEES, 20, PRIYA, "Priya", "winter bees", database.clock.now() - ago, riff_on=riff_on)
    async with database.write() as connection:
        return await searches.record(connection, made)


async def ran(kept: Retention, clock: StoppedClock, minutes: int = 61) -> None:
    """So many minutes of a running bot."""
    for _ in range(minutes):
        await kept.tidy(clock.now())
        clock.advance(MINUTE)


async def is_kept(database: Database, search_id: int, question_id: int) -> tuple[bool, bool]:
    async with database.read() as connection:
        search, question = await searches.get(connection, search_id), await questions.get(connection, question_id)
    return search is not None, question is not None


async def test_searches_and_questions_are_kept_for_their_time(database: Database, clock: StoppedClock) -> None:
    old = await searched(database, YEAR), await asked(database, ago=YEAR)
    new = await searched(database, YEAR - timedelta(days=1)), await asked(database, ago=YEAR - timedelta(days=1))

    await ran(Retention(database), clock)

    assert await is_kept(database, *old) == (False, False)
    assert await is_kept(database, *new) == (True, True)


async def test_the_time_is_the_operator_s_to_say(database: Database, clock: StoppedClock) -> None:
    old = await searched(database, timedelta(days=8)), await asked(database, ago=timedelta(days=8))

    await ran(Retention(database, Terms(log=timedelta(days=7))), clock)

    assert await is_kept(database, *old) == (False, False)


async def test_what_hangs_on_what_is_old_stays_without_it(database: Database, clock: StoppedClock) -> None:
    old = await searched(database, YEAR)
    riff = await searched(database, timedelta(days=1), riff_on=old)
    question = await asked(database, ago=YEAR)
    follow_up = await asked(database, ago=timedelta(days=1), follows_id=question, text="and in spring?")

    await ran(Retention(database), clock)

    async with database.read() as connection:
        assert await searches.get(connection, riff) is not None
        kept = await questions.get(connection, follow_up)
    assert kept is not None
    assert kept.outcome is not None
    assert (kept.follows_id, kept.outcome.searched) == (None, "and in spring?")


async def test_much_that_is_old_goes_a_part_a_minute(
    database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.community.retention._AT_ONCE", 1)
    monkeypatch.setattr("companion.community.retention._A_MINUTE", 2)
    old = [await searched(database, YEAR) for _ in range(5)]
    kept = Retention(database)

    await ran(kept, clock, 61)
    async with database.read() as connection:
        assert [await searches.get(connection, one) is not None for one in old] == [False, False, True, True, True]
    await ran(kept, clock, 2)

    async with database.read() as connection:
        assert [await searches.get(connection, one) for one in old] == [None] * 5


async def test_nothing_is_deleted_in_the_first_hour_nor_after_a_jump_of_the_clock(
    database: Database, clock: StoppedClock
) -> None:
    mine = await searched(database, timedelta(0)), await asked(database)
    kept = Retention(database)
    await ran(kept, clock, 90)

    clock.advance(3 * YEAR)
    await ran(kept, clock, 59)
    assert await is_kept(database, *mine) == (True, True)
    clock.advance(-3 * YEAR)
    await ran(kept, clock, 90)

    assert await is_kept(database, *mine) == (True, True)


async def test_what_was_asked_on_other_days_and_told_long_ago_goes(database: Database, clock: StoppedClock) -> None:
    now = clock.now()
    async with database.write() as connection:
        await seed(connection, HERE, PRIYA)
        row = {"guild_id": HERE, "member_id": PRIYA, "questions": 1, "tokens": 1, "micros": 1}
        await connection.execute(insert(spent), row | {"day": now.date()})
        told = await retention.expire_notices(connection, AT + timedelta(days=1))
        gone = await retention.expire_spent(connection, now.date())
        days = set((await connection.execute(select(spent.c.day))).scalars())
        left = (await connection.execute(select(outbox.c.id))).all()

    assert (told, left) == (1, [])
    assert gone == (date(2026, 3, 1) < now.date())
    assert now.date() in days


async def forgotten(connection: AsyncConnection, guild_id: int) -> None:
    """All parts of it."""
    while not await departures.forget_some(connection, guild_id):
        pass


async def test_nothing_of_a_server_that_was_left_stays_and_all_of_another_does(database: Database) -> None:
    async with database.write() as connection:
        for guild_id in (HERE, THERE):
            await seed(connection, guild_id, PRIYA)
        await connection.execute(insert(settings), {"key": f"notice feed {HERE} 1", "value": "x"})
        before = await everything(connection)

        await forgotten(connection, HERE)

        after = await everything(connection)
    hung_on = {table.name for table in metadata.sorted_tables if "guild_id" in table.c}
    for table, rows in after.items():
        assert not [row for row in rows if str(HERE) in str(row)], table.name
        if table.name in hung_on:
            assert rows == [row for row in before[table] if row["guild_id"] != HERE], table.name
    assert len(after[metadata.tables["thumbs"]]) == 1


async def test_a_private_podcast_goes_with_the_last_server_that_saw_it(database: Database) -> None:
    async with database.write() as connection:
        now = database.clock.now()
        for number, private in enumerate((True, True, False), 1):
            row = {"id": number, "key": f"k{number}", "title": "T", "private": private, "created_at": now}
            await connection.execute(insert(podcasts), row)
            seen_by = (HERE, THERE) if number == 2 else (HERE,)
            for guild_id in seen_by:
                row = {"guild_id": guild_id, "podcast_id": number, "subscribed_at": now}
                await connection.execute(insert(subscriptions), row)

        await forgotten(connection, HERE)

        assert set((await connection.execute(select(podcasts.c.id))).scalars()) == {2, 3}


async def test_a_server_s_data_goes_when_its_days_are_over(database: Database, clock: StoppedClock) -> None:
    mine = await searched(database, timedelta(0)), await asked(database)
    theirs = await asked(database, guild_id=CAVES)
    kept = Retention(database, Terms(left=timedelta(days=7)))
    await kept.left({BEES})
    await kept.left({BEES})

    for _ in range(6 * 4):
        await ran(kept, clock, 1)
        clock.advance(timedelta(hours=5, minutes=59))
    assert await is_kept(database, *mine) == (True, True)
    for _ in range(2 * 4):
        await ran(kept, clock, 1)
        clock.advance(timedelta(hours=5, minutes=59))
    await ran(kept, clock)

    assert await is_kept(database, *mine) == (False, False)
    async with database.read() as connection:
        assert await questions.get(connection, theirs) is not None
        assert await departures.before(connection, clock.now()) == []


async def test_a_server_that_the_bot_returns_to_keeps_all(database: Database, clock: StoppedClock) -> None:
    mine = await searched(database, timedelta(0)), await asked(database)
    kept = Retention(database, Terms(left=timedelta(days=1)))
    await kept.left({BEES})
    await kept.returned({BEES})
    clock.advance(timedelta(days=3))

    await ran(kept, clock)

    assert await is_kept(database, *mine) == (True, True)
    assert await kept.known() == {BEES}


async def test_nothing_is_deleted_of_a_server_that_the_bot_may_be_in(database: Database, clock: StoppedClock) -> None:
    mine = await searched(database, timedelta(0)), await asked(database)
    theirs = await asked(database, guild_id=CAVES)
    kept = Retention(database, Terms(left=timedelta(days=1)), absent=lambda guild_id: guild_id == CAVES)
    await kept.left({BEES})
    clock.advance(MINUTE)
    await kept.left({CAVES})
    clock.advance(timedelta(days=3))

    await ran(kept, clock)

    assert await is_kept(database, *mine) == (True, True)
    async with database.read() as connection:
        assert await questions.get(connection, theirs) is None


async def test_a_server_of_one_part_that_the_bot_returns_to_at_the_last_moment_loses_all_or_nothing(
    database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await searched(database, timedelta(0)), await asked(database)
    kept = Retention(database, Terms(left=timedelta(days=1)))
    await kept.left({BEES})
    clock.advance(timedelta(days=3))
    look, returning = departures.before, list[asyncio.Task[int]]()

    async def come_back() -> int:
        async with database.write() as connection:
            return await departures.returned(connection, {BEES})

    async def before(connection: AsyncConnection, instant: datetime) -> Sequence[int]:
        found = await look(connection, instant)
        if found:
            returning.append(asyncio.create_task(come_back()))
            await asyncio.sleep(0.1)
        return found

    monkeypatch.setattr(departures, "before", before)
    await ran(kept, clock)

    in_time = await returning[0] > 0
    assert await is_kept(database, *mine) == (in_time, in_time)


async def test_of_several_processes_one_deletes_what_is_old_and_each_what_its_own_servers_left(
    database: Database, clock: StoppedClock
) -> None:
    old = await searched(database, 2 * YEAR), await asked(database, ago=2 * YEAR)
    theirs = await asked(database, guild_id=CAVES)
    first = Retention(database, Terms(left=timedelta(days=1)), lambda guild_id: guild_id == BEES)
    second = Retention(database, Terms(left=timedelta(days=1)), lambda guild_id: guild_id == CAVES, leads=False)
    await second.left({CAVES})
    clock.advance(timedelta(days=3))

    await ran(second, clock)
    assert await is_kept(database, *old) == (True, True)
    async with database.read() as connection:
        assert await questions.get(connection, theirs) is None

    await ran(first, clock)
    assert await is_kept(database, *old) == (False, False)
