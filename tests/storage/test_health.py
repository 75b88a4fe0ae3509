from __future__ import annotations

from pathlib import Path

import pytest

from companion.storage.address import of_file
from companion.storage.errors import StorageError
from companion.storage.health import examine_file
from companion.storage.migrations import migrate, revisions

pytestmark = pytest.mark.sqlite_only("of servers the doctor's tests tell")


def test_a_whole_file_is_told_by_its_schema_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    migrate(of_file(path), revisions()[0])
    before = path.read_bytes()

    health = examine_file(path)

    assert (health.schema, health.newest, health.damage) == (revisions()[0], revisions()[-1], None)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_file_has_no_schema(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    path.touch()

    assert examine_file(path).schema is None


def test_a_spoilt_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    migrate(of_file(path))
    with path.open("r+b") as stream:
        stream.seek(3 * 4096)
        stream.write(b"\xff" * 8 * 4096)

    assert "\n" not in (examine_file(path).damage or "\n")


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        examine_file(tmp_path / "companion.db")

    assert list(tmp_path.iterdir()) == []
