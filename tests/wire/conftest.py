"""The Discord on the loopback, which the library takes for the real one."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from tests.wire.running import point_at
from tests.wire.server import WireDiscord


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[WireDiscord]:
    async with WireDiscord().serving() as serving:
        point_at(serving, monkeypatch)
        yield serving
