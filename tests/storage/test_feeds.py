from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from companion.storage import feeds
from companion.storage.engine import Database
from companion.storage.feeds import FeedState
from companion.storage.podcasts import Podcast
from tests.storage.readings import store_podcast


async def put(database: Database, podcast: Podcast, state: FeedState) -> FeedState | None:
    async with database.write() as connection:
        await feeds.put(connection, podcast.id, state)
    return await get(database, podcast)


async def get(database: Database, podcast: Podcast) -> FeedState | None:
    async with database.read() as connection:
        return await feeds.get(connection, podcast.id)


async def test_the_state_of_a_feed_comes_back_as_it_was_stored_last(database: Database) -> None:
    podcast, now = await store_podcast(database), database.clock.now()
    state = FeedState("https://new.example/feed", '"1"', "Thu, 14 Mar 2024 19:08:00 GMT", "4", now, 2, now)
    assert await get(database, podcast) is None
    assert await put(database, podcast, state) == state
    assert await put(database, podcast, FeedState(None, None, None, "5", now)) == FeedState(None, None, None, "5", now)


async def test_a_pause_only_grows(database: Database) -> None:
    one, other = await store_podcast(database, "One"), await store_podcast(database, "Other")
    now = database.clock.now()
    soon, late = now + timedelta(minutes=1), now + timedelta(hours=1)
    state = FeedState(None, None, None, "4", now)
    await put(database, one, state)
    await put(database, other, replace(state, not_before=late))
    async with database.write() as connection:
        await feeds.hold_off(connection, [one.id, other.id], soon)
    held = [await get(database, podcast) for podcast in (one, other)]
    assert [found.not_before for found in held if found] == [soon, late]


async def test_feeds_that_fail_for_long_are_told_from_those_that_fail_since_now_or_answer(database: Database) -> None:
    long, short, well = [await store_podcast(database, title) for title in ("Long", "Short", "Well")]
    now = database.clock.now()
    state = FeedState(None, None, None, "4", now - timedelta(days=3), failures=5)
    await put(database, long, state)
    await put(database, short, replace(state, read_at=now - timedelta(hours=3)))
    await put(database, well, replace(state, failures=0))

    async with database.read() as connection:
        assert await feeds.failing_since(connection, now - timedelta(days=2)) == {long.id: state}
