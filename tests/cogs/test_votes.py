"""Votes by reactions, through the real bot."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType
from sqlalchemy import select

from companion.cogs import tally_pace
from companion.community.votes import Happened, Votes, What
from companion.storage import schema
from companion.storage.ballots import CLIP, Subject
from companion.storage.engine import Database
from companion.storage.votes import Tally
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import only, said_in
from tests.cogs.voting import THING, posted, reacted, show_tallies, tally

UP, DOWN = "👍", "👎"


@pytest.fixture(autouse=True)
def _unpaced(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(tally_pace, "EVERY", 0.0)


async def test_members_react_and_take_it_back(world: World) -> None:
    message = await posted(world)
    await world.priya.react(message, UP)
    await world.jonas.react(message, DOWN)
    assert await tally(world) == Tally(1, 1)

    await world.priya.react(message, DOWN)
    assert await tally(world) == Tally(0, 2)
    await world.priya.unreact(message, DOWN)
    assert await tally(world) == Tally(1, 1)
    await world.priya.unreact(message, UP)
    await world.jonas.unreact(message, DOWN)
    assert await tally(world) == Tally()


async def test_the_bots_own_reactions_are_there_and_count_for_nothing(world: World) -> None:
    message = await posted(world)

    seeded = world.env.backend.get_message(world.channel.id, message.id).reactions
    assert [one.emoji for one in seeded] == [UP, DOWN]
    assert await tally(world) == Tally()


async def test_a_vote_counts_once_over_all_messages_about_the_same(world: World) -> None:
    first, second = await posted(world), await posted(world)
    await world.priya.react(first, UP)
    await world.priya.react(second, UP)
    assert await tally(world) == Tally(1)
    await world.priya.unreact(first, UP)
    assert await tally(world) == Tally(1)


async def test_reactions_elsewhere_are_none_of_its_business(world: World) -> None:
    await posted(world)
    other = await world.jonas.send(world.channel, "hello")
    await world.priya.react(other, UP)
    assert await tally(world) == Tally()


async def test_a_moderator_clears(world: World) -> None:
    message = await posted(world)
    await world.priya.react(message, UP)
    await world.jonas.react(message, DOWN)
    world.env.backend.clear_reaction(world.channel.id, message.id, UP)
    await world.env.settle()
    assert await tally(world) == Tally(0, 1)

    world.env.backend.clear_reactions(world.channel.id, message.id)
    await world.env.settle()
    assert await tally(world) == Tally()


async def test_deleted_messages_have_no_votes(world: World) -> None:
    one, two, three = await posted(world), await posted(world, Subject("thing", 2)), await posted(world)
    for message in (one, two):
        await world.priya.react(message, UP)
    await one.delete()
    await world.env.settle()
    assert await tally(world) == Tally()
    assert await tally(world, Subject("thing", 2)) == Tally(1)

    channel: Any = bot_of(world).get_channel(world.channel.id)
    await channel.delete_messages([two, three])
    await world.env.settle()
    assert await tally(world, Subject("thing", 2)) == Tally()
    assert await Votes(world.database).shown_on([THING, Subject("thing", 2)]) == []


async def test_the_tally_is_shown_on_every_message_about_it(world: World) -> None:
    seen = show_tallies(world)
    first, second = await posted(world), await posted(world)
    await world.priya.react(first, UP)
    await world.jonas.react(second, DOWN)
    cog: Any = bot_of(world).get_cog("Votes")
    await cog.settled()

    assert said_in(world.env, world.channel)[-2:] == ["1 for, 1 against"] * 2
    assert seen[-1] == Tally(1, 1)


async def test_what_came_and_went_while_the_bot_was_away_is_counted_when_it_is_back(world: World) -> None:
    message = await posted(world)
    await world.priya.react(message, UP)
    nobody_listens(world)
    reacted(world, message, UP, [world.priya], on=False)
    reacted(world, message, DOWN, [world.priya, world.jonas])
    await world.env.settle()
    assert await tally(world) == Tally(1)

    await world.restart()
    seen = show_tallies(world)
    await minute(world)

    assert await tally(world) == Tally(0, 2)
    assert seen[-1] == Tally(0, 2)
    before = len(world.env.http_requests)
    await minute(world)
    assert len(world.env.http_requests) == before


async def test_after_a_lost_session_ballots_are_compared_again(world: World) -> None:
    message = await posted(world)
    await minute(world)
    listening = nobody_listens(world)
    reacted(world, message, UP, [world.jonas])
    await world.env.settle()
    cog: Any = bot_of(world).get_cog("Votes")
    cog._hear = listening
    await minute(world)
    assert await tally(world) == Tally()

    bot_of(world).dispatch("shard_ready", 0)
    await world.env.settle()
    await minute(world)
    assert await tally(world) == Tally(1)


async def test_a_ballot_that_was_deleted_meanwhile_is_closed_after_one_request(world: World) -> None:
    message = await posted(world)
    await world.priya.react(message, UP)
    nobody_listens(world)
    await message.delete()
    await world.restart()
    await minute(world)
    before = len(world.env.http_requests)
    await minute(world)

    assert len(world.env.http_requests) == before
    assert await tally(world) == Tally()


async def test_where_the_bot_may_not_look_votes_stand_and_it_asks_again_later_and_more_and_more_seldom(
    world: World,
) -> None:
    message = await posted(world)
    await posted(world)
    await world.priya.react(message, UP)
    await world.restart()
    may_see(world, seen=False)
    before, began = len(world.env.http_requests), world.database.clock.now()
    asked: list[int] = []
    for passed in range(24 * 60):
        await minute(world, began + timedelta(minutes=passed))
        if len(world.env.http_requests) > before:
            assert len(world.env.http_requests) == before + 1
            asked.append(passed)
            before += 1

    assert asked == [0, 5, 15, 35, 75, 155, 315, 635, 1275]
    assert await tally(world) == Tally(1)


async def test_what_could_not_be_read_for_a_while_is_counted_once_it_can_be(world: World) -> None:
    message = await posted(world)
    await world.restart()
    began = world.database.clock.now()
    may_see(world, seen=False)
    await minute(world, began)
    listening = nobody_listens(world)
    reacted(world, message, UP, [world.jonas])
    await world.env.settle()
    cog: Any = bot_of(world).get_cog("Votes")
    cog._hear = listening
    may_see(world, seen=True)

    await minute(world, began + timedelta(minutes=1))
    assert await tally(world) == Tally()
    await minute(world, began + timedelta(minutes=6))
    assert await tally(world) == Tally(1)


def may_see(world: World, *, seen: bool) -> None:
    """Whether the channel is open to the bot."""
    _, denied = discord.PermissionOverwrite(view_channel=False).pair()
    hidden = Overwrite(world.guild.default_role.id, OverwriteType.ROLE, deny=0 if seen else denied.value)
    world.env.backend.set_overwrite(world.channel.id, hidden)


async def test_votes_that_could_not_be_stored_are_looked_up(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    message = await posted(world)
    await minute(world)

    async def full(*_: object) -> list[object]:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Votes, "take", full)
        await world.priya.react(message, UP)
    assert "will be looked up" in caplog.text
    assert await tally(world) == Tally()

    await minute(world)
    assert await tally(world) == Tally(1)


async def test_a_thousand_votes_in_a_minute_are_all_counted_and_shown_a_few_times(
    world: World, database: Database
) -> None:
    message = await posted(world)
    seen = show_tallies(world)
    cog: Any = bot_of(world).get_cog("Votes")
    cog._shown._pace.every = 60.0
    now = database.clock.now()
    for nth in range(1, 1001):
        cog._heard.append(Happened(What.CAME, message.id, now, nth, UP if nth % 4 else DOWN))
        if nth % 100 == 0:
            cog._hear(What.CAME, [message.id], UP, 10_000 + nth)
            await world.env.settle()
    await world.env.settle()
    await cog.settled()

    assert await tally(world) == Tally(760, 250) == seen[-1]
    assert len(seen) == 2


async def clipped(world: World) -> tuple[simcord.ResponseMessage, Subject]:
    """A clip that Priya made, as it was posted."""
    message = only(await world.priya.slash(world.channel, "clip create", episode="Winter Cluster", start="2:30"))
    async with world.database.read() as connection:
        clip_id = (await connection.execute(select(schema.clips.c.id))).scalar_one()
    return message, Subject(CLIP, clip_id)


async def test_a_clip_shows_its_votes_and_its_maker_s_own_is_none(world: World) -> None:
    message, clip = await clipped(world)
    await world.priya.react(message, UP)
    assert await tally(world, clip) == Tally()
    await world.jonas.react(message, UP)
    assert await tally(world, clip) == Tally(1)
    await minute(world)
    assert "1 👍 · 0 👎" in said_in(world.env, world.channel)[0]

    await world.restart()
    await minute(world)
    assert await tally(world, clip) == Tally(1)


async def test_votes_that_came_just_before_the_bot_was_closed_are_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, _ = await clipped(world)
    monkeypatch.setattr(tally_pace, "EVERY", 3600.0)
    await world.restart()
    await world.jonas.react(message, UP)
    await world.jonas.react(message, DOWN)
    assert "1 👍 · 0 👎" in said_in(world.env, world.channel)[0]
    await world.restart()
    assert "0 👍 · 1 👎" in said_in(world.env, world.channel)[0]


async def test_nothing_is_left_of_votes_on_a_clip_that_is_deleted(world: World) -> None:
    message, clip = await clipped(world)
    await world.jonas.react(message, UP)
    await world.priya.slash(world.channel, "clip delete", clip=str(clip.id))
    await world.jonas.unreact(message, UP)
    await world.jonas.react(message, DOWN)

    assert await tally(world, clip) == Tally()
    async with world.database.read() as connection:
        for table in (schema.ballots, schema.reactions, schema.votes, schema.vote_events):
            assert (await connection.execute(select(table))).all() == []


def nobody_listens(world: World) -> Any:
    """The bot's gateway tells it of no reactions from now on; returns what listened."""
    cog: Any = bot_of(world).get_cog("Votes")
    listening = cog._hear

    def deaf(*_: object, **__: object) -> None:
        """Hears nothing."""

    cog._hear = deaf
    return listening


async def minute(world: World, now: datetime | None = None) -> None:
    """What the schedule does every minute, of votes."""
    cog: Any = bot_of(world).get_cog("Votes")
    await cog.catch_up(now or world.database.clock.now())
    await cog.settled()
