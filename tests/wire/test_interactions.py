"""Commands over the wire: what a member gets while Discord is slow, busy or broken."""

from __future__ import annotations

import pytest

from companion.storage.engine import Database
from tests.wire.payloads import option
from tests.wire.running import running, until
from tests.wire.server import WireDiscord


@pytest.mark.usefixtures("bees")
async def test_a_search_is_acknowledged_and_answered(wire: WireDiscord, database: Database) -> None:
    async with running(database):
        asked = await wire.command("search", option("query", "drones"))
        await until(asked.answered.is_set)
    assert asked.callback is not None
    assert asked.callback["type"] == 5
    assert asked.original is not None
    assert "drones" in str(asked.original.sent["components"]).casefold()
    assert [one.what for one in wire.invalid()] == []
