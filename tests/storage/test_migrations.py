from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from companion.storage import episodes, podcasts
from companion.storage.address import of_file
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.migrations import migrate, revisions
from companion.storage.schema import metadata
from tests.clocks import StoppedClock

OPEN = """
import asyncio, sys
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

async def main(url):
    async with await Database.open(url, SystemClock()):
        print("alembic" in sys.modules)

asyncio.run(main(sys.argv[1]))
"""

AN_EPISODE = """
INSERT INTO podcasts (id, key, title, private, created_at)
VALUES (1, 'k', 'Old Times', 0, '2024-01-01 00:00:00.000000');
INSERT INTO episodes (id, podcast_id, guid, title, people, content_hash, notes, created_at, updated_at)
VALUES (7, 1, 'g', 'Kept', '[]', 'h', '', '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000');
INSERT INTO turns (episode_id, ordinal, approximate, text) VALUES (7, 0, 0, 'Still here.');
"""


def revision(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def execute(path: Path, script: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def test_the_migrations_make_exactly_the_declared_schema(tmp_path: Path) -> None:
    migrate(of_file(tmp_path / "c.db"))

    with create_engine(f"sqlite:///{tmp_path}/c.db").connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("older", revisions()[:-1])
async def test_every_older_schema_is_brought_forward_with_its_rows(
    tmp_path: Path, clock: StoppedClock, older: str
) -> None:
    path = tmp_path / "c.db"
    migrate(of_file(path), older)
    execute(path, AN_EPISODE)

    async with await Database.open(f"sqlite+aiosqlite:///{path}", clock) as database, database.read() as connection:
        kept = await episodes.find(connection, "Kept", None)
        assert kept.id == 7
        assert [turn.text for turn in await episodes.turns(connection, 7)] == ["Still here."]
        assert [podcast.title for podcast in await podcasts.list_podcasts(connection)] == ["Old Times"]
    assert revision(path) == revisions()[-1]


def test_processes_that_open_a_new_database_at_once_all_find_it_migrated(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, f"sqlite+aiosqlite:///{tmp_path}/c.db"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    complaints = [process.communicate()[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], complaints
    assert revision(tmp_path / "c.db") == revisions()[-1]


def test_a_database_that_is_up_to_date_opens_without_alembic(tmp_path: Path) -> None:
    migrate(of_file(tmp_path / "c.db"))
    command = [sys.executable, "-c", OPEN, f"sqlite+aiosqlite:///{tmp_path}/c.db"]

    assert subprocess.check_output(command, text=True).strip() == "False"


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    migrate(of_file(path))
    execute(path, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StorageError, match=r"written by a newer Companion \(schema 9999"):
        migrate(of_file(path))
    assert revision(path) == "9999"


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "recipes.db"
    execute(path, "CREATE TABLE recipes (name TEXT)")

    with pytest.raises(StorageError, match="database of something else"):
        migrate(of_file(path))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("recipes",)]


def test_a_migration_that_would_leave_dangling_rows_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    migrate(of_file(path), "0001")
    execute(path, "INSERT INTO turns (episode_id, ordinal, approximate, text) VALUES (404, 0, 0, 'Whose?')")

    with pytest.raises(StorageError, match="1 rows without what they refer to"):
        migrate(of_file(path))
    assert revision(path) == "0001"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'searches'").fetchall() == []
