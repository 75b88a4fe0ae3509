"""What is kept in files makes opening fast, and never makes it wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete

from companion.archive import block_files, snapshot
from companion.archive.encoders import ToyEncoder
from companion.archive.snapshot import Rows, Snapshot, renewed
from companion.storage import index_version, schema, token_vectors
from companion.storage.address import of_file
from companion.storage.corpus import CorpusReader
from companion.storage.engine import Database
from companion.storage.passages import StoredPassage
from tests.archive.test_renewal import MODEL, assert_same, embed
from tests.clocks import StoppedClock
from tests.storage.readings import reading, store, store_podcast


@pytest.fixture(autouse=True)
def worth_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_files, "KEPT_FROM", 1)
    monkeypatch.setattr(snapshot, "_READ_AT_ONCE", 2)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The episodes whose passages are read from the database."""
    seen: list[int] = []
    passages = CorpusReader.passages

    def counted(reader: CorpusReader, episode_ids: Collection[int]) -> tuple[StoredPassage, ...]:
        seen.extend(episode_ids)
        return passages(reader, episode_ids)

    monkeypatch.setattr(CorpusReader, "passages", counted)
    return seen


async def fill(database: Database, word: str = "bee", episodes: int = 3) -> None:
    podcast = await store_podcast(database)
    for number in range(episodes):
        texts = [f"One {word} of {number}.", f"Two {word}s."]
        await store(database, podcast, reading(f"episode {number}", texts, speakers=("Ada", "Bo")))
    await embed(database)


def forget(path: Path) -> None:
    """Deletes a database, but not the files of its blocks."""
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        file.unlink(missing_ok=True)


def files(database: Database) -> list[Path]:
    return sorted(database.address.files.with_name(f"{database.address.files.name}.blocks").glob("*"))


async def test_what_is_kept_is_not_read_again(database: Database, read: list[int]) -> None:
    await fill(database)
    before = renewed(database.address, None, MODEL)
    read.clear()

    again = renewed(database.address, None, MODEL)

    assert read == []
    assert_same(before, again)
    assert all(block.file is not None for block in again.blocks)


async def test_only_what_changed_since_is_read(database: Database, read: list[int]) -> None:
    await fill(database)
    renewed(database.address, None, MODEL)
    podcast = await store_podcast(database)
    changed = await store(database, podcast, reading("episode 1", ["Three wasps."]))
    read.clear()

    again = renewed(database.address, None, MODEL)

    assert read == [changed.id]
    assert [stored.passage.text for stored in again.passages if stored.episode_id == changed.id] == ["Three wasps."]


async def test_what_was_deleted_is_in_no_file_after_the_next_look(database: Database) -> None:
    await fill(database)
    before = renewed(database.address, None, MODEL)
    async with database.write() as connection:
        await connection.execute(delete(schema.episodes).where(schema.episodes.c.guid == "episode 1"))
        await index_version.raise_version(connection, changed=())

    after = renewed(database.address, before, MODEL)

    assert len(after) == len(before) - 2
    assert all(b"bee of 1" not in file.read_bytes() for file in files(database))
    assert_same(after, renewed(database.address, None, MODEL))


def tokens_at_hand(snapshot: Snapshot, rows: Rows) -> dict[int, bytes]:
    """By passage id."""
    ids = snapshot.passage_ids[rows].tolist()
    return {
        ids[place]: held.data[begin:end].tobytes()
        for held in snapshot.tokens(rows)
        for place, begin, end in zip(*(array.tolist() for array in (held.places, held.begins, held.ends)), strict=True)
    }


async def test_tokens_lie_in_the_files_as_they_are_in_the_database(database: Database) -> None:
    await fill(database)
    made = renewed(database.address, None, MODEL)
    kept = token_vectors.tokens_of(database.address, MODEL, made.passage_ids.tolist())

    for opened in (made, renewed(database.address, None, MODEL)):
        rows = np.arange(len(opened), dtype=np.int32)
        assert tokens_at_hand(opened, rows) == kept
        assert list(tokens_at_hand(opened, rows[1:3])) == opened.passage_ids[1:3].tolist()
    assert len(kept) == len(made)


