from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord

from companion.cogs.setup_channels import place_of
from companion.storage import channels, feeds, highlight_rules
from companion.storage.channels import Purpose
from companion.storage.feeds import FeedState
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Wishes
from tests.cogs.conftest import World
from tests.cogs.managers import give_setup_to_everybody, managing
from tests.cogs.messages import only, shown

GONE = 1_300_000_000_000_000_000


def closed_channel(world: World, name: str, **denied: bool) -> simcord.ChannelHandle:
    """A channel in which the bot lacks permissions."""
    me = world.guild.me
    assert me is not None
    return world.guild.create_text_channel(name, overwrites={me: discord.PermissionOverwrite(**denied)})  # pyright: ignore[reportArgumentType]


async def kept(world: World) -> dict[Purpose, int]:
    async with world.database.read() as connection:
        return await channels.chosen(connection, world.guild.id)


async def keep(world: World, purpose: Purpose, channel_id: int) -> None:
    async with world.database.write() as connection:
        await channels.choose(connection, world.guild.id, purpose, channel_id, 1, world.database.clock.now())


async def choose(
    world: World, member: simcord.MemberActor, purpose: str, channel: simcord.ChannelHandle
) -> simcord.InteractionResult:
    return await member.slash(world.channel, "setup channels choose", purpose=purpose, channel=channel)


class TestChoosing:
    async def test_a_channel_is_chosen_and_what_follows_is_said_to_the_manager_alone(self, world: World) -> None:
        answer = await choose(world, managing(world), "news", world.channel)

        assert only(answer).flags.ephemeral
        assert f"New episodes are announced in <#{world.channel.id}> from now on" in shown(answer)
        assert "/setup channels forget purpose:news" in shown(answer)
        assert await kept(world) == {Purpose.NEWS: world.channel.id}

    async def test_another_channel_replaces_it_and_the_old_one_is_named(self, world: World) -> None:
        mo = managing(world)
        await choose(world, mo, "notices", world.channel)
        office = world.guild.create_text_channel("office")

        answer = await choose(world, mo, "notices", office)

        assert f"It was <#{world.channel.id}> until now" in shown(answer)
        assert await kept(world) == {Purpose.NOTICES: office.id}

    async def test_a_server_without_a_podcast_is_told_the_next_step(self, world: World) -> None:
        guild = world.env.create_guild("Empty")
        channel = guild.create_text_channel("hall")
        ida = managing(world, guild, "ida")

        answer = await ida.slash(channel, "setup channels choose", purpose="news", channel=channel)

        assert "no podcast yet, so the next step is `/setup podcasts add`" in shown(answer)

    @pytest.mark.parametrize(
        ("denied", "named"),
        [
            ({"send_messages": False}, "I still need Send Messages."),
            ({"read_message_history": False}, "I still need Read Message History."),
            ({"send_messages": False, "read_message_history": False}, "need Send Messages and Read Message History."),
            ({"view_channel": False}, "I still need View Channels."),
        ],
    )
    async def test_each_missing_permission_is_named_and_the_channel_refused(
        self, world: World, denied: dict[str, bool], named: str
    ) -> None:
        answer = await choose(world, managing(world), "news", closed_channel(world, "closed", **denied))

        assert named in shown(answer)
        assert "the channel's settings → Permissions" in shown(answer)
        assert await kept(world) == {}

    async def test_a_channel_of_another_server_is_no_channel_of_this_one(self, world: World) -> None:
        here = world.env.bot.get_guild(world.guild.id)
        assert here is not None

        assert place_of(here, world.cave_channel.id) is None
        assert place_of(here, world.channel.id) is not None

    async def test_what_a_purpose_does_not_need_may_be_missing(self, world: World) -> None:
        office = closed_channel(world, "office", read_message_history=False, attach_files=False)

        assert "✅" in shown(await choose(world, managing(world), "notices", office))

    async def test_a_role_of_the_bot_may_be_allowed_what_everyone_is_denied(self, world: World) -> None:
        me = world.guild.me
        assert me is not None
        news = world.guild.create_text_channel(
            "news",
            overwrites={
                world.guild.default_role: discord.PermissionOverwrite(send_messages=False),
                me: discord.PermissionOverwrite(send_messages=True),
            },
        )

        assert "✅" in shown(await choose(world, managing(world), "news", news))


