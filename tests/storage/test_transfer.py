from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Table, insert, select, update

from companion.storage import podcasts, schema, settings, transfer
from companion.storage.address import Address, address_of, of_file
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.podcasts import PodcastFacts
from companion.storage.transfer import Step
from tests.clocks import StoppedClock
from tests.postgresql import Server
from tests.storage.everywhere import AT, everything, seed

pytestmark = pytest.mark.own_database("they copy from a file to a server, or back")

SINGLE = {
    schema.retractions: {"message_id": 1, "guild_id": 2, "channel_id": 3, "member_id": 4, "asked_at": AT},
    schema.stand_ins: {"alias": 1, "guild_id": 2, "salt": "s", "digest": "d"},
    schema.departures: {"guild_id": 2, "left_at": AT},
    schema.erasures: {"guild_id": 2, "member_id": 4, "asked_at": AT},
}
"""Rows of the tables that `seed` leaves empty."""


@pytest.fixture
def on_server(server_url: str) -> Address:
    """An empty database on a server."""
    return address_of(server_url)


@pytest.fixture
def bare(postgresql: Server) -> Iterator[Address]:
    """The same without any table."""
    name = postgresql.create(None)
    yield address_of(postgresql.url(name))
    postgresql.drop(name)


@pytest.fixture
async def filled(tmp_path: Path, clock: StoppedClock) -> Address:
    """A file with rows in every table, several in most."""
    address = of_file(tmp_path / "companion.db")
    async with await Database.open(address, clock) as database, database.write() as connection:
        await seed(connection, 100, 7)
        await seed(connection, 200, 8)
        for table, row in SINGLE.items():
            await connection.execute(insert(table), row)
    return address


async def contents(address: Address, clock: StoppedClock) -> dict[Table, list[tuple[Any, ...]]]:
    async with await Database.open(address, clock) as database, database.read() as connection:
        found = await everything(connection)
    return {table: sorted((tuple(row.values()) for row in rows), key=repr) for table, rows in found.items()}


def steps() -> tuple[list[Step], Any]:
    told: list[Step] = []
    return told, told.append


async def test_every_row_of_every_table_is_on_the_server_afterwards(
    filled: Address, bare: Address, clock: StoppedClock
) -> None:
    told, tell = steps()

    done = transfer.transfer(filled, bare, tell)

    before = await contents(filled, clock)
    assert all(before.values()), "every table has to have rows"
    assert await contents(bare, clock) == before
    assert done.rows == sum(map(len, before.values()))
    assert {step.table for step in told if step.verified and step.done == step.total} == {
        table.name for table in before
    }


async def test_the_way_back_ends_where_it_began(
    filled: Address, on_server: Address, tmp_path: Path, clock: StoppedClock
) -> None:
    back = of_file(tmp_path / "elsewhere" / "back.db")

    transfer.transfer(filled, on_server, steps()[1])
    transfer.transfer(on_server, back, steps()[1])

    assert await contents(back, clock) == await contents(filled, clock)


@pytest.mark.parametrize("gone", [False, True], ids=["that is there", "that was deleted"])
async def test_a_copy_never_gives_the_id_of_a_row_again(
    gone: bool, tmp_path: Path, on_server: Address, clock: StoppedClock
) -> None:
    source, back = of_file(tmp_path / "companion.db"), of_file(tmp_path / "back.db")

    async def add(address: Address, key: str) -> int:
        async with await Database.open(address, clock) as database, database.write() as connection:
            return (await podcasts.upsert(connection, PodcastFacts(key, key.title(), None, private=False), AT)).id

    given = [await add(source, key) for key in ("a", "b", "c")]
    if gone:
        async with await Database.open(source, clock) as database, database.write() as connection:
            await connection.execute(schema.podcasts.delete().where(schema.podcasts.c.id == given[-1]))
    transfer.transfer(source, on_server, steps()[1])
    transfer.transfer(on_server, back, steps()[1])

    assert await add(on_server, "d") == given[-1] + 1
    assert await add(back, "d") == given[-1] + 1


async def test_a_row_may_refer_to_a_later_one_of_its_own_table(
    filled: Address, on_server: Address, clock: StoppedClock
) -> None:
    async with await Database.open(filled, clock) as database, database.write() as connection:
        first, last = (await connection.execute(select(schema.questions.c.id))).scalars().all()
        columns = schema.questions.c
        await connection.execute(
            update(schema.questions).where(columns.id == first).values(riff_on=last, follows_id=first)
        )

    transfer.transfer(filled, on_server, steps()[1])

    assert await contents(on_server, clock) == await contents(filled, clock)


