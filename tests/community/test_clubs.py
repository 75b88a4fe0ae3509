"""What becomes of sessions: found, booked once, moved, skipped, swapped, held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from companion.community.club_presenters import Presenters
from companion.community.club_refusals import (
    DoubledError,
    EndedClubError,
    NoPaperYetError,
    NoSessionError,
    NoSuchPaperError,
    NothingToChangeError,
    NotInQueueError,
    NotPlannedError,
    NotThenError,
    SameSessionError,
    ScheduledElsewhereError,
    SwapOverError,
    TakenError,
    TookOneAlreadyError,
    WhichSessionError,
)
from companion.community.club_sessions import Meeting
from companion.community.club_setup import ClubSetup
from companion.community.clubs import Clubs
from companion.community.spoken_times import NotATimeError
from companion.storage.engine import AsyncConnection, Database
from companion.storage.errors import CompanionError
from companion.storage.papers import State as PaperState
from companion.storage.sessions import State
from tests.clocks import StoppedClock
from tests.community.clubs import FRIDAYS, GUILD, begin, friday, kept, propose, state_of

ADA, BO = 71, 72
HOUR = timedelta(hours=1)


async def test_a_scheduled_session_has_its_paper_presenter_and_author(database: Database) -> None:
    session, paper = (await begin(database)).coming[0], await propose(database, "On Moss")
    meeting = await Clubs(database).schedule(GUILD, session.id, paper, ADA, "Ada Fern")
    after = meeting.session
    assert (after.paper_id, after.presented_by, after.author, after.sequence) == (paper, ADA, "Ada Fern", 1)
    assert meeting.paper is not None
    assert meeting.paper.state is PaperState.SCHEDULED
    again = await Clubs(database).schedule(GUILD, session.id, paper, BO)
    assert (again.session.presented_by, again.session.author) == (BO, "Ada Fern")


async def test_one_session_is_booked_once_however_many_want_it_at_once(database: Database) -> None:
    session, clubs = (await begin(database)).coming[0], Clubs(database)
    wanted = {await propose(database, f"On Moss {number}"): 100 + number for number in range(8)}

    async def take(paper: int, member: int) -> Meeting | CompanionError:
        try:
            return await clubs.take(GUILD, session.id, member, paper)
        except TakenError as error:
            return error

    came = await asyncio.gather(*(take(paper, member) for paper, member in wanted.items()))
    (winner,) = [one for one in came if isinstance(one, Meeting)]
    assert wanted[winner.session.paper_id or 0] == winner.session.presented_by
    assert winner.paper is not None
    assert {str(one) for one in came if isinstance(one, TakenError)} == {str(TakenError(winner.paper.title))}
    states = [await state_of(database, paper) for paper in wanted]
    assert states.count(PaperState.SCHEDULED) == 1
    assert states.count(PaperState.PROPOSED) == 7
    assert await kept(database, session.id) == winner.session


async def test_one_session_is_booked_once_by_two_processes(database: Database, database_url: str) -> None:
    session = (await begin(database)).coming[0]
    wanted = [await propose(database, f"On Moss {number}") for number in range(6)]
    async with await Database.open(database_url, database.clock) as other:
        both = [Clubs(database), Clubs(other)]
        came = await asyncio.gather(
            *(both[nth % 2].take(GUILD, session.id, 100 + nth, paper) for nth, paper in enumerate(wanted)),
            return_exceptions=True,
        )
    assert len([one for one in came if isinstance(one, Meeting)]) == 1
    assert len([one for one in came if isinstance(one, TakenError)]) == 5


async def test_one_paper_is_scheduled_once_however_many_sessions_want_it_at_once(database: Database) -> None:
    decided, clubs, paper = await begin(database), Clubs(database), await propose(database, "On Moss")
    came = await asyncio.gather(
        *(clubs.schedule(GUILD, session.id, paper) for session in decided.coming), return_exceptions=True
    )
    assert len([one for one in came if isinstance(one, Meeting)]) == 1
    assert len([one for one in came if isinstance(one, ScheduledElsewhereError)]) == 4


async def test_what_cannot_be_scheduled_is_refused_with_why(database: Database, clock: StoppedClock) -> None:
    decided, clubs = await begin(database), Clubs(database)
    session = decided.coming[0].id
    with pytest.raises(NothingToChangeError):
        await clubs.schedule(GUILD, session)
    with pytest.raises(NoPaperYetError):
        await clubs.schedule(GUILD, session, presenter=ADA)
    with pytest.raises(NoSuchPaperError):
        await clubs.schedule(GUILD, session, await propose(database, "Theirs", GUILD + 1))
    with pytest.raises(NotInQueueError, match="covered"):
        await clubs.schedule(GUILD, session, await propose(database, "Old", state=PaperState.COVERED))
    with pytest.raises(NoSessionError):
        await clubs.schedule(GUILD + 1, session, await propose(database, "Elsewhere", GUILD + 1))
    clock.advance(friday(20) - clock.now())
    with pytest.raises(NotPlannedError, match="begun"):
        await clubs.schedule(GUILD, session, await propose(database, "Late"))
    assert (await kept(database, session)).sequence == 0


async def test_a_refusal_leaves_a_skipped_session_skipped(database: Database) -> None:
    session, clubs = (await begin(database)).coming[0].id, Clubs(database)
    await clubs.skip(GUILD, session)
    with pytest.raises(NoSuchPaperError):
        await clubs.schedule(GUILD, session, 999)
    assert (await kept(database, session)).state is State.SKIPPED


async def test_members_take_one_date_at_a_time(database: Database) -> None:
    decided, clubs = await begin(database), Clubs(database)
    first, second, *_ = decided.coming
    await clubs.take(GUILD, first.id, ADA, await propose(database, "On Moss"))
    with pytest.raises(TookOneAlreadyError, match="2026-03-20"):
        await clubs.take(GUILD, second.id, ADA, await propose(database, "On Ferns"))
    await clubs.take(GUILD, second.id, BO, await propose(database, "On Lichen"))


async def test_a_skipped_session_gives_its_paper_back_and_does_not_come_again(
    database: Database, clock: StoppedClock
) -> None:
    session, clubs, paper = (await begin(database)).coming[0], Clubs(database), await propose(database, "On Moss")
    await clubs.schedule(GUILD, session.id, paper, ADA)
    skipped = await clubs.skip(GUILD, session.id)
    assert skipped.paper is not None
    assert (skipped.session.state, skipped.session.paper_id, skipped.session.sequence) == (State.SKIPPED, None, 2)
    assert await state_of(database, paper) is PaperState.PROPOSED
    with pytest.raises(NotPlannedError, match="/club schedule"):
        await clubs.skip(GUILD, session.id)
    assert await clubs.appear(clock.now()) == 0
    revived = await clubs.schedule(GUILD, session.id)
    assert revived.session.state is State.PLANNED


async def test_a_session_cancelled_in_discord_is_cancelled_once(database: Database) -> None:
    session, clubs = (await begin(database)).coming[0], Clubs(database)
    assert (await clubs.cancel(GUILD, session.id)).session.state is State.CANCELLED
    with pytest.raises(NotPlannedError, match="cancelled"):
        await clubs.cancel(GUILD, session.id)
    assert (await kept(database, session.id)).sequence == 1


async def test_a_moved_session_keeps_its_paper_and_its_date_gets_no_second_one(
    database: Database, clock: StoppedClock
) -> None:
    session, clubs, paper = (await begin(database)).coming[0], Clubs(database), await propose(database, "On Moss")
    await clubs.schedule(GUILD, session.id, paper, ADA)
    moved = (await clubs.move(GUILD, session.id, friday(21, hour=17))).session
    assert (moved.slot, moved.day, moved.minute) == (date(2026, 3, 20), date(2026, 3, 21), 18 * 60)
    assert (moved.paper_id, moved.presented_by, moved.sequence) == (paper, ADA, 2)
    again = (await clubs.move(GUILD, session.id, friday(21, hour=17))).session
    assert again == moved
    assert await clubs.appear(clock.now()) == 0
    for at in (clock.now(), clock.now() + timedelta(days=400)):
        with pytest.raises(NotThenError):
            await clubs.move(GUILD, session.id, at)
    with pytest.raises(DoubledError):
        await clubs.move(GUILD, session.id, friday(27))
    clock.advance(friday(21, hour=17) - clock.now())
    with pytest.raises(NotPlannedError):
        await clubs.move(GUILD, session.id, friday(22))


async def test_a_session_that_was_moved_to_the_time_of_a_later_date_stands_for_that_too(
    database: Database, clock: StoppedClock
) -> None:
    session, clubs = (await begin(database)).coming[0], Clubs(database)
    await clubs.move(GUILD, session.id, friday(24, month=4, hour=10))
    clock.advance(timedelta(weeks=5))
    await clubs.appear(clock.now())
    assert len([one for one in await clubs.coming(GUILD) if one.session.day == date(2026, 4, 24)]) == 1
    await clubs.move(GUILD, session.id, friday(24, month=4, hour=15))
    assert await clubs.appear(clock.now()) == 1


async def test_what_is_changed_while_sessions_appear_counts(database: Database, clock: StoppedClock) -> None:
    await begin(database)
    clock.advance(timedelta(weeks=1))
    clubs, write, paused = Clubs(database), database.write, False

    def pausing() -> AbstractAsyncContextManager[AsyncConnection]:
        """Begins a change a moment after somebody else's pause."""
        return _after_a_pause() if not paused else write()

    @asynccontextmanager
    async def _after_a_pause() -> AsyncGenerator[AsyncConnection]:
        nonlocal paused
        paused = True
        await ClubSetup(database).pause(GUILD, None)
        async with write() as connection:
            yield connection

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "write", pausing)
        assert await clubs.appear(clock.now()) == 0
    assert paused
    assert await clubs.coming(GUILD) == []


