"""The Discord client: what it is made of, what starts in which order, and what ends."""

from __future__ import annotations

import asyncio
import functools
import importlib
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import discord
from discord.ext import commands

from companion.archive.answering import PROMPT_TOKENS, Answerer
from companion.archive.encoders import load_encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher, Fetches
from companion.archive.language_model import LanguageModel, Usage
from companion.archive.paper_lookup import PaperLookup
from companion.archive.polling import Polling
from companion.archive.search import Searcher
from companion.bot.config import Settings
from companion.bot.connections import PacedConnections
from companion.bot.model import LoadEncoder, ModelThread
from companion.bot.rest import InteractionAnswers, Rest
from companion.bot.schedule import Schedule
from companion.bot.tree import Tree, sync_changed
from companion.cogs.requests import Requests
from companion.community.asking_places import AskingPlaces
from companion.community.blocks import Blocks
from companion.community.budgets import Budgets, ModelCost
from companion.community.clock_jumps import ClockJumps
from companion.community.fair_use import FairUse, Work
from companion.community.faq import Faq
from companion.community.highlights import Picker
from companion.community.papers import Papers
from companion.community.questions import Questions
from companion.community.recap_prose import RecapWriter
from companion.community.recaps import Recaps
from companion.community.recordings import Recordings
from companion.community.retention import Terms
from companion.community.retractions import Namings
from companion.community.searches import Searches
from companion.community.subscriptions import Subscriptions
from companion.storage.engine import Database
from companion.storage.shards import Shards

log = logging.getLogger(__name__)

COGS = (
    "companion.cogs.search",
    "companion.cogs.search_buttons",
    "companion.cogs.ask",
    "companion.cogs.ask_buttons",
    "companion.cogs.conversations",
    "companion.cogs.episodes",
    "companion.cogs.topic",
    "companion.cogs.about",
    "companion.cogs.help",
    "companion.cogs.setup",
    "companion.cogs.setup_channels",
    "companion.cogs.setup_members",
    "companion.cogs.setup_budgets",
    "companion.cogs.setup_asking",
    "companion.cogs.delete_button",
    "companion.cogs.saved",
    "companion.cogs.privacy",
    "companion.cogs.namings",
    "companion.cogs.retractions",
    "companion.cogs.leaving",
    # Cogs are unloaded in this order: the last votes are shown while it is still known on what they are.
    "companion.cogs.votes",
    "companion.cogs.clips",
    "companion.cogs.clip_buttons",
    "companion.cogs.corrections",
    "companion.cogs.follow",
    "companion.cogs.setup_podcasts",
    "companion.cogs.greeting",
    "companion.cogs.news",
    "companion.cogs.following",
    "companion.cogs.notices",
    "companion.cogs.feedback",
    "companion.cogs.marks",
    "companion.cogs.awaited",
    "companion.cogs.setup_hosts",
    "companion.cogs.asked",
    "companion.cogs.duels",
    "companion.cogs.highlights",
    "companion.cogs.highlights_top",
    "companion.cogs.papers",
    "companion.cogs.guests",
    "companion.cogs.guest_questions",
    "companion.cogs.guest_answers",
    "companion.cogs.suggest",
    "companion.cogs.winners",
    "companion.cogs.hall_of_fame",
    "companion.cogs.highlight_wishes",
    "companion.cogs.recap",
    "companion.cogs.clubs",
    "companion.cogs.club_sessions",
    "companion.cogs.club_duty",
    "companion.cogs.club_calendar",
    "companion.cogs.session_posts",
    "companion.cogs.club_reminders",
    "companion.cogs.club_events",
    "companion.cogs.club_recordings",
)


