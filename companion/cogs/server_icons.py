"""Servers' icons, for their cards: fetched once and kept, and none where anything goes wrong."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from time import monotonic

import aiohttp
import discord

from companion.archive.latest import Latest

log = logging.getLogger(__name__)

SIZE = 128
"""Pixels that an icon is asked for in, a power of two."""
MOST_BYTES = 256 * 1024
"""A larger one is none: at that size Discord's have some 30 KB."""
PATIENCE = 5.0
"""Seconds that a card waits for it."""
RETRIED_AFTER = 3600.0
"""Seconds until one that could not be had is asked for again."""
_KEPT = 200


@dataclass(slots=True)
class ServerIcons:
    """The icons that were asked for last. One has another key when it is another picture."""

    _kept: Latest[str, tuple[bytes | None, float]] = field(
        default_factory=lambda: Latest[str, tuple[bytes | None, float]](_KEPT)
    )

    async def of(self, guild: discord.Guild | None) -> bytes | None:
        """The server's icon as a PNG; None where it has none, or where it could not be had."""
        if guild is None or guild.icon is None:
            return None
        key = guild.icon.key
        known = self._kept.get(key)
        if known is None or (known[0] is None and monotonic() - known[1] > RETRIED_AFTER):
            known = await _fetched(guild.icon), monotonic()
            self._kept.put(key, known)
        return known[0]


async def _fetched(icon: discord.Asset) -> bytes | None:
    try:
        async with asyncio.timeout(PATIENCE):
            data = await icon.replace(size=SIZE, format="png").read()
    except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as error:
        log.info("a card goes without its server's icon: %s", error or "it took too long")
        return None
    if len(data) > MOST_BYTES:
        log.info("a card goes without its server's icon: it has %d bytes", len(data))
        return None
    return data
