"""A bot that asks without end for what it is refused: it is stopped before Discord bans its address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord
import pytest

from companion.bot import rest
from companion.bot.client import CompanionBot
from companion.bot.rest import HELD_BACK, STOPPED, Refusals
from companion.storage.engine import Database
from tests.wire.faults import Fault
from tests.wire.running import running, until
from tests.wire.server import CHANNEL_ID, WireDiscord


async def refused(bot: CompanionBot) -> None:
    with pytest.raises(discord.HTTPException):
        await bot.get_partial_messageable(CHANNEL_ID).send("Once more.")


async def limited(bot: CompanionBot) -> None:
    with pytest.raises(discord.HTTPException):
        await bot.get_partial_messageable(CHANNEL_ID).fetch_message(1)


@pytest.mark.usefixtures("bees")
@pytest.mark.parametrize(("status", "ask"), [(403, refused), (429, limited), (401, refused)])
async def test_a_fault_that_asks_without_end_is_stopped_far_below_discords_limit(
    wire: WireDiscord, database: Database, status: int, ask: Callable[[CompanionBot], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(rest, "HELD_BACK", 60)
    monkeypatch.setattr(rest, "PAUSES", (0.0, 0.0))
    async with running(database) as bot:
        wire.faults.plan(Fault(r"\w+ /channels/.*", status, retry_after=0.0))
        for _ in range(100):
            await ask(bot)
        assert 60 <= len(wire.invalid()) < 70

        # Members are answered all the same, also over a connection that is made anew meanwhile.
        wire.gateway.cut()
        await until(lambda: len(wire.gateway.resumes) == 1)
        asked = await wire.command("about")
        await until(asked.answered.is_set)


class TestRefusals:
    def test_a_window_of_ten_minutes_slides(self) -> None:
        now = 0.0
        refusals = Refusals(lambda: now)
        for _ in range(HELD_BACK):
            refusals.note(403)
        assert refusals.forbids(answers=False)
        assert not refusals.forbids(answers=True)
        for _ in range(STOPPED - HELD_BACK):
            refusals.note(429)
        assert refusals.forbids(answers=True)
        now = 601.0
        assert not refusals.forbids(answers=False)

    def test_what_discord_does_not_hold_against_the_bot_is_not_counted(self) -> None:
        refusals = Refusals()
        for _ in range(STOPPED):
            refusals.note(404)
            refusals.note(429, "shared")
            refusals.note(500)
        assert not refusals.forbids(answers=False)

    def test_all_processes_of_an_address_stay_below_what_discord_bans_for(self) -> None:
        assert STOPPED * 3 < 10_000