async def test_tokens_of_what_is_in_no_file_yet_are_not_at_hand(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    before = renewed(database.address, None, MODEL)
    await store(database, await store_podcast(database), reading("episode 1", ["Three wasps."]))
    await embed(database)
    monkeypatch.setattr(block_files, "KEPT_FROM", 1_000)

    after = renewed(database.address, before, MODEL)
    at_hand = tokens_at_hand(after, np.arange(len(after), dtype=np.int32))

    kept = token_vectors.tokens_of(database.address, MODEL, after.passage_ids.tolist())
    assert len(kept) == len(after)
    assert len(at_hand) < len(kept)
    assert at_hand.items() <= kept.items()
    assert all(block.tokens is None for block in after.blocks if block.file is None and len(block.episodes) > 1)


async def test_an_archive_whose_tokens_go_while_a_file_is_written_gets_none(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)

    def gone(*_: object) -> dict[int, bytes]:
        return {}

    monkeypatch.setattr(token_vectors, "tokens_of", gone)

    opened = renewed(database.address, None, MODEL)

    assert len(opened) == 6
    assert files(database) == []


def cut_in_the_middle(data: bytes) -> bytes:
    return data[: len(data) // 2]


def cut_in_its_beginning(data: bytes) -> bytes:
    return data[:20]


def emptied(_data: bytes) -> bytes:
    return b""


def of_another_program(data: bytes) -> bytes:
    return b"\x93NUMPY" + data[6:]


def one_bit_of_its_vectors(data: bytes) -> bytes:
    return data[:-100] + bytes([data[-100] ^ 1]) + data[-99:]


def the_last_of_its_tokens(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def one_bit_of_its_header(data: bytes) -> bytes:
    return data[:70] + bytes([data[70] ^ 1]) + data[71:]


def with_a_header_longer_than_the_file(data: bytes) -> bytes:
    return data[:48] + b"\xff" * 8 + data[56:]


def with_something_behind_it(data: bytes) -> bytes:
    return data + b"more"


DAMAGES: list[Callable[[bytes], bytes]] = [
    cut_in_the_middle,
    cut_in_its_beginning,
    emptied,
    of_another_program,
    one_bit_of_its_vectors,
    the_last_of_its_tokens,
    one_bit_of_its_header,
    with_a_header_longer_than_the_file,
    with_something_behind_it,
]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_file_only_costs_making_it_anew(
    database: Database, read: list[int], damage: Callable[[bytes], bytes]
) -> None:
    await fill(database)
    sound = renewed(database.address, None, MODEL)
    for file in files(database):
        data = file.read_bytes()
        file.unlink()  # it is mapped: never written over
        file.write_bytes(damage(data))
    read.clear()

    again = renewed(database.address, None, MODEL)

    assert sorted(set(read)) == sorted(sound.episodes)
    assert_same(sound, again)
    read.clear()
    assert_same(sound, renewed(database.address, None, MODEL))
    assert read == []


async def test_files_that_other_code_made_are_made_anew(
    database: Database, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    renewed(database.address, None, MODEL)
    before = files(database)
    monkeypatch.setattr(block_files, "_made_by", lambda: "another tokeniser")
    read.clear()

    again = renewed(database.address, None, MODEL)

    assert sorted(set(read)) == sorted(again.episodes)
    assert files(database)
    assert not set(before) & set(files(database))


async def test_a_foreign_file_that_appears_while_a_process_runs_is_in_nobodys_way(database: Database) -> None:
    await fill(database)
    before = renewed(database.address, None, MODEL)
    foreign = files(database)[0].with_name("foreign.block")
    foreign.write_bytes(b"not of this program, and longer than any header of its would be" * 10)
    podcast = await store_podcast(database)
    await store(database, podcast, reading("episode 9", ["A moth."]))

    after = renewed(database.address, before, MODEL)

    assert len(after) == len(before) + 1
    assert not foreign.exists()


async def test_where_nothing_can_be_written_search_goes_on_without_files(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await fill(database)
    database.address.files.with_name(f"{database.address.files.name}.blocks").write_text("no folder")

    with caplog.at_level("INFO", "companion.archive.block_files"):
        made = renewed(database.address, None, MODEL)

    assert len(made) == 6
    assert len(caplog.records) == 1
    assert "not kept in files" in caplog.text


@pytest.mark.sqlite_only("a file is put in another's place")
async def test_another_database_in_the_same_place_is_not_taken_for_the_one_before(tmp_path: Path) -> None:
    made: list[Snapshot] = []
    for word in ("bee", "ant"):
        forget(tmp_path / "c.db")
        async with await Database.open(f"sqlite+aiosqlite:///{tmp_path}/c.db", StoppedClock()) as database:
            await fill(database, word)
            made.append(renewed(database.address, None, MODEL))

    assert made[1].passages[0].passage.text == "One ant of 0."


@pytest.mark.sqlite_only("a file is put in another's place")
async def test_a_database_that_was_set_back_to_a_backup_is_not_taken_for_what_came_after_it(tmp_path: Path) -> None:
    path, backup = tmp_path / "c.db", tmp_path / "backup.db"
    async with await Database.open(f"sqlite+aiosqlite:///{path}", StoppedClock()) as database:
        await fill(database)
    shutil.copy(path, backup)
    for word in ("wasp", "moth"):
        forget(path)
        shutil.copy(backup, path)
        async with await Database.open(f"sqlite+aiosqlite:///{path}", StoppedClock()) as database:
            await store(database, await store_podcast(database), reading("episode 2", [f"A {word}."]))
            last = renewed(of_file(path), None, MODEL).passages[-1]
    assert last.passage.text == "A moth."


async def test_by_words_alone_the_kept_blocks_of_any_model_do_and_none_are_written(
    database: Database, read: list[int]
) -> None:
    await fill(database)
    assert renewed(database.address, None, None).vectors is None
    assert files(database) == []
    by_meaning = renewed(database.address, None, MODEL)
    kept = files(database)
    read.clear()

    by_words = renewed(database.address, None, None)

    assert read == []
    assert by_words.vectors is None
    assert by_words.passages[:] == by_meaning.passages[:]
    assert files(database) == kept
    assert_same(renewed(database.address, by_words, MODEL), by_meaning)
    assert read == []


async def test_the_files_of_the_model_before_go_when_those_of_the_next_are_written(database: Database) -> None:
    await fill(database)
    renewed(database.address, None, MODEL)
    before = files(database)
    begun = before[0].with_name("abandoned.part")
    begun.write_text("a process that broke off")
    os.utime(begun, (0, 0))

    renewed(database.address, None, ToyEncoder(32).model_id)

    assert files(database)
    assert not {*before, begun} & set(files(database))