class CompanionBot(PacedConnections):
    """The bot over an open database, which stays its opener's to close.

    ``load`` makes the encoder, beside the running bot; until it has, and where it fails or is None, search compares
    words only. ``chosen`` names the model to use now: when it names another, that one is loaded. Feeds are fetched by
    the ``fetcher``, each every ``feed_interval``. ``language_model`` writes the prose of answers at that ``cost``;
    without one they are quotations. With ``message_content``, which Discord has to grant, the threads of conversations
    are read. ``terms`` say how long what is kept. ``searcher`` is another than the usual. With ``share`` it is of the
    servers of these shards alone, and other processes over the same database are of the others.
    """

    def __init__(
        self,
        database: Database,
        load: LoadEncoder | None = None,
        chosen: Callable[[], object] | None = None,
        fetcher: Fetches | None = None,
        feed_interval: timedelta = timedelta(hours=1),
        language_model: LanguageModel | None = None,
        cost: ModelCost | None = None,
        message_content: bool = False,
        terms: Terms | None = None,
        searcher: Searcher | None = None,
        share: Shards | None = None,
        **options: Any,
    ) -> None:
        # The library warns of voice without its voice packages; this bot has no voice.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        if share is not None:
            options |= {"shard_ids": share.ids, "shard_count": share.count}
        rest = Rest(options.get("http_trace"))
        options["http_trace"] = rest.trace
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            # Of the last thousand messages the library would keep every button; nobody looks at them.
            max_messages=None,
            **options,
        )
        rest.install(self.http)
        self.rest = rest
        self.database = database
        self.share = share
        self.requests = Requests()
        self.fair_use = FairUse(database.clock)
        self.blocks = Blocks(database)
        self.asking_places = AskingPlaces(database)
        self.terms = terms or Terms()
        self.searcher = searcher or Searcher(database)
        self._take_up_answering(language_model, cost, loading=load is not None)
        self._take_up_fetching(fetcher, feed_interval)
        self.web_address = None
        self.duties = [ClockJumps(database).look]
        if self.leads:
            self.duties.append(self.polling.run_due)
        self.tallied = {}
        self.schedule = Schedule(database.clock, self.duties)
        self._load = load
        self._chosen = chosen
        self._model: ModelThread | None = None
        self._starting: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def _take_up_answering(
        self, language_model: LanguageModel | None, cost: ModelCost | None, *, loading: bool
    ) -> None:
        """What is made of what the searcher finds. ``loading``: it will compare meanings soon."""
        database, searcher = self.database, self.searcher
        self.namings = Namings(database)
        self.searches = Searches(database, searcher, self.namings, loading=loading)
        if language_model is not None and cost is None:
            cost = ModelCost(Usage(PROMPT_TOKENS, language_model.most_tokens))
        self.budgets = Budgets(database, cost)
        self.questions = Questions(
            database,
            Answerer(database, searcher, language_model),
            self.budgets,
            Faq(database, searcher.vector_of),
            model=language_model.name if language_model else None,
            loading=loading,
        )
        self.recaps = Recaps(database, searcher.vector_of)
        self.recap_writer = RecapWriter(self.budgets, language_model)
        self.picker = Picker(database, searcher)

    def _take_up_fetching(self, fetcher: Fetches | None, feed_interval: timedelta) -> None:
        """What comes from elsewhere: papers, feeds, recordings, and the audio of clips."""
        database = self.database
        self.papers = Papers(database, PaperLookup(fetcher))
        fetcher = fetcher or Fetcher()
        self.audio = fetcher if isinstance(fetcher, Fetcher) else None
        self.subscriptions = Subscriptions(database, fetcher)
        self.recordings = Recordings(database, fetcher)
        turn = functools.partial(self.fair_use.own_turn, Work.INGEST)
        self.polling = Polling(database, fetcher, feed_interval, turn, self.archive_changed)

    async def setup_hook(self) -> None:
        InteractionAnswers().install()
        for cog in COGS:
            # Not as an extension of the library's: that would execute modules anew which others have imported.
            await importlib.import_module(cog).setup(self)
        if self.leads:
            # After what members are waiting for.
            self.duties.append(self._make_candidates)
        await sync_changed(self.tree, self.database, self.application_id)
        self._begin(self.searcher.refresh(), "snapshot")
        self._starting = asyncio.create_task(self._start_model(), name="model")
        self.schedule.start()

    def is_connected(self) -> bool:
        """Is every part of the bot in touch with Discord at this moment?"""
        return self.is_ready() and all(not shard.is_closed() for shard in self.shards.values())

    async def on_message(self, _message: discord.Message, /) -> None:
        """Looks for no commands in messages: all are slash commands. What members ask in messages is a cog's."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Tells features of what was pressed or sent in. Commands, of which they want nothing, are the tree's."""
        if interaction.type in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            self.dispatch("press", interaction)

    async def on_ready(self) -> None:
        log.info("ready as %s in %d servers", self.user, len(self.guilds))

    def archive_changed(self) -> None:
        self._begin(self.searcher.refresh(), "snapshot with new episodes")
        if self._model is not None:
            self._model.embed_new()

    async def drain(self, seconds: float) -> None:
        """Takes on nothing new, and brings what members and the schedule began to its end, or breaks it off when the
        time is over."""
        await asyncio.gather(self.requests.drain(seconds), self.schedule.stop(seconds))

    async def close(self) -> None:
        await self.schedule.stop()
        if self._starting is not None:
            self._starting.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().close()
        if self._model is not None:
            await asyncio.to_thread(self._model.close)

    async def _start_model(self) -> None:
        await self.wait_until_ready()
        if self._load is not None:
            self._model = ModelThread(
                self.database, self._load, self._compare_meanings, self._finish_loading, self._chosen
            )
            self._model.start()

    async def _make_candidates(self, now: datetime) -> None:
        # As long as the model is being loaded they would be made by words alone, and made again when it is.
        if not self.searches.loading:
            await self.picker.make_ready(now)

    def _compare_meanings(self, worker: EncodingWorker) -> None:
        self.searcher.attach(worker)
        self._begin(self.searcher.refresh(), "snapshot with vectors")

    def _finish_loading(self) -> None:
        self.searches.loading = self.questions.loading = False
        self._begin(self.searcher.refresh(), "snapshot with new vectors")

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)


def intents(*, message_content: bool = False) -> discord.Intents:
    """What the bot hears of. None of it is privileged but the text of messages that are not meant for it."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        guild_reactions=True,
        guild_scheduled_events=True,
        voice_states=True,
        message_content=message_content,
    )


def encoder_loader(settings: Settings) -> LoadEncoder:
    """What loads the model that the settings name."""
    return functools.partial(load_encoder, settings.embedding_model)