async def test_no_session_of_an_ended_club_comes_back_by_itself(database: Database) -> None:
    session, clubs, paper = (await begin(database)).coming[0], Clubs(database), await propose(database, "On Moss")
    await ClubSetup(database).end(GUILD, None)
    with pytest.raises(EndedClubError, match="/club resume"):
        await clubs.move(GUILD, session.id, friday(21))
    with pytest.raises(EndedClubError):
        await clubs.schedule(GUILD, session.id, paper)
    assert (await kept(database, session.id)).state is State.SKIPPED


async def test_a_cleared_session_is_free_for_another_paper(database: Database) -> None:
    session, clubs = (await begin(database)).coming[0], Clubs(database)
    moss, ferns = await propose(database, "On Moss"), await propose(database, "On Ferns")
    await clubs.schedule(GUILD, session.id, moss, ADA, "Ada Fern")
    with pytest.raises(TakenError, match="On Moss"):
        await clubs.schedule(GUILD, session.id, ferns)
    cleared = await clubs.clear(GUILD, session.id)
    assert (cleared.session.paper_id, cleared.session.presented_by, cleared.session.author) == (None, None, None)
    await clubs.schedule(GUILD, session.id, ferns)
    assert [await state_of(database, one) for one in (moss, ferns)] == [PaperState.PROPOSED, PaperState.SCHEDULED]


