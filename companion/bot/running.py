"""Running the bot as a process: from its settings to Discord, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import discord

from companion.archive.models import ChosenModel
from companion.archive.search import Searcher
from companion.bot.client import CompanionBot
from companion.bot.config import Settings
from companion.bot.health import hindrances
from companion.bot.heartbeat import beating, heartbeat_file
from companion.bot.language_model import chat_model, cost_of
from companion.bot.metrics import Metrics
from companion.bot.observation import MeasuredSearcher, Observation, tracing, watching_the_loop
from companion.bot.operator_pages import OperatorPages
from companion.bot.web import serving
from companion.community.retention import Terms
from companion.storage import near_tables
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)

_AUTHENTICATION_FAILED = 4004


class ConnectionRefusedByDiscordError(CompanionError):
    """Discord takes no bot with this token, or is not there."""


def run(settings: Settings) -> None:
    """Runs the bot until it is told to stop. Raises `CompanionError` where Discord will not have it."""
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    if settings.discord_token is None:
        raise ConnectionRefusedByDiscordError("There is no DISCORD_TOKEN: set it in the environment or in .env.")
    database = await Database.open(settings.address, SystemClock())
    writer = None
    try:
        writer = chat_model(settings, database.clock)
        model = ChosenModel(database.address, settings.embedding_model)
        interval = timedelta(minutes=settings.feed_interval_minutes)
        # Where nobody can ask for them, nothing is measured.
        metrics = Metrics() if settings.companion_web_port is not None else None
        elsewhere = settings.companion_vectors == "pgvector"
        if elsewhere:
            await asyncio.to_thread(near_tables.require, database.address)
        searcher = (
            MeasuredSearcher(database, metrics.search_seconds.observe, vectors_elsewhere=elsewhere)
            if metrics
            else Searcher(database, vectors_elsewhere=elsewhere)
        )
        async with CompanionBot(
            database,
            model.load,
            model.folder,
            feed_interval=interval,
            language_model=writer,
            cost=cost_of(writer, settings) if writer else None,
            message_content=settings.message_content,
            terms=Terms(
                timedelta(days=settings.companion_keep_days), timedelta(days=settings.companion_keep_left_days)
            ),
            searcher=searcher,
            share=settings.share,
            http_trace=tracing(metrics) if metrics else None,
        ) as bot:
            stop_on_signals(asyncio.current_task())
            async with (
                beating(heartbeat_file(database.address, settings.share), database.clock, bot.is_connected),
                _web_server(bot, settings, metrics),
            ):
                try:
                    await _connect(bot, settings.discord_token.get_secret_value())
                finally:
                    await bot.drain(settings.companion_stop_seconds)
    except asyncio.CancelledError:
        log.info("stopped")
    finally:
        if writer is not None:
            await writer.close()
        await database.close()


@asynccontextmanager
async def _web_server(bot: CompanionBot, settings: Settings, metrics: Metrics | None) -> AsyncGenerator[None]:
    """Serves calendars and the pages of operators during the block, where a port is set. Raises `WebServerError`."""
    if settings.companion_web_port is None or metrics is None:
        yield
        return
    look = Observation(metrics, bot).look
    pages = OperatorPages(metrics.registry, look, lambda: hindrances(bot), settings.companion_metrics_token)
    async with (
        watching_the_loop(metrics),
        serving(bot.database, settings.companion_web_host, settings.companion_web_port, pages) as port,
    ):
        bot.web_address = settings.companion_web_url
        if bot.web_address is None:
            log.warning("COMPANION_WEB_URL is not set: /club calendar gives no links to port %d", port)
        else:
            log.info("calendars are served on port %d, for members at %s", port, bot.web_address)
        yield


async def _connect(bot: discord.Client, token: str) -> None:
    try:
        await bot.start(token)
    except discord.LoginFailure as error:
        raise _refused_token() from error
    except discord.PrivilegedIntentsRequired as error:
        raise ConnectionRefusedByDiscordError(
            "Discord does not grant the bot the message content intent that MESSAGE_CONTENT asks for: switch it on at"
            " https://discord.com/developers/applications → your application → Bot → Privileged Gateway Intents, or set"
            " MESSAGE_CONTENT=False."
        ) from error
    except discord.ConnectionClosed as error:
        if error.code != _AUTHENTICATION_FAILED:
            raise
        raise _refused_token() from error
    except (aiohttp.ClientConnectionError, discord.DiscordServerError) as error:
        raise ConnectionRefusedByDiscordError(
            "Discord cannot be reached: check this machine's network, and https://discordstatus.com."
        ) from error


def _refused_token() -> ConnectionRefusedByDiscordError:
    return ConnectionRefusedByDiscordError(
        "Discord refused the DISCORD_TOKEN: copy the bot's token again from https://discord.com/developers/applications"
        " → your application → Bot → Reset Token."
    )


def stop_on_signals(task: asyncio.Task[Any] | None) -> None:
    """Lets Ctrl-C and a stopping service cancel the task, so that everything is closed in order."""
    if task is None:
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, task.cancel)
        except NotImplementedError:  # Windows: asyncio.run() itself cancels on Ctrl-C
            return