class TestForgettingAndListing:
    async def test_a_forgotten_channel_is_used_no_more(self, world: World) -> None:
        mo = managing(world)
        await keep(world, Purpose.NEWS, world.channel.id)

        answer = await mo.slash(world.channel, "setup channels forget", purpose="news")

        assert "announced nowhere in this server from now on" in shown(answer)
        assert await kept(world) == {}
        again = await mo.slash(world.channel, "setup channels forget", purpose="news")
        assert "No channel is chosen for news" in shown(again)

    async def test_the_list_has_every_purpose_and_how_to_choose_for_it(self, world: World) -> None:
        await keep(world, Purpose.NEWS, world.channel.id)

        listed = shown(await managing(world).slash(world.channel, "setup channels list"))

        assert f"**news** – <#{world.channel.id}>: new episodes are announced there" in listed
        assert "**notices** – no channel: `/setup channels choose purpose:notices`" in listed


class TestChecking:
    async def check(self, world: World, channel: simcord.ChannelHandle | None = None) -> str:
        answer = await managing(world).slash(channel or world.channel, "setup check")
        assert only(answer).flags.ephemeral
        return shown(answer)

    async def test_what_is_fine_is_one_line(self, world: World) -> None:
        await keep(world, Purpose.NEWS, world.channel.id)
        await keep(world, Purpose.NOTICES, world.channel.id)

        found = await self.check(world)

        assert found.splitlines()[1:] == [
            f"✅ Fine: all permissions in <#{world.channel.id}>, news in <#{world.channel.id}>,"
            f" notices in <#{world.channel.id}>, 1 podcast, searches by meaning."
        ]

    async def test_each_missing_permission_of_a_chosen_channel_is_named(self, world: World) -> None:
        closed = closed_channel(world, "closed", send_messages=False, read_message_history=False)
        await keep(world, Purpose.NEWS, closed.id)

        found = await self.check(world)

        lacking = "I lack **Send Messages** and **Read Message History** to announce new episodes"
        assert f"In <#{closed.id}> (**news**) {lacking}" in found
        assert "Advanced permissions → Companion" in found
        assert "No channel is chosen for **notices**" in found

    async def test_the_channel_asked_in_is_checked_too(self, world: World) -> None:
        here = closed_channel(world, "here", attach_files=False)

        assert f"In <#{here.id}>, where you asked, I lack **Attach Files**" in await self.check(world, here)

    async def test_in_a_thread_its_own_permission_counts(self, world: World) -> None:
        closed = closed_channel(world, "closed", send_messages_in_threads=False)
        place = world.env.bot.get_channel(closed.id)
        assert isinstance(place, discord.TextChannel)
        await place.create_thread(name="talk", type=discord.ChannelType.public_thread)
        (thread,) = closed.threads

        found = await self.check(world, thread)

        assert f"In <#{thread.id}>, where you asked, I lack **Send Messages in Threads**" in found
        in_the_channel = await self.check(world, closed)
        assert "where you asked, I lack" not in in_the_channel
        assert "I lack **Send Messages in Threads** to open a thread in which a conversation goes on" in in_the_channel

    async def test_a_deleted_channel_is_told(self, world: World) -> None:
        await keep(world, Purpose.NEWS, GONE)

        assert "The channel chosen for **news** is deleted, or hidden from me" in await self.check(world)

    async def test_a_feed_that_fails_is_named_with_since_when(self, world: World) -> None:
        now = world.database.clock.now()
        state = FeedState(None, None, None, "1", now - timedelta(days=2), 7, now + timedelta(hours=3))
        async with world.database.write() as connection:
            await feeds.put(connection, world.bees.id, state)
            await feeds.put(connection, world.caves.id, state)

        found = await self.check(world)

        assert "The feed of *Hive Minds* could not be read 7 times in a row" in found
        assert f"it last was <t:{int(state.read_at.timestamp())}:R>" in found
        assert "Cave" not in found

    async def test_a_server_without_podcasts_is_told_the_next_step(self, world: World) -> None:
        guild = world.env.create_guild("Empty")
        channel = guild.create_text_channel("hall")
        ida = managing(world, guild, "ida")

        found = shown(await ida.slash(channel, "setup check"))

        assert "no podcast yet, so there is nothing to search: `/setup podcasts add`" in found
        assert "Hive Minds" not in found


