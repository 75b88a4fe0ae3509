"""What members follow, through the real bot: begun, listed, stopped, for their eyes alone."""

from __future__ import annotations

import discord
import pytest
import simcord

from companion.community.follows import MOST
from companion.storage import follow_notices, follows, subscriptions
from companion.storage.channels import Purpose
from companion.storage.follows import Follow, FollowKind, Subject, TellIn
from companion.storage.saved import Owner
from tests.cogs.conftest import World
from tests.cogs.messages import only, shown, text_of, walk
from tests.cogs.test_setup_channels import closed_channel, keep


async def followed(world: World, member: simcord.MemberActor) -> list[Follow]:
    async with world.database.read() as connection:
        return await follows.listed(connection, Owner(member.guild.id, member.id))


async def test_a_topic_is_followed_and_its_follower_reads_where_when_and_what_there_is(world: World) -> None:
    answer = await world.priya.slash(world.channel, "follow topic", words="  heated   floor ")

    said = shown(answer)
    assert only(answer).ephemeral
    assert "You follow the topic **heated floor** now" in said
    assert "in a direct message; if yours are closed to me, in a private thread of your own" in said
    assert "once" in said
    assert "The archive speaks of it already: **2** passages in **1** episode. `/topic` shows when" in said
    (one,) = await followed(world, world.priya)
    assert (one.subject, one.tell_in) == (Subject(FollowKind.TOPIC, "heated floor"), TellIn.DIRECT)
    assert one.channel_id == world.channel.id


async def test_a_topic_that_nothing_speaks_of_yet_says_so(world: World) -> None:
    assert "Nothing in the archive speaks of it so far" in shown(
        await world.priya.slash(world.channel, "follow topic", words="zeppelins")
    )


@pytest.mark.parametrize("words", ["what is the", "episodes", "…"])
async def test_words_that_tell_nothing_are_no_topic(world: World, words: str) -> None:
    said = shown(await world.priya.slash(world.channel, "follow topic", words=words))

    assert "in a few words" in said or "no words" in said
    assert await followed(world, world.priya) == []


async def test_a_speaker_is_followed_by_a_part_of_the_name_and_suggested(world: World) -> None:
    choices = await world.priya.autocomplete(world.channel, "follow speaker", "name", "tom")
    answer = await world.priya.slash(world.channel, "follow speaker", name="tomas")

    assert [choice["name"] for choice in choices] == ["Tomas Ek"]
    assert "You follow **Tomas Ek** now" in shown(answer)
    assert [one.subject for one in await followed(world, world.priya)] == [Subject(FollowKind.SPEAKER, "Tomas Ek")]


async def test_whoever_does_not_speak_here_cannot_be_followed(world: World) -> None:
    assert "Nobody called “Piet Vos” speaks here" in shown(
        await world.priya.slash(world.channel, "follow speaker", name="Piet Vos")
    )


async def test_a_podcast_of_the_server_is_followed_and_suggested(world: World) -> None:
    (choice,) = await world.priya.autocomplete(world.channel, "follow podcast", "name", "")
    answer = await world.priya.slash(world.channel, "follow podcast", name=choice["value"])
    other = await world.priya.slash(world.channel, "follow podcast", name=str(world.caves.id))

    assert "You follow the podcast *Hive Minds* now" in shown(answer)
    assert "is not one of this server's podcasts" in shown(other)
    assert [one.subject for one in await followed(world, world.priya)] == [
        Subject(FollowKind.PODCAST, "", world.bees.id)
    ]


