from __future__ import annotations

import discord
import pytest
import simcord

from companion.archive.encoders import ToyEncoder
from companion.bot.client import CompanionBot
from companion.cogs.views import answer_ids
from companion.community.blocks import Named
from companion.storage import conversations, questions
from companion.storage.asking_channels import Mode
from companion.storage.episodes import Reference
from tests.cogs.asking import QUESTION, answers_in, ask, last_answer, mention
from tests.cogs.conftest import World, loaded
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_search_buttons import press_forged
from tests.cogs.test_setup_channels import closed_channel
from tests.publisher import loopback_fetcher


async def record(world: World, message: simcord.ResponseMessage) -> questions.Question:
    async with world.database.read() as connection:
        found = await questions.shown_by(connection, world.guild.id, message.id)
    assert found is not None
    return found


async def thread_of(world: World, answer: simcord.ResponseMessage, who: simcord.MemberActor) -> simcord.ChannelHandle:
    """The thread that Follow up opens."""
    await who.click(answer, label="Follow up")
    return next(one for one in world.channel.threads if one.id == answer.id)


async def reading_everything(world: World) -> None:
    """Starts a bot whose operator was granted the text of all messages."""
    bot = CompanionBot(world.database, ToyEncoder, fetcher=loopback_fetcher(), message_content=True, shard_count=1)
    await world.become(bot)
    await loaded(bot)


class TestMentions:
    async def test_a_mention_is_answered_in_public_as_a_reply(self, world: World) -> None:
        said = await world.jonas.send(world.channel, mention(world, "how do bees heat the hive?"))

        answer = last_answer(world)
        text = text_of(answer)
        assert text.startswith(f"### 💬 how do bees heat the hive?\n-# <@{world.jonas.id}> asked")
        assert "the bees heat it themselves" in text
        reference = answer.message.reference
        assert reference is not None
        assert reference.message_id == said.id
        assert {"Sources", "Riff", "Follow up", "Delete"} <= set(buttons(answer))

    async def test_it_is_acknowledged_by_typing_before_anything_is_looked_up(self, world: World) -> None:
        await world.jonas.send(world.channel, mention(world, QUESTION))

        paths = [entry.path for entry in world.env.http_requests if entry.method == "POST"]
        typing = next(at for at, path in enumerate(paths) if path.endswith("/typing"))
        assert any(path.endswith("/messages") for path in paths[typing:])

    async def test_nobody_is_pinged_by_the_answer(self, world: World) -> None:
        await world.jonas.send(world.channel, mention(world, QUESTION))

        sent = [entry.json for entry in world.env.http_requests if entry.path.endswith("/messages")]
        assert sent
        assert all(
            body is not None and body["allowed_mentions"] == {"parse": [], "replied_user": False} for body in sent
        )

    async def test_other_messages_are_not_looked_at(self, world: World) -> None:
        await world.jonas.send(world.channel, "how do bees heat the hive?")
        await world.jonas.send(world.channel, f"<@{world.priya.id}> how do bees heat the hive?")
        await world.jonas.send(world.channel, "@everyone how do bees heat the hive?")

        assert answers_in(world, world.channel) == []

    async def test_an_edited_message_is_not_asked_again(self, world: World) -> None:
        said = await world.jonas.send(world.channel, mention(world, QUESTION))

        await world.jonas.edit(said, mention(world, "how is a queen fed?"))

        assert len(answers_in(world, world.channel)) == 1

    async def test_bots_and_webhooks_are_not_answered(self, world: World) -> None:
        robot = world.guild.add_member(world.env.create_user("robot", bot=True))
        await robot.send(world.channel, mention(world, QUESTION))
        hook = world.guild.create_webhook(world.channel)
        await hook.send(mention(world, QUESTION))

        assert answers_in(world, world.channel) == []

    async def test_a_mention_without_a_question_is_told_how_to_ask(self, world: World) -> None:
        await world.jonas.send(world.channel, mention(world, ""))

        assert "Ask me what was said" in text_of(last_answer(world))

    async def test_a_greeting_is_answered_by_what_can_be_asked(self, world: World) -> None:
        await world.jonas.send(world.channel, mention(world, "hi there!"))

        text = text_of(last_answer(world))
        assert text.startswith("👋 Hello! Ask me what was said")
        assert "asked" not in text

    async def test_a_reply_that_says_thanks_is_left_alone(self, world: World) -> None:
        answer = await ask(world)

        await world.jonas.send(world.channel, "thank you so much!", reply_to=answer)

        assert len(answers_in(world, world.channel)) == 1

    async def test_a_blocked_member_is_not_answered(self, world: World) -> None:
        await bot_of(world).blocks.block(world.guild.id, Named(world.jonas.id), "", world.priya.id)

        await world.jonas.send(world.channel, mention(world, QUESTION))

        assert answers_in(world, world.channel) == []

    async def test_a_server_without_a_podcast_is_told_once_in_a_while(self, world: World) -> None:
        await world.nadia.send(world.quiet_channel, mention(world, QUESTION))

        assert "`/setup podcasts add`" in text_of(last_answer(world, world.quiet_channel))

    async def test_where_the_bot_may_not_write_it_says_nothing(self, world: World) -> None:
        closed = closed_channel(world, "closed", send_messages=False)

        await world.jonas.send(closed, mention(world, QUESTION))

        assert answers_in(world, closed) == []
        assert not [one for one in world.env.http_requests if one.path.endswith(f"{closed.id}/messages")]

    async def test_without_the_history_it_answers_without_replying(self, world: World) -> None:
        world.env.inject_error(
            "POST", f"/channels/{world.channel.id}/messages", status=403, code=50013, message="Missing Permissions"
        )

        await world.jonas.send(world.channel, mention(world, QUESTION))

        answer = last_answer(world)
        assert answer.message.reference is None
        assert "the bees heat it themselves" in text_of(answer)

    async def test_a_fault_of_ours_is_told_without_what_it_was(self, world: World) -> None:
        world.expects_failures = True

        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError("the secret of the database")

        bot_of(world).questions.ask = broken  # pyright: ignore[reportAttributeAccessIssue]

        await world.jonas.send(world.channel, mention(world, QUESTION))

        text = text_of(last_answer(world))
        assert "Something went wrong on my side" in text
        assert "secret" not in text


