"""How long a member waits for ``/ask``: until it is acknowledged, and until the passages stand in the channel.

``python -m benchmarks.asking [DATABASE…]``: the whole bot, in the simulated Discord, so without the network's share.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import discord
import numpy as np
import simcord

from benchmarks.material import CACHE, DEMO
from benchmarks.pages import write_sections
from benchmarks.scoring import SHARED
from companion.archive.encoders import load_encoder
from companion.archive.search import Searcher
from companion.bot.client import CompanionBot
from companion.community.cooldowns import Cooldowns
from companion.storage import podcasts, statistics, subscriptions
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

REPORT = Path(__file__).with_name("speed.md")
TITLE = "`/ask` in Discord"
TOLD = """\
From the command to what the member sees, in the simulated Discord: the network's share is not in it. Measured by
`python -m benchmarks.asking`."""
HEADER = """\
| passages | questions | acknowledged p50 ms | p95 ms | passages shown p50 ms | p95 ms |
|--:|--:|--:|--:|--:|--:|"""
AIMS = "Aims: acknowledged in **at most 100 ms**, the passages in **at most 1,000 ms** (p50)."
_QUESTIONS = 100


@dataclass(slots=True)
class Moments:
    """When the last command was sent, acknowledged and answered, in seconds."""

    sent: float = 0.0
    acknowledged: list[float] = field(default_factory=list[float])
    answered: list[float] = field(default_factory=list[float])

    @contextmanager
    def watched(self) -> Generator[None]:
        """Notes when Discord has taken an acknowledgement, and an ordinary message."""
        defer, send = discord.InteractionResponse[Any].defer, discord.abc.Messageable.send

        async def deferred(response: Any, **options: Any) -> Any:
            done = await defer(response, **options)
            self.acknowledged.append(time.perf_counter() - self.sent)
            return done

        async def sent(channel: Any, *given: Any, **options: Any) -> Any:
            done = await send(channel, *given, **options)
            self.answered.append(time.perf_counter() - self.sent)
            return done

        with (
            patch.object(discord.InteractionResponse, "defer", deferred),
            patch.object(discord.abc.Messageable, "send", sent),
            patch.object(Cooldowns, "use", return_value=None),  # one member asks them all
        ):
            yield


def questions() -> list[str]:
    """Those of the shared archive, or of the demo."""
    path = SHARED / "evaluation" / "questions_dev.jsonl"
    path = path if path.exists() else DEMO / "questions.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines][:_QUESTIONS]


async def measured(path: Path, asked: Sequence[str], moments: Moments) -> str:
    """A row of the table, of a copy of the database."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "asked.db"
        shutil.copy(path, copy)
        async with await Database.open(f"sqlite+aiosqlite:///{copy}", SystemClock()) as database:
            await Searcher(database).refresh()  # which makes the files that the bot then opens
            bot = CompanionBot(database, lambda: load_encoder(None), shard_count=1)
            env = simcord.Env(bot, settle_timeout=120)
            await env.start()
            try:
                while bot.searches.loading:  # noqa: ASYNC110  set from a thread
                    await asyncio.sleep(0.1)
                await bot.searcher.refresh()
                passages = await _ask_all(env, database, asked, moments)
            finally:
                await env.shutdown()
                await bot.close()
    numbers = [_percentiles(times) for times in (moments.acknowledged, moments.answered)]
    return f"| {passages:,} | {len(moments.answered)} | {' | '.join(numbers)} |"


async def _ask_all(env: simcord.Env, database: Database, asked: Sequence[str], moments: Moments) -> int:
    guild = env.create_guild("Benchmark")
    channel = guild.create_text_channel("podcast")
    member = guild.add_member(env.create_user("asker"))
    async with database.write() as connection:
        for podcast in await podcasts.list_podcasts(connection):
            await subscriptions.subscribe(connection, guild.id, podcast.id, database.clock.now())
    for text in asked[:5]:
        await member.slash(channel, "ask", question=text[:300])  # the first ones warm up
    moments.acknowledged.clear()
    moments.answered.clear()
    for text in asked:
        moments.sent = time.perf_counter()
        await member.slash(channel, "ask", question=text[:300])
    async with database.read() as connection:
        every = frozenset(podcast.id for podcast in await podcasts.list_podcasts(connection))
        return (await statistics.totals(connection, every)).passages


def _percentiles(seconds: Sequence[float]) -> str:
    return " | ".join(f"{1000 * np.percentile(seconds, share):.0f}" for share in (50, 95))


async def table(paths: Sequence[Path]) -> str:
    """Milliseconds, a row an archive."""
    moments, asked = Moments(), questions()
    with moments.watched():
        rows = [await measured(path, asked, moments) for path in paths]
    return "\n".join([HEADER, *rows, "", AIMS])


def main(arguments: Sequence[str]) -> int:
    known = [CACHE / "feed.db", CACHE / "demo.db"]
    paths = [Path(argument) for argument in arguments] or [path for path in known if path.exists()][:1]
    if not paths:
        sys.exit("There is no archive to ask: give a database, or run `python -m benchmarks.answers` first.")
    section = f"{TOLD}\n\n{asyncio.run(table(paths))}"
    write_sections(REPORT, {TITLE: section})
    print(section)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
