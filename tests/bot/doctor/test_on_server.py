"""What the doctor says of a database on a server."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from companion.bot.doctor import database as stored
from companion.bot.doctor.findings import Severity
from tests.bot.doctor.said import of


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+asyncpg", ""), autocommit=True) as connection:
        cursor = connection.execute(sql.SQL(statement))  # pyright: ignore[reportArgumentType, reportCallIssue]
        return cursor.fetchall() if cursor.description else []


def test_one_that_can_be_written_was_written_to_and_is_as_before(server_url: str, tmp_path: Path) -> None:
    before = execute(server_url, "SELECT key FROM settings")

    found = stored.check(server_url, tmp_path)

    assert found.usable
    assert "and can be written" in of(Severity.OK, found.findings)
    assert execute(server_url, "SELECT key FROM settings") == before


def test_one_that_only_reads_is_told_as_a_standby_is(server_url: str, tmp_path: Path) -> None:
    name = server_url.rpartition("/")[2]
    execute(server_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")

    found = stored.check(server_url, tmp_path)

    assert not found.usable
    assert "primary server" in of(Severity.ERROR, found.findings)


@pytest.fixture
def reader(server_url: str) -> str:
    """The same database, for a user who may only read it."""
    execute(server_url, "DROP ROLE IF EXISTS reader")
    execute(server_url, "CREATE ROLE reader LOGIN")
    execute(server_url, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    return server_url.replace("companion@", "reader@")


def test_a_user_who_may_only_read_is_told(reader: str, server_url: str, tmp_path: Path) -> None:
    found = stored.check(reader, tmp_path)
    execute(server_url, "DROP OWNED BY reader")

    assert not found.usable
    assert "belong to the user in DATABASE_URL" in of(Severity.ERROR, found.findings)
