from __future__ import annotations

from companion.storage import hosts, questions, verdicts
from companion.storage.engine import Database
from companion.storage.questions import Question
from companion.storage.verdicts import Verdict
from tests.storage.asking import BEES, CAVES, JONAS, LOTTE, asked


async def judge(database: Database, question_id: int, host_id: int, verdict: Verdict) -> Verdict | None:
    async with database.write() as connection:
        return await verdicts.judge(connection, question_id, host_id, verdict, database.clock.now())


async def kept(database: Database, question_id: int) -> Question:
    async with database.read() as connection:
        question = await questions.get(connection, question_id)
    assert question is not None
    return question


async def test_a_verdict_is_kept_with_who_gave_it_and_when(database: Database) -> None:
    question = await asked(database)

    assert await judge(database, question, JONAS, Verdict.RIGHT) is Verdict.RIGHT

    found = await kept(database, question)
    assert (found.verdict, found.judged_by, found.judged_at) == ("right", JONAS, database.clock.now())


async def test_the_last_verdict_counts_and_the_same_one_again_takes_it_back(database: Database) -> None:
    question = await asked(database)
    await judge(database, question, JONAS, Verdict.RIGHT)

    assert await judge(database, question, LOTTE, Verdict.WRONG) is Verdict.WRONG
    assert (await kept(database, question)).judged_by == LOTTE
    assert await judge(database, question, JONAS, Verdict.WRONG) is None
    found = await kept(database, question)
    assert (found.verdict, found.judged_by, found.judged_at) == (None, None, None)


async def test_a_server_has_one_role_of_hosts_or_none(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        assert await hosts.role(connection, BEES) is None
        await hosts.choose(connection, BEES, 5, JONAS, now)
        await hosts.choose(connection, BEES, 6, JONAS, now)
        await hosts.choose(connection, CAVES, 7, LOTTE, now)

        assert await hosts.role(connection, BEES) == 6
        assert await hosts.forget(connection, BEES)
        assert not await hosts.forget(connection, BEES)
        assert await hosts.role(connection, BEES) is None
        assert await hosts.role(connection, CAVES) == 7