async def test_what_is_followed_already_is_told_so_and_can_be_told_elsewhere(world: World) -> None:
    await world.priya.slash(world.channel, "follow topic", words="Winter")
    again = shown(await world.priya.slash(world.channel, "follow topic", words="winter"))
    moved = shown(await world.priya.slash(world.channel, "follow topic", words="winter", where="thread"))

    assert "already: nothing changed" in again
    assert "already; from now on you are told elsewhere" in moved
    assert f"in a private thread of your own in <#{world.channel.id}>" in moved
    (one,) = await followed(world, world.priya)
    assert one.tell_in is TellIn.THREAD

    other = world.guild.create_text_channel("other")
    assert "told elsewhere" in shown(await world.priya.slash(other, "follow topic", words="winter", where="thread"))
    assert [one.channel_id for one in await followed(world, world.priya)] == [other.id]


async def test_there_is_room_for_so_many_and_no_more(world: World) -> None:
    async with world.database.write() as connection:
        for number in range(MOST):
            subject = Subject(FollowKind.TOPIC, f"topic {number}")
            owner = Owner(world.guild.id, world.priya.id)
            await follows.add(connection, owner, subject, TellIn.DIRECT, 1, world.database.clock.now())

    refused = shown(await world.priya.slash(world.channel, "follow topic", words="winter"))
    known = shown(await world.priya.slash(world.channel, "follow topic", words="TOPIC 3"))

    assert f"You follow {MOST} things in this server" in refused
    assert "already" in known
    full = await world.priya.slash(world.channel, "follow list")
    assert f"{MOST} of {MOST}" in shown(full)


async def test_a_thread_is_promised_only_where_one_can_be_opened(world: World) -> None:
    closed = closed_channel(world, "closed", create_private_threads=False)
    refused = shown(await world.priya.slash(closed, "follow topic", words="winter", where="thread"))
    assert "I still need Create Private Threads" in refused
    assert await followed(world, world.priya) == []

    await keep(world, Purpose.NEWS, world.channel.id)
    promised = shown(await world.priya.slash(closed, "follow topic", words="winter", where="thread"))
    assert f"in a thread under its announcement in <#{world.channel.id}>, which everybody there can read" in promised


async def test_where_no_thread_can_be_opened_none_is_promised(world: World) -> None:
    closed = closed_channel(world, "closed", create_private_threads=False)

    said = shown(await world.priya.slash(closed, "follow topic", words="winter"))

    assert "keep yours open to members of this server" in said
    assert "thread" not in said


async def test_an_announcement_channel_has_no_private_threads(world: World) -> None:
    posts = world.guild.create_news_channel("posts")

    said = shown(await world.priya.slash(posts, "follow topic", words="winter", where="thread"))

    assert "I can open no thread of your own in a channel of this kind" in said


async def test_the_list_is_its_readers_own_and_its_menu_stops(world: World) -> None:
    await world.priya.slash(world.channel, "follow topic", words="*winter*")
    await world.priya.slash(world.channel, "follow speaker", name="Tomas Ek", where="thread")
    await world.jonas.slash(world.channel, "follow topic", words="queens")
    listed = only(await world.priya.slash(world.channel, "follow list"))

    assert listed.ephemeral
    said = text_of(listed)
    assert "2 of 25" in said
    assert r"the topic **\*winter\*** · direct message" in said
    assert f"**Tomas Ek** · thread in <#{world.channel.id}>" in said
    assert "queens" not in said

    first = (await followed(world, world.priya))[-1]
    await world.restart()
    await world.priya.select(listed, [str(first.id)])
    assert r"You don't follow the topic **\*winter\*** any more" in text_of(listed)
    assert "1 of 25" in text_of(listed)
    assert [one.subject.text for one in await followed(world, world.priya)] == ["Tomas Ek"]


async def test_stop_suggests_ones_own_and_ends_it(world: World) -> None:
    await world.priya.slash(world.channel, "follow topic", words="winter")
    await world.priya.slash(world.channel, "follow podcast", name="Hive Minds")
    await world.jonas.slash(world.channel, "follow topic", words="queens")
    choices = await world.priya.autocomplete(world.channel, "follow stop", "what", "")
    (chosen,) = await world.priya.autocomplete(world.channel, "follow stop", "what", "hive")

    said = shown(await world.priya.slash(world.channel, "follow stop", what=chosen["value"]))

    assert [choice["name"] for choice in choices] == ["Podcast: Hive Minds", "Topic: winter"]
    assert "You don't follow the podcast *Hive Minds* any more" in said
    assert [one.subject.text for one in await followed(world, world.priya)] == ["winter"]


