"""The bots that `benchmarks.load` puts under load, each in a process of its own, over the Discord of `tests.wire`.

``python -m benchmarks.load_bots companion|pong BASE REPORT [DATABASE]`` runs until it is told to stop, and adds a line
of JSON to the report each second: what the process has of memory, and how late its event loop was.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from benchmarks.processes import resident_megabytes
from companion.archive import heap
from companion.archive.encoders import load_encoder
from companion.bot.client import CompanionBot
from companion.bot.turns import take_short_turns
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from tests.bot.loopback import TOKEN

TICK = 0.005
"""Seconds between two looks at the clock."""


class Pong(discord.Client):
    """A bot that does nothing but answer: what the library itself takes."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="pong", description="Answers")(_pong)


async def _pong(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("pong")


def point_at(base: str) -> None:
    """Has the library ask this Discord."""
    Route.BASE = base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"{base.replace('http', 'ws')}/gateway")


async def watch(report: Path) -> None:
    """Adds to the report for as long as it runs."""
    with report.open("a", encoding="utf-8", buffering=1) as stream:
        late: list[float] = []
        second = time.monotonic()
        while True:
            begun = time.monotonic()
            await asyncio.sleep(TICK)
            now = time.monotonic()
            late.append(now - begun - TICK)
            if now - second >= 1:
                own, everything = resident_megabytes(), resident_megabytes(files=True)
                stream.write(json.dumps({"at": now, "own": own, "all": everything, "late": max(late)}) + "\n")
                late, second = [], now


async def serve(kind: str, report: Path, database: Path | None) -> None:
    watching = asyncio.create_task(watch(report))
    try:
        if database is None or kind == "pong":
            async with Pong() as pong:
                await pong.start(TOKEN)
        else:
            async with (
                await Database.open(f"sqlite+aiosqlite:///{database}", SystemClock()) as opened,
                CompanionBot(opened, lambda: load_encoder(None)) as bot,
            ):
                await bot.start(TOKEN)
    except asyncio.CancelledError:
        watching.cancel()


async def main(kind: str, base: str, report: str, database: str | None = None) -> None:
    heap.share_arenas()
    take_short_turns()
    point_at(base)
    task = asyncio.create_task(serve(kind, Path(report), None if database is None else Path(database)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await asyncio.gather(task, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
