from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import insert, select

from companion.storage import questions, verdicts
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference
from companion.storage.questions import CitedSource, Outcome, Question
from companion.storage.schema import questions as table
from companion.storage.schema import thumbs
from companion.storage.searches import Filters
from companion.storage.verdicts import Verdict

PLACE = Reference(3, Kind.SPEECH, 1.5, None, 4, 9)
WRITTEN = Outcome(
    searched="winter bees",
    answerable=True,
    answer="They shiver [1].",
    sources=(CitedSource(PLACE, 0.75, True), CitedSource(PLACE, 0.5, False)),
    seconds=1.25,
    prompt="the passages",
    model="small",
    interventions=(("no citation", "Bees are nice."),),
    prompt_tokens=900,
    completion_tokens=40,
    cost_micros=120,
)


def question(database: Database) -> Question:
    return Question(10, 20, 30, "Priya", "winter bees", database.clock.now(), message_id=77, cache_key="k")


async def asked(database: Database, made: Question, outcome: Outcome | None = None) -> int:
    async with database.write() as connection:
        question_id = await questions.record(connection, made)
        if outcome is not None:
            assert await questions.answered(connection, question_id, outcome)
    return question_id


async def test_a_question_comes_back_as_it_was_asked(database: Database) -> None:
    first = await asked(database, question(database))
    made = replace(
        question(database),
        filters=Filters(3, "Ada", date(2024, 1, 1), date(2024, 12, 31)),
        follows_id=first,
        riff_on=first,
        message_id=None,
    )
    second = await asked(database, made)

    async with database.read() as connection:
        assert await questions.get(connection, second) == replace(made, id=second)
        assert await questions.get(connection, second + 1) is None


async def test_what_came_of_it_is_logged_whole(database: Database) -> None:
    made = await asked(database, question(database), WRITTEN)

    async with database.read() as connection:
        found = await questions.get(connection, made)
    assert found is not None
    assert found.outcome == WRITTEN


async def test_a_question_is_found_by_the_message_that_shows_its_answer_in_its_server(database: Database) -> None:
    made = await asked(database, question(database))
    async with database.write() as connection:
        await questions.attach_message(connection, made, 78)

        shown = await questions.shown_by(connection, 10, 78)
        assert shown is not None
        assert shown.id == made
        assert await questions.shown_by(connection, 11, 78) is None
        assert await questions.shown_by(connection, 10, 77) is None
        assert await questions.showing(connection, 10, [76, 78]) == [78]


async def test_a_conversation_leads_back_to_its_first_question_and_skips_deleted_ones(database: Database) -> None:
    line: list[int] = []
    for text in ("first", "second", "third", "fourth"):
        follows = line[-1] if line else None
        line.append(await asked(database, replace(question(database), text=text, follows_id=follows)))
    async with database.write() as connection:
        every = await questions.leading_to(connection, line[3], 10)
        assert [one.text for one in every] == ["first", "second", "third", "fourth"]
        assert [one.text for one in await questions.leading_to(connection, line[3], 2)] == ["third", "fourth"]
        assert [one.text for one in await questions.leading_to(connection, line[1], 10)] == ["first", "second"]

        await questions.remove(connection, line[1])

        assert [one.text for one in await questions.leading_to(connection, line[3], 10)] == ["first", "third", "fourth"]


async def test_the_last_answered_question_of_a_channel_is_known(database: Database) -> None:
    await asked(database, question(database), WRITTEN)
    last = await asked(database, replace(question(database), text="latest"), WRITTEN)
    await asked(database, replace(question(database), text="not answered yet"))
    await asked(database, replace(question(database), channel_id=21), WRITTEN)

    async with database.read() as connection:
        found = await questions.last_in(connection, 10, 20)
        assert found is not None
        assert found.id == last
        assert await questions.last_in(connection, 11, 20) is None


async def test_what_a_model_wrote_is_found_for_the_same_question_for_a_while(database: Database) -> None:
    written = await asked(database, question(database), WRITTEN)
    await asked(database, question(database), replace(WRITTEN, model=None))
    await asked(database, question(database), replace(WRITTEN, problem="The model is down."))
    await asked(database, replace(question(database), cache_key="other"), WRITTEN)
    now, hour = database.clock.now(), timedelta(hours=1)

    async with database.write() as connection:
        found = await questions.answered_same(connection, 10, "k", now, hour)
        assert found is not None
        assert found.id == written
        assert await questions.answered_same(connection, 11, "k", now, hour) is None
        assert await questions.answered_same(connection, 10, "k", now + hour, hour) is None
        await verdicts.judge(connection, written, 31, Verdict.WRONG, now)
        assert await questions.answered_same(connection, 10, "k", now, hour) is None
        await verdicts.judge(connection, written, 31, Verdict.RIGHT, now)
        assert await questions.answered_same(connection, 10, "k", now, hour) is not None
        await questions.remove(connection, written)
        assert await questions.answered_same(connection, 10, "k", now, hour) is None


async def test_a_deleted_question_leaves_no_word_and_nobody_s_name(database: Database) -> None:
    made = await asked(database, replace(question(database), filters=Filters(3, "Ada")), WRITTEN)
    async with database.write() as connection:
        now = database.clock.now()
        await connection.execute(insert(thumbs), {"question_id": made, "member_id": 31, "up": True, "given_at": now})
        await questions.remove(connection, made)

        assert await questions.get(connection, made) is None
        assert await questions.shown_by(connection, 10, 77) is None
        row = (await connection.execute(select(table).where(table.c.id == made))).mappings().one()
        kept = {name for name, value in row.items() if value not in (None, "", 0, {})}
        assert kept == {
            "id", "guild_id", "asked_at", "answerable", "model", "seconds", "prompt_tokens", "completion_tokens",
            "cost_micros",
        }  # fmt: skip
        assert (await connection.execute(select(thumbs))).all() == []
        # An answer that comes later finds nothing to be written into.
        assert not await questions.answered(connection, made, WRITTEN)
        await questions.attach_message(connection, made, 99)
        assert await questions.shown_by(connection, 10, 99) is None


async def test_what_follows_a_deleted_question_keeps_none_of_its_words(database: Database) -> None:
    first = await asked(database, question(database), WRITTEN)
    later = replace(question(database), text="and in summer?", follows_id=first, message_id=None)
    repeated = replace(WRITTEN, searched="and in summer? winter bees", prompt="earlier: winter bees")
    second = await asked(database, later, repeated)
    third = await asked(database, replace(later, text="and why?", follows_id=second), repeated)
    other = await asked(database, replace(later, follows_id=None), repeated)

    async with database.write() as connection:
        await questions.remove(connection, first)
        found = {one: await questions.get(connection, one) for one in (second, third, other)}

    outcomes = {one: kept.outcome for one, kept in found.items() if kept is not None and kept.outcome is not None}
    assert (outcomes[second].searched, outcomes[second].prompt) == ("and in summer?", None)
    assert (outcomes[third].searched, outcomes[third].prompt) == ("and why?", None)
    assert (outcomes[other].searched, outcomes[other].prompt) == (repeated.searched, repeated.prompt)
