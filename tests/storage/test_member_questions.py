from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from companion.storage import guests, member_questions
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference
from companion.storage.guests import Guest
from companion.storage.member_questions import AskedOf, MemberQuestion, State
from tests import samples
from tests.storage.clubs import a_session

HERE, THERE, PRIYA, JONAS = 10**17 + 1, 10**17 + 2, 300_000_000_000_000_001, 300_000_000_000_000_002
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = timedelta(minutes=10)


async def a_guest(database: Database, name: str = "Ada Moreau", guild_id: int = HERE) -> AskedOf:
    async with database.write() as connection:
        return AskedOf(await guests.add(connection, Guest(0, guild_id, name, None, PRIYA, NOW)))


async def asked(
    database: Database, of: AskedOf, text: str = "How cold is a hive?", by: int = PRIYA, guild_id: int = HERE
) -> MemberQuestion:
    question = MemberQuestion(0, guild_id, of, text, by, NOW)
    async with database.write() as connection:
        return replace(question, id=await member_questions.add(connection, question))


async def heard(database: Database, of: AskedOf) -> int:
    """The episode in which the guest is heard."""
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, bees)
    async with database.write() as connection:
        await guests.heard_in(connection, of.guest_id or 0, episode.id)
    return episode.id


async def kept(database: Database, question: MemberQuestion) -> MemberQuestion | None:
    async with database.read() as connection:
        return await member_questions.get(connection, question.guild_id, question.id)


def place(episode_id: int) -> Reference:
    return Reference(episode_id, Kind.SPEECH, 3.5, None, 4, 9)


async def test_a_question_is_for_a_guest_or_for_a_session_of_its_server(database: Database) -> None:
    for_guest = await asked(database, await a_guest(database))
    session = AskedOf(session_id=await a_session(database, HERE))
    for_session = await asked(database, session)

    assert await kept(database, for_guest) == for_guest
    assert await kept(database, for_session) == for_session
    async with database.read() as connection:
        assert await member_questions.get(connection, THERE, for_guest.id) is None
        assert await member_questions.of_one(connection, session) == [for_session]
    for nobody in (AskedOf(), AskedOf(for_guest.of.guest_id, session.session_id)):
        with pytest.raises(IntegrityError):
            await asked(database, nobody)


async def test_the_same_words_are_one_question_to_one_guest(database: Database) -> None:
    ada, bo = await a_guest(database), await a_guest(database, "Bo Lind")
    first = await asked(database, ada, "How cold is a hive?")
    other = await asked(database, bo, "How cold is a hive?")

    async with database.read() as connection:
        assert await member_questions.same(connection, ada, "how cold  is a HIVE") == first
        assert await member_questions.same(connection, bo, "How cold is a hive?!") == other
        assert await member_questions.same(connection, ada, "How cold is a hive in March?") is None
    with pytest.raises(IntegrityError):
        await asked(database, ada, "How cold is a hive")


async def test_open_ones_are_counted_by_member_and_by_guest_and_listed_as_they_were_asked(database: Database) -> None:
    ada, bo = await a_guest(database), await a_guest(database, "Bo Lind")
    first, second = await asked(database, ada), await asked(database, ada, "Who is the queen?", JONAS)
    await asked(database, bo)
    async with database.write() as connection:
        assert await member_questions.move(connection, first.id, {State.OPEN}, State.ASKED)
        assert not await member_questions.move(connection, first.id, {State.OPEN}, State.ASKED)

    async with database.read() as connection:
        assert await member_questions.of_one(connection, ada) == [replace(first, state=State.ASKED), second]
        assert await member_questions.count_open(connection, HERE, PRIYA) == 1
        assert await member_questions.count_open(connection, THERE, PRIYA) == 0
        assert await member_questions.open_of_guests(connection, HERE) == {ada.guest_id: 1, bo.guest_id: 1}


async def test_only_its_own_server_removes_a_question(database: Database) -> None:
    question = await asked(database, await a_guest(database))

    async with database.write() as connection:
        assert not await member_questions.remove(connection, THERE, question.id)
        assert await member_questions.remove(connection, HERE, question.id)
        assert not await member_questions.remove(connection, HERE, question.id)
    assert await kept(database, question) is None


async def test_answers_are_looked_for_in_the_episode_of_the_guest_and_in_the_session_s_recording(
    database: Database,
) -> None:
    ada, bo = await a_guest(database), await a_guest(database, "Bo Lind")
    open_one, put = [await asked(database, ada, text) for text in ("One?", "Two?")]
    await asked(database, bo)
    async with database.write() as connection:
        await member_questions.move(connection, put.id, {State.OPEN}, State.ASKED)
    episode_id = await heard(database, ada)
    recorded = await a_session(database, HERE, episode_id=episode_id)
    to_presenter = await asked(database, AskedOf(session_id=recorded))

    async with database.read() as connection:
        found = await member_questions.unanswered(connection)
    assert [one.question for one in found] == [open_one, replace(put, state=State.ASKED), to_presenter]
    assert {one.episode_id for one in found} == {episode_id}


async def test_an_answer_is_found_once_and_told_once(database: Database) -> None:
    ada = await a_guest(database)
    question = await asked(database, ada)
    episode_id = await heard(database, ada)
    async with database.write() as connection:
        assert await member_questions.answered(connection, question.id, place(episode_id))
        assert not await member_questions.answered(connection, question.id, place(episode_id + 1))
    found = replace(question, state=State.ANSWERED, answer=place(episode_id))
    assert await kept(database, question) == found

    async with database.write() as connection:
        assert await member_questions.unanswered(connection) == []
        assert await member_questions.to_tell(connection, {HERE}, NOW - SOON, 9) == [found]
        assert await member_questions.to_tell(connection, {THERE}, NOW - SOON, 9) == []
        assert await member_questions.claim(connection, found, NOW)
        assert not await member_questions.claim(connection, found, NOW)
        assert await member_questions.to_tell(connection, {HERE}, NOW - SOON, 9) == []
        (again,) = await member_questions.to_tell(connection, {HERE}, NOW + SOON, 9)
        assert await member_questions.claim(connection, again, NOW + SOON)
        await member_questions.settle(connection, question.id, NOW + SOON)
        assert await member_questions.to_tell(connection, {HERE}, NOW + 9 * SOON, 9) == []


async def test_an_answer_that_the_archive_lost_is_looked_for_again(database: Database) -> None:
    ada = await a_guest(database)
    question = await asked(database, ada)
    episode_id = await heard(database, ada)
    async with database.write() as connection:
        await member_questions.answered(connection, question.id, place(episode_id))
        await member_questions.lost(connection, question.id)

    async with database.read() as connection:
        (found,) = await member_questions.unanswered(connection)
    assert (found.question, found.episode_id) == (replace(question, state=State.ASKED), episode_id)


async def test_questions_go_with_their_guest(database: Database) -> None:
    ada = await a_guest(database)
    question = await asked(database, ada)
    async with database.write() as connection:
        await guests.remove(connection, HERE, ada.guest_id or 0)

    assert await kept(database, question) is None
