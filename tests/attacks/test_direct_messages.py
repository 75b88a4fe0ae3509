"""What is kept of a member is kept for a server: nothing that they press in direct messages is kept for none, where
deleting it everywhere would not look for it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from companion.storage.engine import Database
from companion.storage.erasures import ANYWHERE
from companion.storage.privacy import PLACES, in_server
from tests.attacks.forged import Presses, custom_ids
from tests.cogs.test_strangers import Strangers


async def _with_rows_of_no_server(database: Database) -> set[str]:
    """The tables that name members, and do so for no server."""
    found: set[str] = set()
    async with database.read() as connection:
        for table in {place.table for place in PLACES}:
            of_none = select(func.count()).select_from(table).where(*in_server(table, ANYWHERE))
            if (await connection.execute(of_none)).scalar_one():
                found.add(table.name)
    return found


@pytest.mark.parametrize("strangers", ["bees"], indirect=True)
async def test_whatever_a_member_presses_in_direct_messages_nothing_is_kept_for_no_server(strangers: Strangers) -> None:
    presses = Presses(strangers, strangers.here.member.user)

    for custom_id in custom_ids(strangers, 1):
        assert (await presses.press(custom_id)).acknowledged, custom_id

    assert await _with_rows_of_no_server(strangers.world.database) == set()
