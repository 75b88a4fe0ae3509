"""Every command, suggestion, button, menu and form of the bot over the wire: whatever it sends fits Discord's own
description of its interface and Discord's limits, which the Discord on the loopback looks at."""

from __future__ import annotations

import pytest

from companion.archive.audio_parts import AudioError
from companion.archive.fetch import Fetcher
from companion.cogs import clip_media
from companion.storage.engine import Database
from tests.clocks import StoppedClock
from tests.wire.drive import Drive, commands_of, menus_of
from tests.wire.payloads import TEXT, VOICE
from tests.wire.running import running
from tests.wire.server import CHANNEL_ID, GUILD_ID, WireDiscord


async def no_audio(*_: object) -> bytes:
    raise AudioError("There is no such audio.")


@pytest.mark.usefixtures("bees")
async def test_all_that_members_can_do_is_answered_by_what_discord_takes(
    wire: WireDiscord, database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_media, "clip_audio", no_audio)
    wire.guilds[GUILD_ID].channels = {CHANNEL_ID: (TEXT, "podcast"), CHANNEL_ID + 1: (VOICE, "The hive")}
    async with running(database, fetcher=Fetcher(allows=lambda _: False, seconds=1)) as bot:
        drive = Drive(wire, bot, clock)
        known = commands_of(bot)
        for command in known:
            await drive.command(command)
        written = await wire.write("Why do the drones leave?", mentions=[])
        for menu in menus_of(bot):
            await drive.menu(menu, written)
        for _ in range(3):
            await drive.press_everything()
            await bot.schedule.tick()
    assert drive.surprised == []
    assert {f"/{command.qualified_name}" for command in known} <= set(drive.reached)
    assert drive.suggestions > 20
    assert wire.interactions.too_late == wire.interactions.repeated == []
