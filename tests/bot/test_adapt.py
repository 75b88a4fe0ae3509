from __future__ import annotations

from pathlib import Path

import pytest

from companion.archive import encoders, models
from companion.archive.adaptation import Finding
from companion.archive.encoders import ToyEncoder
from companion.archive.training_pairs import Pair
from companion.bot.commands import adapt as adapt_command
from companion.bot.config import read_settings
from tests.bot.commands import companion as run

TALK = " ".join(
    f"Ann: What did the keeper of lighthouse number {number} do when the oil ran out that night? Bob: "
    + " ".join(f"In house {number} they burned all that they had for {nth} hours." for nth in range(12))
    for number in range(420)
)


@pytest.fixture
def companion(on_engine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, and encoders that cost nothing: a model's folder says how many dimensions it has."""
    stock = on_engine / "stock"
    _write_model(stock, 16)
    monkeypatch.setenv("EMBEDDING_MODEL", str(stock))
    for module in (encoders, adapt_command):
        monkeypatch.setattr(module, "load_encoder", _load)
    monkeypatch.setattr(adapt_command, "train", _train)
    (on_engine / "talk.txt").write_text(TALK.replace(" Ann:", "\nAnn:").replace(" Bob:", "\nBob:"), encoding="utf-8")
    return on_engine


def _write_model(folder: Path, dimension: int) -> None:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_text(str(dimension))


def _load(name: str) -> ToyEncoder:
    encoder = ToyEncoder(int((Path(name) / "model.safetensors").read_text()))
    encoder.model_id = encoders.model_id(Path(name))
    return encoder


def _train(_base: Path, pairs: list[Pair], target: Path, **_others: object) -> None:
    assert len(pairs) > 200
    _write_model(target, 1024)


def test_an_adapted_model_is_made_embedded_with_and_used(companion: Path) -> None:
    assert run("ingest", "talk.txt").exit_code == 0

    adapted = run("adapt")

    assert adapted.exit_code == 0, adapted.output
    assert "Adapted stock in" in adapted.stdout
    assert "It is in use from now on" in adapted.stdout
    (folder,) = models.models_folder(read_settings().address).iterdir()
    assert models.ChosenModel(read_settings().address, str(companion / "stock")).folder() == folder
    found = run("search", "what did the keeper do when the oil ran out", "--json")
    assert found.exit_code == 0
    assert "Nothing to embed" in run("ingest", "talk.txt").stdout


@pytest.mark.slow
def test_an_older_adapted_model_goes_when_another_is_made(companion: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("ingest", "talk.txt")
    run("adapt")
    names = iter(("second", "third"))
    folder = models.models_folder(read_settings().address)

    def next_folder(_database: object) -> Path:
        return folder / next(names)

    monkeypatch.setattr(adapt_command, "_new_folder", next_folder)

    assert run("adapt").exit_code == 0
    assert run("adapt").exit_code == 0

    # The one before stays until the next time: a running bot may still be using it.
    assert sorted(file.name for file in folder.iterdir()) == ["second", "third"]


def test_undoing_goes_back_to_the_model_as_it_was(companion: Path) -> None:
    run("ingest", "talk.txt")
    run("adapt")

    assert "the original model again" in run("adapt", "--undo").stdout
    assert "No adapted model was in use" in run("adapt", "--undo").stdout
    assert "Nothing to embed" in run("ingest", "talk.txt").stdout


def test_a_model_that_finds_no_more_changes_nothing(companion: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("ingest", "talk.txt")

    def alike(*_: object) -> Finding:
        return Finding(0.5, 0.6)

    monkeypatch.setattr(adapt_command, "finding", alike)

    refused = run("adapt")

    assert refused.exit_code == 1
    assert "finds no more than the original (50% against 50% among the first ten)" in refused.output
    assert "nothing was changed" in refused.output
    assert list(models.models_folder(read_settings().address).iterdir()) == []


def test_an_archive_with_too_little_talk_teaches_nothing(companion: Path) -> None:
    (companion / "short.txt").write_text("Ann: Hello there.\nBob: Hello.\nAnn: Shall we?\nBob: We shall.\n" * 3)
    run("ingest", "short.txt")

    refused = run("adapt")

    assert refused.exit_code == 1
    assert "too little talk to learn from" in refused.output
