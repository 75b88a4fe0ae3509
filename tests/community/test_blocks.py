from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.community import blocks as module
from companion.community.blocks import REMEMBERED, Blocks, Named, NotBlockedError, UnblockableError
from companion.storage.clock import Clock
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from tests.clocks import StoppedClock

GUILD, OTHER_GUILD = 10, 11
MANAGER, MEMBER = 1, 2
FAILS = "The disk that holds the database fails."


class Disk:
    """A database whose disk may stall, and may fail."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self._database = database
        self._monkeypatch = monkeypatch
        self.clock: Clock = database.clock
        self.write = database.write
        self._moving = asyncio.Event()
        self.move()
        self.broken = False
        self.reads = 0

    def stall(self) -> None:
        """No read ends, and nobody has much patience with it."""
        self._have_patience(0.02)
        self._moving.clear()

    def move(self) -> None:
        """Reads end, and whoever asks waits for them."""
        self._have_patience(60.0)
        self._moving.set()

    def _have_patience(self, seconds: float) -> None:
        self._monkeypatch.setattr(module, "PATIENCE", seconds)
        self._monkeypatch.setattr(module, "FIRST_PATIENCE", seconds)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        self.reads += 1
        await self._moving.wait()
        if self.broken:
            raise StorageError(FAILS)
        async with self._database.read() as connection:
            yield connection


@pytest.fixture
def disk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(database, monkeypatch)


def over(disk: Disk) -> Blocks:
    return Blocks(cast("Database", disk))


async def test_a_block_holds_at_once_and_only_in_its_server(database: Database) -> None:
    blocks = Blocks(database)
    assert not await blocks.is_blocked(GUILD, MEMBER)

    await blocks.block(GUILD, Named(MEMBER), "spam", MANAGER)

    assert await blocks.is_blocked(GUILD, MEMBER)
    assert not await blocks.is_blocked(OTHER_GUILD, MEMBER)
    assert not await blocks.is_blocked(GUILD, MANAGER)


async def test_to_block_again_keeps_the_reason_unless_another_is_given(database: Database) -> None:
    blocks = Blocks(database)
    told = [(await blocks.block(GUILD, Named(MEMBER), reason, MANAGER)).reason for reason in ("spam", "", "insults")]

    assert told == ["spam", "spam", "insults"]
    assert [one.reason for one in await blocks.listed(GUILD)] == ["insults"]

    await blocks.unblock(GUILD, MEMBER)

    assert (await blocks.block(GUILD, Named(MEMBER), "", MANAGER)).reason == ""


async def test_it_ends_at_once(database: Database) -> None:
    blocks = Blocks(database)
    await blocks.block(GUILD, Named(MEMBER), "spam", MANAGER)

    await blocks.unblock(GUILD, MEMBER)

    assert not await blocks.is_blocked(GUILD, MEMBER)
    assert await blocks.listed(GUILD) == []


async def test_another_process_sees_it_within_seconds(database: Database, clock: StoppedClock) -> None:
    here, there = Blocks(database), Blocks(database)
    assert not await there.is_blocked(GUILD, MEMBER)

    await here.block(GUILD, Named(MEMBER), "spam", MANAGER)

    assert not await there.is_blocked(GUILD, MEMBER)
    clock.advance(REMEMBERED)
    assert await there.is_blocked(GUILD, MEMBER)


async def test_a_block_while_others_ask_is_not_forgotten_again(database: Database, clock: StoppedClock) -> None:
    blocks = Blocks(database)
    for member in range(MEMBER, MEMBER + 20):
        clock.advance(REMEMBERED)
        asking = [asyncio.create_task(blocks.is_blocked(GUILD, 99)) for _ in range(5)]
        await blocks.block(GUILD, Named(member), "", MANAGER)
        await asyncio.gather(*asking)
        assert await blocks.is_blocked(GUILD, member)


async def test_asking_costs_no_look_at_the_database_for_as_long_as_it_is_remembered(
    database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = Blocks(database)
    await blocks.is_blocked(GUILD, MEMBER)

    monkeypatch.delattr(Database, "read")

    assert not await blocks.is_blocked(GUILD, MEMBER)


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        (Named(MANAGER), "yourself"),
        (Named(MANAGER, manages=True), "yourself"),
        (Named(3, manages=True), "may manage this server"),
        (Named(4, is_bot=True), "Bots"),
    ],
)
async def test_who_cannot_be_blocked_is_told_apart(database: Database, named: Named, refusal: str) -> None:
    blocks = Blocks(database)

    with pytest.raises(UnblockableError, match=refusal):
        await blocks.block(GUILD, named, "", MANAGER)

    assert await blocks.listed(GUILD) == []


async def test_who_is_not_blocked_cannot_be_unblocked(database: Database) -> None:
    blocks = Blocks(database)
    await blocks.block(OTHER_GUILD, Named(MEMBER), "", MANAGER)

    with pytest.raises(NotBlockedError):
        await blocks.unblock(GUILD, MEMBER)

    assert await blocks.is_blocked(OTHER_GUILD, MEMBER)


class TestASlowDisk:
    async def test_what_is_known_answers_while_the_disk_stalls(self, disk: Disk, clock: StoppedClock) -> None:
        blocks = over(disk)
        await blocks.block(GUILD, Named(MEMBER), "", MANAGER)
        clock.advance(REMEMBERED)
        disk.stall()

        assert await asyncio.wait_for(blocks.is_blocked(GUILD, MEMBER), 1)
        assert not await asyncio.wait_for(blocks.is_blocked(GUILD, MANAGER), 1)

        disk.move()

    async def test_one_reading_goes_on_for_all_who_ask(
        self, disk: Disk, database: Database, clock: StoppedClock
    ) -> None:
        blocks = over(disk)
        await blocks.is_blocked(GUILD, MEMBER)
        await Blocks(database).block(GUILD, Named(MEMBER), "", MANAGER)
        clock.advance(REMEMBERED)
        disk.stall()
        before = disk.reads

        asked = await asyncio.gather(*(blocks.is_blocked(GUILD, MEMBER) for _ in range(20)))

        assert asked == [False] * 20
        assert disk.reads == before + 1
        disk.move()
        assert await blocks.is_blocked(GUILD, MEMBER)
        assert disk.reads == before + 1

    async def test_who_is_called_off_does_not_end_the_reading_of_others(self, disk: Disk) -> None:
        blocks = over(disk)
        first, second = (asyncio.create_task(blocks.is_blocked(GUILD, MEMBER)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait({first})

        assert first.cancelled()
        assert await second is False
        assert disk.reads == 1

    async def test_a_reading_that_fails_is_logged_once_and_tried_again(
        self, disk: Disk, clock: StoppedClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        blocks = over(disk)
        await blocks.block(GUILD, Named(MEMBER), "", MANAGER)
        clock.advance(REMEMBERED)
        disk.broken, before = True, disk.reads

        assert await asyncio.gather(*(blocks.is_blocked(GUILD, MEMBER) for _ in range(5))) == [True] * 5

        (logged,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert FAILS in str(logged.exc_info)
        disk.broken = False
        await blocks.is_blocked(GUILD, MEMBER)
        assert disk.reads == before + 2

    async def test_as_long_as_nothing_is_known_who_asks_is_told_so(self, disk: Disk) -> None:
        blocks = over(disk)
        disk.stall()

        with pytest.raises(StorageError, match="in time"):
            await asyncio.wait_for(blocks.is_blocked(GUILD, MEMBER), 1)

        disk.broken = True
        disk.move()
        with pytest.raises(StorageError, match=FAILS):
            await blocks.is_blocked(GUILD, MEMBER)

        disk.broken = False
        assert not await blocks.is_blocked(GUILD, MEMBER)
