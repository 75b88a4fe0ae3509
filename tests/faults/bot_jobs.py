"""What jobs of the whole bot have in common: its process, connected to the Discord that outlives it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import discord.gateway
import discord.http
import yarl

from companion.archive.audio_parts import AudioError
from companion.bot.client import CompanionBot
from companion.cogs import clip_media
from companion.community.serving import Serving
from companion.storage.engine import Database
from tests.faults.jobs import Job
from tests.faults.places import KeptClock, Place
from tests.faults.world import World
from tests.wire.running import running, until

_ENOUGH = "enough"
_PATIENCE = 50
"""Seconds that a worker waits for what has to come."""
_GREETING = 0.05
"""Seconds that it takes to tell of all there is."""


class BotJob(Job):
    """The worker is the bot; `live` is what it does once it is connected."""

    talks = True

    async def live(self, place: Place, bot: CompanionBot, clock: KeptClock) -> None:
        """What the bot does beside what it does by itself."""
        raise NotImplementedError

    async def work(self, place: Place) -> None:
        clock = KeptClock(place)
        # Whoever starts again starts later.
        clock.advance(timedelta(seconds=1))
        gateway = yarl.URL(f"{place.discord.replace('http', 'ws')}/gateway")
        mock.patch.object(discord.http.Route, "BASE", place.discord).start()
        mock.patch.object(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway).start()
        # What takes its time, and is nothing that can be done twice.
        mock.patch.object(clip_media, "clip_audio", _no_audio).start()
        mock.patch.object(clip_media, "quote_card", _no_card).start()
        async with await Database.open(place.url, clock) as database, running(database) as bot:
            # An invented conversation is too short to be picky with.
            picker: Any = bot.picker
            picker._rules = Serving(bar=-9.0)
            await self.live(place, bot, clock)


async def live_until(bot: CompanionBot, clock: KeptClock, instant: datetime) -> None:
    """Moves the clock to that instant, unless it is there or further, and does what is done every minute."""
    if clock.now() < instant:
        clock.advance(instant - clock.now())
        await bot.schedule.tick()


async def connected(world: World) -> None:
    """Waits until a worker that is only starting has a session, and was told of all there is."""
    before = len(world.gateway.identifies)
    await until(lambda: len(world.gateway.identifies) > before, _PATIENCE)
    await asyncio.sleep(_GREETING)


def say_enough(place: Place) -> None:
    """Tells the worker that nothing more comes from outside."""
    (place.folder / _ENOUGH).touch()


def enough(place: Place) -> bool:
    """Was that said?"""
    return (place.folder / _ENOUGH).exists()


async def _no_audio(*_: object) -> bytes:
    raise AudioError("There is no such audio.")


def _no_card(*_: object) -> None:
    return None
