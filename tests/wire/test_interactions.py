"""Commands over the wire: what a member gets while Discord is slow, busy or broken."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.cogs.failures import FORGETFUL, SURPRISE
from companion.community.searches import Answer, Asker, Searches
from companion.community.wishes import Wish
from companion.storage.engine import Database
from tests.wire.payloads import option
from tests.wire.running import running, until
from tests.wire.server import WireDiscord


@pytest.mark.usefixtures("bees")
async def test_a_search_is_acknowledged_and_answered(wire: WireDiscord, database: Database) -> None:
    async with running(database):
        asked = await wire.command("search", option("query", "drones"))
        await until(asked.answered.is_set)
    assert asked.callback is not None
    assert asked.callback["type"] == 5
    assert asked.original is not None
    assert "drones" in str(asked.original.sent["components"]).casefold()
    assert [one.what for one in wire.invalid()] == []


@pytest.mark.usefixtures("bees")
async def test_a_press_is_answered_within_three_seconds_while_the_disk_stalls(
    wire: WireDiscord, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving = asyncio.Event()

    @asynccontextmanager
    async def stalled() -> AsyncGenerator[AsyncConnection]:
        await moving.wait()
        raise OSError("The disk moves again.")
        yield

    async with running(database):
        asked = await wire.command("search", option("query", "drones"))
        await until(asked.answered.is_set)
        assert asked.original is not None
        riff = re.search(r'"(search:riff:[^"]+)', json.dumps(asked.original.sent))
        assert riff is not None
        with monkeypatch.context() as patch:
            patch.setattr(database, "read", stalled)
            pressed = await wire.press(asked.original, riff[1], member_id=2)
            await until(pressed.answered.is_set)
            moving.set()
    assert wire.interactions.too_late == []
    assert pressed.callback is not None
    assert FORGETFUL in str(pressed.callback["data"])


@pytest.mark.usefixtures("bees")
async def test_where_the_answer_was_deleted_nobody_waits_for_one(
    wire: WireDiscord, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "companion")
    as_ever = Searches.ask

    async def deleted_meanwhile(searches: Searches, asker: Asker, wish: Wish) -> Answer:
        await wire.messages.remove(wire.messages.all[asker.message_id or 0])
        return await as_ever(searches, asker, wish)

    monkeypatch.setattr(Searches, "ask", deleted_meanwhile)
    async with running(database):
        asked = await wire.command("search", option("query", "drones"))
        await until(lambda: "its message is deleted" in caplog.text)
    assert asked.followups == []
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


@pytest.mark.usefixtures("bees")
async def test_where_another_message_was_deleted_the_member_is_told_of_a_fault(
    wire: WireDiscord, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(database) as bot:

        async def misses(*_: object) -> Answer:
            channel = bot.get_partial_messageable(wire.channel_id)
            await channel.fetch_message(1)
            raise AssertionError

        monkeypatch.setattr(Searches, "ask", misses)
        asked = await wire.command("search", option("query", "drones"))
        await until(lambda: len(asked.followups) == 1)
    assert SURPRISE in str(asked.followups[0].sent)
    assert "Unknown Message" in caplog.text
