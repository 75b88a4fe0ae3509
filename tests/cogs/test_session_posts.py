"""The post of a session, and who comes, through the real bot."""

from __future__ import annotations

from datetime import timedelta

import simcord

from companion.community.clubs import Clubs
from tests.cogs.conftest import World
from tests.cogs.messages import only, said_in, shown
from tests.cogs.sessions import DAY, START, at, club, current, minute, press
from tests.cogs.test_search_buttons import press_forged


async def members(world: World, *names: str) -> list[simcord.MemberActor]:
    return [world.guild.add_member(world.env.create_user(name)) for name in names]


async def test_a_session_is_posted_a_week_before_once_with_what_when_and_who(world: World) -> None:
    session = await club(world)
    await minute(world)
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert said.startswith("### 📅 **Friday Papers**")
    assert "**<t:1774004400:F>** (<t:1774004400:R>)" in said
    assert f"📄 **Moss** · presented by <@{world.priya.id}> · in https://meet.example/room" in said
    assert "**Going (0)**" in said
    (message,) = world.channel.history()
    assert (await current(world, session)).message_id == message.id
    assert world.env.backend.get_message(world.channel.id, message.id).ping_user_ids == []


async def test_a_presenter_swaps_their_date_whichever_of_the_two_they_name_first(world: World) -> None:
    session = await club(world)

    told = await world.priya.slash(world.channel, "club swap", date="27 March", other="friday")

    assert "Swapped" in shown(told)
    assert (await current(world, session)).presented_by is None


async def test_an_author_who_attends_is_named_first(world: World) -> None:
    session = await club(world)
    await Clubs(world.database).schedule(world.guild.id, session.id, author="Ada *Fern*")
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert said.splitlines()[1] == r"🌟 **With Ada \*Fern\*, an author of the paper**"


async def test_members_say_by_a_button_whether_they_come_and_the_post_shows_it(world: World) -> None:
    await club(world)
    await minute(world)
    told = await press(world, world.priya, "Going")
    assert "You have a place: **Friday Papers**, <t:1774004400:F>. I remind you in" in shown(told)
    assert only(told).ephemeral
    assert "You may come" in shown(await press(world, world.jonas, "Maybe"))
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert f"**Going (1)**: <@{world.priya.id}>" in said
    assert f"**Maybe (1)**: <@{world.jonas.id}>" in said
    assert "You don't come" in shown(await press(world, world.jonas, "Can't come"))
    assert "I remind you of nothing" in shown(await press(world, world.jonas, "Remind me by DM"))
    assert "I remind you by direct message" in shown(await press(world, world.priya, "Remind me by DM"))
    assert "direct message" not in shown(await press(world, world.priya, "Remind me by DM"))
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert f"**Going (1)**: <@{world.priya.id}>" in said
    assert "Maybe" not in said


async def test_of_five_with_three_places_the_fourth_is_told_as_one_leaves(world: World) -> None:
    session = await club(world, capacity=3)
    await minute(world)
    ada, ben, cleo = await members(world, "ada", "ben", "cleo")
    coming = [world.priya, world.jonas, ada, ben, cleo]
    answers = [shown(await press(world, one, "Going")) for one in coming]
    assert [answer.startswith("✅ You have a place") for answer in answers] == [True, True, True, False, False]
    assert "All 3 places are taken, and you are the first who waits" in answers[3]
    assert "1 waits before you" in answers[4]
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert f"**Going (3 of 3)**: <@{world.priya.id}> <@{world.jonas.id}> <@{ada.id}>" in said
    assert f"**Waiting (2)**: <@{ben.id}> <@{cleo.id}>" in said

    await press(world, world.jonas, "Can't come")
    await minute(world)
    await minute(world)
    posted, told = said_in(world.env, world.channel)
    assert f"**Going (3 of 3)**: <@{world.priya.id}> <@{ada.id}> <@{ben.id}>" in posted
    assert told.startswith(f"<@{ben.id}> 🎉 A place came free, and it is yours: **Friday Papers**")
    newest = max(world.channel.history(), key=lambda one: one.id)
    assert world.env.backend.get_message(world.channel.id, newest.id).ping_user_ids == [ben.id]
    assert (await current(world, session)).state.value == "planned"


async def test_the_post_follows_what_becomes_of_the_session(world: World) -> None:
    session = await club(world, paper=None)
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert "No paper yet" in said
    assert "`/club volunteer` takes it" in said
    await Clubs(world.database).move(world.guild.id, session.id, START + DAY)
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert "**<t:1774090800:F>**" in said
    await Clubs(world.database).skip(world.guild.id, session.id)
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert "This session does not take place" in said
    assert "Going" not in said
    assert "does not take place" in shown(
        await press_forged(
            world,
            world.priya,
            only(await world.priya.slash(world.channel, "club next")),
            f"session:going:{session.id}:0",
        )
    )


async def test_a_post_that_shows_all_this_already_is_not_edited(world: World) -> None:
    await club(world)
    await minute(world)
    await minute(world)

    def edits() -> int:
        return sum(one.method == "PATCH" for one in world.env.http_requests)

    before = edits()
    await minute(world)
    assert edits() == before


async def test_after_a_restart_buttons_work_and_there_is_still_one_post(world: World) -> None:
    await club(world)
    await minute(world)
    await world.restart()
    await minute(world)
    assert "You have a place" in shown(await press(world, world.jonas, "Going"))
    await minute(world)
    (said,) = said_in(world.env, world.channel)
    assert f"**Going (1)**: <@{world.jonas.id}>" in said


async def test_a_presenter_who_left_is_noticed_as_the_session_is_touched(world: World) -> None:
    session = await club(world, host=world.jonas)
    world.guild.remove_member(world.priya)
    await minute(world)
    await minute(world)
    posted, told = said_in(world.env, world.channel)
    assert "a presenter is wanted" in posted
    assert told.startswith(f"⚠️ <@{world.jonas.id}> Whoever was to present **Moss** on <t:1774004400:F> has left")
    assert (await current(world, session)).presented_by is None
    refused = shown(await press(world, world.jonas, "Got it"))
    assert "Deleted" in refused
    assert len(said_in(world.env, world.channel)) == 1


async def test_an_old_button_is_refused_with_what_to_do(world: World) -> None:
    session = await club(world)
    message = only(await world.priya.slash(world.channel, "club next"))
    assert "`/club next` shows" in shown(
        await press_forged(world, world.priya, message, f"session:perhaps:{session.id}:0")
    )


async def test_where_discord_refuses_the_post_it_comes_later_and_once(world: World) -> None:
    await club(world)
    path = f"/channels/{world.channel.id}/messages"
    world.env.inject_error("POST", path, status=403, code=50013, message="Missing Permissions")
    await minute(world)
    await minute(world)
    assert said_in(world.env, world.channel) == []
    assert sum(one.method == "POST" and one.path.endswith(path) for one in world.env.http_requests) == 1
    await at(world, world.database.clock.now() + timedelta(minutes=61))
    await minute(world)
    await minute(world)
    assert len(said_in(world.env, world.channel)) == 1
