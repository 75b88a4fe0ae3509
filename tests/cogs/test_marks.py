"""*Mark this answer* through the real bot."""

from __future__ import annotations

import pytest
import simcord

from companion.cogs.views import feedback_ids
from companion.storage import hosts, questions
from companion.storage.questions import Question
from companion.storage.verdicts import Verdict
from tests.cogs.answers import asked, press
from tests.cogs.asking import QUESTION, ask
from tests.cogs.conftest import World
from tests.cogs.managers import managing
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_search_buttons import searched

MENU = "Mark this answer"


async def hosting(world: World) -> simcord.MemberActor:
    """A member who has the role that managers chose, and may do nothing else."""
    role = world.guild.create_role("voices")
    async with world.database.write() as connection:
        await hosts.choose(connection, world.guild.id, role.id, 1, world.database.clock.now())
    return world.guild.add_member(world.env.create_user("hana", global_name="Hana"), roles=[role])


async def stored(world: World, message: simcord.ResponseMessage) -> Question:
    async with world.database.read() as connection:
        question = await questions.shown_by(connection, world.guild.id, message.id)
    assert question is not None
    return question


async def opened(world: World, who: simcord.MemberActor, message: simcord.ResponseMessage) -> simcord.ResponseMessage:
    return only(await who.context_menu(world.channel, MENU, message))


async def test_a_host_marks_an_answer_right_and_everybody_sees_who_did(world: World) -> None:
    hana, answer = await hosting(world), await ask(world)
    before = text_of(answer)
    view = await opened(world, hana, answer)
    assert view.ephemeral
    assert "Is this answer right?" in text_of(view)

    await hana.click(view, label="✔ Right")

    assert f"✔ marked right by <@{hana.id}>" in text_of(answer)
    assert text_of(answer).startswith(before)
    assert f"From now on this answer is ✔ marked right by <@{hana.id}>." in text_of(view)
    assert (await stored(world, answer)).judged_by == hana.id


async def test_the_answer_s_buttons_stay_when_it_is_marked(world: World) -> None:
    hana, answer = await hosting(world), await ask(world)
    before = buttons(answer)

    await hana.click(await opened(world, hana, answer), label="✘ Wrong")

    assert f"✘ marked wrong by <@{hana.id}>" in text_of(answer)
    assert buttons(answer) == before


async def test_pressing_again_takes_it_back_after_a_restart_too(world: World) -> None:
    hana, answer = await hosting(world), await ask(world)
    before = text_of(answer)
    view = await opened(world, hana, answer)
    await hana.click(view, label="✔ Right")
    await world.restart()
    again = await opened(world, hana, answer)
    assert f"This answer is ✔ marked right by <@{hana.id}>" in text_of(again)

    await hana.click(again, label="✔ Right")

    assert "Taken back: the answer is not marked any more" in text_of(again)
    assert text_of(answer) == before
    assert (await stored(world, answer)).verdict is None


async def test_the_last_host_s_word_stands(world: World) -> None:
    hana, mo, answer = await hosting(world), managing(world), await ask(world)
    await hana.click(await opened(world, hana, answer), label="✔ Right")

    await mo.click(await opened(world, mo, answer), label="✘ Wrong")

    assert f"✘ marked wrong by <@{mo.id}>" in text_of(answer)
    assert "✔" not in text_of(answer)


class TestWhoMayNot:
    async def test_a_plain_member_marks_nothing_by_menu_or_forged_press(self, world: World) -> None:
        await hosting(world)
        answer = await ask(world)
        question = await stored(world, answer)

        by_menu = await world.jonas.context_menu(world.channel, MENU, answer)
        by_press = await press(world, world.jonas, feedback_ids.verdict(question.id, Verdict.RIGHT))

        for refused in (by_menu, by_press):
            assert "Only hosts mark answers right or wrong here" in shown(refused)
        assert "marked" not in text_of(answer)
        assert (await stored(world, answer)).verdict is None

    async def test_who_lost_the_role_marks_nothing_with_a_view_that_is_still_open(self, world: World) -> None:
        hana, answer = await hosting(world), await ask(world)
        view = await opened(world, hana, answer)
        async with world.database.write() as connection:
            await hosts.forget(connection, world.guild.id)

        refused = await hana.click(view, label="✔ Right")

        assert "Only hosts mark answers" in shown(refused)
        assert (await stored(world, answer)).verdict is None

    async def test_a_host_marks_no_other_server_s_answer(self, world: World) -> None:
        hana = await hosting(world)
        there = await asked(world, guild_id=world.lotte.guild.id)

        refused = await press(world, hana, feedback_ids.verdict(there, Verdict.WRONG))

        assert "I don't know this question any more" in shown(refused)
        async with world.database.read() as connection:
            kept = await questions.get(connection, there)
        assert kept is not None
        assert kept.verdict is None

    async def test_a_blocked_host_marks_nothing(self, world: World) -> None:
        hana, answer = await hosting(world), await ask(world)
        await managing(world).slash(world.channel, "setup members block", member=hana)

        assert "You are blocked" in shown(await hana.context_menu(world.channel, MENU, answer))


async def test_a_message_that_is_no_answer_cannot_be_marked(world: World) -> None:
    hana = await hosting(world)
    for message in (await searched(world), await world.jonas.send(world.channel, QUESTION)):
        refused = await hana.context_menu(world.channel, MENU, message)
        assert "This message is none of my answers" in shown(refused)


async def test_an_answer_whose_message_is_gone_is_marked_all_the_same(world: World) -> None:
    hana = await hosting(world)
    question = await asked(world, message_id=4242)

    told = await press(world, hana, feedback_ids.verdict(question, Verdict.RIGHT))

    assert "From now on this answer is ✔ marked right" in shown(told)
    async with world.database.read() as connection:
        kept = await questions.get(connection, question)
    assert kept is not None
    assert kept.verdict == "right"


@pytest.mark.parametrize("custom_id", ["marks:1:maybe", "marks:x:right", "marks:" + "9" * 16 + ":right"])
async def test_a_button_of_another_version_is_answered(world: World, custom_id: str) -> None:
    assert "don't know this button any more" in shown(await press(world, world.jonas, custom_id))
