"""A database that another process keeps for itself: named, waited for, and used again once it is free."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from companion.bot.doctor import database as stored
from companion.bot.doctor.findings import Severity
from companion.storage import engine, health, migrations, settings
from companion.storage.address import of_file
from companion.storage.engine import Database
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
def kept_by_another(path: Path) -> Generator[None]:
    """As by a process that began to write, and hangs."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_who_writes_is_told_who_reads_goes_on_and_then_all_is_as_before(
    tmp_path: Path, clock: StoppedClock
) -> None:
    path = tmp_path / "companion.db"
    async with await Database.open(f"sqlite+aiosqlite:///{path}", clock) as database:
        with kept_by_another(path):
            with pytest.raises(StorageError, match="is in use by another process for too long"):
                async with database.write() as connection:
                    await settings.put(connection, "word", "early")
            async with database.read() as connection:
                assert await settings.get(connection, "word") is None
        async with database.write() as connection:
            await settings.put(connection, "word", "late")
        async with database.read() as connection:
            assert await settings.get(connection, "word") == "late"


async def test_a_start_waits_and_then_says_so(tmp_path: Path, clock: StoppedClock) -> None:
    path = tmp_path / "companion.db"
    migrate(of_file(path))
    with kept_by_another(path), pytest.raises(StorageError, match="is in use by another process for too long"):
        await Database.open(f"sqlite+aiosqlite:///{path}", clock)


def test_the_doctor_names_it_and_keeps_no_lock_itself(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    migrate(of_file(path))
    url = f"sqlite+aiosqlite:///{path}"

    with kept_by_another(path):
        assert "kept the database" in of(Severity.ERROR, stored.check(url, tmp_path).findings)
    assert worst(stored.check(url, tmp_path).findings) is Severity.OK
    with kept_by_another(path):
        pass  # nobody else has it
