from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from companion.storage import searches, shown_messages
from companion.storage.engine import Database
from companion.storage.searches import Search
from companion.storage.shown_messages import ShownMessage
from tests.storage.asking import BEES, CAVES, PRIYA, asked, deleted


async def searched(database: Database, message_id: int) -> None:
    made = Search(BEES, 20, PRIYA, "Priya", "winter bees", database.clock.now(), message_id=message_id)
    async with database.write() as connection:
        await searches.record(connection, made)


async def shown(database: Database, after: int = 0, before: int = 1000, limit: int = 10) -> list[int]:
    async with database.read() as connection:
        found = await shown_messages.between(connection, {BEES}, after, before, limit)
    assert all(one == ShownMessage(BEES, 20, one.message_id) for one in found)
    return [one.message_id for one in found]


async def test_those_of_searches_and_of_questions_are_found_together_the_newest_first(database: Database) -> None:
    await searched(database, 103)
    await asked(database, message_id=102)
    await searched(database, 101)

    assert await shown(database) == [103, 102, 101]
    assert await shown(database, limit=2) == [103, 102]
    assert await shown(database, after=101, before=103) == [102]


async def test_none_are_found_of_other_servers_nor_of_what_is_deleted_or_was_never_shown(database: Database) -> None:
    await asked(database, message_id=101, guild_id=CAVES)
    await asked(database, message_id=None)
    await deleted(database, await asked(database, message_id=102))

    assert await shown(database) == []


@pytest.mark.sqlite_only("a server plans by what it knows of the tables")
async def test_they_are_looked_up_by_their_messages_however_much_was_asked_in_the_servers(database: Database) -> None:
    asked_for: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        asked_for.append((statement, parameters))

    async with database.read() as connection:
        event.listen(connection.sync_connection, "before_cursor_execute", note)
        await shown_messages.between(connection, {BEES}, 0, 1000, 10)
        statement, parameters = asked_for[-1]
        plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()

    used = [step[-1] for step in plan if step[-1].startswith(("SEARCH", "SCAN searches", "SCAN questions"))]
    assert len(used) == 2
    assert all("_message_id" in step for step in used)
