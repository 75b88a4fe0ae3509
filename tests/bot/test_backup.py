"""``companion backup`` and ``companion restore``."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from companion.bot import cli
from companion.storage import settings
from companion.storage.engine import Database
from tests.clocks import StoppedClock

pytestmark = pytest.mark.sqlite_only("PostgreSQL has pg_dump")

URL = "sqlite+aiosqlite:///data/companion.db"
NAMED = re.compile(r"companion-\d{8}T\d{6}Z\.db")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a database."""
    for name in ("DATABASE_URL", "DISCORD_TOKEN", "EMBEDDING_MODEL", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    write("first")
    return tmp_path


def companion(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments)


def write(word: str) -> None:
    async def put() -> None:
        async with await Database.open(URL, StoppedClock()) as database, database.write() as connection:
            await settings.put(connection, "word", word)

    asyncio.run(put())


def word() -> str | None:
    async def get() -> str | None:
        async with await Database.open(URL, StoppedClock()) as database, database.read() as connection:
            return await settings.get(connection, "word")

    return asyncio.run(get())


def test_a_backup_is_put_in_a_folder_of_its_own_and_restored_from_there() -> None:
    made = companion("backup")
    write("second")
    (file,) = Path("data/backups").iterdir()
    restored = companion("restore", str(file))

    assert NAMED.fullmatch(file.name)
    assert f"Copied data/companion.db to {file} (" in made.output
    assert "0 episodes, schema" in made.output
    assert f"data/companion.db is what {file} was (0 episodes, schema" in restored.output
    assert word() == "first"
    (aside,) = Path("data").glob("*.replaced-*")
    assert f"What was there before is {aside}" in restored.output


def test_a_backup_goes_where_it_is_told_and_never_over_another_file() -> None:
    assert "to there.db (" in companion("backup", "there.db").output
    kept = Path("there.db").read_bytes()
    write("second")

    refused = companion("backup", "there.db")

    assert refused.exit_code == 1
    assert "there.db is there already" in refused.output
    assert Path("there.db").read_bytes() == kept


@pytest.mark.parametrize("given", ["folder", "new/"])
def test_a_folder_gets_a_file_named_after_the_time(given: str) -> None:
    Path("folder").mkdir()

    assert companion("backup", given).exit_code == 0
    assert [NAMED.fullmatch(file.name) is not None for file in Path(given).iterdir()] == [True]


def test_only_so_many_are_kept() -> None:
    Path("data/backups").mkdir()
    for year in (2020, 2021, 2022):
        Path(f"data/backups/companion-{year}0101T000000Z.db").write_text("")

    made = companion("backup", "--keep", "2")

    assert made.output.count("Deleted ") == 2
    names = sorted(file.name for file in Path("data/backups").iterdir())
    assert names[0] == "companion-20220101T000000Z.db"
    assert len(names) == 2


def test_a_single_file_is_not_one_of_many() -> None:
    refused = companion("backup", "there.db", "--keep", "2")

    assert refused.exit_code == 2
    assert "--keep goes with a folder" in refused.output
    assert not Path("there.db").exists()


def test_adapted_models_are_said_to_be_elsewhere() -> None:
    assert "models" not in companion("backup", "one.db").output
    Path("data/companion-models").mkdir()
    assert "data/companion-models" in companion("backup", "two.db").output


@pytest.mark.parametrize("command", [("backup",), ("restore", "some.dump")])
def test_of_a_server_its_own_tools_are_named_and_no_password(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://bot:hunter2@db.example.org:5433/hive")

    refused = companion(*command)

    assert refused.exit_code == 1
    assert (
        "`pg_dump --format=custom --file=hive.dump --host=db.example.org --port=5433 --username=bot hive`"
        in refused.output
    )
    assert "pg_restore" in refused.output
    assert "hunter2" not in refused.output
