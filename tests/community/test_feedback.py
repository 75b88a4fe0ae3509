from __future__ import annotations

import asyncio

import pytest

from companion.community.feedback import Feedback, NoAnswerError, NoThumbDownError
from companion.community.hosts import EverybodyAHostError, Host, Hosts, NoHostsError, NotAHostError
from companion.community.questions import GoneQuestionError
from companion.storage import questions, thumbs
from companion.storage.engine import Database
from companion.storage.thumbs import Reason, Tally
from companion.storage.verdicts import Verdict
from tests.storage.asking import BEES, CAVES, JONAS, LOTTE, PRIYA, asked, deleted

HOST = Host(BEES, JONAS)


async def tally(database: Database, question_id: int) -> Tally:
    async with database.read() as connection:
        return (await thumbs.tallies(connection, [question_id])).get(question_id, Tally())


async def test_members_who_press_at_once_all_count_and_each_counts_once(database: Database) -> None:
    question, kept = await asked(database), Feedback(database)

    members = range(100, 140)
    await asyncio.gather(
        *(kept.thumb(BEES, question, member, up=member % 2 == 0) for member in members),
        *(kept.thumb(BEES, question, member, up=False) for member in members if member % 4 == 0),
    )

    # Every fourth pressed both ways, and the last one of the two counts, so that each counts once.
    counted = await tally(database, question)
    assert counted.up + counted.down == len(members)
    assert counted.down >= len(members) / 2


async def test_a_double_tap_leaves_nothing(database: Database) -> None:
    question, kept = await asked(database), Feedback(database)

    stands = await asyncio.gather(*(kept.thumb(BEES, question, PRIYA, up=True) for _ in range(2)))

    assert sorted(stands, key=str) == [None, True]
    assert await tally(database, question) == Tally()


async def test_nothing_is_said_of_another_server_s_answer_nor_of_a_deleted_one(database: Database) -> None:
    there, gone, kept = await asked(database, guild_id=CAVES), await asked(database), Feedback(database)
    await deleted(database, gone)

    for question in (there, gone, 999):
        with pytest.raises(GoneQuestionError):
            await kept.thumb(BEES, question, PRIYA, up=True)
        with pytest.raises(GoneQuestionError):
            await kept.explain(BEES, question, PRIYA, Reason.ANSWER)
        with pytest.raises(GoneQuestionError):
            await kept.judge(HOST, question, Verdict.RIGHT)
        with pytest.raises(GoneQuestionError):
            await kept.thumb(None, question, PRIYA, up=True)
        assert await tally(database, question) == Tally()


async def test_only_a_thumb_that_is_down_can_be_explained(database: Database) -> None:
    question, kept = await asked(database), Feedback(database)
    await kept.thumb(BEES, question, PRIYA, up=True)

    with pytest.raises(NoThumbDownError):
        await kept.explain(BEES, question, PRIYA, Reason.ANSWER)


async def test_a_verdict_comes_back_with_the_question_as_it_is_kept(database: Database) -> None:
    question, kept = await asked(database), Feedback(database)

    marked = await kept.judge(HOST, question, Verdict.WRONG)
    async with database.read() as connection:
        assert await questions.get(connection, question) == marked
    assert (marked.verdict, marked.judged_by) == ("wrong", JONAS)
    back = await kept.judge(Host(BEES, LOTTE), question, Verdict.WRONG)
    async with database.read() as connection:
        assert await questions.get(connection, question) == back
    assert (back.verdict, back.judged_by) == (None, None)


async def test_the_question_of_a_message_is_found_in_its_own_server_only(database: Database) -> None:
    question, kept = await asked(database, message_id=900), Feedback(database)

    assert (await kept.shown_by(BEES, 900)).id == question
    for guild, message in ((CAVES, 900), (None, 900), (BEES, 901)):
        with pytest.raises(NoAnswerError):
            await kept.shown_by(guild, message)


class TestHosts:
    async def test_managers_are_hosts_and_so_are_the_members_of_the_role(self, database: Database) -> None:
        hosts = Hosts(database)
        assert await hosts.host(BEES, JONAS, [], manages=True) == HOST
        with pytest.raises(NotAHostError):
            await hosts.host(BEES, JONAS, [5, 6], manages=False)

        assert await hosts.choose(BEES, 5, by=PRIYA) is None

        assert await hosts.host(BEES, JONAS, [4, 5], manages=False) == HOST
        for guild, roles in ((BEES, [6]), (BEES, []), (CAVES, [5]), (None, [5])):
            with pytest.raises(NotAHostError):
                await hosts.host(guild, JONAS, roles, manages=False)
        with pytest.raises(NotAHostError):
            await hosts.host(None, JONAS, [], manages=True)

    async def test_another_role_stands_in_for_the_one_before_and_can_be_taken_back(self, database: Database) -> None:
        hosts = Hosts(database)
        await hosts.choose(BEES, 5, by=PRIYA)
        assert await hosts.choose(BEES, 6, by=PRIYA) == 5
        with pytest.raises(NotAHostError):
            await hosts.host(BEES, JONAS, [5], manages=False)

        assert await hosts.forget(BEES) == 6
        with pytest.raises(NoHostsError):
            await hosts.forget(BEES)
        with pytest.raises(NotAHostError):
            await hosts.host(BEES, JONAS, [6], manages=False)

    async def test_the_role_that_everybody_has_is_refused(self, database: Database) -> None:
        with pytest.raises(EverybodyAHostError):
            await Hosts(database).choose(BEES, BEES, by=PRIYA)
