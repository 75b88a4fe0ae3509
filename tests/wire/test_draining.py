"""Being told to stop while members wait: what was begun is finished, what comes is refused, and then it is over."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import aiohttp
import pytest

from companion.community.searches import Answer, Asker, Searches
from companion.community.wishes import Wish
from companion.storage import subscriptions
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from tests import samples
from tests.bot.loopback import command_line
from tests.bot.test_stopping import free_port, is_left_open, settings, sign_of_life
from tests.wire.faults import Fault
from tests.wire.payloads import option
from tests.wire.running import running, until
from tests.wire.server import GUILD_ID, WireDiscord

SLOW = 3.0
"""Seconds that Discord takes to show an answer."""
STARTS_WITHIN = 150
"""Seconds, on a machine that has much else to do."""


@pytest.fixture
async def stocked(database_url: str) -> str:
    """The URL of a database in which the server has a podcast."""
    clock = SystemClock()
    async with await Database.open(database_url, clock) as database:
        podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
        async with database.write() as connection:
            await subscriptions.subscribe(connection, GUILD_ID, podcast.id, clock.now())
    return database_url


async def test_what_was_begun_is_answered_and_what_comes_meanwhile_is_refused(
    wire: WireDiscord, stocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on, ask = asyncio.Event(), asyncio.Event(), Searches.ask

    async def slowly(searches: Searches, asker: Asker, wish: Wish) -> Answer:
        begun.set()
        await may_go_on.wait()
        return await ask(searches, asker, wish)

    monkeypatch.setattr(Searches, "ask", slowly)
    async with (
        await Database.open(stocked, SystemClock()) as database,
        running(database) as bot,
    ):
        first = await wire.command("search", option("query", "drones"))
        await begun.wait()
        draining = asyncio.create_task(bot.drain(30))
        await until(lambda: bot.requests.stopping)
        second = await wire.command("search", option("query", "bees"), member_id=2)
        await until(second.answered.is_set)
        assert not draining.done()
        may_go_on.set()
        await draining

    assert second.callback is not None
    assert "I am being restarted just now" in second.callback["data"]["content"]
    assert second.callback["data"]["flags"] == 64
    assert first.original is not None
    assert "drones" in str(first.original.sent["components"]).casefold()


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_process_that_is_told_to_stop_finishes_what_members_wait_for(
    wire: WireDiscord, stocked: str, tmp_path: Path
) -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *command_line(wire.base, "run"),
        cwd=tmp_path,
        env=settings(stocked) | {"COMPANION_WEB_PORT": str(port), "LOG_FORMAT": "json"},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await until(sign_of_life(stocked, tmp_path).exists, STARTS_WITHIN)
        async with aiohttp.ClientSession() as session:

            async def status() -> int:
                async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    return answer.status

            async def is_ready() -> bool:
                return await status() == 200

            await until(is_ready, 60)
            wire.faults.plan(Fault(r"PATCH /webhooks/.*", slow=SLOW, cuts=False, times=1))
            search = await wire.command("search", option("query", "drones"))
            await until(search.acknowledged.is_set, 30)
            process.send_signal(signal.SIGTERM)

            async def is_draining() -> bool:
                return await status() == 503

            await until(is_draining)
            assert process.returncode is None
        _, log = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()

    assert process.returncode == 0, log.decode()
    assert search.original is not None
    assert "drones" in str(search.original.sent["components"]).casefold()
    assert "1 requests are brought to their end" in log.decode()
    assert "Traceback" not in log.decode()


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_second_signal_ends_it_at_once(wire: WireDiscord, stocked: str, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *command_line(wire.base, "run"),
        cwd=tmp_path,
        env=settings(stocked) | {"COMPANION_STOP_SECONDS": "300"},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await until(sign_of_life(stocked, tmp_path).exists, STARTS_WITHIN)
        wire.faults.plan(Fault(r"PATCH /webhooks/.*", slow=120, cuts=False, times=1))
        search = await wire.command("search", option("query", "drones"))
        await until(search.acknowledged.is_set, 30)
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(1)
        assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(process.communicate(), 40)
    finally:
        if process.returncode is None:
            process.kill()

    assert process.returncode == 0, log.decode()
    assert not is_left_open(stocked)
