"""What managers decide about clubs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from companion.community.channels import ForbiddenChannelError, NoSuchChannelError, Place
from companion.community.club_refusals import NoClubsError, NoSuchClubError, WhichClubError
from companion.community.club_setup import (
    MOST,
    ClubSetup,
    NameTakenError,
    NotPausedError,
    PausedAlreadyError,
    TooManyClubsError,
)
from companion.community.club_wishes import (
    NotADateOfTheRuleError,
    NotANameError,
    NotRemindersError,
    OutOfRangeError,
    Wanted,
    When,
    Where,
    reminders_of,
)
from companion.community.clubs import Clubs
from companion.storage import sessions
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.papers import State as PaperState
from companion.storage.series import Frequency, Venue
from companion.storage.sessions import State
from tests.clocks import StoppedClock
from tests.community.clubs import (
    CHANNEL,
    FRIDAYS,
    GUILD,
    LOUNGE,
    MANAGER,
    begin,
    friday,
    kept,
    propose,
    state_of,
)

WEEK = timedelta(weeks=1)


async def test_a_new_club_has_its_first_sessions_at_once(database: Database) -> None:
    decided = await begin(database)
    club = decided.series
    assert (club.name, club.venue, club.venue_channel_id, club.channel_id) == ("Friday Papers", Venue.VOICE, 12, 11)
    assert (club.duration, club.reminders, club.capacity, club.assign_days) == (60, (1440, 60, 0), None, None)
    assert [one.slot for one in decided.coming] == [date(2026, 3, 20) + WEEK * week for week in range(5)]
    assert [one.starts_at.hour for one in decided.coming] == [11, 11, 10, 10, 10]


async def test_every_two_weeks_begins_with_the_next_such_day_or_with_the_one_that_is_named(database: Database) -> None:
    fortnightly = replace(FRIDAYS, frequency=(Frequency.FORTNIGHTLY, None))
    soon = await begin(database, when=fortnightly, name="soon")
    assert [one.slot for one in soon.coming][:2] == [date(2026, 3, 20), date(2026, 4, 3)]
    later = await begin(database, when=replace(fortnightly, first=[date(2026, 3, 27)]), name="later")
    assert [one.slot for one in later.coming][:2] == [date(2026, 3, 27), date(2026, 4, 10)]
    with pytest.raises(NotADateOfTheRuleError, match="2026-03-26"):
        await begin(database, when=replace(fortnightly, first=[date(2026, 3, 26)]), name="never")


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Wanted(name="   "), NotANameError),
        (Wanted(name="x" * 61), NotANameError),
        (Wanted(duration=5), OutOfRangeError),
        (Wanted(capacity=-1), OutOfRangeError),
        (Wanted(assign_days=61), OutOfRangeError),
        (Wanted(assign_days=0), OutOfRangeError),
        (Wanted(name="friday  PAPERS"), NameTakenError),
        (Wanted(place=Place(11, 0)), ForbiddenChannelError),
    ],
)
async def test_what_no_club_can_be_like_is_refused(
    database: Database, wanted: Wanted, refusal: type[CompanionError]
) -> None:
    await begin(database)
    other = await begin(database, name="Other")
    full = replace(wanted, name=wanted.name or "New", when=FRIDAYS, place=wanted.place or CHANNEL, where=LOUNGE)
    with pytest.raises(refusal):
        await begin(database, full)
    with pytest.raises(refusal):
        await ClubSetup(database).edit(GUILD, "other", wanted)
    assert await Clubs(database).club(GUILD, "Other") == other.series


async def test_a_club_needs_a_channel_of_the_server_and_a_server_has_a_bounded_number_of_clubs(
    database: Database,
) -> None:
    with pytest.raises(NoSuchChannelError):
        await begin(database, Wanted(name="New", when=FRIDAYS, where=LOUNGE))
    for number in range(MOST):
        await begin(database, name=f"Club {number}")
    with pytest.raises(TooManyClubsError):
        await begin(database, name="One more")


async def test_clubs_are_known_to_their_own_server_alone(database: Database) -> None:
    clubs, decided = Clubs(database), await begin(database)
    assert await clubs.club(GUILD, None) == decided.series
    with pytest.raises(NoClubsError):
        await clubs.club(GUILD + 1, "Friday Papers")
    with pytest.raises(NoClubsError):
        await ClubSetup(database).end(GUILD + 1, "Friday Papers")
    with pytest.raises(NoSuchClubError, match="Friday Papers"):
        await clubs.club(GUILD, "Monday Papers")
    await begin(database, name="Asia")
    with pytest.raises(WhichClubError, match="Asia"):
        await clubs.club(GUILD, None)


async def test_another_weekday_moves_the_sessions_and_their_calendars_hear_of_it(database: Database) -> None:
    decided = await begin(database)
    paper = await propose(database, "On Moss")
    await Clubs(database).schedule(GUILD, decided.coming[1].id, paper)
    edited = await ClubSetup(database).edit(GUILD, None, Wanted(when=When(weekday=2, zone="America/New_York")))
    assert [one.id for one in edited.coming] == [one.id for one in decided.coming]
    assert [one.day for one in edited.coming] == [one.day - timedelta(days=2) for one in decided.coming]
    assert edited.coming[1].paper_id == paper
    assert [one.sequence for one in edited.coming] == [1, 2, 1, 1, 1]
    assert await Clubs(database).appear(database.clock.now()) == 0


async def test_what_calendars_show_of_a_club_changes_all_its_sessions_once_and_the_rest_none(
    database: Database,
) -> None:
    await begin(database)
    setup = ClubSetup(database)
    outside = Where(Venue.EXTERNAL, text="https://example.org/room")
    edited = await setup.edit(GUILD, None, Wanted(where=outside, duration=90, name="Papers"))
    assert {one.sequence for one in edited.coming} == {1}
    assert edited.series.venue_text == "https://example.org/room"
    assert edited.series.venue_channel_id is None
    quiet = await setup.edit(GUILD, "papers", Wanted(capacity=3, assign_days=7, reminders=(30,)))
    assert {one.sequence for one in quiet.coming} == {1}
    assert (quiet.series.capacity, quiet.series.assign_days, quiet.series.reminders) == (3, 7, (30,))
    without = await setup.edit(GUILD, "papers", Wanted(capacity=0, assign_days=-1))
    assert (without.series.capacity, without.series.assign_days) == (None, None)


async def test_a_pause_lets_sessions_without_a_paper_go_and_they_come_back_with_the_club(
    database: Database, clock: StoppedClock
) -> None:
    decided, setup, clubs = await begin(database), ClubSetup(database), Clubs(database)
    first, second, third, *_ = decided.coming
    await clubs.schedule(GUILD, second.id, await propose(database, "On Moss"))
    await clubs.skip(GUILD, third.id)
    clock.advance(timedelta(hours=1))
    paused = await setup.pause(GUILD, None)
    assert [one.id for one in paused.coming] == [second.id]
    assert len(paused.skipped) == 3
    with pytest.raises(PausedAlreadyError):
        await setup.pause(GUILD, None)
    await setup.edit(GUILD, None, Wanted(when=When(minute=13 * 60)))
    clock.advance(timedelta(hours=1))
    assert await clubs.appear(clock.now()) == 0
    resumed = await setup.resume(GUILD, None)
    assert [one.id for one in resumed.coming] == [one.id for one in decided.coming if one.id != third.id]
    assert {one.minute for one in resumed.coming} == {13 * 60}
    assert (await kept(database, third.id)).state is State.SKIPPED
    assert (await kept(database, first.id)).state is State.PLANNED
    with pytest.raises(NotPausedError):
        await setup.resume(GUILD, None)


async def test_a_rule_that_was_changed_during_a_pause_brings_its_own_dates_alone(
    database: Database, clock: StoppedClock
) -> None:
    await begin(database)
    setup = ClubSetup(database)
    await setup.pause(GUILD, None)
    clock.advance(timedelta(hours=1))
    await setup.edit(GUILD, None, Wanted(when=When(frequency=(Frequency.MONTHLY, -1))))
    resumed = await setup.resume(GUILD, None)
    assert [one.day for one in resumed.coming] == [date(2026, 3, 27), date(2026, 4, 24), date(2026, 5, 29)]


async def test_a_rule_that_is_changed_and_changed_back_brings_its_dates_again(database: Database) -> None:
    decided, setup = await begin(database), ClubSetup(database)
    monthly = await setup.edit(GUILD, None, Wanted(when=When(frequency=(Frequency.MONTHLY, -1))))
    assert [one.day for one in monthly.skipped] == [date(2026, 3, 20), date(2026, 4, 10), date(2026, 4, 17)]
    back = await setup.edit(GUILD, None, Wanted(when=When(frequency=(Frequency.WEEKLY, None))))
    assert back.skipped == ()
    assert [one.day for one in back.coming][:5] == [one.day for one in decided.coming]


async def test_after_a_long_pause_nothing_comes_that_was_due_before(database: Database, clock: StoppedClock) -> None:
    decided, setup = await begin(database), ClubSetup(database)
    await setup.pause(GUILD, None)
    clock.advance(WEEK * 8)
    resumed = await setup.resume(GUILD, None)
    assert resumed.coming[0].day == date(2026, 5, 15)
    async with database.read() as connection:
        everything = await sessions.of_series(connection, decided.series.id)
    assert len({one.slot for one in everything}) == len(everything) == 10


async def test_the_end_of_a_club_gives_its_papers_back_and_a_mistake_can_be_undone(
    database: Database, clock: StoppedClock
) -> None:
    decided, setup, clubs = await begin(database), ClubSetup(database), Clubs(database)
    paper = await propose(database, "On Moss")
    await clubs.schedule(GUILD, decided.coming[0].id, paper, 7)
    clock.advance(timedelta(hours=1))
    ended = await setup.end(GUILD, "Friday Papers")
    assert ended.coming == ()
    assert await state_of(database, paper) is PaperState.PROPOSED
    with pytest.raises(NoClubsError):
        await clubs.club(GUILD, None)
    with pytest.raises(NameTakenError, match="/club resume"):
        await begin(database)
    resumed = await setup.resume(GUILD, "friday papers")
    assert [one.id for one in resumed.coming] == [one.id for one in decided.coming]
    assert resumed.coming[0].paper_id is None


async def test_of_several_clubs_that_stopped_it_is_asked_which_of_them_goes_on(database: Database) -> None:
    setup = ClubSetup(database)
    for typed in (None, "moss"):
        with pytest.raises(NoClubsError):
            await setup.resume(GUILD, typed)
    for name in ("Ferns", "Moss", "Lichen"):
        await begin(database, name=name)
    for typed, refusal in ((None, "No club here is paused"), ("moss", "“Moss” is not paused")):
        with pytest.raises(NotPausedError, match=refusal):
            await setup.resume(GUILD, typed)
    with pytest.raises(NoSuchClubError):
        await setup.resume(GUILD, "fungi")
    await setup.pause(GUILD, "ferns")
    await setup.end(GUILD, "moss")
    with pytest.raises(WhichClubError, match=r"“Ferns”, “Moss”: name"):
        await setup.resume(GUILD, None)
    await setup.resume(GUILD, "moss")
    assert (await setup.resume(GUILD, None)).series.name == "Ferns"


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1 day, 1 hour, start", (1440, 60, 0)),
        ("at the start; 30 min", (30, 0)),
        ("2h and a day", (1440, 120)),
        ("14 days", (20160,)),
        ("none", ()),
    ],
)
def test_reminders_are_read_in_words(typed: str, minutes: tuple[int, ...]) -> None:
    assert reminders_of(typed) == minutes


@pytest.mark.parametrize("typed", ["", "soon", "15 days", "1 h, 2 h, 3 h, 4 h, 5 h, 6 h", "-1 h", "1 week"])
def test_what_says_no_time_to_remind_is_refused(typed: str) -> None:
    with pytest.raises(NotRemindersError):
        reminders_of(typed)


async def test_a_club_that_was_created_just_before_it_meets_does_so_today(
    database: Database, clock: StoppedClock
) -> None:
    clock.advance(friday(20) - clock.now() - timedelta(minutes=1))
    assert (await begin(database)).coming[0].starts_at == friday(20)
    clock.advance(timedelta(minutes=1))
    assert (await begin(database, name="Late")).coming[0].starts_at == friday(27)
    assert (await Clubs(database).club(GUILD, "late")).created_by == MANAGER