async def test_stop_takes_the_words_of_one_thing_that_is_followed_too(world: World) -> None:
    await world.priya.slash(world.channel, "follow topic", words="winter honey")
    await world.priya.slash(world.channel, "follow topic", words="winter stores")

    either = shown(await world.priya.slash(world.channel, "follow stop", what="winter"))
    one = shown(await world.priya.slash(world.channel, "follow stop", what="Honey"))

    assert "You don't follow that here" in either
    assert "You don't follow the topic **winter honey** any more" in one


@pytest.mark.parametrize("what", ["Hive Minds", "", "99999", "²"])
async def test_stop_refuses_what_is_not_followed(world: World, what: str) -> None:
    assert "You don't follow that here" in shown(await world.priya.slash(world.channel, "follow stop", what=what))


async def test_nobody_stops_what_another_follows(world: World) -> None:
    await world.priya.slash(world.channel, "follow topic", words="winter")
    (hers,) = await followed(world, world.priya)

    said = shown(await world.jonas.slash(world.channel, "follow stop", what=str(hers.id)))

    assert "You don't follow that here" in said
    assert await followed(world, world.priya) == [hers]


async def test_of_a_podcast_that_the_server_left_no_title_is_told(world: World) -> None:
    await world.priya.slash(world.channel, "follow podcast", name="Hive Minds")
    async with world.database.write() as connection:
        await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

    said = shown(await world.priya.slash(world.channel, "follow list"))

    assert "a podcast that this server has no longer" in said
    assert "Hive" not in said


async def test_who_stops_following_the_last_thing_leaves_nothing_behind(world: World) -> None:
    await world.priya.slash(world.channel, "follow topic", words="winter")
    owner = Owner(world.guild.id, world.priya.id)
    async with world.database.write() as connection:
        await follow_notices.settle_nothing(
            connection, owner, {1: 1}, world.database.clock.now(), world.database.clock.now()
        )
    (one,) = await followed(world, world.priya)
    await world.priya.slash(world.channel, "follow stop", what=str(one.id))

    async with world.database.write() as connection:
        now = world.database.clock.now()
        assert await follow_notices.claim(connection, owner, {1: 1}, "mark", now, now) == [1]
        assert await follows.count(connection, owner) == 0


async def test_where_there_is_no_podcast_it_says_what_to_do(world: World) -> None:
    for name, options in (("topic", {"words": "winter"}), ("speaker", {"name": "x"}), ("podcast", {"name": "x"})):
        said = shown(await world.nadia.slash(world.quiet_channel, f"follow {name}", **options))
        assert "no podcast yet" in said, name


async def test_in_a_thread_the_channel_around_it_holds_the_members_own(world: World) -> None:
    thread = await discord_thread(world)
    await world.priya.slash(thread, "follow topic", words="winter", where="thread")

    (one,) = await followed(world, world.priya)
    assert one.channel_id == world.channel.id


async def discord_thread(world: World) -> simcord.ChannelHandle:
    channel = world.env.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="aside", type=discord.ChannelType.public_thread)
    return world.channel.threads[0]


def menu_of(message: simcord.ResponseMessage) -> list[str]:
    """The labels in a message's menus."""
    return [
        str(option["label"])
        for part in walk(message.components)
        if part.get("type") == 3
        for option in part.get("options", ())
    ]


async def test_the_menu_names_what_it_stops_as_plain_text(world: World) -> None:
    await world.priya.slash(world.channel, "follow topic", words="*winter*")

    assert menu_of(only(await world.priya.slash(world.channel, "follow list"))) == ["Topic: *winter*"]
