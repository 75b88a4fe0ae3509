"""What features have in common, on one that is made up."""

from __future__ import annotations

from datetime import datetime

import pytest

from companion.cogs.feature import Feature, every_minute
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of


class Bell(Feature):
    """A bell that rings by itself."""

    rung = 0

    @every_minute
    async def ring(self, _now: datetime) -> None:
        self.rung += 1


async def test_duties_are_the_bot_s_as_long_as_the_cog_is_loaded(world: World) -> None:
    bot, bell = bot_of(world), Bell(bot_of(world))
    await bot.add_cog(bell)
    assert bell.ring in bot.duties

    await bot.remove_cog("Bell")
    assert bell.ring not in bot.duties


async def test_nothing_is_done_while_the_bot_is_out_of_touch_with_discord(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, bell = bot_of(world), Bell(bot_of(world))
    now = world.database.clock.now()
    await bell.ring(now)
    monkeypatch.setattr(bot, "is_ready", lambda: False)
    await bell.ring(now)
    assert bell.rung == 1
