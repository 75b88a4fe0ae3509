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


@pytest.mark.parametrize("document", [".env.example", "docs/configuration.md"])
def test_every_setting_is_documented_and_no_other(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    pattern = r"^([A-Z_]+)=" if document == ".env.example" else r"^## `([A-Z_]+)`$"

    assert sorted(re.findall(pattern, text, re.MULTILINE)) == NAMES


@pytest.mark.parametrize(
    ("name", "written", "instead"),
    [
        ("LOG_LEVEL", "loud", "write 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("COMPANION_VECTORS", "disk", "write 'memory' or 'pgvector'"),
        ("MESSAGE_CONTENT", "perhaps", "write true or false"),
        ("FEED_INTERVAL_MINUTES", "often", "write a whole number"),
        ("FEED_INTERVAL_MINUTES", "7.5", "write a whole number"),
        ("FEED_INTERVAL_MINUTES", "9" * 5000, "write a smaller number"),
        ("FEED_INTERVAL_MINUTES", "4", "write 5 or more"),
        ("FEED_INTERVAL_MINUTES", "10081", "write 10080 or less"),
        ("COMPANION_WEB_URL", "nowhere", "write it like https://companion.example.org"),
        ("COMPANION_MODEL_PRICES", "cheap", "write it like some-model=0.25/2, another=1.10/4.40"),
    ],
)  # fmt: skip
def test_what_to_write_instead_is_told_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, instead: str
) -> None:
    monkeypatch.setenv(name, written)

    with pytest.raises(ConfigurationError) as refusal:
        read_settings()
    assert str(refusal.value) == f"The configuration (environment or .env) is wrong. {name}: {instead}."


@pytest.mark.parametrize("written", ["perhaps", "1.5", "-1", "9" * 30, "9" * 5000])
@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_refused_in_words_of_our_own(monkeypatch: pytest.MonkeyPatch, name: str, written: str) -> None:
    monkeypatch.setenv(name.upper(), written)
    try:
        read_settings()
    except ConfigurationError as refusal:
        told = str(refusal).partition(f"{name.upper()}: ")[2]
        assert told.startswith("write ")
        assert "another value" not in told
