"""Whatever any released schema held is there after a migration."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from companion.storage import health
from companion.storage.address import of_file
from companion.storage.backup import restore
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.migrations import migrate, revisions
from tests.clocks import StoppedClock
from tests.faults.places import faults_of
from tests.storage.every_table import Rows, contents, fill


def as_now(rows: Rows) -> Rows:
    """What rows of an older schema are in this one: people were names alone before they had roles."""
    named = {'["Ada Fern"]': '[["Ada Fern",null]]'}

    def of(name: str, value: object) -> object:
        return named.get(str(value), value) if name == "people" else value

    return {
        table: sorted((tuple((name, of(name, value)) for name, value in row) for row in some), key=repr)
        for table, some in rows.items()
    }


@pytest.mark.parametrize("older", revisions()[:-1])
async def test_every_row_of_every_table_of_every_older_schema_is_brought_forward(
    tmp_path: Path, clock: StoppedClock, older: str
) -> None:
    path = tmp_path / "companion.db"
    migrate(of_file(path), older)
    fill(path)
    before = contents(path)
    assert all(before.values()), "a table without rows"

    async with await Database.open(f"sqlite+aiosqlite:///{path}", clock):
        pass

    assert contents(path, before) == (as_now(before) if older < "0003" else before)
    assert faults_of(path) == []


def test_what_there_was_before_is_kept_until_the_next_migration(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    *_, older, newer, newest = revisions()
    migrate(of_file(path), older)
    fill(path)
    before = contents(path)

    migrate(of_file(path), newer)

    kept = tmp_path / f"companion.db.before-{newer}"
    assert contents(kept) == before
    migrate(of_file(path), newer)
    assert kept.exists(), "nothing was migrated, so it stays"
    between = contents(path)
    migrate(of_file(path))
    assert not kept.exists()
    assert contents(tmp_path / f"companion.db.before-{newest}") == between


def test_going_back_is_to_restore_what_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    migrate(of_file(path), revisions()[-2])
    fill(path)
    before = contents(path)
    migrate(of_file(path))

    restore(tmp_path / f"companion.db.before-{revisions()[-1]}", path, datetime(2026, 1, 2, tzinfo=UTC))

    assert contents(path) == before


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


def test_a_new_database_needs_no_copy(tmp_path: Path) -> None:
    migrate(of_file(tmp_path / "companion.db"))

    assert [file.name for file in tmp_path.iterdir()] == ["companion.db"]


def test_going_through_every_schema_ends_where_one_leap_does(tmp_path: Path) -> None:
    leaping, walking = tmp_path / "leaping.db", tmp_path / "walking.db"
    for path in (leaping, walking):
        migrate(of_file(path), revisions()[0])
        fill(path)
    migrate(of_file(leaping))
    for revision in revisions():
        migrate(of_file(walking), revision)

    assert contents(walking) == contents(leaping)
