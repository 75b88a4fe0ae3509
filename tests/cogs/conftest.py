"""The real bot over a real database, in a simulated Discord with two servers that see different podcasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import simcord
from discord import app_commands

from companion.archive.audio_parts import AudioError
from companion.archive.encoders import ToyEncoder
from companion.bot import model
from companion.bot.client import CompanionBot
from companion.bot.tree import TOLD
from companion.cogs import clip_media
from companion.community.cooldowns import Cooldowns
from companion.storage import settings, subscriptions
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
    """A database with both podcasts and their vectors, of which every test has a copy. Its bot has told Discord of its
    ``commands`` before: to do so, and to understand the answer, takes as long as all else at a start."""

    url: str
    bees: Podcast
    caves: Podcast
    commands: list[dict[str, Any]]


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Stock]:
    folder = tmp_path_factory.mktemp("stock")
    with databases.new(folder) as url:
        bees, caves = asyncio.run(_stored(url, folder))
        with databases.like(url, tmp_path_factory.mktemp("first")) as first:
            known, commands = asyncio.run(_told_of_commands(first))
        asyncio.run(_know(url, known))
        yield Stock(url, bees, caves, commands)


async def _stored(url: str, folder: Path) -> tuple[Podcast, Podcast]:
    async with await Database.open(address_of(url, folder), SystemClock()) as database:
        bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
        caves = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
        await samples.embed(database, ToyEncoder())
    return bees, caves


async def _told_of_commands(url: str) -> tuple[str, list[dict[str, Any]]]:
    """What a bot that was started keeps of it, and the commands as Discord has them then."""
    async with await Database.open(url, SystemClock()) as database:
        bot = CompanionBot(database, fetcher=loopback_fetcher(), shard_count=1)
        env = simcord.Env(bot)
        await env.start()
        registered = env.backend.commands[None].values()
        await env.shutdown()
        await bot.close()
        async with database.read() as connection:
            known = await settings.get(connection, TOLD)
    assert known is not None
    theirs = ("id", "application_id")
    return known, [{name: value for name, value in one.items() if name not in theirs} for one in registered]


async def _know(url: str, told: str) -> None:
    async with await Database.open(url, SystemClock()) as database, database.write() as connection:
        await settings.put(connection, TOLD, told)


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
    env.backend.register_commands(None, stock.commands)
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
    """Waits until the bot compares the meanings of all that there is: a search that comes before answers from what was
    there before, and another one right after it finds something else."""
    while bot.searches.loading:  # noqa: ASYNC110  set from a thread
        await asyncio.sleep(0.01)
    # A load that is under way may have begun before the last vectors were stored.
    await bot.searcher.refresh()
    await bot.searcher.refresh()


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
