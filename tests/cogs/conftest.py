"""The real bot over a real database, in a simulated Discord with two servers that see different podcasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import simcord
from discord import app_commands

from companion.archive.audio_parts import AudioError
from companion.archive.encoders import ToyEncoder
from companion.bot import model
from companion.bot.client import CompanionBot
from companion.cogs import clip_media
from companion.community.cooldowns import Cooldowns
from companion.storage import subscriptions
from companion.storage.address import address_of
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast
from tests import samples
from tests.engines import Databases
from tests.publisher import loopback_fetcher


@dataclass(slots=True)
class World:
    """The simulation and who is in it. Priya and Jonas share the bees' server; Lotte is in the cavers'."""

    env: simcord.Env
    database: Database
    bees: Podcast
    caves: Podcast
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    priya: simcord.MemberActor
    jonas: simcord.MemberActor
    cave_channel: simcord.ChannelHandle
    lotte: simcord.MemberActor
    quiet_channel: simcord.ChannelHandle
    """Of a server that subscribed to nothing."""
    nadia: simcord.MemberActor
    expects_failures: bool = False
    """Does the test break something on purpose? Otherwise an error that is no refusal fails it."""

    async def restart(self) -> None:
        """Ends the bot and starts another one on the same database."""
        bot = CompanionBot(self.database, ToyEncoder, fetcher=loopback_fetcher(), shard_count=1)
        await self.become(bot)
        await loaded(bot)

    async def become(self, bot: CompanionBot) -> None:
        """Ends the bot and starts this one."""
        before = self.env.bot
        await self.env.restart_bot(bot)
        await before.close()


@pytest.fixture(autouse=True)
def _no_cooldowns(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Tests ask faster than people do. Those of fair use itself have a fixture of this name that leaves it on."""

    def use(*_: object) -> None:
        """Never refuses."""

    monkeypatch.setattr(Cooldowns, "use", use)


@pytest.fixture(autouse=True)
def _no_audio(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """The samples' audio is nowhere. Tests of audio have a fixture of this name that leaves it be."""

    async def clip_audio(*_: object) -> bytes:
        raise AudioError("There is no such audio.")

    monkeypatch.setattr(clip_media, "clip_audio", clip_audio)


@pytest.fixture(scope="session", autouse=True)
def _collected() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """Bots begin one after the other, and what each has at its beginning is not there for good."""

    def settle() -> None:
        """Leaves all of it to the collector."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "settle", settle)
        yield


@dataclass(frozen=True, slots=True)
class Stock:
    """A database with both podcasts and their vectors, of which every test has a copy."""

    url: str
    bees: Podcast
    caves: Podcast


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Stock]:
    folder = tmp_path_factory.mktemp("stock")
    with databases.new(folder) as url:
        yield asyncio.run(_stocked(url, folder))


async def _stocked(url: str, folder: Path) -> Stock:
    async with await Database.open(address_of(url, folder), SystemClock()) as database:
        bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
        caves = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
        await samples.embed(database, ToyEncoder())
    return Stock(url, bees, caves)


@pytest_asyncio.fixture
async def database(tmp_path: Path, stock: Stock, databases: Databases) -> AsyncIterator[Database]:
    with databases.like(stock.url, tmp_path) as url:
        async with await Database.open(url, SystemClock()) as opened:
            yield opened


@pytest_asyncio.fixture
async def world(database: Database, stock: Stock) -> AsyncIterator[World]:
    bot = CompanionBot(database, ToyEncoder, fetcher=loopback_fetcher(), shard_count=1)
    # Each statement is a journey to a server and back there, beside all else that this machine does.
    env = simcord.Env(bot, settle_timeout=30)
    await env.start()
    try:
        await loaded(bot)
        world = await _peopled(env, database, stock)
        yield world
        surprises = [error for error in env.errors if not isinstance(cause_of(error), CompanionError)]
        if not world.expects_failures:
            assert surprises == []
    finally:
        await env.shutdown()
        await env.bot.close()


async def loaded(bot: CompanionBot) -> None:
    """Waits until the bot compares meanings."""
    while bot.searches.loading:  # noqa: ASYNC110  set from a thread
        await asyncio.sleep(0.01)


def cause_of(error: BaseException) -> BaseException:
    """What went wrong inside a command."""
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error


async def _peopled(env: simcord.Env, database: Database, stock: Stock) -> World:
    guild, cave_guild, quiet_guild = (env.create_guild(name) for name in ("Bees", "Caves", "Quiet"))
    now = database.clock.now()
    async with database.write() as connection:
        await subscriptions.subscribe(connection, guild.id, stock.bees.id, now)
        await subscriptions.subscribe(connection, cave_guild.id, stock.caves.id, now)
    return World(
        env=env,
        database=database,
        bees=stock.bees,
        caves=stock.caves,
        guild=guild,
        channel=guild.create_text_channel("podcast"),
        priya=guild.add_member(env.create_user("priya", global_name="Priya")),
        jonas=guild.add_member(env.create_user("jonas", global_name="Jonas")),
        cave_channel=cave_guild.create_text_channel("below"),
        lotte=cave_guild.add_member(env.create_user("lotte", global_name="Lotte")),
        quiet_channel=quiet_guild.create_text_channel("hall"),
        nadia=quiet_guild.add_member(env.create_user("nadia", global_name="Nadia")),
    )
