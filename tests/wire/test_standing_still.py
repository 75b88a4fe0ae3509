"""A machine that has too much to do: the bot's process stands still for seconds, again and again."""

from __future__ import annotations

import asyncio
import signal
import sys
from itertools import count

import pytest
from sqlalchemy import func, select

from companion.storage import schema
from companion.storage.engine import Database
from tests.clocks import StoppedClock
from tests.wire.interactions import FIRST_ANSWER_WITHIN, Invoked
from tests.wire.payloads import option
from tests.wire.processes import bot_process
from tests.wire.running import until
from tests.wire.server import WireDiscord

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process for a while."),
]

STANDSTILLS = 0.3, 2.4, FIRST_ANSWER_WITHIN + 0.5, 1.0, FIRST_ANSWER_WITHIN + 2, 2.7
"""Seconds."""
AT_ONCE = 5


@pytest.mark.usefixtures("bees")
async def test_a_search_stays_unanswered_only_where_discord_took_no_answer_any_more(
    wire: WireDiscord, database: Database, clock: StoppedClock
) -> None:
    members = count(700_000_000_000_000_000)
    asked: list[Invoked] = []

    async def ask(times: int) -> None:
        query = option("query", "drones")
        asked.extend([await wire.command("search", query, member_id=next(members)) for _ in range(times)])

    async with bot_process(wire, database, "0/1", clock.now()) as process:
        for seconds in STANDSTILLS:
            process.send_signal(signal.SIGSTOP)
            await ask(AT_ONCE)
            await asyncio.sleep(seconds)
            process.send_signal(signal.SIGCONT)
            await ask(1)
            await asyncio.sleep(1)
        late = wire.interactions.too_late
        await until(lambda: all(one in late or one.answered.is_set() for one in asked))

    assert len(late) >= AT_ONCE * sum(seconds > FIRST_ANSWER_WITHIN for seconds in STANDSTILLS)
    assert not any(one.answered.is_set() for one in late)
    assert wire.interactions.repeated == []
    async with database.read() as connection:
        kept = (await connection.execute(select(func.count()).select_from(schema.searches))).scalar_one()
    assert kept == len(asked) - len(late)
