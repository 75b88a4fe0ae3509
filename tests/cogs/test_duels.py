"""Duels of clips, through the real bot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import simcord
from sqlalchemy import func, select

from companion.community import duels as rules
from companion.community.clips import Clips
from companion.storage import duels as stored
from companion.storage import schema
from companion.storage.clips import Clip
from companion.storage.shards import Shards
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import only, said_in, shown


async def two_clips(world: World, made_by: int | None = None) -> tuple[Clip, Clip]:
    """Clips of two episodes of the bees'."""
    async with world.database.read() as connection:
        rows = await connection.execute(
            select(schema.episodes.c.id, func.count().label("turns"))
            .join(schema.turns, schema.turns.c.episode_id == schema.episodes.c.id)
            .where(schema.episodes.c.podcast_id == world.bees.id)
            .group_by(schema.episodes.c.id)
            .order_by(schema.episodes.c.id)
        )
        ids = [row.id for row in rows]
    kept = Clips(world.database)
    made = [await kept.create(world.guild.id, made_by, one, 0, 60) for one in ids[:1]]
    made += [await kept.create(world.guild.id, made_by, one, 400, 460) for one in ids[:1]]
    first, second = made
    assert first.id != second.id
    return first, second


async def begun(world: World, first: Clip, second: Clip) -> simcord.ResponseMessage:
    options = {"clip": str(first.id), "other": str(second.id)}
    return only(await world.priya.slash(world.channel, "clip duel", **options))


async def minute(world: World) -> None:
    """What the schedule does every minute, of duels."""
    cog: Any = bot_of(world).get_cog("Duels")
    await cog._shown.finish()
    await cog.close(world.database.clock.now())


async def test_members_choose_and_the_result_is_shown_once_its_time_is_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LASTS", timedelta(hours=1))
    message = await begun(world, *await two_clips(world))
    assert "Which is more worth hearing again?" in said_in(world.env, world.channel)[0]

    answer = await world.priya.click(message, label="A")
    assert "✅ You chose 🅰️" in shown(answer)
    assert only(answer).ephemeral
    await world.jonas.click(message, label="A")
    await world.jonas.click(message, label="B")
    await world.jonas.click(message, label="A")
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert "2 members chose" in said
    assert "2 votes" not in said

    await world.restart()
    await end_now(world)
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert "🅰️ wins, 2 to 0" in said
    before = len(world.env.http_requests)
    await minute(world)
    assert len(world.env.http_requests) == before


async def test_a_late_choice_is_refused_and_a_draw_is_called_one(world: World) -> None:
    message = await begun(world, *await two_clips(world))
    await world.priya.click(message, label="A")
    await world.jonas.click(message, label="B")
    await end_now(world)
    assert "This duel is over" in shown(await world.priya.click(message, label="B"))

    await minute(world)
    assert "A draw: 1 to 1" in said_in(world.env, world.channel)[0]


async def test_of_several_processes_the_one_that_has_the_server_shows_the_result(world: World) -> None:
    await begun(world, *await two_clips(world))
    await end_now(world)
    other = 1 - (world.guild.id >> 22) % 2
    bot_of(world).share = Shards(other, other, 2)
    await minute(world)
    assert "The duel is over" not in said_in(world.env, world.channel)[0]

    bot_of(world).share = Shards(1 - other, 1 - other, 2)
    await minute(world)
    assert "The duel is over" in said_in(world.env, world.channel)[0]


async def test_chance_chooses_where_nobody_does(world: World) -> None:
    await two_clips(world)
    only(await world.priya.slash(world.channel, "clip duel"))
    (said,) = said_in(world.env, world.channel)
    assert said.count("**“") == 2


async def test_two_different_clips_are_needed(world: World) -> None:
    answer = await world.priya.slash(world.channel, "clip duel")
    assert "two different clips" in shown(answer)
    first, _ = await two_clips(world)
    answer = await world.priya.slash(world.channel, "clip duel", clip=str(first.id), other=str(first.id))
    assert "two different clips" in shown(answer)


async def test_who_made_one_of_them_does_not_decide(world: World) -> None:
    message = await begun(world, *await two_clips(world, world.jonas.id))
    assert "You made one of these clips" in shown(await world.jonas.click(message, label="A"))
    assert "✅" in shown(await world.priya.click(message, label="B"))


async def test_a_duel_goes_with_a_clip_that_is_deleted(world: World) -> None:
    first, second = await two_clips(world)
    message = await begun(world, first, second)
    await Clips(world.database).delete(world.guild.id, world.priya.id, first.id, moderates=True)

    assert "This duel is gone" in shown(await world.priya.click(message, label="B"))
    await minute(world)


async def end_now(world: World) -> None:
    """Lets the time of all duels be up."""
    async with world.database.write() as connection:
        ended = world.database.clock.now() - timedelta(seconds=1)
        await connection.execute(schema.duels.update().values(closes_at=ended))
        assert await stored.over(connection, world.database.clock.now()) != []


async def test_clips_are_known_by_words_of_them(world: World) -> None:
    first, second = await two_clips(world)
    options = {"clip": first.title.removesuffix("…"), "other": second.title.removesuffix("…")}
    only(await world.priya.slash(world.channel, "clip duel", **options))
    (said,) = said_in(world.env, world.channel)
    assert said.count("**“") == 2

    answer = await world.priya.slash(world.channel, "clip duel", clip="nothing of the kind")
    assert "There is no such clip here" in shown(answer)
