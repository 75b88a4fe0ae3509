"""``/asked`` through the real bot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import simcord

from companion.cogs.views.limits import LAYOUT_TEXT
from companion.storage import awaited, questions, second_looks, thumbs
from tests.cogs.answers import ANSWERED, REFUSED, asked, press
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, shown, text_of

COSTLY = replace(ANSWERED, model="m", prompt_tokens=9_000, completion_tokens=1_000, cost_micros=230_000)


async def thumbs_on(world: World, question_id: int, up: int, down: int) -> None:
    async with world.database.write() as connection:
        for member in range(up + down):
            await thumbs.press(connection, question_id, 100 + member, member < up, world.database.clock.now())


async def look(world: World, who: simcord.MemberActor, **options: str) -> simcord.ResponseMessage:
    return only(await who.slash(world.channel, "asked", **options))


async def test_managers_alone_see_what_was_asked_and_by_how_many(world: World) -> None:
    mo = managing(world)
    first = await asked(world, COSTLY)
    await asked(world, COSTLY, member_id=world.jonas.id)
    await asked(world, REFUSED, member_id=world.jonas.id, text="who *sings* to bees? @everyone")
    await thumbs_on(world, first, up=4, down=1)

    seen = await look(world, mo)

    assert seen.ephemeral
    text = text_of(seen)
    assert "**3 questions** by 2 members · 1 found nothing" in text
    assert "**80%** of thumbs are up (👍 4 · 👎 1)" in text
    assert "$0.46 for 20,000 tokens" in text
    assert "**Found nothing** (1)" in text
    assert r"who \*sings\* to bees?" in text
    assert "Priya" not in text
    assert str(world.priya.id) not in text


async def test_of_too_few_thumbs_no_share_is_told(world: World) -> None:
    question = await asked(world)
    await thumbs_on(world, question, up=4, down=0)

    text = text_of(await look(world, managing(world)))

    assert "too few thumbs to say, 4 of at least 5 (👍 4 · 👎 0)" in text
    assert "%" not in text
    assert "Cost: nothing, no model wrote" in text


async def test_who_waits_and_what_was_found_since_is_told_with_a_link(world: World) -> None:
    question = await asked(world, REFUSED, message_id=4242)
    now = world.database.clock.now()
    async with world.database.write() as connection:
        await awaited.add(connection, question, world.jonas.id, now)
        await second_looks.record(connection, question, 1, True, now)

    text = text_of(await look(world, managing(world)))

    assert "🔔 1 waiting · ✅ found something since" in text
    assert f"](https://discord.com/channels/{world.guild.id}/{world.channel.id}/4242)" in text


async def test_the_period_is_chosen_and_another_server_s_questions_are_not_counted(world: World) -> None:
    mo, now = managing(world), world.database.clock.now()
    await asked(world, asked_at=now - timedelta(days=20))
    await asked(world, REFUSED, guild_id=world.lotte.guild.id, text="how deep is the lake?")

    week, month = text_of(await look(world, mo)), text_of(await look(world, mo, period="month"))

    assert "Nobody asked anything yet." in week
    assert "**1 question** by 1 member" in month
    assert "the last 30 days" in month
    assert "lake" not in week + month


async def test_a_deleted_question_is_counted_and_its_words_are_gone(world: World) -> None:
    question = await asked(world, REFUSED, text="who sings?")
    async with world.database.write() as connection:
        await questions.remove(connection, question)

    text = text_of(await look(world, managing(world)))

    assert "**1 question** by 0 members · 0 found nothing · 1 deleted since" in text
    assert "Every question found something." in text
    assert "who sings?" not in text


async def test_many_come_in_pages_within_the_limits_and_after_a_restart(world: World) -> None:
    mo = managing(world)
    for number in range(19):
        await asked(world, REFUSED, text=f"{number:02} " + "*_~|`" * 60, message_id=10**18 + number)
    seen = await look(world, mo)
    assert "page 1 of 3" in text_of(seen)
    assert "18 " in text_of(seen)
    await world.restart()

    await mo.click(seen, label="Page 2 ›")
    await mo.click(seen, label="Page 3 ›")

    assert "page 3 of 3" in text_of(seen)
    assert "00 " in text_of(seen)
    assert list(buttons(seen)) == ["‹ Page 2"]
    assert len(text_of(seen)) <= LAYOUT_TEXT


async def test_members_see_nothing_by_command_or_forged_press(world: World) -> None:
    await asked(world, REFUSED, text="who sings?")
    given = next(one for one in await bot_of(world).tree.fetch_commands() if one.name == "asked")
    world.guild.set_command_permissions(given, {world.guild.default_role: True})

    by_command = await world.priya.slash(world.channel, "asked")
    by_press = await press(world, world.priya, "asked:page:week:0")

    for refused in (by_command, by_press):
        assert "Only those who may manage this server" in shown(refused)
        assert "sings" not in shown(refused)


async def test_a_button_of_another_version_is_answered(world: World) -> None:
    assert "don't know this button" in shown(await press(world, managing(world), "asked:page:year:0"))
