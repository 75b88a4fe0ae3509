"""Answered questions in the simulated servers, as if they had been asked there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import simcord

from companion.storage import questions
from companion.storage.questions import Outcome, Question
from tests.cogs.conftest import World
from tests.cogs.test_search_buttons import press_forged, searched

ANSWERED = Outcome(searched="how do bees winter?", answerable=True, answer="They shiver.", sources=(), seconds=0.5)
REFUSED = replace(ANSWERED, answerable=False, answer="")


async def asked(world: World, outcome: Outcome | None = ANSWERED, **given: Any) -> int:
    """A question of Priya's; returns its id."""
    made = Question(
        world.guild.id, world.channel.id, world.priya.id, "Priya", "how do bees winter?", world.database.clock.now()
    )
    async with world.database.write() as connection:
        question_id = await questions.record(connection, replace(made, **given))
        if outcome is not None:
            assert await questions.answered(connection, question_id, outcome)
    return question_id


async def press(world: World, who: simcord.MemberActor, custom_id: str) -> simcord.InteractionResult:
    """Presses a button with that custom_id under a message of the bot in the bees' channel."""
    return await press_forged(world, who, await searched(world), custom_id)
