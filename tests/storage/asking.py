"""Questions as they stand in the database once they are answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from companion.storage import questions
from companion.storage.engine import Database
from companion.storage.questions import Outcome, Question

ANSWERED = Outcome(searched="winter bees", answerable=True, answer="They shiver.", sources=(), seconds=0.5)
REFUSED = replace(ANSWERED, answerable=False, answer="")

BEES, CAVES = 10, 11
PRIYA, JONAS, LOTTE = 1, 2, 3


async def asked(
    database: Database, outcome: Outcome | None = ANSWERED, ago: timedelta = timedelta(0), **given: Any
) -> int:
    """A question, by default Priya's in the bees' server; returns its id."""
    made = Question(BEES, 20, PRIYA, "Priya", "how do bees winter?", database.clock.now() - ago, message_id=77)
    async with database.write() as connection:
        question_id = await questions.record(connection, replace(made, **given))
        if outcome is not None:
            assert await questions.answered(connection, question_id, outcome)
    return question_id


async def deleted(database: Database, question_id: int) -> None:
    async with database.write() as connection:
        await questions.remove(connection, question_id)
