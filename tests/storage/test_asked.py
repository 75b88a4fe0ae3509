from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from companion.storage import asked as storage
from companion.storage import awaited, second_looks, thumbs, verdicts
from companion.storage.asked import MarkedRight, Totals
from companion.storage.engine import Database
from companion.storage.searches import Filters
from companion.storage.verdicts import Verdict
from tests.storage.asking import ANSWERED, BEES, CAVES, JONAS, LOTTE, PRIYA, REFUSED, asked, deleted

DAY = timedelta(days=1)
COSTLY = replace(ANSWERED, model="m", prompt_tokens=900, completion_tokens=100, cost_micros=250)


async def totals(database: Database, since: timedelta = 7 * DAY) -> Totals:
    async with database.read() as connection:
        return await storage.totals(connection, BEES, database.clock.now() - since)


async def thumb(database: Database, question_id: int, member_id: int, up: bool) -> None:
    async with database.write() as connection:
        await thumbs.press(connection, question_id, member_id, up, database.clock.now())


async def test_a_server_that_asked_nothing_has_noughts(database: Database) -> None:
    await asked(database, guild_id=CAVES)

    assert await totals(database) == Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


async def test_what_one_server_asked_since_then_is_counted_and_nothing_else(database: Database) -> None:
    first = await asked(database, COSTLY)
    second = await asked(database, COSTLY, member_id=JONAS)
    third = await asked(database, REFUSED, member_id=JONAS)
    older, elsewhere = await asked(database, COSTLY, ago=8 * DAY), await asked(database, COSTLY, guild_id=CAVES)
    for question in (first, older, elsewhere):
        await thumb(database, question, LOTTE, True)
    await thumb(database, first, JONAS, True)
    await thumb(database, second, PRIYA, False)
    async with database.write() as connection:
        await verdicts.judge(connection, first, LOTTE, Verdict.RIGHT, database.clock.now())
        await verdicts.judge(connection, third, LOTTE, Verdict.WRONG, database.clock.now())

    assert await totals(database) == Totals(
        questions=3, deleted=0, askers=2, refused=1, up=2, down=1, right=1, wrong=1, tokens=2000, cost_micros=500
    )


async def test_a_deleted_question_still_cost_what_it_cost_and_says_nothing_else(database: Database) -> None:
    gone = await asked(database, COSTLY)
    await thumb(database, gone, JONAS, True)
    await deleted(database, gone)

    counted = await totals(database)

    assert (counted.questions, counted.deleted, counted.askers, counted.up) == (1, 1, 0, 0)
    assert (counted.tokens, counted.cost_micros) == (1000, 250)


async def test_what_found_nothing_is_listed_the_newest_first_with_who_waits_and_what_a_second_look_found(
    database: Database,
) -> None:
    older = await asked(database, REFUSED, ago=DAY, text="who counts bears?")
    newer = await asked(database, REFUSED, text="and wolves?")
    gone = await asked(database, REFUSED)
    await deleted(database, gone)
    await asked(database, ANSWERED)
    await asked(database, REFUSED, ago=8 * DAY)
    await asked(database, REFUSED, guild_id=CAVES)
    now = database.clock.now()
    async with database.write() as connection:
        await awaited.add(connection, older, PRIYA, now)
        await awaited.add(connection, older, JONAS, now)
        await awaited.finalise(connection, older, JONAS, 900)
        await second_looks.record(connection, older, 5, True, now)

        listed = await storage.unanswered(connection, BEES, now - 7 * DAY, 0, 10)
        second_page = await storage.unanswered(connection, BEES, now - 7 * DAY, 1, 10)

    assert [(one.id, one.text, one.waiting, one.found) for one in listed] == [
        (newer, "and wolves?", 0, False),
        (older, "who counts bears?", 1, True),
    ]
    assert second_page == listed[1:]


async def test_everything_that_was_answered_comes_in_order_however_much_it_is(database: Database) -> None:
    kept = [await asked(database, ANSWERED) for _ in range(storage._BATCH + 3)]  # pyright: ignore[reportPrivateUsage]
    await asked(database, None)
    gone, elsewhere = await asked(database, ANSWERED), await asked(database, REFUSED, guild_id=CAVES)
    await deleted(database, gone)
    async with database.read() as connection:
        ours = [one.id async for one in storage.everything(connection, BEES)]
        all_of_them = [one.id async for one in storage.everything(connection, None)]

    assert ours == kept
    assert all_of_them == [*kept, elsewhere]


async def test_answers_marked_right_come_the_last_marked_first_and_only_those_that_stand_alone(
    database: Database,
) -> None:
    first, second = await asked(database), await asked(database)
    follow_up = await asked(database, follows_id=first)
    refused, unseen = await asked(database, REFUSED), await asked(database, message_id=None)
    elsewhere, gone, wrong = await asked(database, guild_id=CAVES), await asked(database), await asked(database)
    now = database.clock.now()
    async with database.write() as connection:
        for minute, question in enumerate((first, follow_up, refused, unseen, elsewhere, gone, second)):
            await verdicts.judge(connection, question, LOTTE, Verdict.RIGHT, now + timedelta(minutes=minute))
        await verdicts.judge(connection, wrong, LOTTE, Verdict.WRONG, now)
    await deleted(database, gone)
    async with database.read() as connection:
        found = await storage.marked_right(connection, BEES, 10)
        last = await storage.marked_right(connection, BEES, 1)

    assert [one.id for one in found] == [second, first]
    assert found[0] == MarkedRight(second, "how do bees winter?", Filters(), 20, 77, LOTTE)
    assert [one.id for one in last] == [second]
