from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from companion.storage import blocks
from companion.storage.blocks import Block
from companion.storage.engine import Database

HERE, THERE = 81384788765712384, 2**63 - 1


async def test_a_block_is_kept_with_who_made_it_and_why_for_one_server(database: Database) -> None:
    block = Block(HERE, 5, "spam", 9, database.clock.now())
    async with database.write() as connection:
        await blocks.put(connection, block)

    async with database.read() as connection:
        assert await blocks.listed(connection, HERE) == [block]
        assert await blocks.listed(connection, THERE) == []
        assert await blocks.everywhere(connection) == {(HERE, 5)}


async def test_a_second_block_takes_the_place_of_the_first(database: Database) -> None:
    block = Block(HERE, 5, "spam", 9, database.clock.now())
    later = replace(block, reason="more spam", blocked_by=10, blocked_at=block.blocked_at + timedelta(days=1))
    async with database.write() as connection:
        await blocks.put(connection, block)
        await blocks.put(connection, later)
        assert await blocks.listed(connection, HERE) == [later]


async def test_the_last_one_is_listed_first(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        for member_id in (1, 2, 3):
            await blocks.put(connection, Block(HERE, member_id, "", 9, now + timedelta(seconds=member_id)))
        assert [block.member_id for block in await blocks.listed(connection, HERE)] == [3, 2, 1]


async def test_nothing_is_kept_of_a_block_that_was_undone(database: Database) -> None:
    async with database.write() as connection:
        await blocks.put(connection, Block(HERE, 5, "spam", 9, database.clock.now()))
        assert not await blocks.remove(connection, THERE, 5)
        assert await blocks.remove(connection, HERE, 5)
        assert not await blocks.remove(connection, HERE, 5)
        assert await blocks.everywhere(connection) == frozenset()
