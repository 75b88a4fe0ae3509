"""What a language model wrote: stopped, deleted, shown again, and paid for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import simcord
from sqlalchemy import select, update

from companion.cogs.views.answer import FOOTER
from companion.community.searches import Asker
from companion.community.wishes import Wish
from companion.storage import budgets, subscriptions
from companion.storage.budgets import Amount, Limits
from companion.storage.schema import questions as table
from tests import samples
from tests.cogs.asking import QUESTION, answers_in
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import shown, text_of, walk
from tests.cogs.writing import GOOD, QUOTED, Written, writing
from tests.language_models import MODEL, Reply


@pytest_asyncio.fixture
async def written(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Written]:
    async with writing(world, monkeypatch) as found:
        yield found


class TestDeletedMeanwhile:
    async def test_an_answer_that_is_deleted_while_it_is_written_stays_deleted_and_unlogged(
        self, written: Written
    ) -> None:
        world = written.world
        written.model.will(Reply(GOOD, pieces=30, pause=0.05))
        asked: list[int] = []

        async def delete_soon() -> None:
            while not asked:
                await asyncio.sleep(0.02)
                asked.extend(one.id for one in answers_in(world, world.channel))
            await asyncio.sleep(0.3)
            world.env.backend.delete_message(world.channel.id, asked[0])

        deleting = asyncio.create_task(delete_soon())
        await world.priya.slash(world.channel, "ask", question=QUESTION)
        await deleting
        await asyncio.sleep(1.5)
        await world.env.settle()

        assert answers_in(world, world.channel) == []
        assert len(written.model.asked) == 1
        async with world.database.read() as connection:
            rows = (await connection.execute(select(table.c.text, table.c.answer, table.c.prompt))).all()
        assert [tuple(row) for row in rows] == [("", None, None)]


class TestStoppedMeanwhile:
    async def test_an_answer_that_was_being_written_when_the_bot_was_stopped_says_so_later(
        self, written: Written
    ) -> None:
        world = written.world
        written.model.will(Reply(GOOD))
        answer = await written.ask()
        other = await written.ask("how is a queen fed", world.jonas)
        stored = world.env.backend.get_message(world.channel.id, answer.id)
        foot = next(part for part in walk(stored.components) if part.get("id") == FOOTER)
        foot["content"] = "-# ✍️ Still being written …"  # pyright: ignore[reportIndexIssue]
        async with world.database.write() as connection:
            made = await written.record(answer)
            await connection.execute(
                update(table).where(table.c.id == made.id).values(problem="The answer is not finished.")
            )
        await written.restart()
        cog: Any = bot_of(world).get_cog("Ask")
        now = world.database.clock.now()

        await cog.end_broken_off(now)
        assert "Still being written" in text_of(answer)
        before = text_of(other)
        await cog.end_broken_off(now + timedelta(minutes=21))

        assert "I was stopped while this answer was being written." in text_of(answer)
        assert "Still being written" not in text_of(answer)
        assert "they shiver in a cluster" in text_of(answer)
        assert text_of(other) == before
        assert await bot_of(world).questions.broken_off(now + timedelta(minutes=21)) == []


class TestTheSameAgain:
    async def test_an_identical_question_costs_nothing_after_a_restart_too(self, written: Written) -> None:
        written.model.will(Reply(GOOD))
        await written.ask()
        await written.restart()

        again = await written.ask("How do bees heat the hive in WINTER", written.world.jonas)

        assert len(written.model.asked) == 1
        assert "they shiver in a cluster [[1]]" in text_of(again)
        assert "for the same question, asked before" in text_of(again)
        outcome = (await written.record(again)).outcome
        assert outcome is not None
        assert (outcome.cost_micros, outcome.prompt_tokens, outcome.model) == (0, None, MODEL)
        assert await spent(written, written.world.jonas) == Amount()

    async def test_another_archive_is_asked_anew(self, written: Written) -> None:
        written.model.will(Reply(GOOD))
        await written.ask()
        more = samples.reading("Field Notes", (samples.QUEEN_TURNS[1],))
        await samples.store_podcast(written.world.database, samples.BEES, [more])
        await written.restart()

        await written.ask()

        assert len(written.model.asked) == 2

    async def test_another_server_s_answer_is_not_taken(self, written: Written) -> None:
        written.model.will(Reply(GOOD))
        await written.ask()
        world = written.world
        async with world.database.write() as connection:
            now = world.database.clock.now()
            await subscriptions.subscribe(connection, world.lotte.guild.id, world.bees.id, now)
            await subscriptions.unsubscribe(connection, world.lotte.guild.id, world.caves.id)

        await world.lotte.slash(world.cave_channel, "ask", question=QUESTION)

        assert len(written.model.asked) == 2


async def spent(written: Written, member: simcord.MemberActor) -> Amount:
    world = written.world
    async with world.database.read() as connection:
        return await budgets.spent_by(connection, world.guild.id, world.database.clock.now().date(), member.id)


async def limit(written: Written, **limits: int) -> None:
    """What a member of the bees' server may have a day."""
    guild_id = written.world.guild.id
    await bot_of(written.world).budgets.decide(guild_id, guild_id, Limits(**limits), 1)


class TestBudgets:
    async def test_what_was_used_is_counted_and_still_there_after_a_restart(self, written: Written) -> None:
        written.model.will(Reply(GOOD))
        await written.ask()
        await written.restart()

        assert await spent(written, written.world.priya) == Amount(1, 960, 345)

    async def test_without_tokens_left_the_quotations_are_the_answer_and_when_it_writes_again_is_said(
        self, written: Written
    ) -> None:
        await limit(written, tokens=1000)

        answer = await written.ask()

        assert written.model.asked == []
        assert QUOTED in text_of(answer)
        assert re.search(r"used up today's budget .* It writes again <t:\d+:R>", text_of(answer))

    async def test_without_questions_left_it_is_refused_in_private_until_when(self, written: Written) -> None:
        written.model.will(Reply(GOOD))
        await limit(written, questions=1)
        await written.ask()

        result = await written.world.priya.slash(written.world.channel, "ask", question="how is a queen fed")

        assert "You have asked the one question that you have a day here." in shown(result)
        assert re.search(r"You can go on <t:\d+:R>", shown(result))
        assert len(answers_in(written.world, written.world.channel)) == 1

    async def test_what_was_answered_before_is_answered_without_a_budget_too(self, written: Written) -> None:
        written.model.will(Reply(GOOD))
        await limit(written, questions=1)
        await written.ask()

        assert "for the same question, asked before" in text_of(await written.ask())

    async def test_a_refused_name_costs_no_question(self, written: Written) -> None:
        await written.world.priya.slash(written.world.channel, "ask", question="bees", speaker="Piet Vos")

        assert await spent(written, written.world.priya) == Amount()

    async def test_two_who_ask_at_once_for_the_last_of_the_server_s_budget_get_one_writing(
        self, written: Written
    ) -> None:
        world = written.world
        await bot_of(world).budgets.decide(world.guild.id, budgets.WHOLE_SERVER, Limits(tokens=8000), 1)
        askers = [Asker(world.guild.id, world.channel.id, one.id, one.name) for one in (world.priya, world.jonas)]
        wishes = [Wish.typed("how do bees heat the hive"), Wish.typed("how is a queen fed")]

        answers = await asyncio.gather(*map(bot_of(world).questions.ask, askers, wishes))

        assert sorted(one.writing for one in answers) == [False, True]
        refused = next(one for one in answers if not one.writing)
        assert "This server has used up today's budget" in refused.answer.problem
