from __future__ import annotations

import asyncio
import json
import logging
import re

import pytest

from companion.bot.client import CompanionBot
from companion.bot.logs import JsonFormatter
from companion.cogs import requests
from companion.cogs.requests import Kind, Outcome, Request, Requests
from companion.community.searches import Searches
from tests.cogs.conftest import World
from tests.cogs.messages import only, shown

Ended = list[tuple[Kind, str, Outcome]]


def listening(world: World) -> Ended:
    """What ended, from now on."""
    ended: Ended = []

    def note(request: Request) -> None:
        ended.append((request.kind, request.name, request.outcome))

    bot_of(world).requests.ended.append(note)
    return ended


def bot_of(world: World) -> CompanionBot:
    assert isinstance(world.env.bot, CompanionBot)
    return world.env.bot


class TestWhatIsARequest:
    async def test_commands_presses_and_forms_are_known_by_names_of_ours(self, world: World) -> None:
        ended = listening(world)
        message = only(await world.priya.slash(world.channel, "search", query="bees"))
        form = await world.jonas.click(message, label="Riff")
        assert form.modal is not None
        await world.priya.slash(world.channel, "search", query="bees", after="soon")

        assert ended == [
            (Kind.COMMAND, "search", Outcome.ANSWERED),
            (Kind.BUTTON, "RiffPress", Outcome.ANSWERED),
            (Kind.COMMAND, "search", Outcome.REFUSED),
        ]
        assert len(bot_of(world).requests) == 0

    async def test_a_fault_of_ours_is_a_failure(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        async def broken(*_args: object, **_more: object) -> None:
            raise ZeroDivisionError

        world.expects_failures = True
        monkeypatch.setattr(Searches, "ask", broken)
        ended = listening(world)
        await world.priya.slash(world.channel, "search", query="bees")

        assert ended == [(Kind.COMMAND, "search", Outcome.FAILED)]


class TestItsId:
    async def test_what_is_logged_on_the_way_and_the_members_reference_are_one(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.expects_failures = True
        lines: list[str] = []

        class Kept(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                lines.append(self.format(record))

        async def broken(searches: Searches, *_args: object, **_more: object) -> None:
            logging.getLogger("deep").warning("on the event loop")
            await asyncio.to_thread(logging.getLogger("deep").warning, "in a thread")
            raise ZeroDivisionError

        monkeypatch.setattr(Searches, "ask", broken)
        handler = Kept()
        handler.setFormatter(JsonFormatter())
        logging.getLogger().addHandler(handler)
        try:
            told = shown(await world.priya.slash(world.channel, "search", query="bees"))
            logging.getLogger("deep").warning("of nobody")
        finally:
            logging.getLogger().removeHandler(handler)
        reference = re.search(r"`([0-9a-f]{6})`", told)
        logged = {entry["message"]: entry.get("request") for entry in map(json.loads, lines)}

        assert reference is not None
        assert logged["on the event loop"] == logged["in a thread"] == reference[1]
        assert logged["of nobody"] is None


class TestDraining:
    async def test_what_runs_is_waited_for_and_nothing_new_is_taken_on(self) -> None:
        running, may_end = Requests(), asyncio.Event()

        async def answer() -> str:
            running.begin(Kind.COMMAND, "search")
            await may_end.wait()
            return "answered"

        answering = asyncio.create_task(answer())
        await asyncio.sleep(0)
        draining = asyncio.create_task(running.drain(10))
        await asyncio.sleep(0)
        with pytest.raises(requests.StoppingError, match="try again in a minute"):
            running.require_running()
        assert not draining.done()
        may_end.set()

        assert await draining == 0
        assert answering.result() == "answered"

    async def test_what_takes_too_long_is_broken_off(self) -> None:
        running, ended = Requests(), list[Outcome]()
        running.ended.append(lambda request: ended.append(request.outcome))

        async def answer() -> None:
            running.begin(Kind.COMMAND, "ask")
            await asyncio.sleep(60)

        answering = asyncio.create_task(answer())
        await asyncio.sleep(0)

        assert await running.drain(0.01) == 1
        assert answering.cancelled()
        assert ended == [Outcome.FAILED]

    async def test_an_error_that_nobody_answered_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        running = Requests()

        async def answer() -> None:
            running.begin(Kind.BUTTON, "Riff")
            raise ZeroDivisionError

        answering = asyncio.create_task(answer())
        await asyncio.wait([answering])
        await asyncio.sleep(0)

        (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
        assert record.getMessage() == "button Riff failed"
        assert record.exc_info is not None
