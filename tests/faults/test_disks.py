"""A disk that is full, or takes nothing any more, under an ingest and under the running bot."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from companion.archive.fetch import Fetcher
from companion.archive.intake import ingest
from companion.bot.client import CompanionBot
from companion.bot.doctor import database as stored
from companion.bot.doctor import disk as room
from companion.bot.doctor.findings import Severity
from companion.cogs.ballot_messages import seed
from companion.cogs.failures import FORGETFUL, sentence
from companion.community.votes import Votes, VotingRules
from companion.storage import engine, subscriptions
from companion.storage.address import of_file
from companion.storage.backup import back_up
from companion.storage.ballots import Subject
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.migrations import migrate, revisions
from companion.storage.votes import Tally
from tests import samples
from tests.bot.doctor.said import of
from tests.clocks import StoppedClock
from tests.faults.disks import Ballast, disk, make_read_only
from tests.faults.places import faults_of, rows_of
from tests.feeds import item, talk, write_feed
from tests.storage.every_table import contents, fill
from tests.wire.interactions import Invoked
from tests.wire.payloads import option
from tests.wire.running import point_at, running, until
from tests.wire.server import CHANNEL_ID, GUILD_ID, WireDiscord

pytestmark = pytest.mark.sqlite_only("a server's disk is its own")

SIZE = 8 << 20
EPISODES = 12
UP = "👍"
THING = Subject("thing", 1)
MEMBERS = [700_000_000_000_000_000 + nth for nth in range(20)]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    with disk(tmp_path / "small", SIZE) as folder:
        yield folder


def url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/companion.db"


def feed(tmp_path: Path) -> str:
    return str(write_feed(tmp_path / "feed.xml", [item(number, talk(number)) for number in range(EPISODES)]))


async def test_an_ingest_says_that_the_disk_is_full_and_goes_on_once_there_is_room(
    small: Path, tmp_path: Path, clock: StoppedClock
) -> None:
    source = feed(tmp_path)
    async with await Database.open(url(small), clock) as database:
        ballast = Ballast(small)
        with pytest.raises(StorageError, match=r"The disk that holds the database .* (is full: make room|fails)"):
            await ingest(database, source, Fetcher())
        ballast.throw_away()
        read = await ingest(database, source, Fetcher())

    assert read.new + read.unchanged == EPISODES
    assert rows_of(small / "companion.db", "SELECT count(*) FROM episodes") == [(EPISODES,)]
    assert faults_of(small / "companion.db") == []


async def test_the_doctor_names_a_full_disk(small: Path, clock: StoppedClock) -> None:
    async with await Database.open(url(small), clock):
        pass
    Ballast(small)

    found = stored.check(url(small), small).findings

    assert "no room left" in of(Severity.ERROR, found) or "cannot be read" in of(Severity.ERROR, found)
    assert "0 MiB are free" in of(Severity.ERROR, room.check(small, small / "companion.db", 0))


async def test_a_start_on_a_full_disk_says_so(
    small: Path, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "migrate", migrate)
    Ballast(small)

    with pytest.raises(StorageError, match=r"full|fails|cannot be opened"):
        await Database.open(url(small), clock)


def test_a_migration_on_a_disk_without_room_changes_nothing(small: Path) -> None:
    database = small / "companion.db"
    migrate(of_file(database), revisions()[-2])
    fill(of_file(database))
    before = contents(of_file(database))
    Ballast(small)

    with pytest.raises((StorageError, Exception), match=r"make room there|full|disk I/O"):
        migrate(of_file(database))
    (small / "ballast").unlink()
    assert contents(of_file(database)) == before
    migrate(of_file(database))
    assert contents(of_file(database), before) == before


async def test_a_backup_without_room_says_so_and_leaves_nothing(small: Path, database: Database) -> None:
    Ballast(small)
    (small / "backups").mkdir(exist_ok=True)

    with pytest.raises(StorageError, match="make room"):
        back_up(database.address.files, small / "backups" / "copy.db")
    assert [file.name for file in (small / "backups").iterdir()] == []


async def test_votes_that_were_given_while_the_disk_was_full_count_once_there_is_room(
    small: Path, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        WireDiscord().serving() as wire,
        await Database.open(url(small), clock) as database,
    ):
        point_at(wire.base, monkeypatch)
        async with running(database) as bot:
            message = await bot.get_partial_messageable(CHANNEL_ID).send("Is this worth hearing again?")
            await Votes(database).open_ballot(message.id, GUILD_ID, CHANNEL_ID, THING)
            await seed(message, VotingRules())
            await react(wire, bot, message.id, MEMBERS[:5])
            ballast = Ballast(small)
            await react(wire, bot, message.id, MEMBERS[5:])
            await until(lambda: "votes could not be stored" in caplog.text)
            assert await Votes(database).tally(THING) != Tally(len(MEMBERS))

            ballast.throw_away()
            clock.advance(timedelta(minutes=1))
            await bot.schedule.tick()

            async def all_counted() -> bool:
                return await Votes(database).tally(THING) == Tally(len(MEMBERS))

            await until(all_counted)


async def test_members_get_what_needs_no_writing_and_are_told_of_the_rest_without_a_path(
    small: Path, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        WireDiscord().serving() as wire,
        await Database.open(url(small), clock) as database,
    ):
        point_at(wire.base, monkeypatch)
        podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
        async with database.write() as connection:
            await subscriptions.subscribe(connection, GUILD_ID, podcast.id, clock.now())
        async with running(database):
            await until(lambda: is_emptied(small / "companion.db"))
            ballast = Ballast(small)
            listed, searched = [
                await wire.command(name, *options, member_id=member)
                for member, (name, *options) in enumerate((("episodes",), ("search", option("query", "mites"))), 1)
            ]
            await asyncio.gather(listed.answered.wait(), searched.answered.wait())
            await until(lambda: bool(searched.followups))
            ballast.throw_away()
            again = await wire.command("search", option("query", "mites"), member_id=3)
            await again.answered.wait()

    assert "The Winter Cluster" in said_to(listed)
    assert FORGETFUL in said_to(searched)
    assert "Reference" in said_to(searched)
    assert "companion.db" not in said_to(searched)
    assert "companion.db is full: make room" in caplog.text
    assert "sugar" in said_to(again)


def is_emptied(database: Path) -> bool:
    """Whether its journal could be emptied, which nobody may be writing to just then. So it is after a pause; a journal
    that has room in it takes more on a full disk too."""
    with closing(sqlite3.connect(database)) as connection:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def said_to(invoked: Invoked) -> str:
    """All that a member reads."""
    messages = [one for one in (invoked.original, *invoked.followups) if one is not None]
    return " ".join(str(one.sent) for one in messages)


async def react(wire: WireDiscord, bot: CompanionBot, message_id: int, members: list[int]) -> None:
    cog: Any = bot.get_cog("Votes")
    for member in members:
        await wire.react(message_id, UP, member)
    await until(lambda: cog._taking is None and not cog._heard)


async def test_a_disk_that_takes_nothing_any_more_is_named(small: Path, clock: StoppedClock) -> None:
    async with await Database.open(url(small), clock):
        pass
    make_read_only(small)

    with pytest.raises(StorageError, match=r"cannot be (written|opened): check") as failed:
        await Database.open(url(small), clock)
    assert sentence(failed.value) == FORGETFUL, "members are told nothing of paths"
    assert "Nothing can be written in the folder" in of(Severity.ERROR, stored.check(url(small), small).findings)


NOBODY = 65534


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no users' ids")
def test_a_file_that_may_only_be_read_is_named_by_whoever_needs_to_write_it() -> None:
    # Whoever runs the tests may be root, whom no mode holds back: ask as somebody who is not.
    code = f"""
import asyncio, concurrent.futures.thread, os, sys
import sqlalchemy.dialects.sqlite
from pathlib import Path
from companion.bot.doctor import database
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.errors import StorageError
if os.geteuid() == 0:
    os.setgid({NOBODY}); os.setuid({NOBODY})
for one in database.check(sys.argv[1], Path("/")).findings:
    print(one.severity.name, one.sentence)
try:
    asyncio.run(Database.open(sys.argv[1], SystemClock()))
except StorageError as error:
    print("START", error)
"""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        migrate(of_file(folder / "companion.db"))
        (folder / "companion.db").chmod(0o444)
        folder.chmod(0o777)
        command = [sys.executable, "-c", code, url(folder)]
        said = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        assert said.returncode == 0, said.stderr

    assert f"ERROR The database {folder}/companion.db cannot be read and written" in said.stdout
    assert "START The database" in said.stdout
    assert "cannot be written: check the permissions" in said.stdout
