from __future__ import annotations

from datetime import timedelta

from companion.storage import awaited, second_looks
from companion.storage.awaited import Awaited
from companion.storage.engine import Database
from tests.storage.asking import ANSWERED, BEES, CAVES, JONAS, PRIYA, REFUSED, asked, deleted

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


async def wait(database: Database, question_id: int, member_id: int = PRIYA) -> Awaited:
    async with database.write() as connection:
        await awaited.add(connection, question_id, member_id, database.clock.now())
    return Awaited(question_id, member_id, database.clock.now())


async def look(database: Database, question_id: int, version: int, *, found: bool) -> None:
    async with database.write() as connection:
        await second_looks.record(connection, question_id, version, found, database.clock.now())


async def due(database: Database, version: int, limit: int = 10) -> list[int]:
    async with database.read() as connection:
        return await second_looks.due(connection, version, database.clock.now() - 30 * DAY, limit)


async def to_tell(database: Database, guild_id: int = BEES) -> list[Awaited]:
    async with database.read() as connection:
        return await awaited.found(connection, {guild_id}, database.clock.now() - 10 * MINUTE, 10)


async def test_what_found_nothing_is_looked_for_once_in_each_version_of_the_archive(database: Database) -> None:
    await asked(database, ANSWERED)
    await asked(database, None)
    refused = await asked(database, REFUSED)

    assert await due(database, version=5) == [refused]
    await look(database, refused, 5, found=False)
    assert await due(database, version=5) == []
    assert await due(database, version=6) == [refused]
    await look(database, refused, 6, found=True)
    assert await due(database, version=7) == []


async def test_an_old_question_is_looked_for_only_while_somebody_waits(database: Database) -> None:
    old = await asked(database, REFUSED, ago=40 * DAY)
    assert await due(database, 5) == []

    waiting = await wait(database, old)
    assert await due(database, 5) == [old]
    async with database.write() as connection:
        await awaited.finalise(connection, old, waiting.member_id, 900)
    assert await due(database, 5) == []


async def test_what_was_not_looked_for_the_longest_comes_first_and_nothing_is_left_out(database: Database) -> None:
    ids = [await asked(database, REFUSED, ago=number * MINUTE) for number in (1, 3, 2)]
    oldest_first = [ids[1], ids[2], ids[0]]
    looked: list[int] = []
    for _ in range(2):
        for one in await due(database, 5, limit=2):
            looked.append(one)
            await look(database, one, 5, found=False)

    assert looked == oldest_first


async def test_a_deleted_question_is_not_looked_for_and_nobody_waits_for_it(database: Database) -> None:
    refused = await asked(database, REFUSED)
    await wait(database, refused)
    await look(database, refused, 5, found=True)
    await deleted(database, refused)

    assert await due(database, 6) == []
    assert await to_tell(database) == []
    async with database.read() as connection:
        assert await awaited.get(connection, refused, PRIYA) is None


async def test_who_waits_is_to_be_told_once_something_is_found_the_one_who_waited_longest_first(
    database: Database,
) -> None:
    first, second = await asked(database, REFUSED), await asked(database, REFUSED)
    late = await wait(database, second, JONAS)
    early = Awaited(first, PRIYA, database.clock.now() - DAY)
    async with database.write() as connection:
        await awaited.add(connection, first, PRIYA, early.wanted_at)
    await look(database, first, 5, found=True)
    assert await to_tell(database) == [early]
    await look(database, second, 5, found=True)

    assert await to_tell(database) == [early, late]
    assert await to_tell(database, CAVES) == []


async def test_it_is_claimed_by_one_alone_until_the_claim_expires(database: Database) -> None:
    question = await asked(database, REFUSED)
    waiting = await wait(database, question)
    await look(database, question, 5, found=True)
    now = database.clock.now()
    async with database.write() as connection:
        assert await awaited.claim(connection, waiting, now - 20 * MINUTE)
        assert not await awaited.claim(connection, waiting, now)

    (stale,) = await to_tell(database)
    async with database.write() as connection:
        assert stale.claimed_at == now - 20 * MINUTE
        assert await awaited.claim(connection, stale, now)
    assert await to_tell(database) == []
    async with database.write() as connection:
        assert not await awaited.claim(connection, stale, now)
        await awaited.release(connection, question, PRIYA)
    assert await to_tell(database) == [waiting]


async def test_who_was_told_is_not_told_again_nor_loses_that_to_a_late_release(database: Database) -> None:
    question = await asked(database, REFUSED)
    waiting = await wait(database, question)
    await look(database, question, 5, found=True)
    async with database.write() as connection:
        await awaited.claim(connection, waiting, database.clock.now() - DAY)
        await awaited.finalise(connection, question, PRIYA, 900)
        await awaited.release(connection, question, PRIYA)

        assert not await awaited.claim(connection, waiting, database.clock.now())
        told = await awaited.get(connection, question, PRIYA)
    assert told is not None
    assert told.told_message_id == 900
    assert await to_tell(database) == []


async def test_waiting_is_counted_in_each_server_and_taken_back_without_a_trace(database: Database) -> None:
    here, there = await asked(database, REFUSED), await asked(database, REFUSED, guild_id=CAVES)
    await wait(database, here)
    await wait(database, there)
    async with database.write() as connection:
        assert await awaited.count(connection, BEES, PRIYA) == 1
        assert await awaited.remove(connection, here, PRIYA)
        assert not await awaited.remove(connection, here, PRIYA)
        assert await awaited.count(connection, BEES, PRIYA) == 0
        assert await awaited.count(connection, CAVES, PRIYA) == 1
        assert await awaited.count(connection, CAVES, JONAS) == 0


async def test_nobody_waits_for_ever(database: Database) -> None:
    question, other = await asked(database, REFUSED), await asked(database, REFUSED)
    now = database.clock.now()
    async with database.write() as connection:
        await awaited.add(connection, question, PRIYA, now - 2 * DAY)
        await awaited.add(connection, other, PRIYA, now)

        assert await awaited.forget_older(connection, now - DAY) == 1
        assert await awaited.get(connection, question, PRIYA) is None
        assert await awaited.get(connection, other, PRIYA) is not None
