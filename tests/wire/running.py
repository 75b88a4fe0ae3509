"""The bot and its library, connected to the Discord on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import yarl

from companion.bot.client import CompanionBot
from companion.storage.engine import Database
from tests.bot.loopback import TOKEN

SECONDS = 30


def point_at(base: str, patch: pytest.MonkeyPatch) -> None:
    """Has the library ask the Discord at that address, and connect to its gateway where it knows no other."""
    patch.setattr("discord.http.Route.BASE", base)
    gateway = yarl.URL(f"{base.replace('http', 'ws')}/gateway")
    patch.setattr("discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY", gateway)


@asynccontextmanager
async def running(database: Database, **options: Any) -> AsyncGenerator[CompanionBot]:
    """The bot, connected and ready. ``options`` are the client's."""
    options = {"guild_ready_timeout": 0.2, **options}
    async with CompanionBot(database, **options) as bot:
        connected = asyncio.create_task(bot.start(TOKEN))
        try:
            async with asyncio.timeout(SECONDS):
                ready = asyncio.create_task(bot.wait_until_ready())
                await asyncio.wait({connected, ready}, return_when=asyncio.FIRST_COMPLETED)
                if connected.done():
                    ready.cancel()
                    connected.result()
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(connected, return_exceptions=True)


async def until(true: Callable[[], bool] | Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Waits until it is so. Raises `TimeoutError`."""
    async with asyncio.timeout(seconds):
        while True:
            so = true()
            if so if isinstance(so, bool) else await so:
                return
            await asyncio.sleep(0.02)
