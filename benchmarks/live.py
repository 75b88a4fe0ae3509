"""A bot that answers while it embeds: how long members wait, and how long the event loop stands still, beside a process
that does nothing: a machine that is busy, or a virtual one that others share, holds both up."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from benchmarks.growth import grown
from benchmarks.metronome import TICK, Metronome
from companion.archive.encoders import Encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.grains import embedded_texts
from companion.archive.ingest import embed
from companion.archive.results import Query
from companion.archive.search import Searcher
from companion.archive.snapshot import Snapshot
from companion.bot.garbage import settle
from companion.bot.turns import take_short_turns
from companion.storage import episodes, podcasts, readings, vectors
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.readings import Reading

PAUSE = 0.1
"""Seconds between two searches."""
LONGEST = 60.0
EPISODES = 4
"""That are embedded meanwhile: of one there are too few searches for a 95th percentile."""


@dataclass(frozen=True, slots=True)
class Served:
    """Milliseconds that searches took, encoding included, that the event loop was late, and a process that does nothing
    beside it."""

    passages: int
    embedded: int
    searches: int
    p50: float
    p95: float
    stalled: float
    often: float
    idle: float

    HEADER = (
        "| passages | embedded meanwhile | searches | p50 ms | p95 ms | longest stall ms | stalls' 99.9% ms |"
        " longest of a process that does nothing, ms |\n"
        "|--:|--:|--:|--:|--:|--:|--:|--:|"
    )

    def __str__(self) -> str:
        return (
            f"| {self.passages:,} | {self.embedded} | {self.searches} | {self.p50:.1f} | {self.p95:.1f} |"
            f" {self.stalled:.1f} | {self.often:.1f} | {self.idle:.1f} |"
        )


async def served_while_embedding(source: Path, seed: Snapshot, encoder: Encoder, asked: Sequence[str]) -> Served:
    """Searches on a copy of an archive, one every tenth of a second, while new episodes of it are embedded."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(source, Path(folder) / "c.db"))
        async with await Database.open(f"sqlite+aiosqlite:///{path}", SystemClock()) as database:
            worker = EncodingWorker(encoder)
            searcher = Searcher(database, worker)
            await searcher.refresh()
            await searcher.search(Query(asked[0]))
            # As the bot does when it starts, and when its model is loaded.
            take_short_turns()
            settle()
            for number in range(EPISODES):
                await store_an_episode(database, seed, number)
            made: list[int] = []
            thread = threading.Thread(target=lambda: made.append(asyncio.run(_embed(path, worker))))
            thread.start()
            late: list[float] = []
            with Metronome() as idle:
                ticker = asyncio.create_task(_tick(late))
                seconds = await _search(searcher, asked, thread)
                ticker.cancel()
            await asyncio.to_thread(thread.join)
            worker.close()
            async with database.read() as connection:
                size = sum(one.passages for one in (await episodes.sizes(connection)).values())
    p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
    stalls = np.array(late) * 1000
    return Served(size, sum(made), len(seconds), p50, p95, stalls.max(), np.quantile(stalls, 0.999), 1000 * idle.latest)


async def _search(searcher: Searcher, asked: Sequence[str], until: threading.Thread) -> list[float]:
    seconds: list[float] = []
    end = time.perf_counter() + LONGEST
    for text in cycle(asked):
        if not until.is_alive() or time.perf_counter() > end:
            return seconds
        begun = time.perf_counter()
        await searcher.search(Query(text), limit=5)
        seconds.append(time.perf_counter() - begun)
        await asyncio.sleep(PAUSE)
    return seconds


async def _tick(late: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - begun - TICK)


async def store_an_episode(database: Database, seed: Snapshot, number: int = 0) -> None:
    """A new one, of another ``number`` than those before, worded differently from all others, without vectors."""
    episode = next(islice(grown(seed, 2 * len(seed)), len(seed.episodes) + number, None))
    facts = replace(episode.facts, guid=f"the newest {number}")
    digests = [vectors.digest_of(embedded_texts(passage)) for passage in episode.passages]
    async with database.write() as connection:
        podcast = (await podcasts.list_podcasts(connection))[0]
        reading = Reading(facts, facts.guid, (), (), "", episode.passages, None)
        await readings.store(connection, podcast.id, reading, digests, database.clock.now())


async def _embed(path: Path, worker: EncodingWorker) -> int:
    async with await Database.open(f"sqlite+aiosqlite:///{path}", SystemClock()) as database:
        return await embed(database, worker)
