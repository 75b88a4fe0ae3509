from __future__ import annotations

import socket
from pathlib import Path

import pytest

from companion.storage.address import address_of, of_file
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.health import examine
from tests.clocks import StoppedClock

SERVER = "postgresql+asyncpg://companion:hunter2@db.example.org/bees"


@pytest.fixture
def nowhere() -> str:
    """The URL of a server that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"postgresql+asyncpg://companion:hunter2@127.0.0.1:{port}/bees"


def test_a_file_has_its_local_files_beside_it(tmp_path: Path) -> None:
    address = address_of(f"sqlite+aiosqlite:///{tmp_path}/c.db")

    assert address == of_file(tmp_path / "c.db")
    assert (address.sqlite, address.files, str(address)) == (True, tmp_path / "c.db", f"{tmp_path}/c.db")
    assert (address.of_loop.drivername, address.of_threads.drivername) == ("sqlite+aiosqlite", "sqlite")


def test_a_server_has_a_driver_for_the_event_loop_and_one_for_threads(tmp_path: Path) -> None:
    address = address_of(SERVER, tmp_path)

    assert not address.sqlite
    assert address.of_loop.render_as_string(hide_password=False) == SERVER
    assert address.of_threads.drivername == "postgresql+psycopg"
    assert address_of(SERVER.replace("+asyncpg", ""), tmp_path).of_loop == address.of_loop


def test_the_local_files_of_two_databases_are_not_the_same(tmp_path: Path) -> None:
    def files(url: str) -> Path:
        return address_of(url, tmp_path).files

    assert files(SERVER).parent == tmp_path
    assert files(SERVER) == files(SERVER.replace("hunter2", "another"))
    assert len({files(SERVER), files(SERVER.replace("example", "elsewhere")), files(f"{SERVER}2")}) == 3


def test_a_database_whose_name_is_a_path_stays_in_its_folder(tmp_path: Path) -> None:
    address = address_of(SERVER.replace("/bees", "/..%2F..%2Fetc"), tmp_path)

    assert address.files.parent == tmp_path
    assert "/" not in address.files.name


def test_messages_name_a_server_without_its_password() -> None:
    assert str(address_of(SERVER)) == "bees on db.example.org:5432"


@pytest.mark.own_database("nobody is there")
async def test_a_server_that_is_not_there_is_told_plainly(nowhere: str, tmp_path: Path, clock: StoppedClock) -> None:
    address = address_of(nowhere, tmp_path)

    with pytest.raises(StorageError, match="cannot be reached: is PostgreSQL running there") as refusal:
        await Database.open(address, clock)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.own_database("nobody is there")
def test_the_health_of_a_server_that_is_not_there_is_told_plainly(nowhere: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be reached"):
        examine(address_of(nowhere, tmp_path))
