"""A database that another process keeps for itself: named, waited for, and used again once it is free."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from companion.bot.doctor import database as stored
from companion.bot.doctor.findings import Severity
from companion.storage import engine, health, migrations, settings
from companion.storage.address import Address, address_of
from companion.storage.engine import Database, plain_transaction
from companion.storage.errors import StorageError
from companion.storage.migrations import migrate
from tests.bot.doctor.said import of, worst
from tests.clocks import StoppedClock

SOON = 0.2


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((engine, "BUSY_TIMEOUT"), (migrations, "BUSY_TIMEOUT"), (health, "_TURN")):
        monkeypatch.setattr(module, name, SOON)


@contextmanager
def kept_by_another(address: Address) -> Generator[None]:
    """As by a process that began to write, and hangs."""
    with plain_transaction(address):
        yield


async def test_who_writes_is_told_who_reads_goes_on_and_then_all_is_as_before(
    database_url: str, clock: StoppedClock
) -> None:
    async with await Database.open(database_url, clock) as database:
        with kept_by_another(database.address):
            with pytest.raises(StorageError, match="is in use by another process for too long"):
                async with database.write() as connection:
                    await settings.put(connection, "word", "early")
            async with database.read() as connection:
                assert await settings.get(connection, "word") is None
        async with database.write() as connection:
            await settings.put(connection, "word", "late")
        async with database.read() as connection:
            assert await settings.get(connection, "word") == "late"


@pytest.mark.sqlite_only("on PostgreSQL a start that finds nothing to migrate waits for no writer")
async def test_a_start_waits_and_then_says_so(database_url: str, clock: StoppedClock) -> None:
    migrate(address_of(database_url))
    with (
        kept_by_another(address_of(database_url)),
        pytest.raises(StorageError, match="is in use by another process for too long"),
    ):
        await Database.open(database_url, clock)


def test_the_doctor_names_it_and_keeps_no_lock_itself(database_url: str, tmp_path: Path) -> None:
    migrate(address_of(database_url))

    with kept_by_another(address_of(database_url)):
        assert "kept the database" in of(Severity.ERROR, stored.check(database_url, tmp_path).findings)
    assert worst(stored.check(database_url, tmp_path).findings) is Severity.OK
    with kept_by_another(address_of(database_url)):
        pass  # nobody else has it