class TestWhoMay:
    @pytest.mark.parametrize(
        ("command", "options"),
        [
            ("channels choose", {"purpose": "news"}),
            ("channels forget", {"purpose": "news"}),
            ("channels list", {}),
            ("check", {}),
        ],
    )
    async def test_a_member_who_was_given_the_commands_but_manages_nothing_is_refused(
        self, world: World, command: str, options: dict[str, str]
    ) -> None:
        await keep(world, Purpose.NEWS, world.channel.id)
        await give_setup_to_everybody(world)
        channel = {"channel": world.channel} if "choose" in command else {}

        refused = await world.priya.slash(world.channel, f"setup {command}", **options, **channel)

        assert "Only those who may manage this server" in shown(refused)
        assert str(world.channel.id) not in shown(refused)
        assert await kept(world) == {Purpose.NEWS: world.channel.id}

    async def test_the_commands_are_hidden_from_a_member(self, world: World) -> None:
        with pytest.raises(simcord.SetupError, match="not visible"):
            await world.priya.slash(world.channel, "setup check")


async def highlights(world: World, hall: int, wishes: Wishes | None = None, **changed: Any) -> None:
    """The server has a daily highlight, with approval, and a hall of fame."""
    now, here = world.database.clock.now(), world.channel.id
    made = HighlightRule(world.guild.id, here, "UTC", 540, EVERY_DAY, Approval.SKIP, here, 5, now)
    async with world.database.write() as connection:
        await highlight_rules.put(connection, replace(made, wishes=wishes or Wishes(hall_of_fame=hall), **changed))


async def test_the_check_says_that_highlights_are_fine(world: World) -> None:
    hall = world.guild.create_text_channel("hall")
    await highlights(world, hall.id)
    said = shown(await managing(world).slash(world.channel, "setup check"))
    here = world.channel.id
    assert f"daily highlight in <#{here}>, approval of highlights in <#{here}>, hall of fame in <#{hall.id}>" in said
    assert "⚠️" not in said


async def test_the_check_tells_of_channels_of_highlights_that_are_gone_or_lack_something(world: World) -> None:
    hall = closed_channel(world, "hall", attach_files=False, add_reactions=False)
    await highlights(world, hall.id, channel_id=4242)
    said = shown(await managing(world).slash(world.channel, "setup check"))
    assert "The channel of the **daily highlight** is deleted" in said
    assert f"In <#{hall.id}> (**hall of fame**) I lack **Add Reactions** and **Attach Files**" in said


async def test_the_check_tells_of_paused_highlights_and_of_emoji_that_are_gone(world: World) -> None:
    wishes = Wishes(up="bee:876543210987654321")
    await highlights(
        world, 0, wishes, paused_at=world.database.clock.now(), pause_reason="its channel (<#7>) was deleted"
    )
    said = shown(await managing(world).slash(world.channel, "setup check"))
    assert "is paused <t:" in said
    assert "because its channel (<#7>) was deleted. `/highlights resume`" in said
    assert "can no longer vote with <:bee:876543210987654321>" in said


async def test_the_check_tells_what_lacks_for_threads(world: World) -> None:
    channel = closed_channel(world, "flat", create_public_threads=False)
    said = shown(await managing(world).slash(channel, "setup check"))
    assert "I lack **Create Public Threads** to open a thread in which a conversation goes on" in said
