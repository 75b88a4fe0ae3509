"""Members told of new episodes with what they follow, through the real bot, exactly once."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta

import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.ingest import unembedded
from companion.bot.client import CompanionBot
from companion.cogs import outlets
from companion.community.following import Following
from companion.community.news import CLAIM_LASTS, STALE
from companion.storage import aliases, blocks, follows, subscriptions
from companion.storage.aliases import Alias, Origin
from companion.storage.blocks import Block
from companion.storage.clock import SystemClock
from companion.storage.follows import FollowKind, Subject
from companion.storage.names import AliasKind, AliasState
from companion.storage.saved import Owner
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.followers import (
    DRONES,
    LATER,
    direct,
    follow,
    minute,
    publish,
    speaker,
    topic,
)
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in, shown, walk
from tests.publisher import item, loopback_fetcher, publishing


class TestWhatIsTold:
    async def test_a_topic_with_the_passage_who_says_it_when_and_a_link(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The *Drones* Leave")
        await minute(world)

        (said,) = direct(world)
        assert r"New: [The \*Drones\* Leave](https://bees.example/episode)" in said
        assert "of *Hive Minds* · <t:" in said
        assert "**drones** comes up in 1 passage" in said
        assert "**Mara Lindqvist** · [▸\u00a00:00](https://bees.example/" in said
        assert f"> {DRONES}" in said
        assert "You follow this in **Bees**" in said
        assert "<@" not in said
        assert said_in(world.env, world.channel) == []

    async def test_exactly_once_whatever_happens_then(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave")
        await minute(world)
        await minute(world, LATER)
        await world.restart()
        await minute(world, CLAIM_LASTS * 2)
        await publish(world, "The Drones Leave", words=f"{DRONES} {DRONES}")
        await minute(world, CLAIM_LASTS * 4)

        assert len(direct(world)) == 1

    async def test_a_speaker_who_talks_in_it(self, world: World) -> None:
        await follow(world, speaker("Mara Lindqvist"))
        await follow(world, speaker("Tomas Ek"), world.jonas)
        await publish(world, "The Drones Leave")
        await minute(world)

        (said,) = direct(world)
        assert "**Mara Lindqvist** talks in 1 passage" in said
        assert f"> {DRONES}" in said
        assert direct(world, world.jonas) == []

    async def test_a_speaker_by_another_spelling(self, world: World) -> None:
        spelled = Alias(
            world.bees.id, AliasKind.PERSON, "mara l.", "Mara Lindqvist", AliasState.ACCEPTED, Origin.MODERATOR
        )
        async with world.database.write() as connection:
            await aliases.put(connection, spelled, world.database.clock.now())
        await follow(world, speaker("Mara Lindqvist"))
        await publish(world, "The Drones Leave", by="Mara L.")
        await minute(world)

        assert "**Mara Lindqvist** talks in 1 passage" in direct(world)[0]

    async def test_a_podcast_whatever_is_said_in_it(self, world: World) -> None:
        await follow(world, Subject(FollowKind.PODCAST, "", world.bees.id))
        await publish(world, "The Drones Leave")
        await minute(world)

        assert "You follow *Hive Minds*" in direct(world)[0]

    async def test_everything_that_one_episode_has_in_one_message(self, world: World) -> None:
        for subject in (topic("drones"), topic("zeppelins"), speaker("Mara Lindqvist")):
            await follow(world, subject)
        await follow(world, Subject(FollowKind.PODCAST, "", world.bees.id))
        await publish(world, "The Drones Leave")
        await minute(world)

        (said,) = direct(world)
        assert said.count(DRONES) == 1
        assert all(told in said for told in ("**drones** comes up", "**Mara Lindqvist** talks", "You follow *Hive"))
        assert "zeppelins" not in said

    async def test_several_episodes_at_once_in_one_message(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, *(f"Episode {number}" for number in range(9)))
        await minute(world)

        (said,) = direct(world)
        assert "9 new episodes with what you follow" in said
        assert "**Episode 0**" in said
        assert "and 4 more" in said

    async def test_nothing_where_nothing_of_it_is_said(self, world: World) -> None:
        await follow(world, topic("zeppelins"))
        await publish(world, "The Drones Leave")
        await minute(world)

        assert direct(world) == []

    async def test_nothing_that_was_there_before(self, world: World) -> None:
        await publish(world, "The Drones Leave")
        await follow(world, topic("drones"))
        await minute(world)

        assert direct(world) == []

    async def test_nothing_older_than_a_week(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave")
        await minute(world, STALE + timedelta(minutes=1))

        assert direct(world) == []


class TestWhen:
    async def test_a_topic_waits_for_the_vectors_and_a_speaker_does_not(self, world: World) -> None:
        await follow(world, topic("drones"))
        await follow(world, speaker("Mara Lindqvist"), world.jonas)
        await publish(world, "The Drones Leave", embedded=False)
        await minute(world)
        assert direct(world) == []
        assert len(direct(world, world.jonas)) == 1

        await samples.embed(world.database, ToyEncoder())
        await minute(world, LATER)
        assert len(direct(world)) == 1

    async def test_vectors_that_do_not_come_are_not_waited_for_for_ever(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave", embedded=False)
        await minute(world, timedelta(hours=5, minutes=59))
        assert direct(world) == []

        await minute(world, timedelta(hours=6))
        assert len(direct(world)) == 1

    async def test_without_a_model_words_alone_decide_at_once(self, world: World) -> None:
        await world.become(CompanionBot(world.database, fetcher=loopback_fetcher(), shard_count=1))
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave", embedded=False)
        await minute(world)

        assert len(direct(world)) == 1

    async def test_the_schedule_brings_it_from_the_feed_to_the_follower(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bot, now = bot_of(world), world.database.clock.now()
        async with publishing() as publisher:
            url = publisher.publish("/feed.xml", [item(1, published=now - timedelta(hours=2))])
            await bot.subscriptions.add(world.guild.id, url)
            await world.priya.slash(world.channel, "follow topic", words="organ")
            publisher.publish("/feed.xml", [item(1), item(7, published=now)])
            later = now + timedelta(hours=2)

            def much_later(_clock: SystemClock) -> datetime:
                return later

            monkeypatch.setattr(SystemClock, "now", much_later)
            for _ in range(200):
                await bot.schedule.tick()
                if direct(world):
                    break
                # The vectors are made in a thread, which each tick would keep from its work.
                while await unembedded(world.database, ToyEncoder().model_id):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            await bot.schedule.tick()

        (said,) = direct(world)
        assert "New: [Lamp 7](https://lamps.example/7)" in said
        assert "**organ** comes up in" in said

    async def test_a_crowd_is_told_within_some_minutes(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys.modules["companion.cogs.following"], "A_MINUTE", 1)
        await follow(world, topic("drones"))
        await follow(world, topic("zeppelins"), world.jonas)
        await follow(world, topic("goodbye"), world.jonas)
        await publish(world, "The Drones Leave")
        told: list[int] = []
        for number in range(3):
            await minute(world, LATER * number)
            told.append(len(direct(world)) + len(direct(world, world.jonas)))

        assert told == [1, 2, 2]

    async def test_a_transcript_that_comes_later_is_looked_at_then(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave", words="Music, and nothing else.")
        await minute(world)
        assert direct(world) == []
        looked = len(world.env.http_requests)
        await minute(world, LATER)
        assert len(world.env.http_requests) == looked

        await publish(world, "The Drones Leave")
        await minute(world, LATER)
        assert len(direct(world)) == 1

    async def test_what_was_followed_but_is_not_any_more_is_not_told(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave")
        async with world.database.write() as connection:
            await follows.remove_all(connection, Owner(world.guild.id, world.priya.id))
        await minute(world)

        assert direct(world) == []


class TestWhoIsNotTold:
    async def test_who_left_the_server_and_nothing_is_kept_of_them(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave")
        world.guild.remove_member(world.priya)
        await minute(world)

        assert direct(world) == []
        async with world.database.read() as connection:
            assert await follows.listed(connection, Owner(world.guild.id, world.priya.id)) == []

    async def test_who_is_blocked(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave")
        async with world.database.write() as connection:
            block = Block(world.guild.id, world.priya.id, "", world.jonas.id, world.database.clock.now())
            await blocks.put(connection, block)
        await minute(world)

        assert direct(world) == []

    async def test_whose_server_left_the_podcast(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave")
        async with world.database.write() as connection:
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)
        await minute(world)

        assert direct(world) == []

    async def test_whose_server_never_saw_it(self, world: World) -> None:
        await follow(world, topic("drones"), world.lotte)
        await follow(world, speaker("Mara Lindqvist"), world.lotte)
        await follow(world, Subject(FollowKind.PODCAST, "", world.bees.id), world.lotte)
        await publish(world, "The Drones Leave")
        await minute(world)

        assert direct(world, world.lotte) == []


class TestInterrupted:
    async def test_one_that_was_sent_before_a_crash_is_found_and_not_sent_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The simulation dates messages by a clock of its own, which is behind.
        monkeypatch.setattr(outlets, "CLOCKS", timedelta(days=1000))
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave")

        async def crash(*_: object) -> None:
            raise asyncio.CancelledError

        with monkeypatch.context() as crashing:
            crashing.setattr(Following, "sent", crash)
            with pytest.raises(asyncio.CancelledError):
                await minute(world)
        await publish(world, "The Drones Return")
        await minute(world, LATER)
        await minute(world, CLAIM_LASTS * 2)
        await minute(world, CLAIM_LASTS * 4)

        assert [said.split("](")[0].split("[")[1] for said in direct(world)] == [
            "The Drones Leave",
            "The Drones Return",
        ]

    async def test_one_of_which_discord_does_not_say_is_sent_after_all(self, world: World) -> None:
        await follow(world, topic("drones"))
        await publish(world, "The Drones Leave")
        world.env.inject_error("POST", f"/channels/{world.priya.user.dm_channel.id}/messages", status=501, times=None)
        await minute(world)
        await minute(world, LATER)
        assert direct(world) == []

        world.env.backend.faults.clear()
        await minute(world, LATER * 2)
        assert direct(world) == []
        await minute(world, CLAIM_LASTS * 2)
        assert len(direct(world)) == 1


async def test_the_menu_under_it_stops_following_from_a_direct_message_too(world: World) -> None:
    await follow(world, topic("drones"))
    await publish(world, "The Drones Leave")
    await minute(world)
    (message,) = world.priya.user.dm_channel.history()
    (menu,) = [
        part
        for part in walk(world.env.backend.get_message(message.channel.id, message.id).components)
        if part.get("type") == 3
    ]

    result = await world.priya.user.select(message, [menu["options"][0]["value"]])

    assert "You don't follow the topic **drones** any more" in shown(result)
    async with world.database.read() as connection:
        assert await follows.listed(connection, Owner(world.guild.id, world.priya.id)) == []
