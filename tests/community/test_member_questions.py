from __future__ import annotations

from datetime import timedelta

import pytest

from companion.community import member_questions as community
from companion.community.guests import Guests
from companion.community.hosts import Host
from companion.community.member_questions import MemberQuestions
from companion.community.question_refusals import (
    EnoughQuestionsError,
    NobodyToAskError,
    NoQuestionError,
    NothingToAskError,
    NotTheirQuestionError,
    TooLateError,
)
from companion.community.votes import Happened, Votes, What
from companion.storage import guests, sessions
from companion.storage.ballots import QUESTION, Subject
from companion.storage.engine import Database
from companion.storage.member_questions import AskedOf, State
from companion.storage.votes import Tally
from tests import samples
from tests.clocks import StoppedClock
from tests.storage.clubs import STARTS, a_session

HERE, THERE, MARA, PRIYA, JONAS = 10, 11, 300_000_000_000_000_001, 300_000_000_000_000_002, 300_000_000_000_000_003
HOST = Host(HERE, MARA)


async def ada(database: Database) -> int:
    return (await Guests(database).add(HOST, "Ada Moreau", "2026-04-20")).guest.id


async def ask(database: Database, guest_id: int, text: str, by: int = PRIYA) -> int:
    return (await MemberQuestions(database).ask(HERE, AskedOf(guest_id), by, text)).shown.question.id


async def vote(database: Database, question_id: int, *members: int) -> None:
    votes, message_id = Votes(database), 1000 + question_id
    await votes.open_ballot(message_id, HERE, 20, Subject(QUESTION, question_id))
    now = database.clock.now()
    await votes.take([Happened(What.CAME, message_id, now, member, "👍") for member in members])


async def test_the_top_has_what_was_not_put_yet_by_votes(database: Database) -> None:
    kept, guest = MemberQuestions(database), await ada(database)
    cold, queen, honey = [await ask(database, guest, text) for text in ("How cold?", "Who is queen?", "Why honey?")]
    await vote(database, queen, JONAS, MARA)
    await vote(database, honey, JONAS)
    await kept.put(HOST, [honey])
    top = await kept.top(HERE, AskedOf(guest))

    assert [(one.thing.id, one.tally.up) for one in top.ranked] == [(queen, 2), (cold, 0)]
    assert (top.to.name, top.put, top.voters) == ("Ada Moreau", 1, 2)
    with pytest.raises(NobodyToAskError):
        await kept.top(THERE, AskedOf(guest))


async def test_the_same_words_are_one_question_until_it_is_withdrawn(database: Database) -> None:
    kept, guest = MemberQuestions(database), await ada(database)
    first = await kept.ask(HERE, AskedOf(guest), PRIYA, "How cold is a hive?")
    second = await kept.ask(HERE, AskedOf(guest), JONAS, "how cold  is a hive")
    assert first.new
    assert not second.new
    assert second.shown == first.shown

    await vote(database, first.shown.question.id, JONAS)
    await kept.withdraw(HERE, PRIYA, first.shown.question.id, moderates=False)
    third = await kept.ask(HERE, AskedOf(guest), JONAS, "How cold is a HIVE?")

    assert third.new
    assert third.shown.question.id != first.shown.question.id
    assert (third.shown.question.asked_by, third.shown.question.text) == (JONAS, "How cold is a HIVE?")
    assert third.shown.tally == Tally()


