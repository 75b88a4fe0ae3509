"""Guests and questions for them through the real bot: asked, voted on, put by hosts, answered and told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord
from sqlalchemy import update

from companion.archive.encoders import ToyEncoder
from companion.cogs import guest_answers
from companion.cogs.views import question_ids
from companion.community.guest_answers import CLAIM_LASTS
from companion.community.hosts import Hosts
from companion.community.member_questions import MemberQuestions
from companion.community.votes import VotingRules
from companion.storage import blocks, guests, sessions
from companion.storage import member_questions as member_questions_kept
from companion.storage.ballots import QUESTION, Subject
from companion.storage.blocks import Block
from companion.storage.member_questions import AskedOf, State
from companion.storage.schema import member_questions
from companion.storage.votes import Tally
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, said_in, shown, text_of
from tests.cogs.test_search_buttons import press_forged
from tests.storage.clubs import a_session

MITES = "How many mites in a cup of sugar are too many?"
LATER = timedelta(minutes=1)


async def expect(world: World, name: str = "Tomas Ek", who: simcord.MemberActor | None = None, **options: str) -> str:
    result = await (who or managing(world)).slash(world.channel, "guest add", name=name, **options)
    return shown(result)


async def ask(
    world: World, text: str = MITES, who: simcord.MemberActor | None = None, guest: str = "Tomas Ek"
) -> simcord.ResponseMessage:
    return only(await (who or world.priya).slash(world.channel, "question ask", guest=guest, text=text))


async def publish(world: World, title: str = "Winter again") -> None:
    """An episode with Tomas Ek, who tells of mites."""
    reading = samples.reading(title, samples.WINTER_TURNS, published=world.database.clock.now())
    await samples.store_podcast(world.database, samples.BEES, [reading])
    await samples.embed(world.database, ToyEncoder())


async def minute(world: World, later: timedelta = timedelta(0)) -> None:
    """What the schedule does every minute, of guests."""
    cog: Any = bot_of(world).get_cog("GuestAnswersDuty")
    assert cog.tell in bot_of(world).duties
    await cog.tell(world.database.clock.now() + later)


async def settled(world: World) -> None:
    cog: Any = bot_of(world).get_cog("Votes")
    await cog.settled()


def told(world: World, channel: simcord.ChannelHandle | None = None) -> list[str]:
    """What members were told there."""
    return [said for said in said_in(world.env, channel or world.channel) if said.startswith("💬")]


def now_of(world: World, message: simcord.ResponseMessage) -> str:
    """What a message shows by now."""
    ids = sorted(one.id for one in world.channel.history())
    return said_in(world.env, world.channel)[ids.index(message.id)]


class TestGuests:
    async def test_hosts_say_who_is_coming_and_everybody_sees_it(self, world: World) -> None:
        coming = await expect(world, date="2027-03-06")
        assert "🎙️ **Tomas Ek** is coming on 6 March 2027" in coming
        assert "That day is past" not in coming
        await ask(world)
        listed = shown(await world.jonas.slash(world.channel, "guest list"))

        assert "- **Tomas Ek** · 6 March 2027 · 1 question" in listed
        assert "There are none yet" in shown(await world.lotte.slash(world.cave_channel, "guest list"))

    async def test_a_day_that_is_past_is_kept_and_asked_about(self, world: World) -> None:
        assert "That day is past. If another year was meant" in await expect(world, date="2020-03-06")

    async def test_members_who_are_no_hosts_decide_nothing(self, world: World) -> None:
        refused = await expect(world, who=world.priya)
        assert "Only hosts decide about guests" in refused
        await expect(world)
        removed = await world.priya.slash(world.channel, "guest remove", guest="1")
        assert "Only hosts decide about guests" in shown(removed)

    async def test_the_role_of_hosts_may_too(self, world: World) -> None:
        role = world.guild.create_role("hosts", permissions=discord.Permissions())
        host = world.guild.add_member(world.env.create_user("hana"), roles=[role])
        await Hosts(world.database).choose(world.guild.id, role.id, world.priya.id)

        assert "is coming" in await expect(world, who=host)

    @pytest.mark.parametrize("typed", ["Tomas Ek", " tomas  ek "])
    async def test_a_guest_is_known_by_name_where_none_was_chosen(self, world: World, typed: str) -> None:
        mo = managing(world)
        await expect(world, who=mo)

        gone = shown(await mo.slash(world.channel, "guest remove", guest=typed))

        assert "is not among the guests any more" in gone

    async def test_with_a_guest_their_questions_go_from_the_channel_too(self, world: World) -> None:
        mo = managing(world)
        await expect(world, who=mo)
        posted = await ask(world)
        (choice,) = await mo.autocomplete(world.channel, "guest remove", "guest", "tom")
        gone = shown(await mo.slash(world.channel, "guest remove", guest=choice["value"]))

        assert "is not among the guests any more. With them went 1 question" in gone
        assert now_of(world, posted) == "🗑️ This question was withdrawn."
        assert "There is nobody here of that name" in shown(
            await world.priya.slash(world.channel, "question ask", guest="Tomas Ek", text=MITES)
        )

    async def test_a_day_that_nobody_can_read_is_refused(self, world: World) -> None:
        assert "I can't read “someday” as a time" in await expect(world, date="someday")


class TestAsking:
    async def test_a_question_is_posted_with_its_asker_and_put_to_the_vote(self, world: World) -> None:
        await expect(world)
        (choice,) = await world.priya.autocomplete(world.channel, "question ask", "guest", "tom")
        assert choice == {"name": "Tomas Ek", "value": "g1"}
        posted = await ask(world, "Is *that* so, @everyone?", guest=choice["value"])
        said = text_of(posted)

        assert "### ❓ For **Tomas Ek**" in said
        assert "> Is \\*that\\* so, \\@everyone?" in said
        assert f"-# asked by <@{world.priya.id}>" in said
        assert "Worth asking? Vote with 👍 or 👎." in said
        message = world.env.backend.get_message(world.channel.id, posted.id)
        assert [str(one.emoji) for one in message.reactions] == list(VotingRules().emoji)

    async def test_votes_are_counted_shown_and_ranked(self, world: World) -> None:
        await expect(world)
        first, second = await ask(world, "Why honey?"), await ask(world, "How cold?", world.jonas)
        await world.jonas.react(first, "👍")
        await world.priya.react(first, "👍")  # their own
        await settled(world)

        assert "1 👍 · 0 👎" in now_of(world, first)
        top = text_of(only(await world.jonas.slash(world.channel, "question top")))
        assert "### ❓ Questions for **Tomas Ek**\n-# 2 open · 1 member voted" in top
        assert top.index("1. Why honey?") < top.index("2. How cold?")
        place = f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/{second.id}"
        assert f"0 for, 0 against · asked by <@{world.jonas.id}> · too few votes · [vote]({place})" in top

    async def test_the_same_words_show_the_question_that_is_there(self, world: World) -> None:
        await expect(world)
        await ask(world)
        again = await ask(world, MITES.upper(), world.jonas)

        assert "This is asked already: vote for it." in text_of(again)
        assert f"asked by <@{world.priya.id}>" in text_of(again)
        await world.jonas.react(again, "👍")
        await settled(world)
        assert (await MemberQuestions(world.database).shown(world.guild.id, 1)).tally == Tally(1, 0)
        await managing(world).click(again, label="Mark as asked")
        assert "Somebody asked this before." in text_of(await ask(world))

    async def test_where_nobody_comes_it_is_said_who_can_be_asked(self, world: World) -> None:
        assert "There is nobody to ask now" in shown(await world.priya.slash(world.channel, "question top"))
        asked = await world.priya.slash(world.channel, "question ask", guest="Ada", text="Why?")
        assert "nobody here of that name" in shown(asked)

    async def test_the_form_under_the_list_asks_too(self, world: World) -> None:
        await expect(world)
        listed = only(await world.priya.slash(world.channel, "question top", guest="Tomas Ek"))
        form: Any = await world.jonas.click(listed, label="Ask a question")
        posted = only(await world.jonas.submit_modal(form, {"words": "How cold is a hive?"}))

        assert f"> How cold is a hive?\n-# asked by <@{world.jonas.id}>" in text_of(posted)

    async def test_only_who_asked_and_moderators_withdraw_it(self, world: World) -> None:
        await expect(world)
        posted = await ask(world)
        await world.jonas.react(posted, "👍")
        await settled(world)

        assert "Only who asked this can withdraw it" in shown(await world.jonas.click(posted, label="Withdraw"))
        done = await world.priya.click(posted, label="Withdraw")
        assert only(done).ephemeral
        assert "Withdrawn, with its votes: “How many mites" in shown(done)
        assert now_of(world, posted) == "🗑️ This question was withdrawn."
        assert "There are none yet." in shown(await world.jonas.slash(world.channel, "question top", guest="Tomas Ek"))

    async def test_whoever_presents_in_a_session_is_asked_in_the_same_way(self, world: World) -> None:
        session_id = await a_session(world.database, world.guild.id, presenter=world.jonas.id)
        async with world.database.write() as connection:
            now = world.database.clock.now()
            await sessions.change(connection, session_id, now, starts_at=now + timedelta(days=1))
        posted = await ask(world, "Why this paper?", guest="Paper Club")

        assert f"### ❓ For <@{world.jonas.id}> in **Paper Club** · <t:" in text_of(posted)
        assert buttons(posted)["Withdraw"]


class TestPutting:
    async def test_a_host_marks_a_question_as_asked_and_takes_that_back(self, world: World) -> None:
        mo = managing(world)
        await expect(world, who=mo)
        posted = await ask(world)

        assert "Only hosts decide" in shown(await world.priya.click(posted, label="Mark as asked"))
        await world.restart()
        assert "Marked as asked" in shown(await mo.click(posted, label="Mark as asked"))
        assert "✅ Asked: if what is said then answers it" in now_of(world, posted)
        back = await mo.click(posted, custom_id=question_ids.back(1))
        assert "among those that were not asked yet again" in shown(back)
        assert "✅" not in now_of(world, posted)

    async def test_a_host_ticks_off_several_on_the_list(self, world: World) -> None:
        mo = managing(world)
        await expect(world, who=mo)
        posted = [await ask(world, text) for text in ("Why honey?", "How cold?", "Who is queen?")]
        listed = only(await mo.slash(world.channel, "question top"))
        of = question_ids.choose(AskedOf(1))

        assert "Only hosts decide" in shown(await world.priya.select(listed, ["1"], custom_id=of))
        await mo.select(listed, ["1", "3"], custom_id=of)
        said = now_of(world, listed)
        assert "1 open · 2 asked already" in said
        assert "✅ 2 marked as asked." in said
        assert "1. How cold?" in said
        assert ["✅ Asked" in now_of(world, one) for one in posted] == [True, False, True]

    async def test_no_press_reaches_another_server_s_question(self, world: World) -> None:
        await expect(world)
        await ask(world)
        there = managing(world, world.lotte.guild, "cy")
        for custom_id in (
            question_ids.put(1),
            question_ids.back(1),
            question_ids.withdraw(1),
            question_ids.new(AskedOf(1)),
        ):
            message = only(await there.slash(world.cave_channel, "search", query="gate"))
            said = shown(await press_forged(world, there, message, custom_id))
            assert "There is no such question here" in said or "There is nobody here" in said, custom_id
        kept = await MemberQuestions(world.database).shown(world.guild.id, 1)
        assert kept.question.state is State.OPEN


class TestAnswers:
    async def test_the_asker_is_told_once_and_the_answer_is_linked_under_the_question(self, world: World) -> None:
        await expect(world)
        posted = await ask(world)
        await ask(world, "Which submarine did the prime minister of Peru repaint?", world.jonas)
        await minute(world)
        assert told(world) == []
        await publish(world)
        await minute(world)
        await minute(world, LATER)
        await world.restart()
        await minute(world, CLAIM_LASTS * 2)

        (said,) = told(world)
        place = f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/{posted.id}"
        assert said.startswith(f"💬 <@{world.priya.id}> [Your question]({place}) for **Tomas Ek** was answered")
        assert "**Tomas Ek** · [▸\u00a0" in said
        assert "More than nine mites in that cup" in said
        card = now_of(world, posted)
        assert "💬 **Answered**" in card
        assert "More than nine mites in that cup" in card
        assert "- **Tomas Ek** · *Winter again*" in shown(await world.jonas.slash(world.channel, "guest list"))
        assert "Tomas Ek was heard already" in shown(
            await world.jonas.slash(world.channel, "question ask", guest="g1", text="And then?")
        )

    async def test_nobody_else_is_mentioned(self, world: World) -> None:
        await expect(world)
        await ask(world)
        await publish(world)
        await minute(world)

        sent = [
            entry.json["allowed_mentions"]
            for entry in world.env.http_requests
            if entry.method == "POST" and entry.path.endswith("/messages") and entry.json
        ]
        assert sent[-1]["users"] == [world.priya.id]
        assert sent[-1]["parse"] == []

    async def test_stopped_after_it_was_sent_nobody_is_told_twice(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await expect(world)
        await ask(world)
        await publish(world)
        cog: Any = bot_of(world).get_cog("GuestAnswersDuty")

        async def stopped(*_: object) -> None:
            raise ConnectionError("stopped")

        monkeypatch.setattr(cog._answers, "settle", stopped)
        with pytest.raises(ConnectionError):
            await minute(world)
        await world.restart()
        await minute(world)
        assert len(told(world)) == 1
        # The simulation's clock is not the database's: the claim was made when the message was sent.
        sent = discord.utils.snowflake_time(max(one.id for one in world.channel.history()))
        async with world.database.write() as connection:
            await connection.execute(update(member_questions).values(claimed_at=sent))
        await minute(world)
        await minute(world, CLAIM_LASTS * 3)

        assert len(told(world)) == 1
        async with world.database.read() as connection:
            later = world.database.clock.now() + CLAIM_LASTS
            assert await member_questions_kept.to_tell(connection, {world.guild.id}, later, 9) == []

    async def test_where_the_channel_is_gone_it_is_told_directly(self, world: World) -> None:
        await expect(world)
        await ask(world)
        await publish(world)
        world.env.backend.delete_channel(world.channel.id)
        await minute(world)
        await minute(world, CLAIM_LASTS * 2)

        (said,) = told(world, world.priya.user.dm_channel)
        assert said.startswith("💬 [Your question](")

    async def test_who_was_blocked_is_told_nothing(self, world: World) -> None:
        await expect(world)
        await ask(world)
        await publish(world)
        async with world.database.write() as connection:
            block = Block(world.guild.id, world.priya.id, "", world.jonas.id, world.database.clock.now())
            await blocks.put(connection, block)
        await world.restart()
        await minute(world)
        await minute(world, CLAIM_LASTS * 2)

        assert told(world) == []

    async def test_only_who_was_told_deletes_that(self, world: World) -> None:
        await expect(world)
        await ask(world)
        await publish(world)
        await minute(world)
        message = next(one for one in world.channel.history() if "guestanswer:told:" in str(one.components))
        custom_id = question_ids.told(1, world.priya.id)

        refused = await world.jonas.click(message, custom_id=custom_id)
        assert "Only who was told here can delete this" in shown(refused)
        assert len(told(world)) == 1
        await world.priya.click(message, custom_id=custom_id)
        assert told(world) == []

    async def test_some_are_told_a_minute(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(guest_answers, "TOLD_A_MINUTE", 1)
        await expect(world)
        await ask(world)
        await ask(world, "What do you treat mites in a cup of sugar with?", world.jonas)
        await publish(world)
        counts: list[int] = []
        for _ in range(3):
            await minute(world)
            counts.append(len(told(world)))

        assert counts == [1, 2, 2]


async def test_the_ledger_knows_whose_a_question_is(world: World) -> None:
    await expect(world)
    posted = await ask(world)
    await world.priya.react(posted, "👍")
    await settled(world)

    async with world.database.read() as connection:
        assert [one.name for one in await guests.expected(connection)] == ["Tomas Ek"]
    cog: Any = bot_of(world).get_cog("Votes")
    assert await cog.kept.tally(Subject(QUESTION, 1)) == Tally()
