from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Row, create_engine, inspect, text

from companion.storage import episodes, podcasts
from companion.storage.address import Address, address_of
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.migrations import migrate, revisions
from companion.storage.schema import metadata
from tests.clocks import StoppedClock
from tests.engines import Databases

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
VALUES (1, 'k', 'Old Times', FALSE, '2024-01-01 00:00:00.000000');
INSERT INTO episodes (id, podcast_id, guid, title, people, content_hash, notes, created_at, updated_at)
VALUES (7, 1, 'g', 'Kept', '[]', 'h', '', '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000');
INSERT INTO turns (episode_id, ordinal, approximate, text) VALUES (7, 0, FALSE, 'Still here.');
"""


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """Of a database without any table."""
    with databases.bare(tmp_path) as bare:
        yield bare


@pytest.fixture
def address(url: str) -> Address:
    return address_of(url)


def execute(address: Address, script: str) -> list[Row[Any]]:
    """The rows of the last statement, if it gives any."""
    with create_engine(address.of_threads).begin() as connection:
        *statements, last = (part for part in script.split(";") if part.strip())
        for statement in statements:
            connection.execute(text(statement))
        result = connection.execute(text(last))
        return list(result) if result.returns_rows else []


def revision(address: Address) -> str:
    return execute(address, "SELECT version_num FROM alembic_version")[0].version_num


def tables(address: Address) -> list[str]:
    return inspect(create_engine(address.of_threads)).get_table_names()


def test_the_migrations_make_exactly_the_declared_schema(address: Address) -> None:
    migrate(address)

    with create_engine(address.of_threads).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


async def test_what_the_oldest_schema_had_is_found_again(address: Address, clock: StoppedClock) -> None:
    migrate(address, revisions()[0])
    execute(address, AN_EPISODE)

    async with await Database.open(address, clock) as database, database.read() as connection:
        kept = await episodes.find(connection, "Kept", None)
        assert kept.id == 7
        assert [turn.text for turn in await episodes.turns(connection, 7)] == ["Still here."]
        assert [podcast.title for podcast in await podcasts.list_podcasts(connection)] == ["Old Times"]
    assert revision(address) == revisions()[-1]


def test_processes_that_open_a_new_database_at_once_all_find_it_migrated(url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, url]
    piped = subprocess.PIPE
    processes = [subprocess.Popen(command, stdout=piped, stderr=piped, cwd=tmp_path) for _ in range(3)]
    complaints = [process.communicate()[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], complaints
    assert revision(address_of(url)) == revisions()[-1]


def test_a_database_that_is_up_to_date_opens_without_alembic(url: str, tmp_path: Path) -> None:
    migrate(address_of(url))
    command = [sys.executable, "-c", OPEN, url]

    assert subprocess.check_output(command, text=True, cwd=tmp_path).strip() == "False"


def test_a_newer_database_is_refused_and_left_alone(address: Address) -> None:
    migrate(address)
    execute(address, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StorageError, match=r"written by a newer Companion \(schema 9999"):
        migrate(address)
    assert revision(address) == "9999"


def test_a_database_of_another_program_is_refused_and_left_alone(address: Address) -> None:
    execute(address, "CREATE TABLE recipes (name TEXT)")

    with pytest.raises(StorageError, match="database of something else"):
        migrate(address)
    assert tables(address) == ["recipes"]


@pytest.mark.sqlite_only("PostgreSQL checks what a row refers to at every change")
def test_a_migration_that_would_leave_dangling_rows_changes_nothing(address: Address) -> None:
    migrate(address, "0001")
    execute(address, "INSERT INTO turns (episode_id, ordinal, approximate, text) VALUES (404, 0, 0, 'Whose?')")

    with pytest.raises(StorageError, match="1 rows without what they refer to"):
        migrate(address)
    assert revision(address) == "0001"
    assert "searches" not in tables(address)


RECORDED = """
INSERT INTO podcasts (id, key, title, private, created_at)
VALUES (1, 'club:10', 'Recordings', TRUE, '2024-01-01 00:00:00.000000'),
 (2, 'https://a.example/feed', 'Old Times', FALSE, '2024-01-01 00:00:00.000000');
INSERT INTO episodes (id, podcast_id, guid, title, people, content_hash, notes, created_at, updated_at)
VALUES (7, 1, 'session:3', 'Gates', '[["Priya", "presenter"], ["Ada Brook", "author"]]', 'h', '',
 '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000'),
 (8, 2, 'g', 'Gates', '[["Ann Fern", "presenter"]]', 'h', '',
 '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000')
"""


def test_recordings_of_clubs_name_no_member_who_presented_any_more(address: Address) -> None:
    migrate(address, "0018")
    execute(address, RECORDED)

    migrate(address)

    people = {row.id: str(row.people) for row in execute(address, "SELECT id, people FROM episodes")}
    assert "Priya" not in people[7]
    assert "Ada Brook" in people[7]
    assert "Ann Fern" in people[8]


IN_THE_MIDDLE = """
INSERT INTO stand_ins (alias, guild_id, salt, digest) VALUES (-5, 10, 's', 'd');
INSERT INTO namings (message_id, member_id, guild_id, channel_id, direct) VALUES (1, 7, 10, 20, FALSE)
"""


def test_what_stands_for_members_stays_when_deletions_come_to_be_gone_on_with(address: Address) -> None:
    migrate(address, "0019")
    execute(address, IN_THE_MIDDLE)

    migrate(address)

    assert [tuple(row) for row in execute(address, "SELECT alias, guild_id FROM stand_ins")] == [(-5, 10)]
    assert [row.member_id for row in execute(address, "SELECT member_id FROM namings")] == [7]
    assert execute(address, "SELECT * FROM erasures") == []
