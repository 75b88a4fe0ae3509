"""What the project is shipped with fits together: container, service, CI, and the pages for operators."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from companion.bot.cli import main
from companion.bot.config import Settings
from companion.bot.configuration_page import page
from companion.bot.metrics_page import with_table
from companion.storage.address import of_file
from companion.storage.migrations import migrate

ROOT = Path(__file__).parent.parent
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
STOPS_WITHIN = Settings.model_fields["companion_stop_seconds"].default + 20 + 15
"""Seconds: for answers, for a model that is just being loaded, and for all else."""
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def instructions(name: str) -> list[str]:
    """What follows the instruction's name, each time, over both stages."""
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def loaded(path: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


class TestTheImage:
    def test_everything_that_is_copied_is_there_and_not_ignored(self) -> None:
        ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
        copied = [shlex.split(one)[:-1] for one in instructions("COPY") if not one.startswith("--from")]
        sources = [source for sources in copied for source in sources]

        assert "*" in ignored
        assert sources
        assert [source for source in sources if not (ROOT / source).exists()] == []
        assert {Path(source).parts[0] for source in sources} == let_in

    def test_it_runs_as_a_user_without_rights_who_owns_the_volume(self) -> None:
        last_stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]

        assert instructions("USER") == ["companion"]
        assert "useradd --system --uid 10001" in last_stage
        assert "install --directory --owner companion --group companion --mode 700 /data" in last_stage
        assert last_stage.index("/data") < last_stage.index("VOLUME /data")

    def test_signals_reach_the_bot_and_its_health_is_its_sign_of_life(self) -> None:
        assert instructions("ENTRYPOINT") == ['["companion"]']
        assert instructions("CMD") == ['["run"]']
        assert instructions("STOPSIGNAL") == ["SIGTERM"]
        assert instructions("HEALTHCHECK")[0].endswith('CMD ["companion", "doctor", "--alive"]')

    def test_it_is_built_from_tested_versions_without_cuda(self) -> None:
        (installs,) = [one for one in instructions("RUN") if "--constraint constraints.txt" in one]
        assert '--extra-index-url "$TORCH_INDEX"' in installs
        assert instructions("ARG")[0] == "TORCH_INDEX=https://download.pytorch.org/whl/cpu"

    def test_compose_keeps_the_archive_in_the_volume_and_gives_the_bot_time_to_stop(self) -> None:
        service = loaded("compose.yaml")["services"]["companion"]

        assert service["volumes"] == ["data:/data"]
        # By default that is where it lies from the image's folder; what .env says of it must not be overruled.
        assert instructions("WORKDIR")[-1] == "/"
        assert Settings.model_fields["database_url"].default == "sqlite+aiosqlite:///data/companion.db"
        assert "environment" not in service
        assert int(service["stop_grace_period"].rstrip("s")) >= STOPS_WITHIN
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "ports" not in service


class TestTheService:
    def test_it_runs_the_bot_of_a_checkout_without_rights(self) -> None:
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]
        unit.read(ROOT / "deploy" / "companion.service", encoding="utf-8")
        service = unit["Service"]

        assert service["ExecStart"].endswith("/.venv/bin/companion run")
        assert service["User"] == "companion"
        assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
        assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
        assert int(unit["Unit"]["StartLimitBurst"]) <= 5
        assert (service["KillSignal"], int(service["TimeoutStopSec"].rstrip("s")) >= STOPS_WITHIN) == ("SIGTERM", True)

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here to verify its unit")
    def test_systemd_understands_it(self, tmp_path: Path) -> None:
        text = (ROOT / "deploy" / "companion.service").read_text(encoding="utf-8")
        unit = tmp_path / "companion.service"
        # The program is looked for; here it is not installed where it belongs.
        unit.write_text(text.replace("/opt/companion/.venv/bin/companion", shutil.which("true") or "/bin/true"))

        verified = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)

        assert (verified.returncode, verified.stderr) == (0, "")


class TestContinuousIntegration:
    def test_its_steps_are_what_is_there(self) -> None:
        jobs = loaded(".github/workflows/ci.yml")["jobs"]
        runs = "\n".join(step["run"] for job in jobs.values() for step in job["steps"] if "run" in step)
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

        assert ".ci/run" in runs
        targets = re.findall(r"^make ([a-z-]+)", runs, re.MULTILINE)
        assert targets
        assert [target for target in targets if f"\n{target}:" not in makefile] == []

    def test_it_may_only_read(self) -> None:
        assert loaded(".github/workflows/ci.yml")["permissions"] == {"contents": "read"}


class TestOperatorsPages:
    def test_the_configuration_page_is_what_the_settings_are(self) -> None:
        written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
        assert written == page(), "make it anew: python -m companion.bot.configuration_page > docs/configuration.md"

    @pytest.mark.sqlite_only("PostgreSQL has pg_dump")
    def test_the_backup_of_the_page_is_restored_by_what_the_page_says(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        (tmp_path / "data").mkdir()
        migrate(of_file(tmp_path / "data" / "companion.db"))
        backup, restore = re.findall(r"^companion (backup .+|restore .+)$", OPERATIONS, re.MULTILINE)

        made = CliRunner().invoke(main, shlex.split(backup))
        (file,) = Path("data/backups").iterdir()
        put_back = CliRunner().invoke(main, shlex.split(re.sub(r"companion-\w+\.db", file.name, restore)))

        assert (made.exit_code, put_back.exit_code) == (0, 0), made.output + put_back.output

    def test_the_table_of_measures_is_what_is_measured(self) -> None:
        assert with_table(OPERATIONS) == OPERATIONS, "make it anew: python -m companion.bot.metrics_page"

    def test_every_schema_has_a_line_for_whoever_upgrades(self) -> None:
        text = (ROOT / "docs" / "upgrading.md").read_text(encoding="utf-8")
        told = [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
        versions = (ROOT / "companion" / "storage" / "migrations" / "versions").glob("0*.py")

        assert told == sorted((int(one.name[:4]) for one in versions), reverse=True), "tell of it in docs/upgrading.md"

    def test_what_the_page_says_the_doctor_says_is_what_it_says(self) -> None:
        rows = re.findall(r"^\| ([^|]+) \|", OPERATIONS[OPERATIONS.index("| it says |") :], re.MULTILINE)[2:]
        modules = [*(ROOT / "companion" / "bot" / "doctor").glob("*.py"), ROOT / "companion" / "bot" / "heartbeat.py"]
        modules += [ROOT / "companion" / "archive" / "encoders.py"]
        said = " ".join(module.read_text(encoding="utf-8") for module in modules)

        assert len(rows) > 10
        for row in rows:
            # What stands for a name or a number in the page is put in by the program.
            constant = re.sub(r"…|\(…\)|\bHive\b|\d+|DISCORD_TOKN|The file \.env|Send Messages", "\n", row)
            parts = [part.strip(" ,") for part in constant.split("\n") if len(part.strip(" ,")) > 3]
            assert parts, row
            assert [part for part in parts if part not in said] == [], row
