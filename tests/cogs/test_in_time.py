from __future__ import annotations

import asyncio
import logging

import pytest

from companion.cogs import in_time as module
from companion.cogs.in_time import LateError, in_time
from companion.storage.errors import NotFoundError


class Disk:
    """What is read of it comes when it moves, and ends no sooner, whoever gave up on it."""

    def __init__(self) -> None:
        self.moving = asyncio.Event()
        self.ended = asyncio.Event()

    async def read(self, fails: Exception | None = None) -> str:
        try:
            await self.moving.wait()
        finally:
            await self.moving.wait()
            self.ended.set()
            if fails is not None:
                raise fails
        return "read"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 0.02)


async def test_what_is_there_in_time_is_had() -> None:
    disk = Disk()
    disk.moving.set()

    assert await in_time(disk.read()) == "read"


async def test_what_a_reading_raises_is_raised() -> None:
    disk = Disk()
    disk.moving.set()

    with pytest.raises(NotFoundError, match="gone"):
        await in_time(disk.read(NotFoundError("gone")))


@pytest.mark.usefixtures("hurried")
async def test_nobody_waits_for_a_disk_that_stalls_nor_for_a_reading_to_be_given_up() -> None:
    disk = Disk()

    with pytest.raises(LateError):
        await asyncio.wait_for(in_time(disk.read()), 1)

    assert not disk.ended.is_set()
    disk.moving.set()
    await disk.ended.wait()


@pytest.mark.usefixtures("hurried")
async def test_what_fails_after_it_was_given_up_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk()
    with pytest.raises(LateError):
        await in_time(disk.read(NotFoundError("gone")))
    disk.moving.set()
    await disk.ended.wait()
    await asyncio.sleep(0)

    assert [record.getMessage() for record in caplog.records] == ["what came too late has failed: gone"]
    assert caplog.records[0].levelno == logging.WARNING


async def test_who_is_called_off_calls_off_the_reading() -> None:
    disk = Disk()
    waiting = asyncio.create_task(in_time(disk.read()))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait({waiting})

    disk.moving.set()
    await asyncio.wait_for(disk.ended.wait(), 1)
    assert waiting.cancelled()
