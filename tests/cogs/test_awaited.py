"""*Tell me* through the real bot: what found nothing is asked again, and who waits is told exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import simcord

from companion.archive.encoders import ToyEncoder
from companion.cogs.views import awaited_ids
from companion.community import awaited as awaiting
from companion.community.awaited import CLAIM_LASTS, LONGEST
from companion.storage import awaited, blocks, questions, subscriptions
from companion.storage.awaited import Awaited
from companion.storage.blocks import Block
from companion.storage.questions import Question
from tests import samples
from tests.cogs.answers import asked, press
from tests.cogs.asking import ask, last_answer
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, said_in, shown, text_of

UNKNOWN = "which submarine did the prime minister of Peru repaint"
FOUND = (
    "The prime minister of Peru did repaint one submarine, the Tiburon, which had been rusting, and he chose yellow for"
    " the submarine because his niece had asked him for it."
)
LATER = timedelta(minutes=1)


async def refused(world: World, who: simcord.MemberActor | None = None) -> tuple[simcord.ResponseMessage, Question]:
    """A question that finds nothing, as Priya asks it where nobody is given."""
    answer = await ask(world, UNKNOWN, who)
    assert "I don't find that in the archive" in text_of(answer)
    async with world.database.read() as connection:
        question = await questions.shown_by(connection, world.guild.id, answer.id)
    assert question is not None
    return answer, question


async def tell_me(
    world: World, answer: simcord.ResponseMessage, who: simcord.MemberActor | None = None
) -> simcord.ResponseMessage:
    return only(await (who or world.priya).click(answer, label="Tell me"))


async def publish(world: World, title: str = "Paint", words: str = FOUND) -> None:
    """An episode that answers it, in the podcast that the bees' server sees."""
    turns = [samples.Turn("Mara Lindqvist", 0.0, 40.0, False, words)]
    await samples.store_podcast(world.database, samples.BEES, [samples.reading(title, turns)])
    await samples.embed(world.database, ToyEncoder())


async def minute(world: World, later: timedelta = timedelta(0)) -> None:
    """What the schedule does every minute, of asking again and telling."""
    cog: Any = bot_of(world).get_cog("TellMe")
    assert cog.tell in bot_of(world).duties
    await cog.tell(world.database.clock.now() + later)


async def kept(world: World, question: Question, who: simcord.MemberActor) -> Awaited | None:
    async with world.database.read() as connection:
        return await awaited.get(connection, question.id, who.id)


def told(world: World, channel: simcord.ChannelHandle | None = None) -> list[str]:
    """What members were told there."""
    return [said for said in said_in(world.env, channel or world.channel) if said.startswith("🔔")]


