"""Thumbs under answers, through the real bot."""

from __future__ import annotations

import pytest
import simcord

from companion.cogs.views import feedback_ids
from companion.storage import questions, thumbs
from companion.storage.thumbs import Reason, Tally
from tests.cogs.answers import asked, press
from tests.cogs.asking import QUESTION, ask
from tests.cogs.conftest import World
from tests.cogs.managers import managing
from tests.cogs.messages import buttons, only, shown, text_of


async def tally(world: World, question_id: int) -> Tally:
    async with world.database.read() as connection:
        return (await thumbs.tallies(connection, [question_id])).get(question_id, Tally())


async def thumb(world: World, who: simcord.MemberActor, question_id: int, *, up: bool) -> simcord.ResponseMessage:
    return only(await press(world, who, feedback_ids.thumb(question_id, up=up)))


async def test_a_thumb_is_one_tap_that_is_told_to_nobody_else(world: World) -> None:
    question = await asked(world)

    told = await thumb(world, world.jonas, question, up=True)

    assert told.ephemeral
    assert "👍 Noted, from you. Press 👍 again to take it back." in text_of(told)
    assert buttons(told) == {}
    assert await tally(world, question) == Tally(up=1)


async def test_every_answer_and_every_refusal_has_both_thumbs(world: World) -> None:
    for asked_for in (QUESTION, "which submarine did the prime minister of Peru repaint"):
        answer = await ask(world, asked_for)
        async with world.database.read() as connection:
            question = await questions.shown_by(connection, world.guild.id, answer.id)
        assert question is not None

        for up in (True, False):
            await world.jonas.click(answer, custom_id=feedback_ids.thumb(question.id, up=up))
            assert await tally(world, question.id) == (Tally(up=1) if up else Tally(down=1))


async def test_the_same_thumb_again_takes_it_back_after_a_restart_too(world: World) -> None:
    question = await asked(world)
    await thumb(world, world.jonas, question, up=True)
    await world.restart()

    told = await thumb(world, world.jonas, question, up=True)

    assert "Taken back: nothing is stored of your thumb" in text_of(told)
    assert await tally(world, question) == Tally()


async def test_every_member_counts_once_with_their_last_press(world: World) -> None:
    question = await asked(world)
    await thumb(world, world.jonas, question, up=True)
    await thumb(world, world.priya, question, up=False)
    await thumb(world, world.jonas, question, up=False)

    assert await tally(world, question) == Tally(down=2)


class TestReasons:
    async def test_a_thumb_down_asks_one_question_that_may_be_answered_by_a_tap(self, world: World) -> None:
        question = await asked(world)
        told = await thumb(world, world.jonas, question, up=False)
        assert told.ephemeral
        assert "If you like: what is wrong?" in text_of(told)
        assert list(buttons(told)) == ["Wrong passage", "Wrong answer", "Too long"]
        assert await tally(world, question) == Tally(down=1)
        await world.restart()

        await world.jonas.click(told, label="Too long")

        assert "👎 Noted: *too long*. Thank you." in text_of(told)
        assert await tally(world, question) == Tally(down=1, reasons={Reason.LENGTH: 1})

    async def test_a_reason_for_a_thumb_that_was_taken_back_is_not_kept(self, world: World) -> None:
        question = await asked(world)
        told = await thumb(world, world.jonas, question, up=False)
        await thumb(world, world.jonas, question, up=False)

        refused = await world.jonas.click(told, label="Wrong passage")

        assert "You took your 👎 back" in shown(refused)
        assert await tally(world, question) == Tally()

    async def test_another_member_s_thumb_cannot_be_explained(self, world: World) -> None:
        question = await asked(world)
        await thumb(world, world.jonas, question, up=False)

        refused = await press(world, world.priya, feedback_ids.reason(question, Reason.ANSWER))

        assert "nothing to explain" in shown(refused)
        assert await tally(world, question) == Tally(down=1)


class TestWhatIsNoAnswerHere:
    async def test_another_server_s_answer_takes_no_thumb_and_no_reason(self, world: World) -> None:
        question = await asked(world, guild_id=world.lotte.guild.id)
        async with world.database.write() as connection:
            await thumbs.press(connection, question, world.priya.id, False, world.database.clock.now())

        for custom_id in (feedback_ids.thumb(question, up=True), feedback_ids.reason(question, Reason.ANSWER)):
            refused = await press(world, world.priya, custom_id)
            assert "I don't know this question any more" in shown(refused)
        assert await tally(world, question) == Tally(down=1)

    async def test_a_deleted_answer_takes_none(self, world: World) -> None:
        question = await asked(world)
        async with world.database.write() as connection:
            await questions.remove(connection, question)

        refused = await press(world, world.jonas, feedback_ids.thumb(question, up=True))

        assert "I don't know this question any more" in shown(refused)

    @pytest.mark.parametrize(
        "custom_id",
        ["feedback:sideways:1", "feedback:up:x", "feedback:up:" + "9" * 16, "feedback:why:1:tone", "feedback:up:²"],
    )
    async def test_a_button_of_another_version_is_answered(self, world: World, custom_id: str) -> None:
        assert "don't know this button any more" in shown(await press(world, world.jonas, custom_id))

    async def test_an_answer_that_nobody_gave_is_unknown(self, world: World) -> None:
        assert "I don't know this question" in shown(await press(world, world.jonas, "feedback:up:999999999999999"))

    async def test_a_blocked_member_gives_none(self, world: World) -> None:
        question = await asked(world)
        await managing(world).slash(world.channel, "setup members block", member=world.jonas)

        refused = await press(world, world.jonas, feedback_ids.thumb(question, up=True))

        assert "You are blocked" in shown(refused)
        assert await tally(world, question) == Tally()
