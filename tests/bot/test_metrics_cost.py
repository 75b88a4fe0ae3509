"""What measuring costs beside what is measured, in processor time: ``pytest -s`` prints it."""

from __future__ import annotations

import asyncio
from time import process_time
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
import yarl

from companion.archive.search import Searcher
from companion.bot.metrics import Metrics
from companion.bot.observation import tracing
from companion.cogs.requests import Kind, Outcome
from companion.community.searches import Asker, Searches
from companion.community.wishes import Wish
from companion.storage import subscriptions
from companion.storage.engine import Database
from tests import samples

GUILD, ROUNDS, SEARCHES, OBSERVED = 10, 5, 20, 2_000
WRITES, REQUESTS = 3, 4
"""Of a search: more than it has."""
MOST = 0.02


class Answered:
    """A request's answer, as far as it is looked at."""

    response = SimpleNamespace(status=200, headers={})
    url = yarl.URL("https://discord.example/api/v10/channels/1/messages")


async def observed(metrics: Metrics, traced: aiohttp.TraceConfig) -> None:
    """All that is noted of one search."""
    metrics.requests.labels(Kind.COMMAND, "search", Outcome.ANSWERED).inc()
    metrics.request_seconds.labels(Kind.COMMAND, "search").observe(0.1)
    metrics.search_seconds.observe(0.01)
    for _ in range(WRITES):
        metrics.write_wait_seconds.observe(0.001)
    session: Any = None
    answer: Any = Answered()
    for _ in range(REQUESTS):
        context = SimpleNamespace()
        for begin in traced.on_request_start:
            await begin(session, context, answer)
        for end in traced.on_request_end:
            await end(session, context, answer)


async def test_it_takes_next_to_nothing_of_a_search(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD, podcast.id, database.clock.now())
    # An archive of a few minutes, by words alone, and without Discord: no search takes less.
    searches, asker = Searches(database, Searcher(database)), Asker(GUILD, 1, 2, "Priya")
    metrics = Metrics()
    traced = tracing(metrics)
    traced.freeze()
    await searches.ask(asker, Wish.typed("wax"))
    searching: list[float] = []
    measuring: list[float] = []
    for _ in range(ROUNDS):
        begun = process_time()
        for _ in range(SEARCHES):
            await searches.ask(asker, Wish.typed("wax"))
        searching.append((process_time() - begun) / SEARCHES)
        begun = process_time()
        for _ in range(OBSERVED):
            await observed(metrics, traced)
        measuring.append((process_time() - begun) / OBSERVED)
        await asyncio.sleep(0)
    ratio = min(measuring) / min(searching)
    with capsys.disabled():
        print(f"\nmeasuring {1e6 * min(measuring):.0f} µs, searching {1e6 * min(searching):.0f} µs: {ratio:.2%}")  # noqa: T201

    assert ratio < MOST