async def test_a_database_that_holds_something_is_not_filled(
    filled: Address, on_server: Address, clock: StoppedClock
) -> None:
    async with await Database.open(on_server, clock) as database, database.write() as connection:
        await settings.put(connection, "kept", "as it was")
    before = await contents(on_server, clock)

    with pytest.raises(StorageError, match=r"is not empty \(there are settings\)"):
        transfer.transfer(filled, on_server, steps()[1])

    assert await contents(on_server, clock) == before


async def test_a_copy_that_fails_leaves_nothing_and_can_be_made_again(
    filled: Address, on_server: Address, clock: StoppedClock
) -> None:
    def fail(step: Step) -> None:
        if step.table == "votes":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer.transfer(filled, on_server, fail)

    rows = await contents(on_server, clock)
    assert {table.name for table, found in rows.items() if found} == {"index_version"}
    transfer.transfer(filled, on_server, steps()[1])
    assert await contents(on_server, clock) == await contents(filled, clock)


async def test_a_row_that_comes_out_as_another_undoes_the_copy(
    filled: Address, on_server: Address, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = transfer._Copying._insert  # pyright: ignore[reportPrivateUsage]

    def spoil(self: Any, table: Table, rows: list[dict[str, Any]]) -> None:
        whole(self, table, [row | {"title": "Another"} for row in rows] if table is schema.podcasts else rows)

    monkeypatch.setattr(transfer._Copying, "_insert", spoil)  # pyright: ignore[reportPrivateUsage]

    with pytest.raises(StorageError, match=r"The row \(1,\) of podcasts came out as another"):
        transfer.transfer(filled, on_server, steps()[1])

    assert not (await contents(on_server, clock))[schema.podcasts]


async def test_a_row_that_does_not_arrive_undoes_the_copy(
    filled: Address, on_server: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = transfer._Copying._insert  # pyright: ignore[reportPrivateUsage]

    def lose(self: Any, table: Table, rows: list[dict[str, Any]]) -> None:
        whole(self, table, rows[:1] if table is schema.feeds else rows)

    monkeypatch.setattr(transfer._Copying, "_insert", lose)  # pyright: ignore[reportPrivateUsage]

    with pytest.raises(StorageError, match="feeds has 2 rows, and 1 of them arrived"):
        transfer.transfer(filled, on_server, steps()[1])


async def test_what_is_stored_during_the_copy_undoes_it_for_it_would_be_lost(
    filled: Address, on_server: Address, clock: StoppedClock
) -> None:
    def write_beside(step: Step) -> None:
        with closing(sqlite3.connect(filled.files)) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO settings (key, value) VALUES ('late', ?)", (step.table,))

    with pytest.raises(StorageError, match=r"Something was stored in .*companion\.db while it was copied"):
        transfer.transfer(filled, on_server, write_beside)

    assert not (await contents(on_server, clock))[schema.settings]
    transfer.transfer(filled, on_server, steps()[1])
    assert await contents(on_server, clock) == await contents(filled, clock)


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO settings (key, value) VALUES ('late', '')",
        "UPDATE settings SET value = value",
        "DELETE FROM settings WHERE key = (SELECT min(key) FROM settings)",
    ],
)
async def test_so_does_what_is_stored_on_a_server_that_is_copied_to_a_file(
    change: LiteralString, filled: Address, on_server: Address, postgresql: Server, tmp_path: Path, clock: StoppedClock
) -> None:
    transfer.transfer(filled, on_server, steps()[1])
    back = of_file(tmp_path / "back.db")

    def write_beside(step: Step) -> None:
        if step.table == "settings" and step.verified:
            with psycopg.connect(postgresql.url(str(on_server.url.database)).replace("+asyncpg", "")) as connection:
                connection.execute(change)

    with pytest.raises(StorageError, match=r"Something was stored in test_.* while it was copied"):
        transfer.transfer(on_server, back, write_beside)

    assert not (await contents(back, clock))[schema.settings]


async def closed_in_the_middle(server: Server, ended: Address, source: Address, target: Address) -> str:
    """What is said of a copy during which a server closes its connections, as when it is stopped."""
    close = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}"

    def end(step: Step) -> None:
        if step.table == "votes":
            server.execute(sql.SQL(close).format(sql.Literal(ended.url.database)))

    with pytest.raises(StorageError) as told:
        transfer.transfer(source, target, end)
    return str(told.value)