class TestWhere:
    async def test_a_mention_where_mentions_are_off_is_met_with_silence(self, world: World) -> None:
        places = bot_of(world).asking_places
        for mode in (Mode.OFF, Mode.COMMANDS):
            await places.choose(world.guild.id, world.channel.id, mode, world.priya.id)
            await world.jonas.send(world.channel, mention(world, QUESTION))

        assert answers_in(world, world.channel) == []

    async def test_once_a_server_lists_channels_for_mentions_they_are_answered_in_no_other(self, world: World) -> None:
        listed = world.guild.create_text_channel("questions")
        await bot_of(world).asking_places.choose(world.guild.id, listed.id, Mode.MENTIONS, world.priya.id)

        await world.jonas.send(world.channel, mention(world, QUESTION))
        await world.jonas.send(listed, mention(world, QUESTION))
        await ask(world, "how is a queen fed")

        assert [text_of(one).splitlines()[0] for one in answers_in(world, world.channel)] == [
            "### 💬 how is a queen fed"
        ]
        assert len(answers_in(world, listed)) == 1


class TestReplies:
    async def test_a_reply_to_an_answer_goes_on_from_it(self, world: World) -> None:
        answer = await ask(world)

        await world.jonas.send(world.channel, "and what does it cost them in honey?", reply_to=answer)

        follow_up = last_answer(world)
        made = await record(world, follow_up)
        assert made.follows_id == (await record(world, answer)).id
        url = f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/{answer.id}"
        assert f"<@{world.jonas.id}> asked, going on from [this]({url})" in text_of(follow_up)

    async def test_what_was_asked_and_cited_before_is_handed_on(self, world: World) -> None:
        first = await ask(world)
        await world.jonas.send(world.channel, "and what does it cost them in honey?", reply_to=first)
        second = last_answer(world)
        await world.restart()
        kept = await bot_of(world).questions.conversations.before(
            (await record(world, second)).id, frozenset({world.bees.id})
        )

        assert [one.question for one in kept] == [QUESTION, "and what does it cost them in honey?"]
        assert any(one.cited for one in kept)

    async def test_a_reply_to_anything_else_of_the_bot_is_no_question(self, world: World) -> None:
        await world.priya.slash(world.channel, "search", query="bees")
        before = len(answers_in(world, world.channel))
        results = last_answer(world)

        await world.jonas.send(world.channel, "nice", reply_to=results)

        assert len(answers_in(world, world.channel)) == before

    async def test_a_reply_without_a_word_is_met_with_silence(self, world: World) -> None:
        answer = await ask(world)

        await world.jonas.send(world.channel, "🐝 !", reply_to=answer)

        assert len(answers_in(world, world.channel)) == 1

    async def test_a_reply_to_a_deleted_question_is_no_question(self, world: World) -> None:
        answer = await ask(world)
        async with world.database.write() as connection:
            await questions.remove(connection, (await record(world, answer)).id)

        await world.jonas.send(world.channel, "and in summer?", reply_to=answer)

        assert len(answers_in(world, world.channel)) == 1

    async def test_a_conversation_that_grows_long_is_given_a_thread(self, world: World) -> None:
        await ask(world)
        for words in ("and in summer?", "and the honey?", "and the queen?"):
            assert world.channel.threads == []
            await world.jonas.send(world.channel, words, reply_to=last_answer(world))

        (thread,) = world.channel.threads
        assert thread.id == last_answer(world).id
        assert "Go on asking here" in text_of(last_answer(world, thread))