async def test_swapped_sessions_change_papers_with_their_presenters(database: Database) -> None:
    decided, clubs = await begin(database), Clubs(database)
    first, second, third, *_ = decided.coming
    moss, ferns = await propose(database, "On Moss"), await propose(database, "On Ferns")
    await clubs.schedule(GUILD, first.id, moss, ADA, "Ada Fern")
    await clubs.schedule(GUILD, second.id, ferns, BO)
    one, other = await clubs.swap(GUILD, first.id, second.id)
    assert (one.session.paper_id, one.session.presented_by, one.session.author) == (ferns, BO, None)
    assert (other.session.paper_id, other.session.presented_by, other.session.author) == (moss, ADA, "Ada Fern")
    empty, full = await clubs.swap(GUILD, first.id, third.id)
    assert (empty.session.paper_id, full.session.paper_id) == (None, ferns)
    for pair in ((first.id, first.id), (first.id, decided.coming[3].id)):
        with pytest.raises(SameSessionError):
            await clubs.swap(GUILD, *pair)


async def test_what_two_presenters_agreed_on_is_swapped_while_both_present_it(database: Database) -> None:
    one, other, *_ = (await begin(database)).coming
    clubs = Clubs(database)
    moss, ferns = await propose(database, "On Moss"), await propose(database, "On Ferns")
    await clubs.schedule(GUILD, one.id, moss, ADA)
    await clubs.schedule(GUILD, other.id, ferns, BO)
    for agreed in ((BO, ADA), (ADA, 73)):
        with pytest.raises(SwapOverError):
            await clubs.swap(GUILD, one.id, other.id, agreed)
    assert (await kept(database, one.id)).paper_id == moss
    await clubs.swap(GUILD, one.id, other.id, (ADA, BO))
    assert (await kept(database, one.id)).paper_id == ferns


async def test_a_presenter_who_left_is_taken_off_and_out_of_line_and_the_paper_stays(database: Database) -> None:
    decided, clubs, paper = await begin(database), Clubs(database), await propose(database, "On Moss")
    session, presenters = decided.coming[0], Presenters(database)
    for member in (ADA, BO):
        await presenters.volunteer(GUILD, member, None, None)
    await clubs.schedule(GUILD, session.id, paper, ADA)
    after = (await clubs.without_presenter(GUILD, session.id, ADA)).session
    assert (after.paper_id, after.presented_by, after.sequence) == (paper, None, 2)
    assert [one.member_id for one in (await presenters.line(decided.series)).presenters] == [BO]


