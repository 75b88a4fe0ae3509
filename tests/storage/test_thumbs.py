from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from companion.storage import schema, thumbs
from companion.storage.engine import Database
from companion.storage.thumbs import Reason, Tally
from tests.storage.asking import JONAS, PRIYA, asked, deleted


async def press(database: Database, question_id: int, member_id: int, up: bool) -> bool | None:
    async with database.write() as connection:
        return await thumbs.press(connection, question_id, member_id, up, database.clock.now())


async def explain(database: Database, question_id: int, member_id: int, reason: Reason) -> bool:
    async with database.write() as connection:
        return await thumbs.explain(connection, question_id, member_id, reason)


async def tally(database: Database, question_id: int) -> Tally | None:
    async with database.read() as connection:
        return (await thumbs.tallies(connection, [question_id])).get(question_id)


async def test_the_same_press_again_takes_it_back_and_leaves_nothing(database: Database) -> None:
    question = await asked(database)

    assert await press(database, question, PRIYA, True) is True
    assert await tally(database, question) == Tally(up=1)
    assert await press(database, question, PRIYA, True) is None
    assert await tally(database, question) is None


async def test_the_last_press_counts_and_a_reason_goes_with_the_thumb_it_was_for(database: Database) -> None:
    question = await asked(database)
    await press(database, question, PRIYA, False)
    assert await explain(database, question, PRIYA, Reason.PASSAGE)
    assert await tally(database, question) == Tally(down=1, reasons={Reason.PASSAGE: 1})

    assert await press(database, question, PRIYA, True) is True
    assert await press(database, question, PRIYA, False) is False

    assert await tally(database, question) == Tally(down=1)


async def test_only_a_thumb_down_is_asked_for_its_reason_and_the_last_one_counts(database: Database) -> None:
    question = await asked(database)
    assert not await explain(database, question, PRIYA, Reason.ANSWER)
    await press(database, question, PRIYA, True)
    assert not await explain(database, question, PRIYA, Reason.ANSWER)
    await press(database, question, JONAS, False)
    assert await explain(database, question, JONAS, Reason.ANSWER)
    assert await explain(database, question, JONAS, Reason.LENGTH)

    assert await tally(database, question) == Tally(1, 1, {Reason.LENGTH: 1})


async def test_a_reason_of_a_newer_version_is_counted_as_none(database: Database) -> None:
    question = await asked(database)
    await press(database, question, PRIYA, False)
    async with database.write() as connection:
        await connection.execute(schema.thumbs.update().values(reason="tone"))

    assert await tally(database, question) == Tally(down=1)


async def test_thumbs_go_with_their_question(database: Database) -> None:
    question, other = await asked(database), await asked(database)
    await press(database, question, PRIYA, True)
    await press(database, other, PRIYA, True)
    await deleted(database, question)

    async with database.read() as connection:
        assert list((await connection.execute(select(schema.thumbs.c.question_id))).scalars()) == [other]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.booleans()), max_size=12))
async def test_whatever_is_pressed_each_member_counts_once_with_what_stands(
    database: Database, presses: list[tuple[int, bool]]
) -> None:
    question = await asked(database)
    standing: dict[int, bool] = {}
    for member, up in presses:
        if standing.get(member) is up:
            del standing[member]
        else:
            standing[member] = up
        assert await press(database, question, member, up) is standing.get(member)

    counts = Counter(standing.values())
    assert (await tally(database, question) or Tally()) == Tally(counts[True], counts[False])
