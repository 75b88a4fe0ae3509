"""The worlds of the bot's own tests: two servers that are strangers, and everything in both."""

from __future__ import annotations

from tests.cogs.conftest import (
    _collected,  # pyright: ignore[reportPrivateUsage]
    _no_audio,  # pyright: ignore[reportPrivateUsage]
    _no_cooldowns,  # pyright: ignore[reportPrivateUsage]
    database,
    stock,
    world,
)
from tests.cogs.test_strangers import strangers

__all__ = ["_collected", "_no_audio", "_no_cooldowns", "database", "stock", "strangers", "world"]
