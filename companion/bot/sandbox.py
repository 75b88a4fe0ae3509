"""The sandbox: the real bot on the demo archive, in a simulated Discord that the browser shows, without a token."""

from __future__ import annotations

import asyncio
import logging
import socket
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import click
import simcord
from simcord.backend.cdn import CDN_BASE
from simcord.preview import Preview

from companion.archive.fetch import Fetcher
from companion.archive.intake import ingest
from companion.archive.language_model import LanguageModel
from companion.bot.client import CompanionBot, encoder_loader
from companion.bot.config import Settings
from companion.bot.model import LoadEncoder
from companion.bot.portraits import portrait
from companion.bot.running import stop_on_signals
from companion.bot.sandbox_week import live_a_week
from companion.storage import subscriptions
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast

log = logging.getLogger(__name__)

SERVER = "Nearly Plumb listeners"
CHANNEL = "podcast-talk"
BOT_NAME = "Companion"
MEMBERS = {"Priya": "#c2557a", "Jonas": "#4f7cc9", "Amara": "#c98a2b"}
"""Who is there, and the colour of their portrait."""
_BOT_COLOUR = "#2bb3a3"
_AVATAR = "portrait"
FIRST_WORDS = "I keep thinking about the bread robot. Does anybody remember why it is so slow?"
FIRST_SEARCH = "why must the robot never be faster than the slowest baker?"
FIRST_RIFF = "who sets the pace when people work with a machine?"
_SETTLE_SECONDS = 30.0


class SandboxError(CompanionError):
    """The sandbox cannot open."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox. ``members`` are those that the browser switches between."""

    env: simcord.Env
    database: Database
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    members: tuple[simcord.MemberActor, ...]
    preview: Preview

    @property
    def url(self) -> str:
        return self.preview.url


def run(settings: Settings, port: int) -> None:
    """Shows the sandbox until Ctrl-C, or until its session is ended in the browser."""
    asyncio.run(_serve(encoder_loader(settings), port))


async def _serve(load: LoadEncoder, port: int) -> None:
    stop_on_signals(asyncio.current_task())
    click.echo("Building a small Discord server with the demo archive …")
    try:
        async with opened(load, port) as sandbox:
            click.echo(f"\n  Open this in a browser:  {sandbox.url}\n")
            click.echo("  Type /ask or /search in the box at the bottom, press what is under an answer, or type /help.")
            click.echo("  “Viewing as” at the top makes you somebody else. Ctrl-C ends it.")
            await sandbox.preview.wait_closed()
    except asyncio.CancelledError:
        click.echo("\nThe sandbox is closed; nothing of it is kept.")


@asynccontextmanager
async def opened(
    load: LoadEncoder | None, port: int | None = None, writer: LanguageModel | None = None
) -> AsyncGenerator[Sandbox]:
    """The sandbox, on any free port for None; ``writer`` writes the prose of answers. Its database is thrown away
    afterwards. Raises `SandboxError`."""
    if port is not None:
        _require_free(port)  # before half a minute is spent on what could not be shown
    with tempfile.TemporaryDirectory(prefix="companion-sandbox-") as folder:
        database = await Database.open(f"sqlite+aiosqlite:///{Path(folder) / 'sandbox.db'}", SystemClock())
        try:
            with resources.as_file(resources.files("companion") / "demo") as demo:
                podcast = (await ingest(database, str(demo), Fetcher())).podcast
            bot = CompanionBot(database, load, language_model=writer, shard_count=1)
            bot.audio = None  # the demo's is nowhere
            async with _simulation(bot) as env:
                if bot.user is not None:
                    await bot.user.edit(username=BOT_NAME)
                guild, channel, members = await _populate(env, database, podcast)
                await live_a_week(database, bot, channel, guild, members)
                await _begin_talk(channel, members)
                _show_the_present(env, database)
                async with previewed(env, channel, members, port) as preview:
                    yield Sandbox(env, database, guild, channel, members, preview)
        finally:
            await database.close()


def _require_free(port: int) -> None:
    with socket.socket() as tried:
        # What was connected to a sandbox that is closed by now hinders nobody.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            raise _closed(port) from error


def _closed(port: int | None) -> SandboxError:
    return SandboxError(f"The sandbox cannot open on port {port}: choose another one with --port.")


@asynccontextmanager
async def _simulation(bot: CompanionBot) -> AsyncGenerator[simcord.Env]:
    """A simulated Discord with the bot logged in. (``simcord.run`` can only be left by the task that entered it.)"""
    env = simcord.Env(bot, settle_timeout=_SETTLE_SECONDS)
    # Its clock stands at the beginning of a year; what is to come would be told as months away.
    _show_the_present(env, bot.database)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
        await bot.close()  # which the simulation leaves to whoever made the bot


def _show_the_present(env: simcord.Env, database: Database) -> None:
    """Puts the simulation's clock, which stands still, to what the bot's shows."""
    env.backend.advance_clock((database.clock.now() - env.backend.clock.now()).total_seconds())


async def _populate(
    env: simcord.Env, database: Database, podcast: Podcast
) -> tuple[simcord.GuildHandle, simcord.ChannelHandle, tuple[simcord.MemberActor, ...]]:
    users = [env.create_user(name.casefold(), global_name=name, avatar=_AVATAR) for name in MEMBERS]
    guild = env.create_guild(SERVER, owner=users[0])
    channel = guild.create_text_channel(CHANNEL, topic="What was said on the show, and what we make of it")
    members = tuple(guild.add_member(user) for user in users)
    async with database.write() as connection:
        await subscriptions.subscribe(connection, guild.id, podcast.id, database.clock.now())
    return guild, channel, members


def _portraits(env: simcord.Env, members: tuple[simcord.MemberActor, ...]) -> dict[str, tuple[str, bytes]]:
    """The pictures by the addresses that Discord would serve them from, so that the preview needs no network."""
    pictures = {
        f"{CDN_BASE}/avatars/{member.id}/{_AVATAR}.png": ("portrait.png", portrait(name[0], colour))
        for member, (name, colour) in zip(members, MEMBERS.items(), strict=True)
    }
    bot = env.backend.bot_user
    bot.avatar = _AVATAR  # the simulation lets bots change their name, not their picture
    pictures[f"{CDN_BASE}/avatars/{bot.id}/{_AVATAR}.png"] = ("bot.png", portrait(BOT_NAME[0], _BOT_COLOUR))
    return pictures


async def _begin_talk(channel: simcord.ChannelHandle, members: tuple[simcord.MemberActor, ...]) -> None:
    """A first question, its answer and a riff on it, so that a newcomer sees how people use this."""
    priya, jonas, amara = members
    await amara.send(channel, FIRST_WORDS)
    asked = await priya.slash(channel, "search", query=FIRST_SEARCH)
    if asked.response is None:
        raise SandboxError("The demo archive gave no answer: reinstall Companion.")
    form = await jonas.click(asked.response, label="Riff")
    await jonas.submit_modal(form, {"query": FIRST_RIFF})


@asynccontextmanager
async def previewed(
    env: simcord.Env, channel: simcord.ChannelHandle, members: tuple[simcord.MemberActor, ...], port: int | None
) -> AsyncGenerator[Preview]:
    """A channel, or a thread, in the browser: one at a time. Raises `SandboxError`."""
    try:
        preview = await env.preview(
            channel, viewers=members, layout="channel", port=port, assets=_portraits(env, members)
        ).__aenter__()
    except simcord.SetupError as error:
        raise _closed(port) from error
    try:
        yield preview
    finally:
        await preview.close()
