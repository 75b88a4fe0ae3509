"""Who has a place, who waits, and who moves up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.attendance import Attendance, NobodyComesError, NotYoursError, Places, answered, places
from companion.community.club_refusals import NoSessionError
from companion.community.club_setup import ClubSetup
from companion.community.club_wishes import Wanted
from companion.community.clubs import Clubs
from companion.storage import outbox
from companion.storage.engine import Database
from companion.storage.outbox import Kind
from companion.storage.rsvps import Answer, Rsvp
from tests.clocks import StoppedClock
from tests.community.clubs import CHANNEL, FRIDAYS, GUILD, LOUNGE, begin
from tests.examples import examples

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
PRESSES = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(Answer)), max_size=40)
CAPACITIES = st.none() | st.integers(1, 7)


def after(presses: list[tuple[int, Answer]]) -> list[Rsvp]:
    """What stands after members pressed, one a minute."""
    stands: dict[int, Rsvp] = {}
    for minute, (member, answer) in enumerate(presses):
        stands[member] = answered(stands.get(member), Rsvp(1, member, answer, NOON + timedelta(minutes=minute)))
    return list(stands.values())


@examples(100)
@given(PRESSES, CAPACITIES)
def test_places_are_never_more_than_there_are_and_nobody_is_lost_or_in_two_lists(
    presses: list[tuple[int, Answer]], capacity: int | None
) -> None:
    stands = after(presses)
    found = places(stands, capacity)
    assert capacity is None or len(found.going) <= capacity
    assert not found.waiting or len(found.going) == capacity
    listed = [*found.going, *found.waiting, *found.maybe]
    assert sorted(listed) == sorted(one.member_id for one in stands if one.answer is not Answer.NO)


@examples(100)
@given(PRESSES, CAPACITIES, st.integers(1, 6), st.sampled_from(Answer))
def test_nobody_who_has_a_place_loses_it_to_what_another_presses(
    presses: list[tuple[int, Answer]], capacity: int | None, presser: int, answer: Answer
) -> None:
    before = places(after(presses), capacity)
    now = places(after([*presses, (presser, answer)]), capacity)
    assert set(before.going) - {presser} <= set(now.going)
    stayed = [one for one in before.waiting if one != presser]
    assert [one for one in now.going + now.waiting if one in stayed] == stayed


def test_of_five_with_three_places_the_fourth_moves_up_as_one_leaves() -> None:
    five = [(member, Answer.GOING) for member in (1, 2, 3, 4, 5)]
    assert places(after(five), 3) == Places((1, 2, 3), (4, 5))
    assert places(after([*five, (2, Answer.NO)]), 3) == Places((1, 3, 4), (5,))
    assert places(after([*five, (2, Answer.MAYBE), (2, Answer.GOING)]), 3) == Places((1, 3, 4), (5, 2))


async def small(database: Database) -> int:
    """A club with three places, and its next session."""
    wanted = Wanted(name="Small", when=FRIDAYS, place=CHANNEL, where=LOUNGE, capacity=3)
    return (await begin(database, wanted)).coming[0].id


async def test_who_waits_is_to_be_told_once_of_a_place(database: Database, clock: StoppedClock) -> None:
    session_id, kept = await small(database), Attendance(database)
    for member in range(1, 6):
        clock.advance(timedelta(minutes=1))
        for _twice in range(2):
            await kept.answer(GUILD, session_id, member, Answer.GOING)
    assert (await kept.attended(GUILD, session_id)).places == Places((1, 2, 3), (4, 5))
    async with database.read() as connection:
        noted = await outbox.unsettled(connection, clock.now())
    assert [(one.kind, one.member_id) for one in noted] == [(Kind.PLACE, 4), (Kind.PLACE, 5)]
    attended = await kept.answer(GUILD, session_id, 2, Answer.NO)
    assert attended.places == Places((1, 3, 4), (5,))


async def test_many_who_press_at_once_get_no_more_than_the_places(database: Database, clock: StoppedClock) -> None:
    del clock
    session_id, kept = await small(database), Attendance(database)
    await asyncio.gather(*(kept.answer(GUILD, session_id, member, Answer.GOING) for member in range(1, 20)))
    attended = await kept.attended(GUILD, session_id)
    assert (len(attended.places.going), len(attended.places.waiting)) == (3, 16)


async def test_more_places_let_who_waits_move_up(database: Database, clock: StoppedClock) -> None:
    session_id, kept = await small(database), Attendance(database)
    for member in range(1, 6):
        clock.advance(timedelta(minutes=1))
        await kept.answer(GUILD, session_id, member, Answer.GOING)
    await ClubSetup(database).edit(GUILD, "Small", Wanted(capacity=4))
    assert (await kept.attended(GUILD, session_id)).places == Places((1, 2, 3, 4), (5,))


async def test_asking_for_a_direct_message_is_no_promise_to_come(database: Database, clock: StoppedClock) -> None:
    session_id, kept = await small(database), Attendance(database)
    attended = await kept.remind_directly(GUILD, session_id, 1)
    assert (attended.places, attended.by_message) == (Places(maybe=(1,)), {1})
    clock.advance(timedelta(minutes=1))
    attended = await kept.answer(GUILD, session_id, 1, Answer.GOING)
    assert (attended.places, attended.by_message) == (Places((1,)), {1})
    attended = await kept.remind_directly(GUILD, session_id, 1)
    assert (attended.places, attended.by_message) == (Places((1,)), frozenset())


async def test_who_does_not_come_is_not_made_to_by_asking_for_a_message(
    database: Database, clock: StoppedClock
) -> None:
    del clock
    session_id, kept = await small(database), Attendance(database)
    for answer in (Answer.NO, Answer.MAYBE):
        await kept.answer(GUILD, session_id, 1, answer)
        attended = await kept.remind_directly(GUILD, session_id, 1)
        comes = answer is Answer.MAYBE
        assert (attended.places, attended.by_message) == (Places(maybe=(1,) * comes), {1} if comes else frozenset())


async def test_nobody_comes_to_what_does_not_take_place_or_is_over(database: Database, clock: StoppedClock) -> None:
    session_id, kept = await small(database), Attendance(database)
    with pytest.raises(NoSessionError):
        await kept.answer(GUILD + 1, session_id, 1, Answer.GOING)
    clock.advance(timedelta(days=5, hours=23, minutes=30))
    await kept.answer(GUILD, session_id, 1, Answer.GOING)
    clock.advance(timedelta(minutes=30))
    with pytest.raises(NobodyComesError, match="is over"):
        await kept.answer(GUILD, session_id, 1, Answer.NO)
    other = (await Clubs(database).coming(GUILD))[0].session.id
    await Clubs(database).skip(GUILD, other)
    with pytest.raises(NobodyComesError, match="does not take place"):
        await kept.remind_directly(GUILD, other, 1)


async def test_a_direct_message_is_known_to_who_got_it_alone(database: Database, clock: StoppedClock) -> None:
    session_id, kept = await small(database), Attendance(database)
    for member in range(1, 5):
        clock.advance(timedelta(minutes=1))
        await kept.answer(GUILD, session_id, member, Answer.GOING)
    async with database.read() as connection:
        (notice,) = await outbox.unsettled(connection, clock.now())
    assert await kept.told_of(notice.id, 4) == notice
    for notice_id, member in ((notice.id, 3), (notice.id + 1, 4)):
        with pytest.raises(NotYoursError):
            await kept.told_of(notice_id, member)
