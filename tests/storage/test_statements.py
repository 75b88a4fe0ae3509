from __future__ import annotations

import logging

import pytest

from companion.storage import settings
from companion.storage.engine import Database
from tests.clocks import StoppedClock


async def used(database_url: str, clock: StoppedClock) -> None:
    """Opens a database and stores something in it."""
    async with await Database.open(database_url, clock) as database:
        async with database.write() as connection:
            await settings.put(connection, "secret-key", "a member's words")
        async with database.read() as connection:
            assert await settings.get(connection, "secret-key") == "a member's words"


async def test_statements_are_logged_without_what_is_stored(
    database_url: str, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "companion.storage.statements")
    await used(database_url, clock)
    said = [record.getMessage() for record in caplog.records if record.name == "companion.storage.statements"]

    assert any(" ms: INSERT INTO settings" in one for one in said)
    assert any(" ms: SELECT" in one for one in said)
    assert [one for one in said if "secret-key" in one or "words" in one] == []


async def test_nothing_is_listened_for_where_nobody_looks(
    database_url: str, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "companion.storage.statements")
    await used(database_url, clock)

    assert [record for record in caplog.records if record.name == "companion.storage.statements"] == []
