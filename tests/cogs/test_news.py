"""New episodes as they are announced through the real bot, exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
import pytest_asyncio
import simcord

from companion.cogs import outlets
from companion.community.news import CLAIM_LASTS
from companion.community.news import News as Pending
from companion.storage import channels, clips, subscriptions
from companion.storage.channels import Purpose
from companion.storage.clock import SystemClock
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in, shown
from tests.cogs.test_highlights import lower_the_bar
from tests.publisher import Publisher, item, publishing


@pytest_asyncio.fixture
async def publisher() -> AsyncGenerator[Publisher]:
    async with publishing() as running:
        yield running


@pytest.fixture
def news_channel(world: World) -> simcord.ChannelHandle:
    return world.guild.create_text_channel("news")


async def choose(world: World, channel: simcord.ChannelHandle) -> None:
    async with world.database.write() as connection:
        now = world.database.clock.now()
        await channels.choose(connection, world.guild.id, Purpose.NEWS, channel.id, world.priya.id, now)


async def publish(world: World, *titles: str, chapters: int = 2) -> None:
    """Episodes of Hive Minds that come out now."""
    now = world.database.clock.now()
    words = "Today the drones leave, and nobody says goodbye to them."
    turns = [samples.Turn("Mara Lindqvist", 0.0, 40.0, False, words)]
    readings = [
        samples.reading(
            title,
            turns,
            published=now + timedelta(seconds=number),
            chapters=[samples.Chapter(10.0 * nth, f"Chapter {nth}") for nth in range(chapters)],
        )
        for number, title in enumerate(titles)
    ]
    await samples.store_podcast(world.database, samples.BEES, readings)


async def minute(world: World, later: timedelta = timedelta(0)) -> None:
    """What the schedule does every minute, of announcing."""
    cog: Any = bot_of(world).get_cog("News")
    await cog.announce(world.database.clock.now() + later)


async def test_an_episode_is_announced_once_with_what_is_known_of_it(
    world: World, news_channel: simcord.ChannelHandle
) -> None:
    await choose(world, news_channel)
    await publish(world, "The *Drones* Leave", chapters=7)
    await minute(world)
    await minute(world)
    await world.restart()
    await minute(world, later=CLAIM_LASTS * 2)

    (said,) = said_in(world.env, news_channel)
    assert r"[The \*Drones\* Leave](https://bees.example/episode)" in said
    assert "of *Hive Minds* · <t:" in said
    assert "- Chapter 4" in said
    assert "- Chapter 5" not in said
    assert "`/search`" in said
    assert said_in(world.env, world.channel) == []


async def publish_talk(world: World, *titles: str) -> None:
    """Episodes in which something is said."""
    turns = {"The Drones Leave": samples.WINTER_TURNS, "Queens": samples.QUEEN_TURNS}
    now = world.database.clock.now()
    readings = [samples.reading(title, turns[title], published=now) for title in titles]
    await samples.store_podcast(world.database, samples.BEES, readings)


async def test_what_is_most_worth_hearing_in_it_is_quoted_and_can_be_clipped(
    world: World, news_channel: simcord.ChannelHandle
) -> None:
    await choose(world, news_channel)
    lower_the_bar(world)
    await publish_talk(world, "The Drones Leave")
    await minute(world)
    (said,) = said_in(world.env, news_channel)
    told = said.partition("**Worth hearing in it**\n")[2]
    assert "[▸\u00a0" in told
    quoted = next(line.removeprefix("> ") for line in told.splitlines() if line.startswith("> "))
    assert quoted[:30] in " ".join(turn.text for turn in samples.WINTER_TURNS)
    async with world.database.read() as connection:
        assert await clips.of_guild(connection, world.guild.id) == []

    (message,) = news_channel.history()
    result: Any = await world.priya.click(message, label="Clip it")
    assert result.modal is not None


async def test_where_nothing_is_above_the_bar_or_several_episodes_came_nothing_is_quoted(
    world: World, news_channel: simcord.ChannelHandle
) -> None:
    await choose(world, news_channel)
    picker: Any = bot_of(world).picker
    picker._rules = replace(picker._rules, bar=100.0)
    await publish_talk(world, "The Drones Leave")
    await minute(world)
    lower_the_bar(world)
    await publish(world, "One", "Two", "Three", "Four")
    await minute(world)
    one, several = said_in(world.env, news_channel)
    assert "Worth hearing" not in one
    assert "4 new episodes" in several
    assert "Worth hearing" not in several


async def test_a_picker_that_fails_holds_up_no_news(
    world: World, news_channel: simcord.ChannelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    await choose(world, news_channel)

    async def best(*_: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(bot_of(world).picker, "best", best)
    await publish_talk(world, "The Drones Leave")
    await minute(world)
    (said,) = said_in(world.env, news_channel)
    assert "The Drones Leave" in said
    assert "Worth hearing" not in said


async def test_its_button_searches_in_it(world: World, news_channel: simcord.ChannelHandle) -> None:
    await choose(world, news_channel)
    await publish(world, "The Drones Leave")
    await minute(world)
    await bot_of(world).searcher.refresh()

    (message,) = news_channel.history()
    form = await world.priya.click(message, label="Search in it")
    answer = await world.priya.submit_modal(form, {"query": "who says goodbye to the drones"})

    assert "The Drones Leave" in shown(answer)
    assert "The Winter Cluster" not in shown(answer)


async def test_many_are_listed_in_one_message(world: World, news_channel: simcord.ChannelHandle) -> None:
    await choose(world, news_channel)
    await publish(world, *(f"Episode {number}" for number in range(30)))
    await minute(world)

    (said,) = said_in(world.env, news_channel)
    assert "30 new episodes" in said
    assert "**Episode 0**" in said
    assert "and 15 more" in said


async def test_nothing_is_said_without_a_channel_for_it(world: World, news_channel: simcord.ChannelHandle) -> None:
    await publish(world, "The Drones Leave")
    await minute(world)

    assert said_in(world.env, news_channel) == said_in(world.env, world.channel) == []


async def test_a_channel_of_another_server_gets_nothing(world: World) -> None:
    await choose(world, world.cave_channel)
    await publish(world, "The Drones Leave")
    await minute(world)

    assert said_in(world.env, world.cave_channel) == []


async def test_it_waits_for_a_missing_permission_and_is_told_late(world: World) -> None:
    mute = discord.PermissionOverwrite(send_messages=False)
    closed = world.guild.create_text_channel("closed", overwrites={world.guild.default_role: mute})
    await choose(world, closed)
    await publish(world, "The Drones Leave")
    before = len(world.env.http_requests)
    await minute(world)
    assert said_in(world.env, closed) == []
    assert len(world.env.http_requests) == before

    opened = world.guild.create_text_channel("opened")
    await choose(world, opened)
    await minute(world)
    assert len(said_in(world.env, opened)) == 1


async def test_one_that_was_sent_before_a_crash_is_found_and_not_sent_again(
    world: World, news_channel: simcord.ChannelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The simulation dates messages by a clock of its own, which is behind.
    monkeypatch.setattr(outlets, "CLOCKS", timedelta(days=1000))
    await choose(world, news_channel)
    await publish(world, "The Drones Leave")

    async def crash(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as crashing:
        crashing.setattr(Pending, "sent", crash)
        with pytest.raises(asyncio.CancelledError):
            await minute(world)
    assert len(said_in(world.env, news_channel)) == 1
    # An answer with the same buttons, before it is looked for.
    await world.priya.slash(news_channel, "episode", name="The Drones Leave")
    await minute(world, later=CLAIM_LASTS * 2)
    await minute(world, later=CLAIM_LASTS * 4)

    assert sum("New: [The Drones Leave]" in said for said in said_in(world.env, news_channel)) == 1


async def test_one_whose_sender_crashed_before_is_sent_after_all(
    world: World, news_channel: simcord.ChannelHandle
) -> None:
    await choose(world, news_channel)
    await publish(world, "The Drones Leave")
    now = world.database.clock.now()
    pending = Pending(world.database)
    (announcement,) = await pending.pending(now)
    await pending.claim(announcement, now)
    await world.priya.slash(news_channel, "episode", name="The Drones Leave")

    await minute(world)
    assert sum("New: [" in said for said in said_in(world.env, news_channel)) == 0
    await minute(world, later=CLAIM_LASTS * 2)
    assert sum("New: [" in said for said in said_in(world.env, news_channel)) == 1


async def test_a_channel_that_refuses_is_left_alone_for_an_hour(
    world: World, news_channel: simcord.ChannelHandle
) -> None:
    await choose(world, news_channel)
    await publish(world, "The Drones Leave")
    world.env.inject_error("POST", f"/channels/{news_channel.id}/messages", status=403)
    await minute(world)
    before = len(world.env.http_requests)
    await minute(world, later=timedelta(minutes=59))
    assert len(world.env.http_requests) == before

    await minute(world, later=timedelta(minutes=61))
    assert len(said_in(world.env, news_channel)) == 1


async def test_from_the_feed_to_the_channel_by_the_schedule(
    world: World, news_channel: simcord.ChannelHandle, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    await choose(world, news_channel)
    bot = bot_of(world)
    now = world.database.clock.now()
    url = publisher.publish("/feed.xml", [item(1, published=now - timedelta(hours=2))])
    await bot.subscriptions.add(world.guild.id, url)
    await bot.schedule.tick()
    assert said_in(world.env, news_channel) == []

    publisher.publish("/feed.xml", [item(1), item(7, published=now)])
    later = now + timedelta(hours=2)

    def much_later(_clock: SystemClock) -> datetime:
        return later

    monkeypatch.setattr(SystemClock, "now", much_later)
    await bot.schedule.tick()
    await bot.schedule.tick()

    (said,) = said_in(world.env, news_channel)
    assert "[Lamp 7](https://lamps.example/7)" in said
    found = await world.priya.slash(world.channel, "search", query="sunken organ tide")
    assert "Lamp 7" in shown(found)


async def test_a_server_that_left_is_told_of_nothing(world: World, news_channel: simcord.ChannelHandle) -> None:
    await choose(world, news_channel)
    async with world.database.write() as connection:
        await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)
    await publish(world, "The Drones Leave")
    await minute(world)

    assert said_in(world.env, news_channel) == []
