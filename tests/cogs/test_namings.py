"""Whatever message of the bot names a member, wherever it was posted, names nobody once they are forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import simcord
from sqlalchemy import select

from companion.cogs.views.layout import sentence
from companion.storage import schema
from companion.storage.errors import StorageError
from companion.storage.namings import Naming
from companion.storage.sessions import State
from tests.clocks import StoppedClock
from tests.cogs.asking import last_answer, mention
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import only
from tests.cogs.test_awaited import minute as tell_minute
from tests.cogs.test_awaited import publish, refused, tell_me
from tests.cogs.test_club_recordings import held, record
from tests.cogs.test_conversations import thread_of
from tests.cogs.test_privacy import forget, privacy, take_back
from tests.cogs.test_search_buttons import searched

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock(world: World) -> StoppedClock:
    clock = StoppedClock()
    clock.advance(10 * DAY)
    world.database.clock = clock
    return clock


async def namings(world: World) -> set[tuple[int, int]]:
    """Which messages name whom, as far as it is known."""
    columns = schema.namings.c
    async with world.database.read() as connection:
        return {(one, who) for one, who in await connection.execute(select(columns.message_id, columns.member_id))}


def everything_in(world: World, channel: simcord.ChannelHandle) -> str:
    """All that the channel's messages show, as Discord has them."""
    stored = [world.env.backend.get_message(channel.id, one.id) for one in channel.history()]
    return json.dumps([[one.content, one.components] for one in stored])


async def forgotten(world: World, who: simcord.MemberActor) -> None:
    await forget(world, who)
    await take_back(world)


async def test_a_posted_recap_names_the_presenter_no_more(world: World, clock: StoppedClock) -> None:
    mo = managing(world)
    await held(world, state=State.HELD)
    async with world.database.write() as connection:
        await connection.execute(schema.series.update().values(channel_id=world.channel.id))
        await connection.execute(schema.sessions.update().values(starts_at=clock.now() - DAY))
    await mo.click(only(await mo.slash(world.channel, "recap")), label="Post it here")
    assert f"by <@{world.priya.id}>" in everything_in(world, world.channel)

    await forgotten(world, world.priya)

    told = everything_in(world, world.channel)
    assert "by somebody" in told
    assert str(world.priya.id) not in told


async def test_answers_about_a_recorded_session_name_its_presenter_no_more(world: World, clock: StoppedClock) -> None:
    mo = managing(world)
    await held(world)
    await record(world, mo)
    await world.jonas.slash(world.channel, "club history")
    await world.jonas.slash(world.channel, "episode", name="Drifting Buoys")
    before = everything_in(world, world.channel)
    assert before.count(f"presented by <@{world.priya.id}>") == 2
    assert f"<@{world.priya.id}> (presenter)" in before

    await forgotten(world, world.priya)

    after = everything_in(world, world.channel)
    assert after.count("presented by somebody") == 2
    assert "somebody (presenter)" in after
    assert str(world.priya.id) not in after


async def test_the_first_words_of_a_conversation_s_thread_say_not_who_opened_it(world: World) -> None:
    await world.jonas.send(world.channel, mention(world, "how do bees heat the hive?"))
    thread = await thread_of(world, last_answer(world), world.priya)
    assert f"Opened by <@{world.priya.id}>" in everything_in(world, thread)

    await forgotten(world, world.priya)

    told = everything_in(world, thread)
    assert "Opened by somebody" in told
    assert str(world.priya.id) not in told


async def test_direct_messages_to_others_name_them_no_more_also_by_another_session_of_the_bot(world: World) -> None:
    answer, _ = await refused(world)
    await tell_me(world, answer, world.jonas)
    world.env.backend.delete_channel(world.channel.id)
    await publish(world)
    await tell_minute(world)
    direct = world.jonas.user.dm_channel
    assert f"<@{world.priya.id}>'s question" in everything_in(world, direct)

    hall = world.guild.create_text_channel("hall")
    asked = only(await world.priya.slash(hall, "privacy delete"))
    await world.priya.click(asked, label="Delete for good")
    await world.restart()
    await take_back(world)

    told = everything_in(world, direct)
    assert "somebody's question" in told
    assert str(world.priya.id) not in told


async def test_others_in_the_same_message_stay(world: World) -> None:
    made = only(await world.priya.slash(world.channel, "clip create", episode="cluster", start="1:00"))
    bot: Any = bot_of(world)
    view = bot.get_channel(world.channel.id).get_partial_message(made.id)
    await view.edit(view=_naming(world.priya, world.jonas))

    await forgotten(world, world.priya)

    assert f"With somebody and <@{world.jonas.id}>" in everything_in(world, world.channel)
    assert (made.id, world.jonas.id) in await namings(world)


async def test_what_one_member_alone_sees_and_what_others_write_is_not_noted(world: World) -> None:
    await privacy(world, world.priya, "show")
    await world.jonas.send(world.channel, f"Hello, <@{world.priya.id}>!")

    assert await namings(world) == set()


