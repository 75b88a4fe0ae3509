"""``companion privacy``: for members who cannot ask the bot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from companion.community.privacy import Privacy
from companion.storage import searches
from companion.storage.engine import Database
from companion.storage.searches import Search
from tests.bot.commands import companion, stored
from tests.storage.everywhere import seed

HERE, THERE = 900000000000000010, 900000000000000011
PRIYA = 800000000000000001


@pytest.fixture(autouse=True)
def _elsewhere(on_engine: Path) -> None:  # pyright: ignore[reportUnusedFunction]
    """A working directory with a database in which Priya is everywhere, in two servers."""

    async def fill(database: Database) -> None:
        async with database.write() as connection:
            for guild_id in (HERE, THERE):
                await seed(connection, guild_id, PRIYA)

    stored(fill)


def privacy(*arguments: str, typed: str = "") -> Result:
    return companion("privacy", *arguments, typed=typed)


def kept() -> int:
    async def count(database: Database) -> int:
        return (await Privacy(database).kept(None, PRIYA)).rows

    return stored(count)


def test_it_shows_what_is_kept_and_what_becomes_of_it() -> None:
    told = privacy("show", str(PRIYA), "--server", str(HERE))

    assert told.exit_code == 0
    assert "     1  searches you made. Deleted." in told.stdout
    assert "     1  servers that blocked you. A block stays" in told.stdout


def test_one_entry_is_told_as_one() -> None:
    async def search(database: Database) -> None:
        async with database.write() as connection:
            await searches.record(connection, Search(HERE, 1, 800000000000000007, "Noa", "bees", database.clock.now()))

    stored(search)

    assert "1 entry in all." in privacy("show", "800000000000000007").stderr


def test_it_writes_it_as_json() -> None:
    told = privacy("export", str(PRIYA))

    exported = json.loads(told.stdout)
    assert exported["server_id"] == "all"
    assert {row["guild_id"] for row in exported["kept"]["searches you made"]["rows"]} == {str(HERE), str(THERE)}


def test_it_deletes_only_when_it_was_told_twice() -> None:
    before = kept()

    refused = privacy("delete", str(PRIYA), typed="n\n")

    assert refused.exit_code == 1
    assert kept() == before


def test_it_deletes_and_says_what_stays() -> None:
    told = privacy("delete", str(PRIYA), "--yes")

    assert told.exit_code == 0, told.output
    assert "entries name them no more." in told.stdout
    assert "messages in Discord are deleted, or lose the name, while the bot runs." in told.stdout
    assert "What stays: servers that blocked you (2). A block stays" in told.stdout


def test_what_is_no_id_is_refused_with_how_to_get_one() -> None:
    told = privacy("show", "priya")

    assert told.exit_code == 1
    assert "'priya' is not a member's id" in told.stderr


def test_of_somebody_unknown_nothing_was_kept() -> None:
    told = privacy("delete", "800000000000000077", "--yes")

    assert (told.exit_code, told.stdout) == (0, "Nothing was kept.\n")
