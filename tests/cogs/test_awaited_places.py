"""Where those are told who pressed *Tell me*, exactly once whatever breaks, and how that is deleted again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import discord
import pytest

from companion.cogs import outlets
from companion.cogs.views import awaited_ids
from companion.community.awaited import CLAIM_LASTS, AwaitedAnswers
from companion.storage.shards import Shards
from tests.cogs.answers import press
from tests.cogs.asking import answers_in, last_answer
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import buttons, shown, text_of
from tests.cogs.test_awaited import LATER, UNKNOWN, kept, minute, publish, refused, tell_me, told


class TestPlaces:
    async def test_where_the_channel_is_gone_by_direct_message(self, world: World) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        world.env.backend.delete_channel(world.channel.id)
        await world.env.settle()
        await publish(world)
        await minute(world)
        await minute(world, CLAIM_LASTS * 2)

        (said,) = told(world, world.priya.user.dm_channel)
        assert said.startswith("🔔 The archive answers [your question](")
        assert "prime minister of Peru did repaint" in said

    async def test_where_the_bot_may_write_no_more_by_direct_message(self, world: World) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        world.env.inject_error("POST", f"/channels/{world.channel.id}/messages", status=403, code=50013)
        await minute(world)

        assert told(world) == []
        assert len(told(world, world.priya.user.dm_channel)) == 1

    async def test_where_both_are_closed_it_is_given_up(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        world.env.backend.delete_channel(world.channel.id)
        await world.env.settle()
        await publish(world)
        direct = world.priya.user.dm_channel
        world.env.inject_error("POST", f"/channels/{direct.id}/messages", status=403, code=50007, message="Cannot send")
        await minute(world)
        requests = len(world.env.http_requests)
        await minute(world, CLAIM_LASTS * 2)

        assert told(world, direct) == []
        assert await kept(world, question, world.priya) is None
        assert len(world.env.http_requests) == requests

    async def test_in_the_thread_where_it_was_asked_archived_or_not(self, world: World) -> None:
        opened = bot_of(world).get_channel(world.channel.id)
        assert isinstance(opened, discord.TextChannel)
        thread = await opened.create_thread(name="Peru", type=discord.ChannelType.public_thread)
        (handle,) = world.channel.threads
        await world.priya.slash(handle, "ask", question=UNKNOWN)
        answer = answers_in(world, handle)[-1]
        await tell_me(world, answer)
        await thread.edit(archived=True)
        await world.restart()
        await publish(world)
        await minute(world)

        assert len(told(world, handle)) == 1
        assert told(world) == []


async def test_of_several_processes_one_asks_again_and_each_tells_its_own_members(world: World) -> None:
    answer, _ = await refused(world)
    await tell_me(world, answer)
    await publish(world)
    bot_of(world).share = Shards(1, 1, 2)
    await minute(world)
    assert told(world) == []

    bot_of(world).share = Shards(0, 0, 2)
    await minute(world)
    assert len(told(world)) == 1


class TestCrashes:
    async def test_what_was_sent_before_a_crash_is_found_and_not_sent_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The simulation dates messages by a clock of its own, which is behind.
        monkeypatch.setattr(outlets, "CLOCKS", timedelta(days=1000))
        answer, question = await refused(world)
        await tell_me(world, answer)
        await publish(world)

        async def crash(*_: object) -> None:
            raise asyncio.CancelledError

        with monkeypatch.context() as crashing:
            crashing.setattr(AwaitedAnswers, "told", crash)
            with pytest.raises(asyncio.CancelledError):
                await minute(world)
        await world.restart()
        await minute(world, LATER)
        await minute(world, CLAIM_LASTS * 2)
        await minute(world, CLAIM_LASTS * 4)

        assert len(told(world)) == 1
        finalised = await kept(world, question, world.priya)
        assert finalised is not None
        assert finalised.told_message_id == last_answer(world).id

    async def test_what_was_claimed_before_a_crash_is_sent_after_all(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        cog: Any = bot_of(world).get_cog("TellMe")
        now = world.database.clock.now()
        await cog._awaited.look(now)
        ((one, found),) = await cog._awaited.to_tell({world.guild.id}, now)
        assert found == question
        assert await cog._awaited.claim(one, found, now) is not None
        await world.restart()

        await minute(world, LATER)
        assert told(world) == []
        await minute(world, CLAIM_LASTS * 2)
        assert len(told(world)) == 1

    async def test_two_processes_tell_once(self, world: World) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        cog: Any = bot_of(world).get_cog("TellMe")
        now = world.database.clock.now()
        await cog._awaited.look(now)
        ((one, question),) = await cog._awaited.to_tell({world.guild.id}, now)
        claims = await asyncio.gather(*(cog._awaited.claim(one, question, now) for _ in range(4)))

        assert sum(claim is not None for claim in claims) == 1

    async def test_what_may_have_been_sent_is_not_sent_again_at_once(self, world: World) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        for _ in range(5):
            world.env.inject_error("POST", f"/channels/{world.channel.id}/messages", status=500)
        await minute(world)
        await minute(world, LATER)

        assert told(world) == []
        assert told(world, world.priya.user.dm_channel) == []


class TestDeletingWhatWasTold:
    async def test_who_was_told_deletes_it_and_what_is_kept_of_their_waiting(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        await minute(world)
        await world.restart()

        result = await world.priya.click(last_answer(world), label="Delete")

        assert "Deleted, and nothing is stored of your waiting" in shown(result)
        assert told(world) == []
        assert await kept(world, question, world.priya) is None

    async def test_what_came_by_direct_message_is_deleted_there(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        world.env.backend.delete_channel(world.channel.id)
        await world.env.settle()
        await publish(world)
        await minute(world)
        direct = world.priya.user.dm_channel
        message = last_answer(world, direct)
        assert "Ask it now" not in buttons(message)

        await world.priya.user.click(message, label="Delete")

        assert told(world, direct) == []
        assert await kept(world, question, world.priya) is None

    async def test_deleting_it_in_discord_s_own_menu_leaves_nothing_either(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        await minute(world)
        sent = last_answer(world)
        world.env.backend.delete_message(sent.channel_id, sent.id)
        await world.env.settle()

        assert await kept(world, question, world.priya) is None

    async def test_who_may_manage_messages_deletes_it_and_others_do_not(self, world: World) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        await minute(world)
        role = world.guild.create_role("mods", permissions=discord.Permissions(manage_messages=True))
        moderator = world.guild.add_member(world.env.create_user("mod", global_name="Mod"), roles=[role])

        refusal = await world.jonas.click(last_answer(world), label="Delete")
        assert "Only who was told here can delete this message" in shown(refusal)
        assert len(told(world)) == 1
        await moderator.click(last_answer(world), label="Delete")
        assert told(world) == []

    async def test_a_forged_press_deletes_no_other_message(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        await minute(world)

        result = await press(world, world.priya, awaited_ids.told(question.id, world.priya.id))

        assert "Only who was told here can delete this message" in shown(result)
        assert "🔎" in text_of(last_answer(world)) or len(told(world)) == 1
        assert await kept(world, question, world.priya) is not None
