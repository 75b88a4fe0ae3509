"""Whatever any released schema held is there after a migration."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from companion.storage import health, migrations, schema
from companion.storage.address import Address, address_of, of_file
from companion.storage.backup import restore
from companion.storage.engine import Database, plain_connection
from companion.storage.errors import StorageError
from companion.storage.migrations import migrate, revisions
from tests.clocks import StoppedClock
from tests.engines import Databases
from tests.faults.places import faults_of
from tests.postgresql import Server
from tests.storage.every_table import PEOPLE, Rows, contents, fill

copies = pytest.mark.sqlite_only("of a database on a server pg_dump makes the copy")


@pytest.fixture
def bare(databases: Databases, tmp_path: Path) -> Iterator[Address]:
    """A place for a database, where no table is yet."""
    with databases.bare(tmp_path) as url:
        yield address_of(url)


def as_now(rows: Rows) -> Rows:
    """What rows of an older schema are in this one: people were names alone before they had roles."""

    def of(name: str, value: Any) -> Any:
        return [[one, None] for one in PEOPLE] if name == "people" else value

    return {
        table: sorted((tuple((name, of(name, value)) for name, value in row) for row in some), key=repr)
        for table, some in rows.items()
    }


@pytest.mark.parametrize("older", revisions()[:-1])
async def test_every_row_of_every_table_of_every_older_schema_is_brought_forward(
    bare: Address, clock: StoppedClock, older: str
) -> None:
    migrate(bare, older)
    fill(bare)
    before = contents(bare)
    assert all(before.values()), "a table without rows"

    async with await Database.open(bare, clock):
        pass

    # No server ever had a schema of when people had no roles.
    assert contents(bare, before) == (as_now(before) if older < "0003" and bare.sqlite else before)
    assert not bare.sqlite or faults_of(bare.files) == []


def test_going_through_every_schema_ends_where_one_leap_does(databases: Databases, tmp_path: Path) -> None:
    with ExitStack() as stack:
        leaping, walking = (address_of(stack.enter_context(databases.bare(folder))) for folder in _two_in(tmp_path))
        for address in (leaping, walking):
            migrate(address, revisions()[0])
            fill(address)
        migrate(leaping)
        for revision in revisions():
            migrate(walking, revision)

        assert contents(walking) == contents(leaping)


def _two_in(folder: Path) -> Iterator[Path]:
    for name in ("leaping", "walking"):
        (folder / name).mkdir()
        yield folder / name


def test_a_migration_that_fails_at_its_end_changes_nothing(bare: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(bare, revisions()[0])
    fill(bare)
    before = contents(bare)
    upgrade = migrations._upgrade  # pyright: ignore[reportPrivateUsage]

    def fail(connection: Any, target: str) -> None:
        upgrade(connection, target)
        raise ZeroDivisionError

    monkeypatch.setattr(migrations, "_upgrade", fail)
    with pytest.raises(ZeroDivisionError):
        migrate(bare)
    monkeypatch.setattr(migrations, "_upgrade", upgrade)

    assert health.examine(bare).schema == revisions()[0]
    assert contents(bare) == before
    migrate(bare)
    assert health.examine(bare).schema == revisions()[-1]


async def test_on_a_server_a_migration_waits_for_processes_that_still_run_and_then_says_so(
    postgresql: Server, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "BUSY_TIMEOUT", 0.2)
    name = postgresql.create(None)
    address = address_of(postgresql.url(name))
    migrate(address, revisions()[0])
    fill(address)
    before = contents(address)

    with plain_connection(address) as still_running:
        still_running.execute(select(schema.episodes.c.id))
        with pytest.raises(StorageError, match="is in use by another process for too long"):
            await Database.open(address, clock)

    assert contents(address) == before
    async with await Database.open(address, clock):
        pass
    assert health.examine(address).schema == revisions()[-1]
    postgresql.drop(name)


@copies
def test_what_there_was_before_is_kept_until_the_next_migration(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    *_, older, newer, newest = revisions()
    migrate(of_file(path), older)
    fill(of_file(path))
    before = contents(of_file(path))

    migrate(of_file(path), newer)

    kept = tmp_path / f"companion.db.before-{newer}"
    assert contents(of_file(kept)) == before
    migrate(of_file(path), newer)
    assert kept.exists(), "nothing was migrated, so it stays"
    between = contents(of_file(path))
    migrate(of_file(path))
    assert not kept.exists()
    assert contents(of_file(tmp_path / f"companion.db.before-{newest}")) == between


@copies
def test_going_back_is_to_restore_what_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    migrate(of_file(path), revisions()[-2])
    fill(of_file(path))
    before = contents(of_file(path))
    migrate(of_file(path))

    restore(tmp_path / f"companion.db.before-{revisions()[-1]}", path, datetime(2026, 1, 2, tzinfo=UTC))

    assert contents(of_file(path)) == before


@copies
def test_without_room_for_that_copy_nothing_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "companion.db"
    migrate(of_file(path), revisions()[-2])

    def usage(_folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=4096)

    monkeypatch.setattr(shutil, "disk_usage", usage)

    with pytest.raises(StorageError, match=r"was not migrated.*make room there"):
        migrate(of_file(path))
    assert health.examine(of_file(path)).schema == revisions()[-2]
    assert [file.name for file in tmp_path.iterdir()] == ["companion.db"]


@copies
def test_a_new_database_needs_no_copy(tmp_path: Path) -> None:
    migrate(of_file(tmp_path / "companion.db"))

    assert [file.name for file in tmp_path.iterdir()] == ["companion.db"]
