"""The Discord on the loopback, which the library takes for the real one."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from companion.storage import subscriptions
from companion.storage.engine import Database
from tests import samples
from tests.clocks import StoppedClock
from tests.wire.running import point_at
from tests.wire.server import GUILD_ID, WireDiscord


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[WireDiscord]:
    """It has an answer to everything that the bot asks of it, and finds nothing wrong with it."""
    async with WireDiscord(validates=True).serving() as serving:
        point_at(serving.base, monkeypatch)
        yield serving
    assert serving.wrong == []
    assert serving.unknown == []


@pytest.fixture
async def bees(database: Database, clock: StoppedClock) -> None:
    """The server has a podcast."""
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD_ID, podcast.id, clock.now())