async def test_a_target_that_goes_away_is_named_and_can_be_filled_when_it_is_back(
    filled: Address, on_server: Address, postgresql: Server, clock: StoppedClock
) -> None:
    said = await closed_in_the_middle(postgresql, on_server, filled, on_server)

    assert said.startswith(f"The database {on_server} cannot be reached")
    transfer.transfer(filled, on_server, steps()[1])
    assert await contents(on_server, clock) == await contents(filled, clock)


async def test_a_source_that_goes_away_is_named_and_not_the_target(
    filled: Address, on_server: Address, bare: Address, postgresql: Server, clock: StoppedClock
) -> None:
    transfer.transfer(filled, on_server, steps()[1])

    said = await closed_in_the_middle(postgresql, on_server, on_server, bare)

    assert said.startswith(f"The database {on_server} cannot be reached")
    rows = await contents(bare, clock)
    assert {table.name for table, found in rows.items() if found} == {"index_version"}


@pytest.mark.parametrize("way", ["to a server", "to a file"])
async def test_a_copy_that_is_killed_leaves_nothing_and_can_be_made_again(
    way: str, filled: Address, on_server: Address, tmp_path: Path, clock: StoppedClock
) -> None:
    target = on_server if way == "to a server" else of_file(tmp_path / "copy.db")
    killed = """
import os, signal
from companion.storage.address import address_of
from companion.storage.transfer import transfer

def told(step):
    if step.table == "votes":
        os.kill(os.getpid(), signal.SIGKILL)

transfer(address_of({!r}), address_of({!r}), told)
""".format(*(one.url.render_as_string(hide_password=False) for one in (filled, target)))

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", killed)
    assert await process.wait() == -signal.SIGKILL

    assert not (await contents(target, clock))[schema.podcasts]
    transfer.transfer(filled, target, steps()[1])
    assert await contents(target, clock) == await contents(filled, clock)


async def test_a_character_that_postgresql_cannot_hold_is_replaced_as_by_the_bot_and_told(
    tmp_path: Path, on_server: Address, clock: StoppedClock
) -> None:
    source = of_file(tmp_path / "companion.db")
    async with await Database.open(source, clock) as database, database.write() as connection:
        await settings.put(connection, "k", "before\0after")

    done = transfer.transfer(source, on_server, steps()[1])

    assert done.replaced == 1
    async with await Database.open(on_server, clock) as database, database.read() as connection:
        assert await settings.get(connection, "k") == "before\N{REPLACEMENT CHARACTER}after"


async def test_a_key_of_before_keys_had_an_end_is_shortened_and_told(
    filled: Address, on_server: Address, clock: StoppedClock
) -> None:
    guid = "tag:" + "é" * 2000
    with closing(sqlite3.connect(filled.files)) as connection, connection:
        connection.execute("UPDATE episodes SET guid = ? WHERE id = (SELECT min(id) FROM episodes)", (guid,))

    done = transfer.transfer(filled, on_server, steps()[1])

    assert done.replaced == 1
    async with await Database.open(on_server, clock) as database, database.read() as connection:
        assert await connection.scalar(select(schema.episodes.c.title).where(schema.episodes.c.guid == guid))


def test_a_file_that_is_not_there_is_no_source(tmp_path: Path, on_server: Address) -> None:
    with pytest.raises(StorageError, match="There is no database"):
        transfer.transfer(of_file(tmp_path / "none.db"), on_server, steps()[1])

    assert not (tmp_path / "none.db").exists()


def test_a_damaged_file_is_no_source(tmp_path: Path, on_server: Address) -> None:
    (tmp_path / "companion.db").write_bytes(b"no database at all" * 100)

    with pytest.raises(StorageError, match="is damaged"):
        transfer.transfer(of_file(tmp_path / "companion.db"), on_server, steps()[1])


def test_a_server_without_tables_of_ours_is_no_source(tmp_path: Path, bare: Address) -> None:
    with pytest.raises(StorageError, match="no database of Companion's"):
        transfer.transfer(bare, of_file(tmp_path / "companion.db"), steps()[1])


async def test_nothing_is_copied_to_itself(filled: Address) -> None:
    with pytest.raises(StorageError, match="to itself"):
        transfer.transfer(filled, filled, steps()[1])
