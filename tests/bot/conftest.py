from __future__ import annotations

from pathlib import Path

import pytest

from companion.archive import encoders
from companion.archive.encoders import ToyEncoder
from companion.bot.config import Settings


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of the commands' own, and no settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def on_engine(workplace: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with an empty database of the engine that is tested, which commands work on."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return workplace


@pytest.fixture
def toy_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that run in this process embed with the toy encoder."""

    def load(_name: str | None) -> ToyEncoder:
        return ToyEncoder()

    def model_id(_folder: Path) -> str:
        return ToyEncoder().model_id

    monkeypatch.setattr(encoders, "load_encoder", load)
    monkeypatch.setattr(encoders, "model_id", model_id)
