"""Who presents: whoever has not yet, first; and what is assigned by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.club_presenters import NotAVolunteerError, Presenter, Presenters, in_order, presenter_for
from companion.community.club_refusals import NoClubsError, NoSuchPaperError
from companion.community.club_setup import ClubSetup
from companion.community.club_wishes import Wanted
from companion.community.clubs import Clubs
from companion.storage.engine import Database
from companion.storage.papers import State as PaperState
from companion.storage.volunteers import Volunteer
from tests.clocks import StoppedClock
from tests.community.clubs import FRIDAYS, GUILD, begin, friday, kept, propose, state_of
from tests.storage.sample_clubs import SINCE

ADA, BO, CY = 71, 72, 73
DAY = timedelta(days=1)


def offer(member: int, hours: int = 0, paper: int | None = None) -> Volunteer:
    return Volunteer(1, member, paper, SINCE + timedelta(hours=hours))


def test_whoever_presented_least_comes_first_then_longest_ago_then_first_to_offer() -> None:
    offers = [offer(ADA, 0), offer(BO, 1), offer(CY, 2), offer(74, 3), offer(75, 4)]
    presented = {ADA: (2, SINCE), BO: (1, SINCE + DAY), CY: (1, SINCE)}
    assert [one.member_id for one in in_order(offers, presented, {}, ())] == [74, 75, CY, BO, ADA]
    assert [one.member_id for one in in_order(offers, presented, {74: 3}, ())] == [75, CY, BO, ADA, 74]


@given(
    st.lists(st.builds(offer, st.integers(1, 9), st.integers(0, 99)), unique_by=lambda one: one.member_id),
    st.dictionaries(st.integers(1, 9), st.tuples(st.integers(1, 4), st.just(SINCE))),
)
def test_nobody_who_presented_comes_before_somebody_who_did_not(
    offers: list[Volunteer], presented: dict[int, tuple[int, object]]
) -> None:
    known = {member: (times, SINCE) for member, (times, _) in presented.items()}
    line = in_order(offers, known, {}, ())
    assert sorted(one.member_id for one in line) == sorted(one.member_id for one in offers)
    assert [one.times for one in line] == sorted(one.times for one in line)


def test_a_paper_goes_to_who_offered_it_or_else_to_the_first_who_is_free() -> None:
    line = [Presenter(ADA, None, 0, True), Presenter(BO, 5, 0, False), Presenter(CY, None, 1, False)]
    assert presenter_for(5, line) == BO
    assert presenter_for(6, line) == CY
    assert presenter_for(6, line[:2]) is None


async def test_members_stand_in_a_clubs_line_until_they_take_it_back(database: Database, clock: StoppedClock) -> None:
    presenters, decided = Presenters(database), await begin(database)
    paper = await propose(database, "On Moss")
    assert (await presenters.volunteer(GUILD, ADA, None, None)).place(ADA) == 1
    clock.advance(DAY)
    line = await presenters.volunteer(GUILD, BO, "friday papers", paper)
    assert (line.place(BO), line.place(CY)) == (2, 0)
    await Clubs(database).take(GUILD, decided.coming[0].id, ADA, paper)
    line = await presenters.line(decided.series)
    assert line.presenters == (Presenter(BO, paper, 0, False), Presenter(ADA, None, 1, True))
    await presenters.withdraw(GUILD, BO, decided.series.id)
    for guild, member in ((GUILD, BO), (GUILD + 1, ADA)):
        with pytest.raises(NotAVolunteerError):
            await presenters.withdraw(guild, member, decided.series.id)
    with pytest.raises(NoSuchPaperError):
        await presenters.volunteer(GUILD, CY, None, await propose(database, "Old", state=PaperState.COVERED))
    with pytest.raises(NoClubsError):
        await presenters.volunteer(GUILD + 1, CY, None, None)


class TestAssigning:
    """The top of the vote, at the stated lead time."""

    async def test_the_leading_paper_is_assigned_to_the_next_session_and_the_second_to_the_one_after(
        self, database: Database, clock: StoppedClock
    ) -> None:
        decided, presenters = await begin(database), Presenters(database)
        await ClubSetup(database).edit(GUILD, None, Wanted(assign_days=8))
        first, second, third = [await propose(database, f"On Moss {number}") for number in range(3)]
        await presenters.volunteer(GUILD, ADA, None, second)
        await presenters.volunteer(GUILD, BO, None, None)

        async def ranked(guild_id: int) -> Sequence[int]:
            assert guild_id == GUILD
            return [first, second, third]

        clock.advance(friday(19) - clock.now())
        assert [one.session.id for one in await presenters.assign_due(clock.now(), ranked)] == [
            decided.coming[0].id,
            decided.coming[1].id,
        ]
        sessions = [await kept(database, one.id) for one in decided.coming[:3]]
        assert [(one.paper_id, one.presented_by) for one in sessions] == [(first, BO), (second, ADA), (None, None)]
        assert await state_of(database, first) is PaperState.SCHEDULED
        assert await presenters.assign_due(clock.now(), ranked) == []

    async def test_nothing_is_assigned_before_or_where_nobody_wants_that_or_nothing_leads(
        self, database: Database, clock: StoppedClock
    ) -> None:
        decided, presenters = await begin(database), Presenters(database)
        paper = await propose(database, "On Moss")

        async def ranked(_guild_id: int) -> Sequence[int]:
            return [paper]

        async def empty(_guild_id: int) -> Sequence[int]:
            return []

        await ClubSetup(database).edit(GUILD, None, Wanted(assign_days=1))
        clock.advance(friday(20) - timedelta(hours=25) - clock.now())
        assert await presenters.assign_due(clock.now(), ranked) == []
        clock.advance(timedelta(hours=24))
        await ClubSetup(database).edit(GUILD, None, Wanted(assign_days=-1))
        assert await presenters.assign_due(clock.now(), ranked) == []
        await ClubSetup(database).edit(GUILD, None, Wanted(assign_days=1))
        assert await presenters.assign_due(clock.now(), empty) == []
        assert len(await presenters.assign_due(clock.now(), ranked)) == 1
        assert (await kept(database, decided.coming[0].id)).paper_id == paper

    async def test_what_a_host_cleared_is_not_assigned_again_at_once(
        self, database: Database, clock: StoppedClock
    ) -> None:
        decided, presenters = await begin(database), Presenters(database)
        await ClubSetup(database).edit(GUILD, None, Wanted(assign_days=7))
        paper = await propose(database, "On Moss")

        async def ranked(_guild_id: int) -> Sequence[int]:
            return [paper]

        assert len(await presenters.assign_due(clock.now(), ranked)) == 1
        await Clubs(database).clear(GUILD, decided.coming[0].id)
        clock.advance(timedelta(hours=23))
        assert await presenters.assign_due(clock.now(), ranked) == []
        clock.advance(timedelta(hours=1))
        assert len(await presenters.assign_due(clock.now(), ranked)) == 1


async def test_who_offered_a_paper_presents_it_where_a_host_names_nobody_and_is_out_of_line_afterwards(
    database: Database, clock: StoppedClock
) -> None:
    decided, clubs, presenters = await begin(database), Clubs(database), Presenters(database)
    moss, ferns = await propose(database, "On Moss"), await propose(database, "On Ferns")
    await presenters.volunteer(GUILD, ADA, None, moss)
    await presenters.volunteer(GUILD, BO, None, None)
    first, second, *_ = decided.coming
    assert (await clubs.schedule(GUILD, first.id, moss)).session.presented_by == ADA
    assert (await clubs.schedule(GUILD, second.id, ferns)).session.presented_by is None
    clock.advance(friday(20) + DAY - clock.now())
    await clubs.hold_due(clock.now())
    assert [one.member_id for one in (await presenters.line(decided.series)).presenters] == [BO]


async def test_presenting_in_one_club_counts_in_the_others(database: Database, clock: StoppedClock) -> None:
    clubs, presenters = Clubs(database), Presenters(database)
    decided = await begin(database)
    other = await begin(database, when=replace(FRIDAYS, weekday=1), name="Asia")
    await clubs.take(GUILD, decided.coming[0].id, ADA, await propose(database, "On Moss"))
    clock.advance(friday(20) + DAY - clock.now())
    await clubs.hold_due(clock.now())
    await presenters.volunteer(GUILD, ADA, "asia", None)
    line = await presenters.volunteer(GUILD, BO, "asia", None)
    assert line.series == other.series
    assert [(one.member_id, one.times) for one in line.presenters] == [(BO, 0), (ADA, 1)]
