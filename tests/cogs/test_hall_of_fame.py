"""The hall of fame through the real bot: what enough members like is posted there once, whatever comes later."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
import simcord

from companion.cogs import outlets
from companion.community.daily import CLAIM_LASTS
from companion.storage import ballots, highlight_rules
from companion.storage.clips import Clip
from companion.storage.highlight_rules import Approval, HighlightRule, Wishes
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in, shown
from tests.cogs.test_highlights_top import clip_of, vote

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hall(world: World) -> simcord.ChannelHandle:
    return world.guild.create_text_channel("hall-of-fame")


async def rule(world: World, hall: int | None, votes: int = 4, guild_id: int = 0) -> HighlightRule:
    """The server's hall of fame is that channel."""
    wishes, now = Wishes(hall_of_fame=hall, hall_of_fame_votes=votes), world.database.clock.now()
    made = HighlightRule(
        guild_id or world.guild.id, world.channel.id, "UTC", 540, 127, Approval.NONE, None, 5, now, wishes
    )
    async with world.database.write() as connection:
        await highlight_rules.put(connection, made)
    return made


async def minute(world: World, now: datetime) -> None:
    """What the schedule does every minute, of halls of fame."""
    cog: Any = bot_of(world).get_cog("HallOfFame")
    await cog.post_due(now)


async def liked(world: World, up: int, down: int = 0, title: str = "The Winter Cluster") -> Clip:
    clip = await clip_of(world, title)
    await vote(world, clip, up, down)
    return clip


async def test_a_clip_with_votes_enough_is_posted_once_with_where_it_was_first(
    world: World, hall: simcord.ChannelHandle
) -> None:
    now = world.database.clock.now()
    await rule(world, hall.id)
    clip = await liked(world, 5, 1)
    await liked(world, 4, 1, "An Egg Fed Better")
    await minute(world, now)
    await world.restart()
    await minute(world, now + CLAIM_LASTS * 2)
    (said,) = said_in(world.env, hall)
    assert "⭐ Hall of fame\n-# 5 for, 1 against" in said
    assert f"/{world.guild.id}/{world.channel.id}/{9000 + clip.id})" in said
    assert clip.title[:40] in said


async def test_it_stays_there_once_whatever_becomes_of_the_votes_and_the_channel(
    world: World, hall: simcord.ChannelHandle
) -> None:
    now = world.database.clock.now()
    made = await rule(world, hall.id)
    clip = await liked(world, 4)
    await minute(world, now)
    await vote(world, clip, 0, 4)
    await minute(world, now + MINUTE)
    await vote(world, clip, 6, 0)
    other = world.guild.create_text_channel("other")
    async with world.database.write() as connection:
        await highlight_rules.put(connection, replace(made, wishes=Wishes(hall_of_fame=other.id, hall_of_fame_votes=1)))
    await minute(world, now + CLAIM_LASTS * 3)
    assert len(said_in(world.env, hall)) == 1
    assert said_in(world.env, other) == []


async def test_members_vote_on_it_there_too(world: World, hall: simcord.ChannelHandle) -> None:
    await rule(world, hall.id)
    await liked(world, 4)
    await minute(world, world.database.clock.now())
    (message,) = hall.history()
    await world.jonas.react(message, "👍")
    cog: Any = bot_of(world).get_cog("Votes")
    await cog.settled()
    assert "5 👍" in said_in(world.env, hall)[0]


async def test_the_list_of_the_best_says_which_are_in_it(world: World, hall: simcord.ChannelHandle) -> None:
    await rule(world, hall.id)
    await liked(world, 4)
    await liked(world, 3, 0, "An Egg Fed Better")
    await minute(world, world.database.clock.now())
    said = shown(await world.priya.slash(world.channel, "highlights top"))
    assert said.count("⭐ in the hall of fame") == 1


async def test_a_server_without_one_has_nothing_posted(world: World, hall: simcord.ChannelHandle) -> None:
    await rule(world, None)
    await liked(world, 9)
    await minute(world, world.database.clock.now())
    assert said_in(world.env, hall) == []


async def test_a_channel_that_refuses_is_left_alone_for_an_hour_and_then_gets_it(
    world: World, hall: simcord.ChannelHandle
) -> None:
    now = world.database.clock.now()
    await rule(world, hall.id)
    await liked(world, 4)
    world.env.inject_error("POST", f"/channels/{hall.id}/messages", status=403)
    await minute(world, now)
    await minute(world, now + MINUTE)
    assert said_in(world.env, hall) == []
    await minute(world, now + timedelta(hours=2))
    assert len(said_in(world.env, hall)) == 1


async def test_a_deleted_channel_keeps_clips_waiting(world: World, hall: simcord.ChannelHandle) -> None:
    now = world.database.clock.now()
    await rule(world, 4242)
    await liked(world, 4)
    await minute(world, now)
    await rule(world, hall.id)
    await minute(world, now + MINUTE)
    assert len(said_in(world.env, hall)) == 1


@pytest.mark.parametrize("sent", [True, False])
async def test_after_a_crash_it_stands_there_once(
    world: World, hall: simcord.ChannelHandle, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    # The simulation dates messages by a clock of its own, which is behind.
    monkeypatch.setattr(outlets, "CLOCKS", timedelta(days=1000))
    now = world.database.clock.now()
    await rule(world, hall.id)
    await liked(world, 4)
    send: Any = discord.abc.Messageable.send

    async def crash(*args: Any, **options: Any) -> Any:
        if sent:
            await send(*args, **options)
        raise asyncio.CancelledError

    with monkeypatch.context() as crashing:
        crashing.setattr(discord.abc.Messageable, "send", crash)
        with pytest.raises(asyncio.CancelledError):
            await minute(world, now)
    await minute(world, now + MINUTE)
    await minute(world, now + CLAIM_LASTS * 2)
    await minute(world, now + CLAIM_LASTS * 4)
    assert len(said_in(world.env, hall)) == 1
    (message,) = hall.history()
    assert [reaction.emoji for reaction in message.reactions] == ["👍", "👎"]


async def test_where_the_first_post_is_gone_no_link_leads_to_it(world: World, hall: simcord.ChannelHandle) -> None:
    await rule(world, hall.id)
    clip = await liked(world, 4)
    async with world.database.write() as connection:
        await ballots.close(connection, [9000 + clip.id])
    await minute(world, world.database.clock.now())
    (said,) = said_in(world.env, hall)
    assert "first posted <t:" in said
    assert "[first posted]" not in said


async def test_another_servers_votes_bring_nothing_here(world: World, hall: simcord.ChannelHandle) -> None:
    guild_id = world.lotte.guild.id
    await rule(world, world.cave_channel.id, guild_id=guild_id)
    await liked(world, 9)
    await minute(world, world.database.clock.now())
    assert said_in(world.env, world.cave_channel) == []
    assert said_in(world.env, hall) == []
