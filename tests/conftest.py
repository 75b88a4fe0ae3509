"""What tests of every floor share."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from sqlalchemy import Pool, event

from companion.storage import engine
from companion.storage.address import Address, of_file
from companion.storage.engine import Database
from companion.storage.migrations import migrate
from tests.clocks import StoppedClock

if TYPE_CHECKING:  # takes its time to import, and few tests want it
    from tests.language_models import ModelServer

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("whole", deadline=None)
settings.load_profile("whole")
settings.register_profile("quick", max_examples=25)
"""Of `make test`; see `tests/examples.py`."""

_REAL_FEED = Path(__file__).parent.parent.parent / "shared" / "archive" / "feed.xml"


@pytest.fixture
def real_feed() -> Path:
    """A feed of fifteen episodes of a real podcast, which is no part of this repository."""
    if not _REAL_FEED.exists():
        pytest.skip(f"the archive of a real podcast is not here ({_REAL_FEED})")
    return _REAL_FEED


@pytest.fixture(scope="session", autouse=True)
def _quick_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """New databases are copies of one that was migrated once, and no test waits until the disk has what it wrote."""
    made_once = tmp_path_factory.mktemp("schema") / "companion.db"
    migrate(of_file(made_once))

    def migrate_copy(address: Address) -> None:
        if address.sqlite and not address.files.exists():
            shutil.copyfile(made_once, address.files)
        migrate(address)

    def do_not_wait(connection: Any, _record: object) -> None:
        connection.cursor().execute("PRAGMA synchronous = OFF")

    event.listen(Pool, "connect", do_not_wait)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "migrate", migrate_copy)
        yield
    event.remove(Pool, "connect", do_not_wait)


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
