"""Which episodes a server is told of, and that it is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.news import AT_ONCE, CLAIM_LASTS, STALE, Announcement, News, is_news
from companion.storage import channels, subscriptions
from companion.storage.announcements import Unannounced
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.podcasts import Podcast
from tests import samples
from tests.clocks import StoppedClock

GUILD, OTHER = 10, 20
CHANNEL = 11
HOUR = timedelta(hours=1)


@pytest.fixture
async def bees(database: Database, clock: StoppedClock) -> Podcast:
    """A podcast whose first reading is over when a server with a channel for news subscribes to it."""
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    await published(database, podcast, "Fresh, but of the first reading", clock.now())
    clock.advance(HOUR)
    await follow(database, GUILD, podcast)
    clock.advance(HOUR)
    return podcast


async def follow(database: Database, guild_id: int, podcast: Podcast) -> None:
    async with database.write() as connection:
        await subscriptions.subscribe(connection, guild_id, podcast.id, database.clock.now())
        await channels.choose(connection, guild_id, Purpose.NEWS, guild_id + 1, 5, database.clock.now())


async def published(database: Database, podcast: Podcast, title: str, at: datetime | None) -> None:
    turns = [samples.Turn("Mara", 0.0, 9.0, False, f"This is about {title}, and about nothing else, dear listeners.")]
    reading = samples.reading(title, turns, published=at)
    facts = samples.BEES if podcast.title == samples.BEES.title else samples.CAVES
    await samples.store_podcast(database, facts, [reading])


def told(announcements: list[Announcement]) -> list[list[str]]:
    return [[new.episode.title for new in one.episodes] for one in announcements]


async def pending(database: Database) -> list[list[str]]:
    return told(await News(database).pending(database.clock.now()))


async def test_the_first_reading_tells_of_nothing_and_what_comes_after_is_news(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    assert await pending(database) == []
    await published(database, bees, "One", clock.now())

    (announcement,) = await News(database).pending(clock.now())
    assert told([announcement]) == [["One"]]
    assert (announcement.guild_id, announcement.channel_id) == (GUILD, CHANNEL)


async def test_an_old_episode_that_came_late_into_the_feed_is_no_news(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    await published(database, bees, "From the vault", clock.now() - timedelta(days=90))
    await published(database, bees, "Of the week before it was subscribed to", clock.now() - timedelta(days=3))
    assert await pending(database) == []


async def test_after_downtime_it_is_told_late_but_not_after_a_week(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    await published(database, bees, "One", clock.now())
    clock.advance(STALE)
    assert await pending(database) == [["One"]]
    clock.advance(timedelta(seconds=1))
    assert await pending(database) == []


async def test_without_a_date_it_is_as_old_as_it_is_in_the_archive(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    await published(database, bees, "Undated", None)
    assert await pending(database) == [["Undated"]]
    clock.advance(STALE + HOUR)
    assert await pending(database) == []


async def test_up_to_three_get_a_message_each_and_more_are_listed_in_one(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    for number in range(AT_ONCE):
        await published(database, bees, f"E{number}", clock.now() + timedelta(minutes=number))
    assert await pending(database) == [["E0"], ["E1"], ["E2"]]
    await published(database, bees, "E3", clock.now() + HOUR)
    assert await pending(database) == [["E0", "E1", "E2", "E3"]]


async def test_servers_are_told_of_their_own_podcasts_only_and_where_they_chose(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    caves = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
    clock.advance(HOUR)
    await follow(database, OTHER, caves)
    async with database.write() as connection:
        await subscriptions.subscribe(connection, 30, bees.id, clock.now())  # which has no channel for news
    clock.advance(HOUR)
    await published(database, bees, "Of bees", clock.now())
    await published(database, caves, "Of caves", clock.now())

    found = await News(database).pending(clock.now())
    assert {(one.guild_id, *told([one])[0]) for one in found} == {(GUILD, "Of bees"), (OTHER, "Of caves")}


async def test_what_is_claimed_is_nobody_elses_until_the_claim_expires(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    await published(database, bees, "One", clock.now())
    news = News(database)
    (announcement,) = await news.pending(clock.now())
    (mine,) = await news.claim(announcement, clock.now())
    assert mine == announcement
    assert await news.claim(announcement, clock.now()) == []
    assert await pending(database) == []

    claimed_at = clock.now()
    clock.advance(CLAIM_LASTS + HOUR)
    (again,) = await news.pending(clock.now())
    (taken_over,) = await news.claim(again, clock.now())
    assert taken_over == replace(announcement, claimed_before=claimed_at)
    assert await news.claim(again, clock.now()) == []


async def test_what_was_sent_is_never_told_again_and_what_was_refused_is(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    await published(database, bees, "One", clock.now())
    await published(database, bees, "Two", clock.now() + HOUR)
    news = News(database)
    one, two = await news.pending(clock.now())
    await news.claim(one, clock.now())
    await news.claim(two, clock.now())
    await news.sent(one, 77)
    await news.not_sent(two)
    await news.not_sent(one)

    assert await pending(database) == [["Two"]]
    clock.advance(CLAIM_LASTS * 2)
    assert await pending(database) == [["Two"]]


async def test_a_list_that_was_partly_claimed_comes_apart(
    database: Database, bees: Podcast, clock: StoppedClock
) -> None:
    news = News(database)
    await published(database, bees, "E0", clock.now())
    (first,) = await news.pending(clock.now())
    await news.claim(first, clock.now())
    claimed_at = clock.now()
    clock.advance(CLAIM_LASTS + HOUR)
    for number in range(1, 5):
        await published(database, bees, f"E{number}", clock.now() + timedelta(minutes=number))

    (listed,) = await news.pending(clock.now())
    parts = await news.claim(listed, clock.now())

    assert [(told([part])[0], part.claimed_before) for part in parts] == [
        (["E0"], claimed_at),
        (["E1", "E2", "E3", "E4"], None),
    ]
    assert len({part.nonce for part in parts}) == 2
    assert all(len(part.nonce) <= 25 for part in parts)


@given(st.timedeltas(timedelta(days=-30), timedelta(days=1)), st.timedeltas(timedelta(days=-30), timedelta(0)))
def test_news_is_never_older_than_a_week_nor_than_a_day_before_it_was_subscribed_to(
    published: timedelta, subscribed: timedelta
) -> None:
    now = StoppedClock().now()
    one = Unannounced(GUILD, CHANNEL, 1, now + published, now + subscribed, now)

    assert is_news(one, now) == (published >= -STALE and published >= subscribed - timedelta(days=1))
