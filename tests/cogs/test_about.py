from __future__ import annotations

from datetime import UTC, datetime

import companion
from companion.bot.client import CompanionBot
from companion.storage import feeds, subscriptions
from companion.storage.feeds import FeedState
from companion.storage.podcasts import PodcastFacts
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.messages import only, shown, text_of


async def told(world: World) -> str:
    return text_of(only(await world.priya.slash(world.channel, "about")))


async def test_about_says_in_public_what_there_is_on_this_server(world: World) -> None:
    await world.jonas.slash(world.channel, "search", query="honey")
    await world.lotte.slash(world.cave_channel, "search", query="shrimp")

    result = await world.priya.slash(world.channel, "about")

    text = shown(result)
    turns = (*samples.WINTER_TURNS, *samples.QUEEN_TURNS)
    assert not only(result).ephemeral
    assert "**2** episodes, all with a transcript" in text
    assert f"1 h 8 min of talk · {sum(len(turn.text.split()) for turn in turns)} words" in text
    assert "First <t:1705482000:D> · newest <t:1748941200:D>" in text
    assert "words and meanings, with the model *toy*" in text
    assert "1 search is kept of this server." in text
    assert f"Companion {companion.__version__}" in text
    assert "Cave" not in text


async def test_when_a_feed_was_read_and_that_it_fails_now_is_told(world: World) -> None:
    read = datetime(2025, 6, 3, 9, tzinfo=UTC)
    async with world.database.write() as connection:
        await feeds.put(connection, world.bees.id, FeedState(None, None, None, "1", read, failures=3))

    assert f"feed read <t:{int(read.timestamp())}:R> · the last 3 attempts failed" in await told(world)


async def test_several_podcasts_are_told_one_by_one_and_together(world: World) -> None:
    other = await samples.store_podcast(
        world.database,
        PodcastFacts("file:moss", "Moss *Hour* " + "|" * 300, None, private=False),
        [samples.reading("Notes on Moss", (), notes="Moss grows on the north side, they say.")],
    )
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, world.guild.id, other.id, world.database.clock.now())

    recorded = await samples.store_podcast(
        world.database, PodcastFacts(f"club:{world.guild.id}", "Recordings", None, private=True), ()
    )
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, world.guild.id, recorded.id, world.database.clock.now())

    text = await told(world)

    assert "- **Recordings** · 0 episodes · added by hosts" in text
    assert "**3** episodes, **2** with a transcript, the other by its show notes" in text
    assert "- **Hive Minds** · 2 episodes · newest <t:1748941200:D> · read from files" in text
    assert "Moss \\*Hour\\*" in text
    assert "1 episode · read from files" in text
    assert len(text) <= 4000


async def test_without_a_model_searches_are_said_to_go_by_words(world: World) -> None:
    await world.become(CompanionBot(world.database, shard_count=1))

    assert "By words alone: there is no model" in await told(world)


async def test_an_archive_without_an_episode_and_a_server_without_a_podcast(world: World) -> None:
    assert "no podcast yet" in shown(await world.nadia.slash(world.quiet_channel, "about"))

    empty = await samples.store_podcast(
        world.database, PodcastFacts("https://new.example/feed", "New", None, private=False), ()
    )
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, world.nadia.guild.id, empty.id, world.database.clock.now())

    assert "No episode has been read yet" in shown(await world.nadia.slash(world.quiet_channel, "about"))
