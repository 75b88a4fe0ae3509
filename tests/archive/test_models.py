from __future__ import annotations

from pathlib import Path

import pytest

from companion.archive import encoders, models
from companion.archive.encoders import EncoderError, model_folder, model_id
from companion.archive.models import ChosenModel, models_folder, use_adapted, use_configured
from companion.storage import index_version
from companion.storage.engine import Database


def model(folder: Path, weights: bytes) -> Path:
    """A folder that has the id of a model, though nothing to load."""
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(weights)
    return folder


async def test_without_an_adapted_model_the_configured_one_is_used(database: Database, tmp_path: Path) -> None:
    own = model(tmp_path / "own", b"weights")

    assert ChosenModel(database.address, None).folder() == model_folder(None)
    assert ChosenModel(database.address, str(own)).folder() == own


async def test_an_adapted_model_takes_the_place_of_the_one_it_was_made_of(database: Database, tmp_path: Path) -> None:
    base = model(tmp_path / "base", b"weights")
    other = model(tmp_path / "other", b"other weights")
    adapted = model(models_folder(database.address) / "adapted-1", b"adapted weights")
    async with database.read() as connection:
        before = await index_version.current(connection)
    await use_adapted(database, adapted, model_id(base))
    async with database.read() as connection:
        assert await index_version.current(connection) > before

    assert ChosenModel(database.address, str(base)).folder() == adapted
    assert ChosenModel(database.address, str(other)).folder() == other


async def test_going_back_is_said_once(database: Database, tmp_path: Path) -> None:
    base = model(tmp_path / "base", b"weights")
    adapted = model(models_folder(database.address) / "adapted-1", b"adapted weights")
    await use_adapted(database, adapted, model_id(base))
    assert await use_configured(database)
    assert not await use_configured(database)

    assert ChosenModel(database.address, str(base)).folder() == base


async def test_an_adapted_model_that_is_gone_is_missed_with_a_sentence(database: Database, tmp_path: Path) -> None:
    base = model(tmp_path / "base", b"weights")
    await use_adapted(database, models_folder(database.address) / "adapted-1", model_id(base))

    with pytest.raises(EncoderError, match="companion adapt --undo"):
        ChosenModel(database.address, str(base)).folder()


async def test_the_model_to_search_with_is_the_one_that_is_loaded(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = model(tmp_path / "base", b"weights")
    adapted = model(models_folder(database.address) / "adapted-1", b"adapted weights")
    await use_adapted(database, adapted, model_id(base))
    asked: list[str | None] = []
    monkeypatch.setattr(encoders, "load_encoder", asked.append)

    ChosenModel(database.address, str(base)).load()

    assert asked == [str(adapted)]
    assert await models.in_use(database, model_id(base)) == adapted
