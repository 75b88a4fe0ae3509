"""A feed whose host is down for days: asked ever less often, told of, and read again when it is back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from companion.archive.intake import ingest
from companion.archive.polling import Polling
from companion.bot.doctor import feeds as doctor
from companion.bot.doctor.findings import Severity
from companion.storage import episodes, subscriptions
from companion.storage.engine import Database
from tests.bot.doctor.said import of
from tests.clocks import StoppedClock
from tests.publisher import item, loopback_fetcher, publishing

HOUR = timedelta(hours=1)


@asynccontextmanager
async def at_once() -> AsyncGenerator[None]:
    yield


async def test_five_days_down_cost_few_requests_and_no_episode(database: Database, clock: StoppedClock) -> None:
    changed: list[None] = []
    async with publishing() as publisher:
        address = publisher.publish("/feed.xml", [item(1)])
        read = await ingest(database, address, loopback_fetcher())
        async with database.write() as connection:
            await subscriptions.subscribe(connection, 10, read.podcast.id, clock.now())

        async def live(span: timedelta) -> None:
            end = clock.now() + span
            while clock.now() < end:
                clock.advance(timedelta(minutes=10))
                # A host that asked for a pause is remembered by a fetcher, which counts real seconds.
                polling = Polling(database, loopback_fetcher(), HOUR, at_once, lambda: changed.append(None))
                await polling.run_due(clock.now())

        publisher.status = 503
        publisher.asked.clear()
        await live(timedelta(days=1))
        first_day = publisher.asked["/feed.xml"]
        publisher.asked.clear()
        await live(timedelta(days=4))
        later = publisher.asked["/feed.xml"]
        (found,) = [of(Severity.WARNING, await doctor.check(database, loopback_fetcher()))]

        publisher.status = 200
        publisher.publish("/feed.xml", [item(1), item(2), item(3)])
        await live(timedelta(days=1, hours=1))
        async with database.read() as connection:
            known = await episodes.list_episodes(connection, frozenset({read.podcast.id}))
        publisher.asked.clear()
        await live(timedelta(hours=6))

    assert 5 <= first_day <= 12, "five minutes, ten, twenty …"
    assert 4 <= later <= 8, "at least once a day"
    assert "cannot be read" in found
    assert "failed" in found
    assert "times since" in found
    assert len(known) == 3
    assert len(changed) == 1
    assert publisher.asked["/feed.xml"] >= 4, "as often as before"
