"""Filling in the measures: what is noted as it happens, and what is looked up when somebody asks."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from time import perf_counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp

from companion import __version__
from companion.archive.results import Query
from companion.archive.search import Found, Searcher
from companion.archive.serving import PAGE
from companion.bot.metrics import Metrics
from companion.cogs import requests
from companion.cogs.requests import Request
from companion.community.overdue import Overdue
from companion.storage import feeds, podcasts, statistics, subscriptions, vectors
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

if TYPE_CHECKING:
    from companion.bot.client import CompanionBot

log = logging.getLogger(__name__)

LOOK_AGAIN, REST = 30.0, 100
"""Seconds that what the database was asked for stays good, or so many times as long as asking took: whoever asks more
often makes no work, and in a big archive it stays a hundredth."""
_LAG_EVERY = 0.5
_RATE_LIMITED = 429
_INVALID = (401, 403, _RATE_LIMITED)
"""What Discord counts against 10,000 in ten minutes, but for limits that are shared.

https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""
_SCOPES = ("user", "global", "shared")
_SWITCHING_PROTOCOLS = 101
_FIRST_ANSWER = "/callback"
"""How the address ends to which an interaction is first answered."""


class MeasuredSearcher(Searcher):
    """A searcher whose searches are timed."""

    def __init__(
        self, database: Database, observe: Callable[[float], None], *, vectors_elsewhere: bool = False
    ) -> None:
        super().__init__(database, vectors_elsewhere=vectors_elsewhere)
        self._observe = observe

    async def find(self, query: Query, limit: int = PAGE, offset: int = 0, *, version: int | None = None) -> Found:
        begun = perf_counter()
        found = await super().find(query, limit, offset, version=version)
        self._observe(perf_counter() - begun)
        return found


def tracing(metrics: Metrics) -> aiohttp.TraceConfig:
    """What counts the requests of a Discord client that is made with it as its ``http_trace``."""

    async def begin(_session: aiohttp.ClientSession, context: SimpleNamespace, _: object) -> None:
        context.begun, context.answered = perf_counter(), False

    async def end(
        _session: aiohttp.ClientSession, context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        context.answered = True
        status = ended.response.status
        if status == _SWITCHING_PROTOCOLS:
            return  # the gateway
        metrics.discord_requests.labels(str(status)).inc()
        metrics.discord_seconds.observe(perf_counter() - context.begun)
        request = requests.current()
        if request is not None and ended.url.path.endswith(_FIRST_ANSWER):
            metrics.acknowledge_seconds.observe(request.seconds)
        if status not in _INVALID:
            return
        scope = ended.response.headers.get("X-RateLimit-Scope", "")
        if status == _RATE_LIMITED:
            metrics.rate_limited.labels(scope if scope in _SCOPES else "unknown").inc()
        if scope != "shared":
            metrics.invalid.inc()

    async def fail(_session: aiohttp.ClientSession, context: SimpleNamespace, _: object) -> None:
        # An answer that is taken for none (`bot/rest.py`) is counted by its status.
        if not context.answered:
            metrics.discord_requests.labels("error").inc()

    config = aiohttp.TraceConfig()
    config.on_request_start.append(begin)
    config.on_request_end.append(end)
    config.on_request_exception.append(fail)
    return config


class Observation:
    """Watches one bot. What it hears of is noted at once; `look` brings the rest up to date."""

    def __init__(self, metrics: Metrics, bot: CompanionBot) -> None:
        self._metrics = metrics
        self._bot = bot
        self._database = bot.database
        self._overdue = Overdue(bot.database, lambda guild_id: bot.get_guild(guild_id) is not None)
        self._good_until = -math.inf
        self._looking = asyncio.Lock()
        metrics.information.labels(__version__).set(1)
        bot.requests.ended.append(self._note_request)
        bot.schedule.ticked.append(metrics.tick_seconds.observe)
        bot.schedule.failed.append(metrics.duty_failures.inc)
        bot.database.waited.append(metrics.write_wait_seconds.observe)
        for event in ("disconnect", "resumed", "ready"):
            metrics.gateway.labels(event)  # at 0 from the start, so that the first one is an increase
            bot.add_listener(self._noting(event), f"on_shard_{event}")

    def _note_request(self, request: Request) -> None:
        self._metrics.requests.labels(request.kind, request.name, request.outcome).inc()
        self._metrics.request_seconds.labels(request.kind, request.name).observe(request.seconds)

    def _noting(self, event: str) -> Callable[[int], Coroutine[Any, Any, None]]:
        async def note(_shard_id: int) -> None:
            self._metrics.gateway.labels(event).inc()

        return note

    async def look(self) -> None:
        """Brings what is looked up to date. The database is asked twice a minute at most, however many ask, and less
        often where that takes long."""
        self._look_around()
        async with self._looking:
            begun = perf_counter()
            if begun < self._good_until:
                return
            # The rest is worth knowing above all while the database has trouble.
            try:
                await self._look_into_the_database()
            except CompanionError as error:
                log.warning("what the database has is not measured: %s", error)
            ended = perf_counter()
            self._good_until = ended + max(LOOK_AGAIN, REST * (ended - begun))

    def _look_around(self) -> None:
        metrics, bot = self._metrics, self._bot
        metrics.running.set(len(bot.requests))
        for work, (busy, waiting) in bot.fair_use.queues().items():
            metrics.busy.labels(work).set(busy)
            metrics.waiting.labels(work).set(waiting)
        metrics.connected.set(bot.is_connected())
        beats = [latency for _, latency in bot.latencies if math.isfinite(latency)]
        metrics.latency.set(max(beats, default=math.nan))
        metrics.servers.set(len(bot.guilds))
        metrics.index_passages.set(bot.searcher.passages or 0)
        metrics.index_semantic.set(bot.searcher.semantic)

    async def _look_into_the_database(self) -> None:
        metrics, now = self._metrics, self._database.clock.now()
        model = self._bot.searcher.model_id
        async with self._database.read() as connection:
            seen = await podcasts.by_ids(connection, await subscriptions.subscribed(connection))
            states = await feeds.by_ids(connection, seen)
            metrics.episodes.set(await statistics.episodes(connection))
            metrics.unembedded.set(await vectors.count_missing(connection, model) if model else math.nan)
        failing = sum(state.failures > 0 for state in states.values())
        metrics.feeds.labels("failing").set(failing)
        metrics.feeds.labels("fine").set(len(states) - failing)
        ages = [(now - state.read_at).total_seconds() for state in states.values()]
        metrics.feed_age.set(max(ages, default=0))
        for kind, waiting in (await self._overdue.count(now)).items():
            metrics.posts.labels(kind, "due").set(waiting.due)
            metrics.posts.labels(kind, "late").set(waiting.late)


@asynccontextmanager
async def watching_the_loop(metrics: Metrics) -> AsyncGenerator[None]:
    """Measures during the block how much too late the event loop is."""
    task = asyncio.create_task(_measure_lag(metrics.lag_seconds.observe), name="event loop lag")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _measure_lag(observe: Callable[[float], None]) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + _LAG_EVERY
        await asyncio.sleep(_LAG_EVERY)
        observe(max(0.0, clock() - due))