class TestThreads:
    async def test_follow_up_opens_a_thread_on_the_answer_and_says_how_to_go_on(self, world: World) -> None:
        answer = await ask(world)

        result = await world.jonas.click(answer, label="Follow up")

        (thread,) = world.channel.threads
        assert thread.name == QUESTION
        assert only(result).ephemeral
        assert f"The conversation goes on in <#{thread.id}>" in shown(result)
        first = text_of(last_answer(world, thread))
        assert "Mention <@" in first
        assert f"Opened by <@{world.jonas.id}>" in first

    async def test_pressed_again_it_tells_of_the_same_thread(self, world: World) -> None:
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)
        await world.restart()

        result = await world.priya.click(answer, label="Follow up")

        assert f"There is a thread for this already: <#{thread.id}>" in shown(result)
        assert len(world.channel.threads) == 1

    async def test_in_it_mentions_go_on_from_what_was_asked_last_after_a_restart_too(self, world: World) -> None:
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)
        await world.jonas.send(thread, mention(world, "what does it cost them in honey?"))
        second = last_answer(world, thread)
        await world.restart()
        await world.priya.send(thread, mention(world, "and in the snow?"))
        third = last_answer(world, thread)

        first, then, last = [await record(world, one) for one in (answer, second, third)]
        assert (then.follows_id, last.follows_id) == (first.id, then.id)
        assert then.channel_id == last.channel_id == thread.id

    async def test_a_command_in_it_goes_on_too(self, world: World) -> None:
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)

        await world.priya.slash(thread, "ask", question="and in the snow?")

        assert (await record(world, last_answer(world, thread))).follows_id == (await record(world, answer)).id

    async def test_without_the_text_of_messages_it_answers_only_who_mentions_it(self, world: World) -> None:
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)
        before = len(answers_in(world, thread))

        await world.jonas.send(thread, "and in the snow?")

        assert len(answers_in(world, thread)) == before

    async def test_with_the_text_of_messages_it_answers_every_message_there_and_only_there(self, world: World) -> None:
        await reading_everything(world)
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)
        assert "Just write your question here" in text_of(last_answer(world, thread))

        await world.jonas.send(thread, "and in the snow?")
        await world.jonas.send(world.channel, "and in the snow?")

        assert text_of(last_answer(world, thread)).startswith("### 💬 and in the snow?")
        assert len(answers_in(world, world.channel)) == 1

    async def test_other_threads_are_nobody_s_conversation(self, world: World) -> None:
        await reading_everything(world)
        said = await world.jonas.send(world.channel, "look at this")
        channel = bot_of(world).get_channel(world.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.get_partial_message(said.id).create_thread(name="theirs")
        (thread,) = world.channel.threads

        await world.jonas.send(thread, "and in the snow?")

        assert answers_in(world, thread) == []

    async def test_where_no_thread_may_be_opened_it_tells_how_to_go_on(self, world: World) -> None:
        closed = closed_channel(world, "closed", create_public_threads=False)
        await world.priya.slash(closed, "ask", question=QUESTION)

        result = await world.jonas.click(last_answer(world, closed), label="Follow up")

        assert "Reply to the answer with your question" in shown(result)
        assert "I need Create Public Threads" in shown(result)

    async def test_what_discord_refuses_is_told_the_same_way(self, world: World) -> None:
        answer = await ask(world)
        world.env.inject_error(
            "POST", f"/channels/*/messages/{answer.id}/threads", status=400, code=160005, message="Too many threads"
        )

        result = await world.jonas.click(answer, label="Follow up")

        assert "Reply to the answer with your question" in shown(result)

    async def test_a_locked_thread_is_told_of_and_not_written_in(self, world: World) -> None:
        channel = closed_channel(world, "talk", manage_threads=False)
        await world.priya.slash(channel, "ask", question=QUESTION)
        answer = last_answer(world, channel)
        await world.jonas.click(answer, label="Follow up")
        (thread,) = channel.threads
        before = len(answers_in(world, thread))
        await locked(world, thread)

        result = await world.priya.click(answer, label="Follow up")
        role = world.guild.create_role("mods", permissions=discord.Permissions(manage_threads=True))
        mod = world.guild.add_member(world.env.create_user("mod"), roles=[role])
        await mod.send(thread, mention(world, "and in the snow?"))

        assert "which is locked" in shown(result)
        assert len(answers_in(world, thread)) == before

    async def test_a_deleted_thread_is_forgotten_and_opened_anew(self, world: World) -> None:
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)
        world.env.backend.delete_channel(thread.id)
        await world.env.settle()

        async with world.database.read() as connection:
            assert await conversations.get(connection, world.guild.id, thread.id) is None
        result = await world.priya.click(answer, label="Follow up")
        assert "goes on in" in shown(result)

    async def test_in_a_channel_that_is_off_its_threads_are_off_too(self, world: World) -> None:
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)
        before = len(answers_in(world, thread))
        await bot_of(world).asking_places.choose(world.guild.id, world.channel.id, Mode.OFF, world.priya.id)

        await world.jonas.send(thread, mention(world, "and in the snow?"))

        assert len(answers_in(world, thread)) == before


