"""The database, and the folder of the files that belong to it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from companion.bot.doctor import database as stored
from companion.bot.doctor.database import Examined
from companion.bot.doctor.findings import Severity
from companion.storage.address import Address, address_of
from companion.storage.migrations import migrate, revisions
from tests.bot.doctor.said import of, worst
from tests.engines import Databases

NOBODY = 65534


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """Of a database without any table."""
    with databases.bare(tmp_path) as bare:
        yield bare


@pytest.fixture
def address(url: str, tmp_path: Path) -> Address:
    """Where that is; all its files are in the same folder."""
    return address_of(url, tmp_path)


def check(address: Address) -> Examined:
    return stored.check(address.url.render_as_string(hide_password=False), address.files.parent)


def execute(address: Address, statement: str) -> None:
    with create_engine(address.of_threads).begin() as connection:
        connection.execute(text(statement))


def test_a_whole_one_is_fine(address: Address) -> None:
    migrate(address)

    examined = check(address)

    assert worst(examined.findings) is Severity.OK
    assert examined.usable
    assert set(address.files.parent.iterdir()) <= {address.files}, "nothing is left behind"


def test_one_without_tables_or_none_yet_is_a_hint_and_none_is_made(address: Address) -> None:
    examined = check(address)

    assert "The first start makes it" in of(Severity.HINT, examined.findings)
    assert not examined.usable
    assert list(address.files.parent.iterdir()) == []


def test_an_older_schema_is_left_to_the_next_start_and_said_is_whether_that_keeps_a_copy(address: Address) -> None:
    migrate(address, revisions()[0])

    examined = check(address)

    said = of(Severity.HINT, examined.findings)
    kept = (
        "keeps a copy." if address.sqlite else "keeps no copy of it: make one before, `pg_dump --format=custom --file"
    )
    assert f"The next start migrates it, and {kept}" in said
    assert not examined.usable
    assert examined.health is not None
    assert examined.health.schema == revisions()[0]


def test_a_newer_schema_is_an_error(address: Address) -> None:
    migrate(address)
    execute(address, "UPDATE alembic_version SET version_num = '9999'")

    assert "newer Companion" in of(Severity.ERROR, check(address).findings)


def test_a_database_of_something_else_is_told(address: Address) -> None:
    execute(address, "CREATE TABLE recipes (id INTEGER)")

    assert "of something else" in of(Severity.ERROR, check(address).findings)


def _write_something_else(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)


def _overwrite_pages(path: Path) -> None:
    """Spoils the middle of the file, as a failing disk does."""
    with path.open("r+b") as stream:
        stream.seek(3 * 4096)
        stream.write(b"\xff" * 8 * 4096)


@pytest.mark.sqlite_only("a server's files are its own affair")
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_write_something_else, "damaged: file is not a database"),
        (_overwrite_pages, "damaged"),
    ],
)
def test_a_spoilt_file_is_an_error_with_the_way_back(
    address: Address, spoil: Callable[[Path], None], said: str
) -> None:
    migrate(address)
    spoil(address.files)

    found = check(address).findings

    assert said in of(Severity.ERROR, found)
    assert "restore a backup" in of(Severity.ERROR, found)


def setting(address: Address) -> str:
    """Which one says where the files are."""
    return "DATABASE_URL" if address.sqlite else "COMPANION_FOLDER"


def test_a_file_in_place_of_the_folder_is_told(databases: Databases, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with databases.bare(tmp_path / "data") as url:
        address = address_of(url, tmp_path / "data")

        said = of(Severity.ERROR, check(address).findings)

    assert "is a file, where the database's folder should be" in said
    assert f"give {setting(address)} another place" in said


@contextmanager
def reachable() -> Generator[Path]:
    """A folder that every user of the machine may go through, as pytest's own may not be."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no users' ids")
def test_a_folder_that_cannot_be_written_is_told_with_its_owner(databases: Databases) -> None:
    with reachable() as place, databases.new(place / "data") as url:
        folder = place / "data"
        folder.mkdir()
        address = address_of(url, folder)
        migrate(address)
        folder.chmod(0o555)
        # Whoever runs the tests may be root, whom no mode holds back: ask as somebody who is not.
        code = f"""
import os, sys
from pathlib import Path
from companion.bot.doctor import database
if os.geteuid() == 0:
    os.setgid({NOBODY}); os.setuid({NOBODY})
for one in database.check({url!r}, Path({str(folder)!r})).findings:
    print(one.severity.name, one.sentence, one.cure)
"""
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/").stdout

    assert "ERROR Nothing can be written in the folder" in said
    assert "Permission denied" in said
    assert setting(address) in said
    assert "chown" in said if os.geteuid() == 0 else "chmod u+w" in said
