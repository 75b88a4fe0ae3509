from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from companion.archive.encoders import load_encoder
from companion.archive.tokens import Vectors
from companion.community.faq import Faq, Precedent
from companion.storage import questions, verdicts
from companion.storage.engine import Database
from companion.storage.questions import Question
from companion.storage.searches import Filters
from companion.storage.verdicts import Verdict
from tests.storage.asking import BEES, CAVES, JONAS, LOTTE, PRIYA, REFUSED, asked, deleted

ASKED = "how do bees heat the hive in winter"
AGAIN = "How do the bees heat their hive in the winter?"


async def no_model(_text: str) -> Vectors | None:
    return None


async def all_alike(_text: str) -> Vectors | None:
    return np.array([1.0, 0.0], np.float32)


async def each_its_own(text: str) -> Vectors | None:
    return np.array([1.0, 0.0] if text == AGAIN else [0.8, 0.6], np.float32)


async def right(database: Database, host: int = LOTTE, minute: int = 0, **given: Any) -> int:
    """A question whose answer a host marked right."""
    told: dict[str, Any] = {"text": ASKED, "message_id": 900, **given}
    question = await asked(database, **told)
    async with database.write() as connection:
        now = database.clock.now() + timedelta(minutes=minute)
        await verdicts.judge(connection, question, host, Verdict.RIGHT, now)
    return question


def asks(database: Database, text: str = AGAIN, guild_id: int = BEES, filters: Filters | None = None) -> Question:
    now = database.clock.now()
    return Question(guild_id, 20, PRIYA, "Priya", text, now, filters=filters or Filters(), id=10_000)


@pytest.mark.parametrize("vector_of", [no_model, all_alike])
async def test_the_same_question_leads_to_the_answer_that_was_marked_right_and_to_who_marked_it(
    database: Database, vector_of: object
) -> None:
    await right(database, host=JONAS, channel_id=44, message_id=901)

    faq = Faq(database, vector_of)  # pyright: ignore[reportArgumentType]

    assert await faq.asked_before(asks(database)) == Precedent(BEES, 44, 901, JONAS)
    assert await faq.asked_before(asks(database, "how do you count mites with sugar")) is None
    assert await faq.asked_before(asks(database, f"not {ASKED}")) is None


async def test_what_means_something_else_does_not_although_the_words_are_the_same(database: Database) -> None:
    await right(database)

    assert await Faq(database, each_its_own).asked_before(asks(database)) is None


@pytest.mark.slow
async def test_with_the_real_model(database: Database) -> None:
    await right(database, text="How did the orchard start?")
    encoder = load_encoder(None)

    async def vector_of(text: str) -> Vectors | None:
        return encoder.encode([text])[0]

    by_meaning, by_words = Faq(database, vector_of), Faq(database, no_model)

    assert await by_meaning.asked_before(asks(database, "how did the orchard get started")) is not None
    assert await by_words.asked_before(asks(database, "how did the orchard get started")) is None
    assert await by_meaning.asked_before(asks(database, "how did the bakery start")) is None


async def test_another_server_s_answers_are_never_shown(database: Database) -> None:
    await right(database, guild_id=CAVES)

    assert await Faq(database, all_alike).asked_before(asks(database)) is None
    assert await Faq(database, all_alike).asked_before(asks(database, guild_id=CAVES)) is not None


async def test_only_answers_that_stand_and_are_right_are_shown(database: Database) -> None:
    faq = Faq(database, all_alike)
    gone = await right(database)
    await deleted(database, gone)
    await asked(database, text=ASKED)
    wrong = await asked(database, text=ASKED)
    undone = await right(database)
    async with database.write() as connection:
        await verdicts.judge(connection, wrong, LOTTE, Verdict.WRONG, database.clock.now())
        await verdicts.judge(connection, undone, LOTTE, Verdict.RIGHT, database.clock.now())
        refused = await questions.record(connection, asks(database, ASKED))
        assert await questions.answered(connection, refused, REFUSED)
        await verdicts.judge(connection, refused, LOTTE, Verdict.RIGHT, database.clock.now())

    assert await faq.asked_before(asks(database)) is None


async def test_other_filters_make_it_another_question(database: Database) -> None:
    faq = Faq(database, all_alike)
    await right(database, filters=Filters(episode_id=3))

    assert await faq.asked_before(asks(database)) is None
    assert await faq.asked_before(asks(database, filters=Filters(episode_id=4))) is None
    assert await faq.asked_before(asks(database, filters=Filters(episode_id=3))) is not None


async def test_in_a_conversation_words_alone_say_nothing(database: Database) -> None:
    first = await right(database)
    going_on = Question(BEES, 20, PRIYA, "Priya", AGAIN, database.clock.now(), follows_id=first)

    assert await Faq(database, all_alike).asked_before(going_on) is None


async def test_a_question_is_no_precedent_of_itself(database: Database) -> None:
    question = await right(database)
    async with database.read() as connection:
        itself = await questions.get(connection, question)
    assert itself is not None

    assert await Faq(database, all_alike).asked_before(itself) is None


async def test_of_two_that_are_as_near_the_one_marked_last_is_shown(database: Database) -> None:
    await right(database, minute=2, message_id=902)
    await right(database, minute=3, message_id=903)
    await right(database, minute=1, message_id=901)

    found = await Faq(database, all_alike).asked_before(asks(database))

    assert found is not None
    assert found.message_id == 903


async def test_nothing_is_encoded_where_nothing_shares_its_words(database: Database) -> None:
    await right(database)

    async def never(_text: str) -> Vectors | None:
        raise AssertionError

    assert await Faq(database, never).asked_before(asks(database, "what is royal jelly")) is None
