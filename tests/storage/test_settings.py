from __future__ import annotations

from companion.storage import settings
from companion.storage.engine import Database


async def test_a_setting_is_what_was_put_last(database: Database) -> None:
    async with database.write() as connection:
        assert await settings.get(connection, "tree") is None
        await settings.put(connection, "tree", "a")
        await settings.put(connection, "tree", "b")
        await settings.put(connection, "other", "c")
        assert await settings.get(connection, "tree") == "b"
