"""Answers marked right, shown to whoever asks the same again, through the real bot."""

from __future__ import annotations

import simcord

from tests.cogs.asking import QUESTION, ask
from tests.cogs.conftest import World
from tests.cogs.managers import managing
from tests.cogs.messages import only, text_of

AGAIN = "How do the bees heat their hive in winter?"


async def mark(world: World, host: simcord.MemberActor, answer: simcord.ResponseMessage, label: str) -> None:
    await host.click(only(await host.context_menu(world.channel, "Mark this answer", answer)), label=label)


def line(world: World, host: simcord.MemberActor, answer: simcord.ResponseMessage) -> str:
    url = f"https://discord.com/channels/{world.guild.id}/{answer.channel_id}/{answer.id}"
    return f"💡 Asked before, marked right by <@{host.id}>: [that answer]({url})"


async def test_whoever_asks_the_same_is_led_to_the_answer_that_was_marked_right(world: World) -> None:
    mo, first = managing(world), await ask(world, QUESTION)
    assert "Asked before" not in text_of(first)
    await mark(world, mo, first, "✔ Right")
    await world.restart()

    again = text_of(await ask(world, AGAIN, world.jonas))

    assert line(world, mo, first) in again
    # Above the answer that was found now.
    assert again.index("Asked before") < again.index("the bees heat it themselves")


async def test_a_verdict_that_was_taken_back_leads_nowhere(world: World) -> None:
    mo, first = managing(world), await ask(world, QUESTION)
    await mark(world, mo, first, "✔ Right")
    await mark(world, mo, first, "✔ Right")

    assert "Asked before" not in text_of(await ask(world, AGAIN, world.jonas))


async def test_a_deleted_answer_leads_nowhere(world: World) -> None:
    mo, first = managing(world), await ask(world, QUESTION)
    await mark(world, mo, first, "✔ Right")
    await world.priya.click(first, label="Delete")

    assert "Asked before" not in text_of(await ask(world, AGAIN, world.jonas))


async def test_the_line_stays_when_the_new_answer_is_marked_too(world: World) -> None:
    mo, first = managing(world), await ask(world, QUESTION)
    await mark(world, mo, first, "✔ Right")
    again = await ask(world, AGAIN, world.jonas)

    await mark(world, mo, again, "✘ Wrong")

    assert line(world, mo, first) in text_of(again)
    assert f"✘ marked wrong by <@{mo.id}>" in text_of(again)