async def test_of_a_message_that_is_deleted_nothing_is_noted_any_more(world: World) -> None:
    message = await searched(world, "winter bees")
    assert await namings(world) == {(message.id, world.priya.id)}

    world.env.backend.delete_message(world.channel.id, message.id)
    await world.env.settle()

    assert await namings(world) == set()


async def test_many_edits_that_name_the_same_are_written_down_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await searched(world, "winter bees")
    written: list[Any] = []

    async def note(found: Any) -> None:
        written.append(found)

    bot: Any = bot_of(world)
    monkeypatch.setattr(bot.namings, "note", note)
    partial = bot.get_channel(world.channel.id).get_partial_message(message.id)
    for _ in range(3):
        await partial.edit(view=_naming(world.priya))
    await partial.edit(view=_naming(world.priya, world.jonas))
    await world.env.settle()

    assert [{one.member_id for one in found} for found in written] == [{world.jonas.id}]


async def test_who_comes_back_after_they_were_forgotten_is_noted_again(world: World) -> None:
    message = only(await world.priya.slash(world.channel, "clip create", episode="cluster", start="1:00"))
    await forgotten(world, world.priya)
    assert await namings(world) == set()

    bot: Any = bot_of(world)
    await bot.get_channel(world.channel.id).get_partial_message(message.id).edit(view=_naming(world.priya))
    await world.env.settle()

    assert await namings(world) == {(message.id, world.priya.id)}


async def test_what_could_not_be_written_down_is_with_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cog: Any = bot_of(world).get_cog("Namings")
    cog._new = {Naming(7, world.jonas.id, world.guild.id, world.channel.id)}

    async def fails(_found: Any) -> None:
        raise StorageError("full")

    with monkeypatch.context() as failing:
        failing.setattr(cog.bot.namings, "note", fails)
        with pytest.raises(StorageError):
            await cog._write()
    message = await searched(world, "dry bees")

    assert await namings(world) == {(7, world.jonas.id), (message.id, world.priya.id)}


class TestFailures:
    async def changes(self, world: World, path: str) -> int:
        return sum(one.method == "PATCH" and one.path.endswith(path) for one in world.env.http_requests)

    async def minutes(self, world: World, clock: StoppedClock, count: int) -> None:
        for _ in range(count):
            clock.advance(HOUR / 60)
            await take_back(world)

    async def clip(self, world: World) -> str:
        made = only(await world.priya.slash(world.channel, "clip create", episode="cluster", start="1:00"))
        await forget(world, world.priya)
        return f"/channels/{world.channel.id}/messages/{made.id}"

    async def left(self, world: World) -> int:
        async with world.database.read() as connection:
            return len((await connection.execute(select(schema.retractions))).all())

    async def test_discord_s_own_are_tried_again_ever_more_seldom_over_restarts(
        self, world: World, clock: StoppedClock
    ) -> None:
        path = await self.clip(world)
        world.env.inject_error("PATCH", path, status=500, times=9)
        await take_back(world)
        await self.minutes(world, clock, 60)
        assert await self.changes(world, path) == 6
        await world.restart()
        await self.minutes(world, clock, 8 * 60)

        assert "clipped by somebody" in everything_in(world, world.channel)
        assert await self.left(world) == 0

    async def test_a_channel_that_is_closed_is_tried_again_every_day_for_two_weeks(
        self, world: World, clock: StoppedClock
    ) -> None:
        path = await self.clip(world)
        world.env.inject_error("GET", path, status=403, code=50001, times=100)
        for day in range(20):
            await take_back(world)
            assert await self.left(world) == (day < 13)
            clock.advance(DAY)

        asked = sum(one.method == "GET" and one.path.endswith(path) for one in world.env.http_requests)
        assert asked == 14

    async def test_a_channel_that_was_closed_for_a_day_is_changed_the_day_after(
        self, world: World, clock: StoppedClock
    ) -> None:
        path = await self.clip(world)
        world.env.inject_error("GET", path, status=403, code=50001)
        await take_back(world)
        assert "clipped by <@" in everything_in(world, world.channel)
        clock.advance(DAY)
        await take_back(world)

        assert "clipped by somebody" in everything_in(world, world.channel)

    async def test_a_connection_that_breaks_off_loses_nothing(
        self, world: World, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await self.clip(world)
        cog: Any = bot_of(world).get_cog("Retractions")

        async def broken(_one: Any) -> None:
            raise aiohttp.ClientConnectionError

        with monkeypatch.context() as breaking:
            breaking.setattr(cog, "_changed", broken)
            await take_back(world)
        clock.advance(HOUR)
        await take_back(world)

        assert "clipped by somebody" in everything_in(world, world.channel)


def _naming(*members: simcord.MemberActor) -> Any:
    return sentence(f"With {' and '.join(f'<@{one.id}>' for one in members)}")
