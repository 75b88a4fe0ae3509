"""The Discord client: what starts, in which order, and what ends."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from companion.archive.encoders import Encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.cogs.companion import Companion
from companion.cogs.failures import answer_failure
from companion.community.searches import Searches
from companion.storage import settings
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)

COGS = ("companion.cogs.search", "companion.cogs.search_buttons", "companion.cogs.help")
_TREE_SETTING = "command_tree"

LoadEncoder = Callable[[], Encoder]


def intents() -> discord.Intents:
    """What the bot hears of. None of it is privileged."""
    return discord.Intents(guilds=True, guild_messages=True, guild_reactions=True, guild_scheduled_events=True)


class Tree(app_commands.CommandTree[Companion]):
    """Commands whose failures are answered."""

    async def on_error(
        self, interaction: discord.Interaction[Companion], error: app_commands.AppCommandError, /
    ) -> None:
        await answer_failure(interaction, error)


class CompanionBot(Companion):
    """The bot over an open database, which stays its opener's to close.

    ``load_encoder`` is called in a thread of its own once the bot is up; until it has returned, and where it fails or
    there is none, search compares words only.
    """

    def __init__(self, database: Database, load_encoder: LoadEncoder | None = None, **options: Any) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self.database = database
        self.searcher = Searcher(database)
        self.searches = Searches(database, self.searcher, loading=load_encoder is not None)
        self._load_encoder = load_encoder
        self._worker: EncodingWorker | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        for cog in COGS:
            await self.load_extension(cog)
        await self._sync_changed_tree()
        self._begin(self.searcher.refresh(), "first snapshot")
        if self._load_encoder is not None:
            self._begin(self._load_model(self._load_encoder), "model")

    async def on_ready(self) -> None:
        log.info("ready as %s in %d servers", self.user, len(self.guilds))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().close()
        if self._worker is not None:
            worker, self._worker = self._worker, None
            await asyncio.to_thread(worker.close)

    async def _sync_changed_tree(self) -> None:
        """Tells Discord of the commands, unless it was told of exactly these: syncing is slow and limited."""
        fingerprint = f"{self.application_id}:{_fingerprint(self.tree)}"
        async with self.database.read() as connection:
            known = await settings.get(connection, _TREE_SETTING)
        if known == fingerprint:
            return
        await self.tree.sync()
        async with self.database.write() as connection:
            await settings.put(connection, _TREE_SETTING, fingerprint)
        log.info("told Discord of %d commands", len(self.tree.get_commands()))

    async def _load_model(self, load: LoadEncoder) -> None:
        await self.wait_until_ready()
        try:
            encoder = await _in_own_thread(load)
        except CompanionError as error:
            log.error("search compares words only: %s", error)  # noqa: TRY400  a sentence, not a crash
            return
        finally:
            self.searches.loading = False
        self._worker = EncodingWorker(encoder)
        self.searcher.attach(self._worker)
        await self.searcher.refresh()
        log.info("search compares meanings now, with %s", encoder.model_id)

    def _begin(self, work: Any, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)


async def _in_own_thread(load: LoadEncoder) -> Encoder:
    """Runs a slow load beside the event loop.

    Not in the loop's executor: there it would hold up the end of the process for as long as it takes.
    """
    loop = asyncio.get_running_loop()
    loaded: asyncio.Future[Encoder] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not loaded.done():
            outcome()

    def work() -> None:
        try:
            outcome = functools.partial(loaded.set_result, load())
        except Exception as error:  # goes to whoever awaits the encoder
            outcome = functools.partial(loaded.set_exception, error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=work, name="model", daemon=True).start()
    return await loaded


def _fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    commands_as_sent = [command.to_dict(tree) for command in tree.get_commands()]
    return hashlib.sha256(json.dumps(commands_as_sent, sort_keys=True, default=str).encode()).hexdigest()
