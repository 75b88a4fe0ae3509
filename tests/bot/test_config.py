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


def test_the_address_of_the_web_server_is_one_of_the_web_without_a_slash_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for given, kept in (
        ("https://companion.example.org/", "https://companion.example.org"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://example.org/bot/", "https://example.org/bot"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ):
        monkeypatch.setenv("COMPANION_WEB_URL", given)
        assert read_settings().companion_web_url == kept
    for wrong in (
        "companion.example.org",
        "ftp://example.org",
        "https://",
        "https://a b",
        "https://x.org/?q=`",
        "https://x@y",
    ):
        monkeypatch.setenv("COMPANION_WEB_URL", wrong)
        with pytest.raises(ConfigurationError, match=r"COMPANION_WEB_URL: .*write it like https://"):
            read_settings()


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("COMPANION_WEB_PORT", port)
    with pytest.raises(ConfigurationError, match="COMPANION_WEB_PORT"):
        read_settings()


@pytest.mark.parametrize("document", [".env.example", "README.md"])
def test_every_setting_is_documented_and_no_other(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    pattern = r"^([A-Z_]+)=" if document == ".env.example" else r"^\| `([A-Z_]+)` \|"

    assert sorted(re.findall(pattern, text, re.MULTILINE)) == NAMES
