"""Feeds that are asked again and again, with a real server and a clock that a test moves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from companion.archive import polling
from companion.archive.fetch import Fetches
from companion.archive.intake import Ingested, ingest
from companion.archive.polling import Polling
from companion.storage import episodes, feeds, podcasts, subscriptions
from companion.storage.engine import Database
from tests.clocks import StoppedClock
from tests.publisher import Publisher, item, loopback_fetcher, publishing

HOUR = timedelta(hours=1)


@pytest.fixture
async def publisher() -> AsyncGenerator[Publisher]:
    async with publishing() as running:
        yield running


class Watched:
    """A polling, and how often it told of news and how many feeds it read at once."""

    def __init__(self, database: Database) -> None:
        self.changes = 0
        self.at_once = self.most_at_once = 0
        self._clock = database.clock
        self.polling = Polling(database, loopback_fetcher(), HOUR, self._turn, self._changed)

    async def run(self) -> None:
        await self.polling.run_due(self._clock.now())

    def _changed(self) -> None:
        self.changes += 1

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        yield
        self.at_once -= 1


async def followed(database: Database, url: str, *, private: bool = False) -> int:
    """A podcast that a server sees, read from its feed."""
    podcast = (await ingest(database, url, loopback_fetcher(), private=private)).podcast
    async with database.write() as connection:
        await subscriptions.subscribe(connection, 1, podcast.id, database.clock.now())
    return podcast.id


async def titles(database: Database, podcast_id: int) -> set[str]:
    async with database.read() as connection:
        return {one.title for one in await episodes.list_episodes(connection, frozenset({podcast_id}))}


def told(caplog: pytest.LogCaptureFixture) -> str:
    """What the product itself logged; the publisher's own server writes down every address."""
    return "\n".join(caplog.handler.format(one) for one in caplog.records if one.name.startswith("companion"))


async def test_a_new_episode_is_there_after_the_interval_and_a_feed_without_news_is_told_apart(
    database: Database, publisher: Publisher, clock: StoppedClock
) -> None:
    podcast_id = await followed(database, publisher.publish("/feed", [item(1)]))
    watched = Watched(database)
    await watched.run()
    assert publisher.asked["/feed"] == 1

    clock.advance(2 * HOUR)
    await watched.run()
    assert (publisher.asked["/feed"], watched.changes) == (2, 0)

    publisher.publish("/feed", [item(1), item(2)])
    clock.advance(2 * HOUR)
    await watched.run()
    await watched.run()
    assert (publisher.asked["/feed"], watched.changes) == (3, 1)
    assert await titles(database, podcast_id) == {"Lamp 1", "Lamp 2"}


async def test_a_feed_that_fails_holds_up_no_other_and_is_asked_when_its_back_off_is_over(
    database: Database, publisher: Publisher, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    broken = await followed(database, publisher.publish("/feed?token=secret", [item(1)], "Broken"))
    sound = await followed(database, publisher.publish("/sound", [item(2)], "Sound"))
    publisher.feeds.pop("/feed?token=secret")
    publisher.publish("/sound", [item(2), item(3)])
    clock.advance(2 * HOUR)
    watched = Watched(database)
    with caplog.at_level(logging.INFO):
        await watched.run()
        assert await titles(database, sound) == {"Lamp 2", "Lamp 3"}

        clock.advance(timedelta(minutes=4))
        await watched.run()
        assert publisher.asked["/feed?token=secret"] == 2
        clock.advance(timedelta(minutes=1))
        await watched.run()
    assert publisher.asked["/feed?token=secret"] == 3
    assert "status 404" in told(caplog)
    assert "secret" not in told(caplog)
    assert await titles(database, broken) == {"Lamp 1"}


async def test_a_fault_of_the_reader_is_backed_off_from_and_its_words_are_not_logged(
    database: Database,
    publisher: Publisher,
    clock: StoppedClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    podcast_id = await followed(database, publisher.publish("/feed", [item(1)]), private=True)
    tried: list[str] = []

    async def failing(_database: Database, address: str, _fetcher: Fetches, *, apart: bool) -> Ingested:
        tried.append(f"{address} {apart}")
        raise RuntimeError(f"cannot parse {address}")

    monkeypatch.setattr(polling, "ingest", failing)
    clock.advance(2 * HOUR)
    watched = Watched(database)
    for _ in range(3):
        await watched.run()
        clock.advance(timedelta(minutes=1))

    assert len(tried) == 1
    assert "RuntimeError at " in told(caplog)
    assert "127.0.0.1" not in told(caplog)
    async with database.read() as connection:
        state = await feeds.get(connection, podcast_id)
    assert state is not None
    assert state.failures == 1


async def test_only_what_a_server_sees_is_asked_for_and_one_feed_at_a_time(
    database: Database, publisher: Publisher, clock: StoppedClock
) -> None:
    for number in range(3):
        await followed(database, publisher.publish(f"/{number}", [item(number)], f"Feed {number}"))
    await ingest(database, publisher.publish("/unseen", [item(9)], "Unseen"), loopback_fetcher())
    clock.advance(2 * HOUR)
    watched = Watched(database)
    await watched.run()

    assert publisher.asked["/unseen"] == 1
    assert {path: publisher.asked[path] for path in ("/0", "/1", "/2")} == {"/0": 2, "/1": 2, "/2": 2}
    assert watched.most_at_once == 1


async def test_a_private_podcast_stays_private_whatever_its_feed_says(
    database: Database, publisher: Publisher, clock: StoppedClock
) -> None:
    podcast_id = await followed(database, publisher.publish("/feed", [item(1)]), private=True)
    publisher.publish("/feed", [item(1), item(2)], "Lamps anew")
    clock.advance(2 * HOUR)
    await Watched(database).run()

    async with database.read() as connection:
        podcast = await podcasts.get(connection, podcast_id)
    assert podcast is not None
    assert (podcast.title, podcast.private) == ("Lamps anew", True)


async def test_a_stop_in_the_middle_of_a_feed_is_no_failure_of_it(
    database: Database, publisher: Publisher, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast_id = await followed(database, publisher.publish("/feed", [item(1)]))

    async def endless(*_: object, **__: object) -> Ingested:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(polling, "ingest", endless)
    clock.advance(2 * HOUR)
    running = asyncio.create_task(Watched(database).run())
    await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    async with database.read() as connection:
        state = await feeds.get(connection, podcast_id)
    assert state is not None
    assert state.failures == 0
