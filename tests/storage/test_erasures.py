"""Which of the deletions that were stopped is gone on with first."""

from __future__ import annotations

from datetime import timedelta

from companion.storage import erasures
from companion.storage.engine import Database
from companion.storage.erasures import Erasure
from tests.clocks import StoppedClock

HOUR = timedelta(hours=1)
FAILING, STOPPED, LATE = (Erasure(10, member_id) for member_id in (1, 2, 3))


async def test_what_was_tried_and_failed_waits_behind_what_nobody_was_at_for_longer(database: Database) -> None:
    now = StoppedClock().now()
    async with database.write() as connection:
        await erasures.ask(connection, [FAILING], now - 5 * HOUR)
        await erasures.ask(connection, [STOPPED], now - 4 * HOUR)
        await erasures.ask(connection, [LATE], now - 3 * HOUR)
        await erasures.claim(connection, FAILING, now - 2 * HOUR)
        await erasures.claim(connection, LATE, None)

        order: list[Erasure] = []
        while (one := await erasures.stopped(connection, now - HOUR)) is not None:
            order.append(one)
            await erasures.claim(connection, one, now)

    assert order == [STOPPED, LATE, FAILING]
