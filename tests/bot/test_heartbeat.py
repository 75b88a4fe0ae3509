from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from companion.bot import heartbeat
from companion.bot.heartbeat import beating, heartbeat_file, trouble, write
from companion.storage.address import Address, address_of
from companion.storage.shards import Shards
from tests.clocks import StoppedClock


@pytest.fixture(params=["sqlite+aiosqlite:///{}/companion.db", "postgresql+asyncpg://bot@db.example.org/companion"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """Of a database that no test opens."""
    return address_of(request.param.format(tmp_path), tmp_path)


async def until(there: bool, file: Path) -> None:
    async with asyncio.timeout(5):
        while await asyncio.to_thread(file.exists) is not there:  # noqa: ASYNC110  made by a task of its own
            await asyncio.sleep(0.01)


async def test_a_connected_bot_leaves_a_sign_of_life_and_takes_it_with_it(
    address: Address, clock: StoppedClock
) -> None:
    file = heartbeat_file(address)

    async with beating(file, clock, lambda: True):
        await until(True, file)
        assert trouble(file, clock.now()) is None

    assert not file.exists()
    assert "not running" in (trouble(file, clock.now()) or "")


async def test_a_bot_that_lost_discord_leaves_none(
    address: Address, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "EVERY", timedelta(seconds=0.01))
    monkeypatch.setattr(heartbeat, "_SOON", timedelta(seconds=0.01))
    file = heartbeat_file(address)
    connected = True

    async with beating(file, clock, lambda: connected):
        await until(True, file)
        connected = False
        await asyncio.sleep(0.05)
        clock.advance(timedelta(minutes=4))
        await asyncio.sleep(0.05)
        assert "4 minutes old" in (trouble(file, clock.now()) or "")
        connected = True
        await asyncio.sleep(0.1)
        assert trouble(file, clock.now()) is None


async def test_a_disk_that_cannot_be_written_stops_no_bot(
    tmp_path: Path, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "a file"
    folder.write_text("")
    file = folder.with_name("gone") / "companion.db.heartbeat"

    async with beating(file, clock, lambda: True):
        await asyncio.sleep(0.05)

    assert "cannot be written" in caplog.text


@pytest.mark.parametrize(
    ("age", "alive"), [(timedelta(0), True), (timedelta(minutes=3), True), (timedelta(minutes=3, seconds=1), False)]
)
def test_a_sign_of_life_is_good_for_three_minutes(
    tmp_path: Path, clock: StoppedClock, age: timedelta, alive: bool
) -> None:
    file = tmp_path / "beat"
    write(file, clock.now())

    assert (trouble(file, clock.now() + age) is None) is alive


def test_what_is_no_sign_of_life_is_said(tmp_path: Path, clock: StoppedClock) -> None:
    file = tmp_path / "beat"
    file.write_text("yesterday")

    assert "cannot be read" in (trouble(file, clock.now()) or "")


def test_each_process_leaves_a_sign_of_its_own(address: Address, clock: StoppedClock) -> None:
    first, second = (heartbeat_file(address, Shards.parse(written)) for written in ("0-3/8", "4-7/8"))
    assert not heartbeat.runs(address, clock.now())

    write(second, clock.now())

    assert trouble(first, clock.now()) is not None
    assert trouble(second, clock.now()) is None
    assert heartbeat.runs(address, clock.now())
    assert not heartbeat.runs(address, clock.now() + timedelta(hours=1))


def test_the_sign_of_one_database_is_not_taken_for_that_of_another(address: Address, clock: StoppedClock) -> None:
    write(heartbeat_file(address), clock.now())

    beside = Address(address.url, address.files.with_suffix(""))
    assert not heartbeat.runs(beside, clock.now())
