"""``companion migrate-storage``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from companion.archive.models import models_folder
from companion.bot import cli, heartbeat
from companion.storage import settings
from companion.storage.address import address_of
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from tests.clocks import StoppedClock

pytestmark = pytest.mark.own_database("they copy from a file to a server, or back")

FILE = "sqlite+aiosqlite:///data/companion.db"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with a database that has a word in it."""
    for name in ("DATABASE_URL", "DISCORD_TOKEN", "EMBEDDING_MODEL", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPANION_FOLDER", "data")

    async def put() -> None:
        async with await Database.open(FILE, StoppedClock()) as database, database.write() as connection:
            await settings.put(connection, "word", "first")

    asyncio.run(put())


def companion(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments)


def word(url: str) -> str | None:
    async def get() -> str | None:
        async with await Database.open(url, StoppedClock()) as database, database.read() as connection:
            return await settings.get(connection, "word")

    return asyncio.run(get())


def test_a_file_is_copied_to_the_database_that_the_configuration_names(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", server_url)

    said = companion("migrate-storage", FILE)

    assert said.exit_code == 0, said.output
    assert "settings: 1\n" in said.output
    assert "from data/companion.db to test_" in said.output
    assert word(server_url) == "first"


def test_a_server_s_database_is_copied_to_a_file(server_url: str) -> None:
    there = companion("migrate-storage", FILE, server_url)
    back = companion("migrate-storage", server_url, "sqlite:///back.db")

    assert (there.exit_code, back.exit_code) == (0, 0)
    assert word("sqlite:///back.db") == "first"


def test_models_that_were_adapted_come_along(server_url: str) -> None:
    model = models_folder(address_of(FILE)) / "some" / "weights"
    model.parent.mkdir(parents=True)
    model.write_text("numbers")

    said = companion("migrate-storage", FILE, server_url)

    copied = models_folder(address_of(server_url, Path("data"))) / "some" / "weights"
    assert copied.read_text() == "numbers"
    assert f"Copied the models that were adapted to the archive to {copied.parent.parent}" in said.output


@pytest.mark.parametrize("on", ["source", "target"])
def test_nothing_is_copied_while_the_bot_runs(server_url: str, on: str) -> None:
    address = address_of(FILE) if on == "source" else address_of(server_url, Path("data"))
    heartbeat.write(heartbeat.heartbeat_file(address), SystemClock().now())

    said = companion("migrate-storage", FILE, server_url)

    assert said.exit_code == 1
    assert f"The bot runs on {address}" in said.output
    assert word(server_url) is None


def test_a_password_in_a_url_is_told_nobody() -> None:
    said = companion("migrate-storage", FILE, "postgresql+asyncpg://me:sesame@127.0.0.1:1/none")

    assert said.exit_code == 1
    assert "none on 127.0.0.1:1 cannot be reached" in said.output
    assert "sesame" not in said.output


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("data/companion.db", FILE), "SOURCE is not a database URL"),
        ((FILE, "mysql://me@db.example.org/bees"), "TARGET names a mysql database"),
        ((FILE, "postgresql://db.example.org/bees?sslmode=require"), "TARGET has options after a question mark"),
    ],
)
def test_a_url_that_is_none_is_named_as_the_command_calls_it(given: tuple[str, str], said: str) -> None:
    refused = companion("migrate-storage", *given)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert said in refused.stderr
