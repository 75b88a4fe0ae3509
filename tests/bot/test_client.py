from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
import pytest_asyncio
import simcord
from pydantic import SecretStr

from companion.archive.encoders import ToyEncoder
from companion.bot import model, running
from companion.bot.client import CompanionBot, intents
from companion.bot.config import Settings
from companion.bot.running import ConnectionRefusedByDiscordError
from companion.storage import vectors
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.shards import Shards
from tests import samples


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    async with await Database.open(database_url, SystemClock()) as opened:
        yield opened


@asynccontextmanager
async def simulated(bot: CompanionBot) -> AsyncGenerator[simcord.Env]:
    env = simcord.Env(bot, settle_timeout=30)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
        await bot.close()


def syncs(env: simcord.Env) -> list[Any]:
    return [entry for entry in env.http_requests if entry.method == "PUT" and entry.path.endswith("/commands")]


async def test_the_commands_are_told_to_discord_once(database: Database) -> None:
    async with simulated(CompanionBot(database, shard_count=1)) as env:
        await env.restart_bot(CompanionBot(database, shard_count=1))

        assert len(syncs(env)) == 1


async def test_changed_commands_are_told_again(database: Database) -> None:
    class Grown(CompanionBot):
        async def setup_hook(self) -> None:
            self.tree.command(name="new", description="Something new")(_new)
            await super().setup_hook()

    async with simulated(CompanionBot(database, shard_count=1)) as env:
        await env.restart_bot(Grown(database, shard_count=1))

        assert len(syncs(env)) == 2


async def _new(_interaction: discord.Interaction[CompanionBot]) -> None: ...


async def test_the_bot_asks_for_no_privileged_intent() -> None:
    asked = intents()

    assert not asked.value & discord.Intents(message_content=True, members=True, presences=True).value
    assert asked.guilds
    assert asked.guild_reactions


async def test_the_bot_can_mention_nobody(database: Database) -> None:
    allowed = CompanionBot(database, shard_count=1).allowed_mentions

    assert allowed is not None
    assert allowed.to_dict() == discord.AllowedMentions.none().to_dict()


async def test_the_bot_is_up_before_its_model_is(database: Database) -> None:
    may_load = threading.Event()

    def load() -> ToyEncoder:
        may_load.wait()
        return ToyEncoder()

    bot = CompanionBot(database, load, shard_count=1)
    async with simulated(bot):
        assert bot.is_ready()
        assert bot.searches.loading
        may_load.set()
        await _loaded(bot)


async def test_passages_without_vectors_get_them_beside_the_running_bot(database: Database) -> None:
    await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    bot = CompanionBot(database, ToyEncoder, shard_count=1)
    async with simulated(bot):
        await _loaded(bot)

    async with database.read() as connection:
        assert await vectors.count_missing(connection, ToyEncoder().model_id) == 0


async def test_a_bot_that_is_closed_while_its_model_loads_lets_go_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "_LONGEST_LOAD", 0.5)
    may_load = threading.Event()

    def load() -> ToyEncoder:
        may_load.wait()
        return ToyEncoder()

    async with simulated(CompanionBot(database, load, shard_count=1)):
        pass
    may_load.set()
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "model"] or [None]
    if thread is not None:
        await asyncio.to_thread(thread.join, 10)

    assert "encoding" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (discord.LoginFailure("Improper token"), "Discord refused the DISCORD_TOKEN"),
        (discord.PrivilegedIntentsRequired(None), "set MESSAGE_CONTENT=False"),
        (
            aiohttp.ClientConnectorError(connection_key=None, os_error=OSError("no route")),  # pyright: ignore[reportArgumentType]
            "Discord cannot be reached",
        ),
    ],
)
def test_a_start_that_discord_refuses_ends_with_a_sentence(
    error: Exception, sentence: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(_self: discord.Client, _token: str) -> None:
        raise error

    monkeypatch.setattr(CompanionBot, "start", start)
    settings = Settings(discord_token=SecretStr("abc.def"), database_url=database_url)

    with pytest.raises(ConnectionRefusedByDiscordError, match=sentence) as raised:
        running.run(settings)

    assert "abc.def" not in str(raised.value)


async def _loaded(bot: CompanionBot) -> None:
    while bot.searches.loading:  # noqa: ASYNC110  set from a thread
        await asyncio.sleep(0.01)


async def test_another_chosen_model_is_taken_up_while_the_bot_runs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "_LOOK_AGAIN", 0.01)
    monkeypatch.setattr(model, "_LAST_QUERIES", 0.01)
    await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    dimension = 64
    bot = CompanionBot(database, lambda: ToyEncoder(dimension), lambda: dimension, shard_count=1)
    async with simulated(bot):
        await _loaded(bot)
        dimension = 32
        async with asyncio.timeout(10):
            while await _missing(database, ToyEncoder(32)):  # noqa: ASYNC110  made in a thread
                await asyncio.sleep(0.01)

    assert await _missing(database, ToyEncoder(64)) == 0


async def _missing(database: Database, encoder: ToyEncoder) -> int:
    async with database.read() as connection:
        return await vectors.count_missing(connection, encoder.model_id)


async def test_a_process_of_several_has_its_shards_and_one_of_them_the_archive(database: Database) -> None:
    first, second = (CompanionBot(database, share=Shards.parse(written)) for written in ("0-1/4", "2-3/4"))
    alone = CompanionBot(database)

    assert (first.shard_ids, second.shard_ids, alone.shard_ids) == ([0, 1], [2, 3], None)
    assert (first.shard_count, second.shard_count, alone.shard_count) == (4, 4, None)
    assert [bot.polling.run_due in bot.duties for bot in (first, second, alone)] == [True, False, True]