class TestPressing:
    async def test_only_what_found_nothing_offers_it(self, world: World) -> None:
        answer, _ = await refused(world)

        assert "Tell me" in buttons(answer)
        assert "Tell me" not in buttons(await ask(world))

    async def test_it_is_confirmed_to_the_presser_alone_and_taken_back_by_a_second_press(self, world: World) -> None:
        answer, question = await refused(world)

        first = await tell_me(world, answer, world.jonas)
        assert first.ephemeral
        assert "I ask this again whenever episodes come in, and tell you here" in text_of(first)
        assert await kept(world, question, world.jonas) is not None
        await world.restart()
        second = await tell_me(world, answer, world.jonas)

        assert "Taken back: you will not be told" in text_of(second)
        assert await kept(world, question, world.jonas) is None
        await publish(world)
        await minute(world)
        assert told(world) == []

    async def test_of_an_answered_question_a_forged_press_keeps_nothing(self, world: World) -> None:
        question = await asked(world)

        assert "This question is answered already" in shown(await press(world, world.jonas, awaited_ids.tell(question)))

    async def test_another_server_s_question_cannot_be_waited_for(self, world: World) -> None:
        answer, question = await refused(world)
        there = only(await world.lotte.slash(world.cave_channel, "search", query="gate"))
        assert text_of(answer)

        for custom_id in (awaited_ids.tell(question.id), awaited_ids.tell(10**14)):
            world.env.backend.get_message(there.channel_id, there.id).components[0]["components"][-1]["components"][0][
                "custom_id"
            ] = custom_id
            result = await world.lotte.click(there, custom_id=custom_id)
            assert "I don't know this question any more" in shown(result)
        assert await kept(world, question, world.lotte) is None

    async def test_there_is_an_end_to_what_one_member_can_wait_for(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(awaiting, "MOST", 1)
        answer, _ = await refused(world)
        await tell_me(world, answer)
        another, question = await refused(world)

        assert "which is all there is room for" in shown(await world.priya.click(another, label="Tell me"))
        assert await kept(world, question, world.priya) is None


class TestTelling:
    async def test_who_waits_is_told_where_they_asked_with_what_was_said_and_a_link_to_what_they_asked(
        self, world: World
    ) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        await minute(world)
        assert told(world) == []
        await publish(world)
        await minute(world)

        (said,) = told(world)
        place = f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/{answer.id}"
        assert said.startswith(f"🔔 <@{world.priya.id}> The archive answers [your question]({place}) by now:")
        assert "**Mara Lindqvist** · [▸\u00a00:00](https://bees.example/" in said
        assert "*Paint*" in said
        assert "The prime minister of Peru did repaint one submarine" in said
        # Their words are theirs to delete, so they are not repeated.
        assert UNKNOWN not in said

    async def test_nobody_else_is_mentioned(self, world: World) -> None:
        answer, _ = await refused(world, world.jonas)
        await tell_me(world, answer, world.priya)
        await publish(world, words=f"{FOUND} Hello @everyone and <@{world.jonas.id}>.")
        await minute(world)

        (said,) = told(world)
        assert f"[<@{world.jonas.id}>'s question](" in said
        sent = [
            entry.json["allowed_mentions"]
            for entry in world.env.http_requests
            if entry.method == "POST" and entry.path.endswith("/messages") and entry.json
        ]
        assert sent[-1]["users"] == [world.priya.id]
        assert sent[-1]["parse"] == []

    async def test_everyone_who_waits_is_told_each_once_whatever_happens_then(self, world: World) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer, world.priya)
        await tell_me(world, answer, world.jonas)
        await publish(world)
        await minute(world)
        await minute(world, LATER)
        await world.restart()
        await publish(world, "More paint")
        await minute(world, CLAIM_LASTS * 2)

        mentioned = [said.split()[1] for said in told(world)]
        assert mentioned == [f"<@{world.priya.id}>", f"<@{world.jonas.id}>"]
        assert "You were told already" in text_of(await tell_me(world, answer))

    async def test_nothing_while_nothing_answers(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        await publish(world, words="Today the drones leave the hive, and nobody says goodbye to them.")
        await minute(world)

        assert told(world) == []
        assert await kept(world, question, world.priya) is not None

    async def test_an_archive_that_did_not_change_is_asked_nothing(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        asked_again: list[int] = []
        again = bot_of(world).questions.again

        async def counted(question: Question) -> Any:
            asked_again.append(question.id)
            return await again(question)

        monkeypatch.setattr(bot_of(world).questions, "again", counted)
        for _ in range(3):
            await minute(world)
        assert len(asked_again) == 1
        await publish(world, words="Today the drones leave the hive.")
        for _ in range(3):
            await minute(world)
        assert len(asked_again) == 2

    async def test_many_questions_are_asked_again_some_a_minute_and_none_is_forgotten(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(awaiting, "LOOKS", 2)
        for _ in range(5):
            answer, _ = await refused(world)
            await tell_me(world, answer)
        await publish(world)
        counts: list[int] = []
        for _ in range(4):
            await minute(world)
            counts.append(len(told(world)))

        assert counts == [2, 4, 5, 5]

    async def test_what_was_told_is_asked_again_at_a_press(self, world: World) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        await minute(world)
        await world.restart()

        form = await world.jonas.click(last_answer(world), label="Ask it now")
        await world.jonas.submit_modal(form, {"query": UNKNOWN})

        assert "prime minister of Peru did repaint" in text_of(last_answer(world))
        assert "I don't find that" not in text_of(last_answer(world))


class TestWhoIsNotTold:
    async def test_who_left_and_nothing_is_kept_of_them(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        world.guild.remove_member(world.priya)
        await minute(world)

        assert told(world) == told(world, world.priya.user.dm_channel) == []
        assert await kept(world, question, world.priya) is None

    async def test_who_is_blocked_and_nothing_is_kept_of_them(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        async with world.database.write() as connection:
            block = Block(world.guild.id, world.priya.id, "", world.jonas.id, world.database.clock.now())
            await blocks.put(connection, block)
        await world.restart()
        await minute(world)

        assert told(world) == told(world, world.priya.user.dm_channel) == []
        assert await kept(world, question, world.priya) is None

    async def test_whose_question_is_deleted(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer, world.jonas)
        await publish(world)
        await world.priya.click(answer, label="Delete")
        await minute(world)

        assert told(world) == []
        assert await kept(world, question, world.jonas) is None

    async def test_whose_server_left_the_podcast_or_never_saw_it(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        cave_question = await asked(
            world,
            question.outcome,
            guild_id=world.lotte.guild.id,
            channel_id=world.cave_channel.id,
            member_id=world.lotte.id,
            text=UNKNOWN,
        )
        async with world.database.write() as connection:
            await awaited.add(connection, cave_question, world.lotte.id, world.database.clock.now())
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)
        await publish(world)
        await minute(world)

        assert told(world) == told(world, world.cave_channel) == []

    async def test_who_waited_for_a_year(self, world: World) -> None:
        answer, question = await refused(world)
        await tell_me(world, answer)
        await minute(world, LONGEST + LATER)
        await minute(world, LONGEST + LATER)

        assert await kept(world, question, world.priya) is None

    async def test_who_waits_for_what_is_found_no_more_is_told_once_it_is_found_again(self, world: World) -> None:
        answer, _ = await refused(world)
        await tell_me(world, answer)
        await publish(world)
        async with world.database.write() as connection:
            now = world.database.clock.now()
            await subscriptions.subscribe(connection, world.guild.id, world.caves.id, now)
        cog: Any = bot_of(world).get_cog("TellMe")
        await cog._awaited.look(world.database.clock.now())
        async with world.database.write() as connection:
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)
        await minute(world)
        assert told(world) == []

        async with world.database.write() as connection:
            await subscriptions.subscribe(connection, world.guild.id, world.bees.id, now)
        await publish(world, "More paint")
        await minute(world)
        assert len(told(world)) == 1


async def test_managers_see_that_it_is_found_since(world: World) -> None:
    await refused(world)
    await publish(world)
    await minute(world)

    seen = await managing(world).slash(world.channel, "asked")

    assert "✅ found something since" in shown(seen)
    assert told(world) == []


@pytest.mark.parametrize("custom_id", ["awaited:tell:x", "awaited:told:1", "awaited:ask:1"])
async def test_a_button_of_another_version_is_answered(world: World, custom_id: str) -> None:
    assert "don't know this button any more" in shown(await press(world, world.jonas, custom_id))
