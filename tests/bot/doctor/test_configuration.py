from __future__ import annotations

from pathlib import Path

import pytest

from companion.bot.config import Settings
from companion.bot.doctor import configuration
from companion.bot.doctor.findings import Severity
from tests.bot.doctor.said import of, worst

SECRET = "s3cret-value"


@pytest.fixture(autouse=True)
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / ".env"


def test_a_full_file_is_fine(env_file: Path) -> None:
    env_file.write_text(f"DISCORD_TOKEN={SECRET}\nSOMETHING_ELSE=1\n")

    settings, found = configuration.check(env_file)

    assert settings is not None
    assert worst(found) is Severity.OK


def test_no_token_is_a_warning_that_says_what_happens_instead(env_file: Path) -> None:
    _, found = configuration.check(env_file)

    assert "`companion run` starts the sandbox" in of(Severity.WARNING, found)


def test_a_misspelt_name_is_told_with_the_right_one_and_without_its_value(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file.write_text(f"DISCORD_TOKN={SECRET}\n")
    monkeypatch.setenv("DATABASE_URI", SECRET)

    _, found = configuration.check(env_file)

    said, hinted = of(Severity.WARNING, found), of(Severity.HINT, found)
    assert "The file .env sets DISCORD_TOKN, which is no setting. Call it DISCORD_TOKEN" in said
    assert "The environment sets DATABASE_URI, which is no setting. Call it DATABASE_URL" in hinted
    assert SECRET not in said + hinted


def test_a_value_that_cannot_be_is_an_error_that_names_the_setting(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", SECRET)

    settings, found = configuration.check(env_file)

    assert settings is None
    assert "LOG_LEVEL" in of(Severity.ERROR, found)
    assert SECRET.upper() not in of(Severity.ERROR, found).upper()


def test_a_token_in_two_places_is_a_hint(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file.write_text("DISCORD_TOKEN=one\n")
    monkeypatch.setenv("DISCORD_TOKEN", "another")

    assert "the environment wins" in of(Severity.HINT, configuration.check(env_file)[1])