async def test_who_presents_in_place_of_somebody_who_left_stays(database: Database) -> None:
    session, clubs, paper = (await begin(database)).coming[0], Clubs(database), await propose(database, "On Moss")
    await clubs.schedule(GUILD, session.id, paper, BO)
    assert (await clubs.without_presenter(GUILD, session.id, ADA)).session.presented_by == BO


async def test_what_is_over_was_held_and_its_paper_is_covered(database: Database, clock: StoppedClock) -> None:
    decided, clubs, paper = await begin(database), Clubs(database), await propose(database, "On Moss")
    session = decided.coming[0]
    await clubs.schedule(GUILD, session.id, paper, ADA)
    clock.advance(friday(20) + timedelta(minutes=59) - clock.now())
    assert await clubs.hold_due(clock.now()) == []
    assert (await clubs.coming(GUILD))[0].session.id == session.id
    clock.advance(timedelta(minutes=1))
    assert [one.id for one in await clubs.hold_due(clock.now())] == [session.id]
    assert await clubs.hold_due(clock.now()) == []
    assert await state_of(database, paper) is PaperState.COVERED
    assert (await clubs.coming(GUILD))[0].session.day == date(2026, 3, 27)


async def test_sessions_appear_as_time_goes_by_and_late_where_the_bot_was_down(
    database: Database, clock: StoppedClock
) -> None:
    await begin(database)
    clubs = Clubs(database)
    clock.advance(timedelta(weeks=1))
    assert await clubs.appear(clock.now()) == 1
    clock.advance(timedelta(weeks=30))
    assert await clubs.appear(clock.now()) == 5
    assert await clubs.appear(clock.now()) == 0
    coming = await clubs.coming(GUILD)
    assert [one.session.starts_at.astimezone().minute for one in coming] == [0] * 5
    assert coming[0].session.starts_at > clock.now()


class TestFinding:
    """Which session is meant."""

    async def test_it_is_known_by_its_day_or_by_its_number(self, database: Database) -> None:
        decided, clubs = await begin(database), Clubs(database)
        second = decided.coming[1].id
        for typed in ("2026-03-27", "27 March", f"#{second}", f" # {second} "):
            assert (await clubs.find(GUILD, None, typed)).session.id == second
        assert (await clubs.find(GUILD, "friday papers", "friday")).session.id == decided.coming[0].id

    async def test_one_that_is_still_far_away_is_made(self, database: Database, clock: StoppedClock) -> None:
        await begin(database)
        clubs = Clubs(database)
        far = (await clubs.find(GUILD, None, "2026-07-03")).session
        assert (far.slot, far.starts_at) == (date(2026, 7, 3), friday(3, 7, 10))
        assert (await clubs.find(GUILD, None, "2026-07-03")).session == far
        for typed in ("2026-07-04", "2027-12-31", "2026-03-13"):
            with pytest.raises(NoSessionError, match="2026-03-20"):
                await clubs.find(GUILD, None, typed)

    async def test_a_moved_session_is_known_by_its_new_day_alone(self, database: Database) -> None:
        session, clubs = (await begin(database)).coming[0], Clubs(database)
        await clubs.move(GUILD, session.id, friday(21))
        assert (await clubs.find(GUILD, None, "2026-03-21")).session.id == session.id
        with pytest.raises(NoSessionError):
            await clubs.find(GUILD, None, "2026-03-20")

    async def test_where_several_may_be_meant_it_is_asked_which(self, database: Database, clock: StoppedClock) -> None:
        await begin(database)
        clubs = Clubs(database)
        await begin(database, when=replace(FRIDAYS, minute=20 * 60), name="Evening")
        with pytest.raises(WhichSessionError, match="Evening"):
            await clubs.find(GUILD, None, "friday")
        assert (await clubs.find(GUILD, "evening", "friday")).series.name == "Evening"
        clock.advance(friday(20) - HOUR - clock.now())
        with pytest.raises(WhichSessionError, match="2026-03-27"):
            await clubs.find(GUILD, "evening", "friday")

    async def test_what_is_no_day_and_what_is_another_servers_is_refused(self, database: Database) -> None:
        decided, clubs = await begin(database), Clubs(database)
        await begin(database, guild=GUILD + 1)
        with pytest.raises(NotATimeError):
            await clubs.find(GUILD, None, "whenever")
        for typed in ("#", "#x", f"#{decided.coming[0].id}", "#99999999999999999999"):
            with pytest.raises(NoSessionError):
                await clubs.find(GUILD + 1, None, typed)
