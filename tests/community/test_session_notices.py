"""What a session brings, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from companion.community.attendance import Attendance
from companion.community.clubs import Clubs
from companion.community.outbox import Outbox
from companion.community.session_notices import Instead, SessionNotices, Telling, brought, due_notices
from companion.storage import outbox
from companion.storage import series as clubs
from companion.storage.engine import Database
from companion.storage.outbox import Kind, Notice
from companion.storage.rsvps import Answer
from companion.storage.series import Frequency, Rule, Series, Venue
from companion.storage.sessions import Session, State
from tests.clocks import StoppedClock
from tests.community.clubs import GUILD, begin, friday, propose
from tests.examples import examples

MINUTES = st.lists(st.sampled_from([0, 1, 10, 30, 60, 120, 24 * 60, 48 * 60, 14 * 24 * 60]), max_size=5)


async def first(database: Database) -> tuple[Series, Session]:
    """A club and its session of 20 March, six days away."""
    decided = await begin(database)
    return decided.series, decided.coming[0]


async def waiting(database: Database) -> list[Notice]:
    async with database.read() as connection:
        return await outbox.unsettled(connection, database.clock.now())


async def told(database: Database) -> list[Kind]:
    """The kinds that came due by now, the longest due first."""
    await SessionNotices(database).appear(database.clock.now())
    return [one.notice.kind for one in await Outbox(database).due(database.clock.now())]


async def test_its_post_comes_a_week_before_and_its_thread_once_there_is_a_paper(
    database: Database, clock: StoppedClock
) -> None:
    _, session = await first(database)
    assert await told(database) == [Kind.POST]
    clock.advance(timedelta(days=4))
    assert await told(database) == [Kind.POST]
    await Clubs(database).schedule(GUILD, session.id, await propose(database, "Moss"))
    assert await told(database) == [Kind.POST, Kind.THREAD]


async def test_a_thread_waits_for_the_post_it_hangs_on(database: Database, clock: StoppedClock) -> None:
    _, session = await first(database)
    await Clubs(database).schedule(GUILD, session.id, await propose(database, "Moss"))
    clock.advance(timedelta(days=4))
    await told(database)
    post, thread = await waiting(database)
    notices = SessionNotices(database)
    assert await notices.decide(thread) is Instead.WAIT
    held = await Outbox(database).claim(post, clock.now(), 11)
    assert held is not None
    assert await notices.sent(held, 11, 70)
    assert isinstance(await notices.decide(thread), Telling)


async def test_reminders_a_day_an_hour_and_at_the_start(database: Database, clock: StoppedClock) -> None:
    await first(database)
    clock.advance(friday(19) - clock.now())
    assert (await told(database)).count(Kind.REMINDER) == 1
    clock.advance(timedelta(hours=22, minutes=59))
    assert (await told(database)).count(Kind.REMINDER) == 1
    clock.advance(timedelta(minutes=1))
    # The one of the day before is stale by now.
    assert [one.stale for one in await Outbox(database).due(clock.now()) if one.notice.kind is Kind.REMINDER] == [True]
    assert (await told(database)).count(Kind.REMINDER) == 2


async def test_a_session_that_was_moved_reminds_of_its_new_time_alone(database: Database, clock: StoppedClock) -> None:
    _, session = await first(database)
    clock.advance(friday(19) - clock.now())
    await told(database)
    (before,) = [one for one in await waiting(database) if one.kind is Kind.REMINDER]
    await Clubs(database).move(GUILD, session.id, friday(21))
    assert await SessionNotices(database).decide(before) is Instead.DROP
    clock.advance(timedelta(days=1))
    await told(database)
    (after,) = [one for one in await waiting(database) if one.kind is Kind.REMINDER and one.id != before.id]
    assert isinstance(await SessionNotices(database).decide(after), Telling)


async def test_nothing_is_told_of_what_does_not_take_place(database: Database, clock: StoppedClock) -> None:
    _, session = await first(database)
    await told(database)
    (post,) = await waiting(database)
    await Clubs(database).skip(GUILD, session.id)
    assert await SessionNotices(database).decide(post) is Instead.DROP
    clock.advance(friday(20) - clock.now())
    assert Kind.REMINDER not in [one.kind for one in await waiting(database) if one.session_id == session.id]


async def test_with_a_reminder_come_those_for_who_wants_them_directly(database: Database, clock: StoppedClock) -> None:
    _, session = await first(database)
    kept = Attendance(database)
    for member, answer in ((1, Answer.GOING), (2, Answer.GOING), (3, Answer.MAYBE), (4, Answer.MAYBE)):
        await kept.answer(GUILD, session.id, member, answer)
    for member in (1, 3, 5):
        await kept.remind_directly(GUILD, session.id, member)
    clock.advance(friday(19) - clock.now())
    await told(database)
    notices = SessionNotices(database)
    direct = [one for one in await waiting(database) if one.kind is Kind.DIRECT]
    assert sorted(one.member_id or 0 for one in direct) == [1, 3, 5]
    # Whoever asks for it after a reminder went out waits for the next.
    await kept.remind_directly(GUILD, session.id, 2)
    await told(database)
    assert len([one for one in await waiting(database) if one.kind is Kind.DIRECT]) == 3
    await kept.answer(GUILD, session.id, 1, Answer.NO)
    decided = {one.member_id: await notices.decide(one) for one in direct}
    assert decided[1] is Instead.DROP
    assert isinstance(decided[3], Telling)
    (reminder,) = [one for one in await waiting(database) if one.kind is Kind.REMINDER]
    telling = await notices.decide(reminder)
    assert isinstance(telling, Telling)
    assert telling.reminded == ()


async def test_a_place_is_told_of_once_it_is_free_and_not_to_who_left(database: Database, clock: StoppedClock) -> None:
    series, session = await first(database)

    async with database.write() as connection:
        await clubs.put(connection, replace(series, capacity=1))
    kept, notices = Attendance(database), SessionNotices(database)
    for member in (1, 2, 3):
        clock.advance(timedelta(minutes=1))
        await kept.answer(GUILD, session.id, member, Answer.GOING)
    second, third = await waiting(database)
    assert await notices.decide(second) is Instead.WAIT
    await kept.answer(GUILD, session.id, 2, Answer.NO)
    await kept.answer(GUILD, session.id, 1, Answer.NO)
    assert await notices.decide(second) is Instead.DROP
    telling = await notices.decide(third)
    assert isinstance(telling, Telling)
    assert telling.attended.places.going == (3,)


SERIES_START = datetime(2026, 3, 1, tzinfo=UTC)


@examples(100)
@given(MINUTES, st.integers(0, 10 * 24 * 60), st.integers(15, 480))
def test_at_any_time_one_reminder_is_due_at_most_and_none_after_the_end(
    minutes: list[int], before: int, duration: int
) -> None:
    series, session = example(tuple(minutes), duration)
    for now in (session.starts_at - timedelta(minutes=before), session.starts_at + timedelta(minutes=before)):
        kinds = Counter(one.kind for one in due_notices(now, series, session))
        assert all(count == 1 for count in kinds.values())
        if now >= session.starts_at + timedelta(minutes=duration):
            assert not kinds
        if now < session.starts_at and Kind.REMINDER not in kinds:
            assert all(now < session.starts_at - timedelta(minutes=one) for one in minutes)


@examples(100)
@given(MINUTES, st.integers(15, 480))
def test_all_that_a_session_brings_has_keys_of_its_own(minutes: list[int], duration: int) -> None:
    series, session = example(tuple(minutes), duration)
    keys = [one.key for one in brought(series, session)]
    assert len(set(keys)) == len(keys)
    assert all(one.due_at < one.stale_at for one in brought(series, session))


def example(minutes: tuple[int, ...], duration: int) -> tuple[Series, Session]:
    """A club that reminds so many minutes before, and a session of it."""

    start = friday(20)
    rule = Rule(Frequency.WEEKLY, 4, None, start.date(), 12 * 60, "Europe/Berlin")
    series = Series(
        1, GUILD, "Papers", rule, duration, 11, None, Venue.VOICE, 12, None, None, None, minutes, 5, SERIES_START
    )
    day = start.date()
    return series, Session(
        1, 1, GUILD, day, day, 12 * 60, "Europe/Berlin", start, State.PLANNED, SERIES_START, paper_id=1, thread_id=9
    )
