"""An embedding model that is missing or damaged: named in a sentence, while the bot answers by words."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from companion.archive.encoders import EncoderError, load_encoder
from companion.bot.doctor import model
from companion.bot.doctor.findings import Severity
from companion.storage import subscriptions
from companion.storage.engine import Database
from tests import samples
from tests.bot.doctor.said import of
from tests.clocks import StoppedClock
from tests.wire.payloads import option
from tests.wire.running import point_at, running, until
from tests.wire.server import GUILD_ID, WireDiscord


def gone(folder: Path) -> str:
    return str(folder / "no" / "model")


def empty(folder: Path) -> str:
    folder.mkdir()
    return str(folder)


def cut_off(folder: Path) -> str:
    """As a download leaves it that broke off."""
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "bert", "hidden_')
    (folder / "model.safetensors").write_bytes(b"\x40\x00\x00\x00\x00\x00\x00\x00{")
    return str(folder)


def garbage(folder: Path) -> str:
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "bert"}')
    (folder / "model.safetensors").write_bytes(b"\xff" * 4096)
    return str(folder)


BROKEN = [
    (gone, "There is no embedding model"),
    (empty, "holds no weights"),
    (cut_off, "damaged"),
    (garbage, "damaged"),
]


@pytest.mark.parametrize(("broken", "said"), BROKEN)
def test_it_is_named_by_who_loads_it_and_by_the_doctor(tmp_path: Path, broken: partial[str], said: str) -> None:
    name = broken(tmp_path / "model")

    with pytest.raises(EncoderError, match=said):
        load_encoder(name)
    assert said in of(Severity.ERROR, model.check(None, name))


@pytest.mark.parametrize(("broken", "said"), BROKEN)
async def test_the_bot_answers_by_words_and_says_in_its_log_what_is_wrong(
    tmp_path: Path,
    database: Database,
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: partial[str],
    said: str,
) -> None:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD_ID, podcast.id, clock.now())
    load = partial(load_encoder, broken(tmp_path / "model"))
    async with WireDiscord().serving() as wire:
        point_at(wire.base, monkeypatch)
        async with running(database, load=load) as bot:
            await until(lambda: not bot.searches.loading)
            asked = await wire.command("search", option("query", "powdered sugar mites"))
            await asked.answered.wait()

    assert "search compares words only" in caplog.text
    assert said in caplog.text
    assert "Traceback" not in caplog.text
    assert asked.original is not None
    assert "sugar" in str(asked.original.sent)
