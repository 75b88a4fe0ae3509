"""What tests of every floor share."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from companion.storage.engine import Database
from tests.clocks import StoppedClock

if TYPE_CHECKING:  # takes its time to import, and few tests want it
    from tests.language_models import ModelServer

_REAL_FEED = Path(__file__).parent.parent.parent / "shared" / "archive" / "feed.xml"


@pytest.fixture
def real_feed() -> Path:
    """A feed of fifteen episodes of a real podcast, which is no part of this repository."""
    if not _REAL_FEED.exists():
        pytest.skip(f"the archive of a real podcast is not here ({_REAL_FEED})")
    return _REAL_FEED


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/companion.db"


@pytest.fixture
async def database(database_url: str, clock: StoppedClock) -> AsyncGenerator[Database, None]:
    """An empty database of this version's schema."""
    async with await Database.open(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def model_server() -> AsyncGenerator[ModelServer, None]:
    """A language model on this machine, which says what it is told to say."""
    from tests.language_models import serving_model

    async with serving_model() as serving:
        yield serving
