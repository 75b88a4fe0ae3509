"""Copies of the database, and the way back to one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from companion.storage import backup, settings
from companion.storage.address import Address
from companion.storage.backup import back_up, file_name, keep_newest, restore
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.health import Health
from companion.storage.migrations import revisions
from tests.clocks import StoppedClock

pytestmark = pytest.mark.sqlite_only("PostgreSQL has pg_dump")

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the fixture ``database``."""
    return tmp_path / "companion.db"


async def write(database: Database, value: str) -> None:
    async with database.write() as connection:
        await settings.put(connection, "word", value)


def word(file: Path) -> str | None:
    with closing(sqlite3.connect(file)) as connection:
        row = connection.execute("SELECT value FROM settings WHERE key = 'word'").fetchone()
        return row[0] if row else None


def no_database(file: Path) -> None:
    file.write_bytes(b"not a database at all" * 1000)


def recipes(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")


def nothing(_file: Path) -> None:
    """Writes nothing."""


def names(folder: Path) -> list[str]:
    """The files in the folder, without their contents' whims: what SQLite keeps beside them comes and goes."""
    return sorted(file.name for file in folder.iterdir() if not file.name.endswith(("-wal", "-shm")))


def spoil(file: Path) -> None:
    """Overwrites the middle of the file, as a failing disk does."""
    with file.open("r+b") as stream:
        stream.seek(3 * 4096)
        stream.write(b"\xff" * 8 * 4096)


class TestBackingUp:
    async def test_it_holds_what_was_committed_though_somebody_is_writing(
        self, database: Database, path: Path, tmp_path: Path
    ) -> None:
        await write(database, "kept")
        async with database.write() as connection:
            await settings.put(connection, "word", "not finished")
            health = back_up(path, tmp_path / "copy.db")

        assert (health.schema, health.damage) == (revisions()[-1], None)
        assert word(tmp_path / "copy.db") == "kept"
        assert word(path) == "not finished"

    async def test_it_is_one_file_that_only_its_owner_reads(
        self, database: Database, path: Path, tmp_path: Path
    ) -> None:
        await write(database, "kept")
        back_up(path, tmp_path / "new" / "copy.db")

        assert [file.name for file in (tmp_path / "new").iterdir()] == ["copy.db"]
        if os.name == "posix":
            assert stat.S_IMODE((tmp_path / "new" / "copy.db").stat().st_mode) == 0o600

    async def test_no_file_is_overwritten(self, database: Database, path: Path, tmp_path: Path) -> None:
        await write(database, "first")
        back_up(path, tmp_path / "copy.db")
        await write(database, "second")

        with pytest.raises(StorageError, match="is there already"):
            back_up(path, tmp_path / "copy.db")
        assert word(tmp_path / "copy.db") == "first"

    @pytest.mark.usefixtures("database")
    async def test_one_that_comes_to_be_meanwhile_is_not_overwritten_either(
        self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        examine = backup.examine

        def somebody_is_quicker(copy: Address) -> Health:
            (tmp_path / "copy.db").write_text("theirs")
            return examine(copy)

        monkeypatch.setattr(backup, "examine", somebody_is_quicker)

        with pytest.raises(StorageError, match="by now"):
            back_up(path, tmp_path / "copy.db")
        assert (tmp_path / "copy.db").read_text() == "theirs"

    async def test_a_damaged_database_is_not_taken_for_a_backup(
        self, database: Database, path: Path, tmp_path: Path
    ) -> None:
        await database.close()
        spoil(path)

        with pytest.raises(StorageError, match="damaged"):
            back_up(path, tmp_path / "backups" / "copy.db")
        assert list((tmp_path / "backups").iterdir()) == []

    def test_what_is_not_there_is_told_and_not_made(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="There is no database"):
            back_up(tmp_path / "companion.db", tmp_path / "copy.db")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.usefixtures("database")
    async def test_a_disk_without_room_is_told_before_it_is_filled(
        self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def usage(_folder: Path) -> SimpleNamespace:
            return SimpleNamespace(free=4096)

        monkeypatch.setattr(shutil, "disk_usage", usage)

        with pytest.raises(StorageError, match="make room"):
            back_up(path, tmp_path / "backups" / "copy.db")
        assert list((tmp_path / "backups").iterdir()) == []

    @pytest.mark.usefixtures("database")
    async def test_a_place_that_cannot_be_is_told(self, path: Path, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")

        with pytest.raises(StorageError, match="name another place"):
            back_up(path, tmp_path / "file" / "copy.db")


class TestKeepingTheNewest:
    def test_only_backups_of_this_database_are_deleted_the_oldest_first(self, tmp_path: Path) -> None:
        database = tmp_path / "companion.db"
        ours = [tmp_path / file_name(database, AT + timedelta(days=day)) for day in range(5)]
        others = [tmp_path / name for name in ("companion-old.db", "other-20200101T000000Z.db", "companion.db")]
        for file in (*reversed(ours), *others):
            file.write_text("")

        assert keep_newest(tmp_path, database, 2, AT) == ours[:3]
        assert sorted(tmp_path.iterdir()) == sorted([*ours[3:], *others])

    def test_what_a_stopped_backup_left_goes_after_a_day(self, tmp_path: Path) -> None:
        database = tmp_path / "companion.db"
        left = [tmp_path / f"{file_name(database, AT)}.unfinished{name}" for name in ("old", "new")]
        for file, age in zip(left, (timedelta(days=2), timedelta(hours=2)), strict=True):
            file.write_text("")
            os.utime(file, ((AT - age).timestamp(), (AT - age).timestamp()))

        keep_newest(tmp_path, database, 2, AT)

        assert list(tmp_path.iterdir()) == left[1:]


class TestRestoring:
    async def test_the_database_is_what_the_backup_was_and_what_it_was_is_kept(
        self, database: Database, path: Path, tmp_path: Path, clock: StoppedClock
    ) -> None:
        await write(database, "then")
        back_up(path, tmp_path / "copy.db")
        await write(database, "now")
        await database.close()

        health, aside = restore(tmp_path / "copy.db", path, AT)

        assert (health.schema, word(path)) == (revisions()[-1], "then")
        assert aside is not None
        assert (aside.name, word(aside)) == ("companion.db.replaced-20260102T030405Z", "now")
        assert word(tmp_path / "copy.db") == "then", "the backup is there still"
        async with await Database.open(f"sqlite+aiosqlite:///{path}", clock) as again:
            await write(again, "later")
        assert word(path) == "later"

    async def test_what_lay_in_the_journal_of_the_old_one_is_not_taken_for_the_new_ones(
        self, database: Database, path: Path, tmp_path: Path
    ) -> None:
        await write(database, "then")
        back_up(path, tmp_path / "copy.db")
        await write(database, "now")
        # As a process that was killed leaves it: what was committed lies in the journal alone.
        left = tmp_path / "left"
        shutil.copytree(tmp_path, left, ignore=shutil.ignore_patterns("left", "copy.db"))
        assert (left / "companion.db-wal").stat().st_size > 0

        _, aside = restore(tmp_path / "copy.db", left / "companion.db", AT)

        assert word(left / "companion.db") == "then"
        assert aside is not None
        assert word(aside) == "now"

    async def test_a_damaged_database_is_replaced_and_kept_as_it_is(
        self, database: Database, path: Path, tmp_path: Path
    ) -> None:
        await write(database, "then")
        back_up(path, tmp_path / "copy.db")
        await database.close()
        no_database(path)

        _, aside = restore(tmp_path / "copy.db", path, AT)

        assert word(path) == "then"
        assert aside is not None
        assert aside.read_bytes().startswith(b"not a database")

    async def test_a_journal_without_its_database_is_not_taken_for_the_backups(
        self, database: Database, path: Path, tmp_path: Path
    ) -> None:
        await write(database, "then")
        back_up(path, tmp_path / "copy.db")
        await write(database, "now")
        left = tmp_path / "left"
        left.mkdir()
        shutil.copy(f"{path}-wal", left / "companion.db-wal")

        assert restore(tmp_path / "copy.db", left / "companion.db", AT)[1] is None
        assert word(left / "companion.db") == "then"
        assert (left / "companion.db.replaced-20260102T030405Z-wal").exists()

    async def test_it_is_made_where_there_was_none(self, database: Database, path: Path, tmp_path: Path) -> None:
        await write(database, "then")
        back_up(path, tmp_path / "copy.db")

        assert restore(tmp_path / "copy.db", tmp_path / "new" / "companion.db", AT)[1] is None
        assert word(tmp_path / "new" / "companion.db") == "then"

    async def test_a_database_in_use_is_left_alone(self, database: Database, path: Path, tmp_path: Path) -> None:
        await write(database, "then")
        back_up(path, tmp_path / "copy.db")
        await write(database, "now")
        before = names(tmp_path)

        with pytest.raises(StorageError, match="stop the bot"):
            restore(tmp_path / "copy.db", path, AT)
        await write(database, "later")
        assert word(path) == "later"
        assert names(tmp_path) == before

    @pytest.mark.parametrize(
        ("write_backup", "said"),
        [
            (no_database, "it is no database"),
            (recipes, "something else"),
            (nothing, "There is no database"),
        ],
    )
    async def test_what_is_no_backup_changes_nothing(
        self, database: Database, path: Path, tmp_path: Path, write_backup: Callable[[Path], None], said: str
    ) -> None:
        await write(database, "now")
        await database.close()
        write_backup(tmp_path / "copy.db")

        with pytest.raises(StorageError, match=said):
            restore(tmp_path / "copy.db", path, AT)
        assert word(path) == "now"
        assert not any("replaced" in name for name in names(tmp_path))

    @pytest.mark.parametrize("link", [None, Path.symlink_to, Path.hardlink_to])
    async def test_the_database_itself_is_no_backup_under_whatever_name(
        self, database: Database, path: Path, tmp_path: Path, link: Callable[[Path, Path], None] | None
    ) -> None:
        await write(database, "now")
        await database.close()
        named = path if link is None else tmp_path / "copy.db"
        if link is not None:
            link(named, path)
        before = names(tmp_path)

        with pytest.raises(StorageError, match="is the database itself"):
            restore(named, path, AT)
        assert word(path) == "now"
        assert names(tmp_path) == before

    async def test_a_backup_of_a_newer_version_changes_nothing(
        self, database: Database, path: Path, tmp_path: Path
    ) -> None:
        await write(database, "now")
        await database.close()
        back_up(path, tmp_path / "copy.db")
        with sqlite3.connect(tmp_path / "copy.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")

        with pytest.raises(StorageError, match="newer Companion"):
            restore(tmp_path / "copy.db", path, AT)
        assert word(path) == "now"