async def locked(world: World, thread: simcord.ChannelHandle) -> None:
    """Lets a moderator lock the thread."""
    world.env.backend.edit_channel(thread.id, {}, overwrites=None, thread_metadata={"locked": True})
    await world.env.settle()


class TestPins:
    async def pinned(self, world: World, thread: simcord.ChannelHandle) -> tuple[Reference, ...]:
        return await bot_of(world).questions.conversations.pins(thread.id)

    async def test_a_source_is_pinned_and_handed_on_until_it_is_unpinned_after_a_restart_too(
        self, world: World
    ) -> None:
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)
        await world.jonas.send(thread, mention(world, "how is a queen fed?"))
        in_thread = last_answer(world, thread)
        private = only(await world.priya.click(in_thread, label="Sources"))
        assert private.ephemeral

        await world.priya.click(private, custom_id=buttons(private)["Pin to this thread"][0])

        (pin,) = await self.pinned(world, thread)
        assert "📌 pinned" in text_of(private)
        assert "**📌 Pinned to this thread**" in text_of(private)
        await world.restart()
        kept = await bot_of(world).questions.conversations.pinned(thread.id, frozenset({world.bees.id}))
        assert kept == (pin,)
        assert await bot_of(world).questions.conversations.pinned(thread.id, frozenset({world.caves.id})) == ()

        await world.priya.click(private, label="Unpin a")
        assert await self.pinned(world, thread) == ()
        assert "📌 pinned" not in text_of(private)

    async def test_there_is_room_for_so_many(self, world: World) -> None:
        answer = await ask(world)
        thread = await thread_of(world, answer, world.jonas)
        source = (await record(world, answer)).outcome.sources[0].reference  # pyright: ignore[reportOptionalMemberAccess]
        held = bot_of(world).questions.conversations
        async with world.database.write() as connection:
            for word in range(5):
                one = Reference(source.episode_id, source.kind, None, None, word, word + 1)
                await conversations.pin(connection, thread.id, one, 1, world.database.clock.now())
        await world.jonas.send(thread, mention(world, "how is a queen fed?"))
        private = only(await world.priya.click(last_answer(world, thread), label="Sources"))

        result = await world.priya.click(private, custom_id=buttons(private)["Pin to this thread"][0])

        assert "unpin one first" in shown(result)
        assert len(await held.pins(thread.id)) == 5

    async def test_outside_a_conversation_nothing_can_be_pinned(self, world: World) -> None:
        answer = await ask(world)
        made = await record(world, answer)
        assert made.outcome is not None
        custom_id = answer_ids.pin(made.id, 0, made.outcome.sources[0].reference, pinned=False)

        result = await press_forged(world, world.jonas, answer, custom_id)

        assert "Passages are pinned in the thread of a conversation" in shown(result)


class TestSetup:
    async def test_managers_choose_list_and_take_back_where_questions_are_answered(self, world: World) -> None:
        mo = managing(world)
        before = shown(await mo.slash(world.channel, "setup asking list"))
        chosen = shown(await mo.slash(world.channel, "setup asking choose", channel=world.channel, mode="mentions"))
        after = shown(await mo.slash(world.channel, "setup asking list"))
        back = shown(await mo.slash(world.channel, "setup asking forget", channel=world.channel))

        assert "Everywhere `/ask` is answered, and so is whoever mentions me" in before
        assert f"In <#{world.channel.id}>, and in its threads, `/ask` and mentions are answered from now on" in chosen
        assert "Everywhere else `/ask` is answered, and mentions only in the threads of conversations." in chosen
        assert f"- <#{world.channel.id}>: `/ask` and mentions are answered" in after
        assert "Nothing is chosen" in back
        again = await mo.slash(world.channel, "setup asking forget", channel=world.channel)
        assert "nothing to take back" in shown(again)

    @pytest.mark.parametrize("mode", ["off", "commands"])
    async def test_a_channel_can_be_switched_off(self, world: World, mode: str) -> None:
        mo = managing(world)
        await mo.slash(world.channel, "setup asking choose", channel=world.channel, mode=mode)

        await world.jonas.send(world.channel, mention(world, QUESTION))

        assert answers_in(world, world.channel) == []
