"""What tests of every floor share."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from sqlalchemy import Pool, event

from companion.storage import address as addresses
from companion.storage import engine
from companion.storage.address import Address, of_file
from companion.storage.engine import Database
from companion.storage.migrations import migrate
from tests.clocks import StoppedClock
from tests.engines import CompiledOnce, Databases, Files, OnServer, is_of_this_version
from tests.postgresql import Server, serving

if TYPE_CHECKING:  # takes its time to import, and few tests want it
    from tests.language_models import ModelServer

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("whole", deadline=None)
settings.load_profile("whole")
settings.register_profile("quick", max_examples=25)
"""Of `make test`; see `tests/examples.py`."""

_SERVER = pytest.StashKey[Server]()

_REAL_FEED = Path(__file__).parent.parent.parent / "shared" / "archive" / "feed.xml"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="where tests have their databases; on postgresql only those run that have one, and are not sqlite_only",
    )


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Half as many again as cores: tests wait for threads, disks and other processes, and others run meanwhile."""
    cores = yield
    return cores + cores // 2


def pytest_collection(session: pytest.Session) -> None:
    """What is imported and collected stays until the end, and nobody looks through it for garbage."""
    del session
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    del session
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """One server for all processes of a run, started and ended by the first of them."""
    if config.getoption("--engine") != "postgresql":
        return
    # The tests' server has no encryption, and each connection would get ready for it and ask.
    os.environ["PGSSLMODE"] = "disable"
    first: dict[str, Any] | None = getattr(config, "workerinput", None)
    stack = ExitStack()
    if first is None:
        config.stash[_SERVER] = stack.enter_context(serving())
    else:
        config.stash[_SERVER] = Server(first["postgresql"])
        stack.callback(config.stash[_SERVER].close)
    config.add_cleanup(stack.close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a process of pytest-xdist's where the server is."""
    if (server := node.config.stash.get(_SERVER, None)) is not None:
        node.workerinput["postgresql"] = server.port


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _SERVER not in config.stash:
        return
    kept = [item for item in items if _has_database(item) and not item.get_closest_marker("sqlite_only")]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _has_database(item: pytest.Item) -> bool:
    """Is it one that this fixture gives? What goes without, or names a file of SQLite's itself, runs but once."""
    return "databases" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def real_feed() -> Path:
    """A feed of fifteen episodes of a real podcast, which is no part of this repository."""
    if not _REAL_FEED.exists():
        pytest.skip(f"the archive of a real podcast is not here ({_REAL_FEED})")
    return _REAL_FEED


@pytest.fixture(scope="session", autouse=True)
def _quick_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """New databases are copies of one that was migrated once, statements are compiled once for all of them, and no test
    waits until the disk has what it wrote."""
    made_once = tmp_path_factory.mktemp("schema") / "companion.db"
    migrate(of_file(made_once))

    def migrate_copy(address: Address) -> None:
        if address.sqlite and not address.files.exists():
            shutil.copyfile(made_once, address.files)
        if not is_of_this_version(address):
            migrate(address)

    def do_not_wait(connection: Any, _record: object) -> None:
        # A server of the tests' waits for nothing anyway.
        if "sqlite" in type(connection).__module__:
            connection.cursor().execute("PRAGMA synchronous = OFF")

    event.listen(Pool, "connect", do_not_wait)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "migrate", migrate_copy)
        for create in ("create_async_engine", "create_engine"):
            compiled = {"compiled_cache": CompiledOnce()}
            patch.setattr(engine, create, partial(getattr(engine, create), execution_options=compiled))
        yield
    event.remove(Pool, "connect", do_not_wait)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Databases:
    """Of the engine that is tested."""
    server = pytestconfig.stash.get(_SERVER, None)
    return Files() if server is None else OnServer(server)


@pytest.fixture(scope="session")
def postgresql(pytestconfig: pytest.Config) -> Iterator[Server]:
    """A server, for tests that need one whichever engine is tested."""
    server = pytestconfig.stash.get(_SERVER, None)
    if server is not None:
        yield server
        return
    with serving() as started:
        yield started


@pytest.fixture
def server_url(postgresql: Server) -> Iterator[str]:
    """Of an empty database of this version's schema on a server, whichever engine is tested."""
    name = postgresql.create()
    yield postgresql.url(name)
    postgresql.drop(name)


@pytest.fixture(autouse=True)
def _local_files(  # pyright: ignore[reportUnusedFunction]
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that belong to a database on a server are not left in the folder that tests run in. Thousands of tests have
    no database and want no folder."""
    if not {"databases", "postgresql", "tmp_path"}.isdisjoint(request.fixturenames):
        monkeypatch.setattr(addresses, "FOLDER", request.getfixturevalue("tmp_path"))


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """Where an empty database of this version's schema is, or will be as soon as it is opened."""
    with databases.new(tmp_path) as url:
        yield url


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
