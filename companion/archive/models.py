"""Which model an archive is searched with: the one that is configured, or what became of it when it was adapted.

The adapted one stands in a folder beside the database, and one row of the settings says that it is in use, and of which
model it was made. So it is switched on and off at once, for every process, and another configured model ignores it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from companion.archive import encoders
from companion.archive.encoders import Encoder, EncoderError
from companion.storage import index_version, settings
from companion.storage.address import Address
from companion.storage.engine import Database

_SETTING = "adapted model"


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """The model that is configured (``name`` as for `load_encoder`), for the archive in a database."""

    database: Address
    name: str | None

    def folder(self) -> Path:
        """Where the model to search with stands now. Reads the archive's setting, so it may change at any time.

        Raises `EncoderError` where the adapted model is gone, or the configured one cannot be had.
        """
        configured = encoders.model_folder(self.name)
        adapted = _setting(settings.peek(self.database, _SETTING))
        if adapted is None or adapted.base != encoders.model_id(configured):
            return configured
        folder = models_folder(self.database) / adapted.folder
        if not folder.is_dir():
            raise EncoderError(
                f"The model that was adapted to this archive is no longer in {folder}: put it back, make it again with"
                " `companion adapt`, or go back to the original with `companion adapt --undo`."
            )
        return folder

    def load(self) -> Encoder:
        """The encoder to search with now. Takes seconds."""
        return encoders.load_encoder(str(self.folder()))


@dataclass(frozen=True, slots=True)
class _Adapted:
    """The folder (by its name) of a model, and the id of the model that it was made of."""

    folder: str
    base: str


def models_folder(database: Address) -> Path:
    """Where the models adapted to an archive are kept: beside its database."""
    return database.files.resolve().parent / f"{database.files.stem}-models"


async def in_use(database: Database, base: str) -> Path | None:
    """The folder of the model adapted from the one with the id ``base``, where it is in use."""
    async with database.read() as connection:
        adapted = _setting(await settings.get(connection, _SETTING))
    return models_folder(database.address) / adapted.folder if adapted is not None and adapted.base == base else None


async def use_adapted(database: Database, folder: Path, base: str) -> None:
    """From now on the archive is searched with the model in this folder in place of the one with the id ``base``."""
    async with database.write() as connection:
        await settings.put(connection, _SETTING, json.dumps({"folder": folder.name, "base": base}))
        await index_version.raise_version(connection)


async def use_configured(database: Database) -> bool:
    """From now on the archive is searched with the configured model. False where it was already."""
    async with database.write() as connection:
        if _setting(await settings.get(connection, _SETTING)) is None:
            return False
        await settings.put(connection, _SETTING, "")
        await index_version.raise_version(connection)
    return True


def _setting(value: str | None) -> _Adapted | None:
    return _Adapted(**json.loads(value)) if value else None