async def test_questions_to_a_session_are_for_whoever_presents_until_it_is_over(
    database: Database, clock: StoppedClock
) -> None:
    clock.advance(STARTS - clock.now() - timedelta(hours=3))
    kept, session_id = MemberQuestions(database), await a_session(database, HERE, presenter=JONAS)
    shown = (await kept.ask(HERE, AskedOf(session_id=session_id), PRIYA, "Why this paper?")).shown
    assert (shown.to.name, shown.to.presented_by, shown.to.starts_at) == ("Paper Club", JONAS, STARTS)
    assert [one.of for one in await kept.to_ask(HERE, "club", 9)] == [AskedOf(session_id=session_id)]
    with pytest.raises(NobodyToAskError):
        await kept.ask(THERE, AskedOf(session_id=session_id), PRIYA, "Why?")

    clock.advance(timedelta(days=2))
    with pytest.raises(TooLateError, match="This session of Paper Club is over"):
        await kept.ask(HERE, AskedOf(session_id=session_id), PRIYA, "And then?")
    assert await kept.to_ask(HERE, "", 9) == []


async def test_a_thread_is_its_session_s_also_when_that_is_over_and_in_its_own_server_alone(database: Database) -> None:
    kept, session_id = MemberQuestions(database), await a_session(database, HERE)
    async with database.write() as connection:
        await sessions.note(connection, session_id, thread_id=77)
        await sessions.hold(connection, session_id)

    assert await kept.in_thread(HERE, 77) == AskedOf(session_id=session_id)
    assert await kept.in_thread(HERE, 78) is None
    assert await kept.in_thread(THERE, 77) is None
    assert await kept.in_thread(None, 77) is None


async def test_who_was_heard_already_is_asked_no_more(database: Database) -> None:
    kept, guest = MemberQuestions(database), await ada(database)
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await guests.heard_in(connection, guest, (await samples.only_episode(database, bees)).id)

    with pytest.raises(TooLateError, match="Ada Moreau was heard already"):
        await kept.ask(HERE, AskedOf(guest), PRIYA, "How cold is a hive?")
    assert await kept.to_ask(HERE, "", 9) == []


async def test_only_who_asked_and_moderators_withdraw_a_question(database: Database) -> None:
    kept, guest = MemberQuestions(database), await ada(database)
    cold = await ask(database, guest, "How cold?")
    with pytest.raises(NotTheirQuestionError):
        await kept.withdraw(HERE, JONAS, cold, moderates=False)
    with pytest.raises(NoQuestionError):
        await kept.withdraw(THERE, PRIYA, cold, moderates=True)
    await kept.withdraw(HERE, MARA, cold, moderates=True)

    with pytest.raises(NoQuestionError):
        await kept.shown(HERE, cold)
    with pytest.raises(NoQuestionError):
        await kept.withdraw(HERE, PRIYA, cold, moderates=False)


async def test_hosts_put_questions_of_their_server_and_take_that_back(database: Database) -> None:
    kept, guest = MemberQuestions(database), await ada(database)
    cold, queen = await ask(database, guest, "How cold?"), await ask(database, guest, "Who is queen?")

    with pytest.raises(NoQuestionError):
        await kept.put(Host(THERE, MARA), [cold])
    assert [one.id for one in await kept.put(HOST, [cold, queen])] == [cold, queen]
    assert await kept.put(HOST, [cold]) == []
    assert (await kept.take_back(HOST, cold)).state is State.OPEN
    assert [one.thing.id for one in (await kept.top(HERE, AskedOf(guest))).ranked] == [cold]


async def test_there_has_to_be_a_question_and_there_is_an_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = await ada(database)
    monkeypatch.setattr(community, "MOST", 1)
    with pytest.raises(NothingToAskError):
        await ask(database, guest, "?!")
    cold = await ask(database, guest, "How cold?")
    with pytest.raises(EnoughQuestionsError):
        await ask(database, guest, "Who is queen?")
    await MemberQuestions(database).put(HOST, [cold])
    assert await ask(database, guest, "Who is queen?")


async def test_with_a_guest_their_questions_go(database: Database) -> None:
    guest = await ada(database)
    cold = await ask(database, guest, "How cold?")

    assert (await Guests(database).remove(HOST, str(guest)))[1] == [cold]
    with pytest.raises(NoQuestionError):
        await MemberQuestions(database).shown(HERE, cold)
