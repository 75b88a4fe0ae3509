from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from companion.bot.config import ConfigurationError, Settings, read_settings

NAMES = sorted(name.upper() for name in Settings.model_fields)
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with none of the settings in the environment."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_setting_everything_has_a_default() -> None:
    settings = read_settings()

    assert settings.discord_token is None
    assert settings.database_url == "sqlite+aiosqlite:///data/companion.db"
    assert settings.embedding_model is None
    assert settings.log_level == "INFO"


def test_the_environment_wins_over_the_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / ".env").write_text("EMBEDDING_MODEL=from-file\nLOG_LEVEL=debug\nSOMEONE_ELSES=1\n")
    monkeypatch.setenv("EMBEDDING_MODEL", "from-environment")
    settings = read_settings()

    assert (settings.embedding_model, settings.log_level) == ("from-environment", "DEBUG")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")

    assert read_settings() == Settings()
    assert read_settings().discord_token is None


def test_the_token_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret-token")
    settings = read_settings()

    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "very-secret-token"
    assert "very-secret-token" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_a_setting_that_cannot_be_used_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "hunter2")

    with pytest.raises(ConfigurationError, match=r"LOG_LEVEL: .*'DEBUG', 'INFO'") as refusal:
        read_settings()
    assert "hunter2" not in str(refusal.value)


def test_a_file_that_is_no_text_is_refused(elsewhere: Path) -> None:
    (elsewhere / ".env").write_bytes(b"LOG_LEVEL=\xff\xfe\n")

    with pytest.raises(ConfigurationError, match=r"\.env is not UTF-8"):
        read_settings()


def test_the_settings_cannot_be_changed() -> None:
    settings = read_settings()

    with pytest.raises(ValidationError, match="frozen"):
        settings.log_level = "DEBUG"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("document", [".env.example", "README.md"])
def test_every_setting_is_documented_and_no_other(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    pattern = r"^([A-Z_]+)=" if document == ".env.example" else r"^\| `([A-Z_]+)` \|"

    assert sorted(re.findall(pattern, text, re.MULTILINE)) == NAMES
