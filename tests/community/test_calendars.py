"""Calendars of a server's clubs, by file and by secret link, as sessions are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from companion.archive.paper_references import paper_reference
from companion.community.calendars import KEPT, MOST, CalendarFile, Calendars, NoSuchCalendarError, digest_of
from companion.community.club_refusals import NoClubsError, NoSuchClubError
from companion.community.club_setup import ClubSetup
from companion.community.club_wishes import Wanted, When, Where
from companion.community.clubs import Clubs
from companion.community.papers import Papers, written_facts
from companion.storage import sessions
from companion.storage.engine import Database
from companion.storage.series import Venue
from tests.calendars import Entry, between, by_icalendar, by_vobject
from tests.clocks import StoppedClock
from tests.community.clubs import FRIDAYS, GUILD, begin, friday, propose
from tests.community.test_papers import BUOYS, Catalogue

PRIYA, JONAS = 1, 2
HOUR = timedelta(hours=1)
BUOYS_ID = paper_reference("2603.00001")


async def entries(database: Database, club: str | None = None, guild: int = GUILD) -> dict[str, Entry]:
    """The server's calendar as two readers have it, by UIDs."""
    content = (await Calendars(database).of_server(guild, club)).content
    found = by_icalendar(content)
    assert by_vobject(content) == found
    assert len({one.uid for one in found}) == len(found)
    return {one.uid: one for one in found}


async def held_in(database: Database) -> list[datetime]:
    """When something takes place, as a program shows it that unfolds what recurs."""
    content = (await Calendars(database).of_server(GUILD, None)).content
    found = between(content, date(2026, 3, 1), date(2026, 12, 31))
    return sorted(one.start for one in found if one.status == "CONFIRMED")


async def ids(database: Database) -> list[int]:
    """The coming sessions, the earliest first."""
    async with database.read() as connection:
        return [one.id for one in await sessions.coming(connection, GUILD, database.clock.now())]


def name(session_id: int) -> str:
    return f"session-{session_id}@{GUILD}.companion.invalid"


class TestTheFile:
    async def test_it_has_every_session_to_come_on_the_clocks_of_the_club(self, database: Database) -> None:
        await begin(database)
        file = await Calendars(database).of_server(GUILD, None)
        assert file.name == "Friday Papers"
        assert file.changed_at == database.clock.now()
        assert await held_in(database) == [
            friday(20), friday(27), friday(3, 4, 10), friday(10, 4, 10), friday(17, 4, 10),
        ]  # fmt: skip

    async def test_a_moved_session_is_there_once_with_its_uid_and_a_higher_sequence(
        self, database: Database, clock: StoppedClock
    ) -> None:
        await begin(database)
        first, *_ = await ids(database)
        before = await entries(database)
        clock.advance(HOUR)
        at = friday(21, hour=16)
        await Clubs(database).move(GUILD, first, at)
        after = await entries(database)
        assert after.keys() == before.keys()
        assert (after[name(first)].start, after[name(first)].sequence) == (at, before[name(first)].sequence + 1)
        assert {uid for uid in before if before[uid] != after[uid]} == {name(first)}
        assert (await held_in(database))[:2] == [at, friday(27)]

    async def test_nothing_changes_by_being_read_or_by_being_told_what_is_so(
        self, database: Database, clock: StoppedClock
    ) -> None:
        await begin(database)
        first, *_ = await ids(database)
        calendars = Calendars(database)
        before = await calendars.of_server(GUILD, None)
        clock.advance(HOUR)
        await Clubs(database).move(GUILD, first, friday(20))
        await ClubSetup(database).edit(GUILD, None, Wanted(name="Friday Papers", duration=60, capacity=9))
        async with database.write() as connection:
            await sessions.note(connection, first, event_id=5, channel_id=6, message_id=7, thread_id=8)
        assert await calendars.of_server(GUILD, None) == before

    async def test_all_that_is_shown_of_a_session_raises_its_sequence_when_it_changes(
        self, database: Database, clock: StoppedClock
    ) -> None:
        await begin(database)
        first, second, *_ = await ids(database)
        paper = await propose(database, "Bees that count")
        clubs, setup = Clubs(database), ClubSetup(database)
        before = await entries(database)

        async def changed() -> dict[str, int]:
            """What another step changed, and by how much it raised the sequence."""
            nonlocal before
            clock.advance(HOUR)
            earlier, before = before, await entries(database)
            raised = {uid: before[uid].sequence - earlier[uid].sequence for uid in earlier}
            assert {uid for uid in raised if raised[uid]} == {uid for uid in earlier if earlier[uid] != before[uid]}
            return {uid: by for uid, by in raised.items() if by}

        await clubs.schedule(GUILD, first, paper, PRIYA)
        assert await changed() == {name(first): 1}
        await clubs.schedule(GUILD, first, author="Ada Fern")
        assert await changed() == {name(first): 1}
        await clubs.swap(GUILD, first, second)
        assert await changed() == {name(first): 1, name(second): 1}
        await clubs.clear(GUILD, second)
        assert await changed() == {name(second): 1}
        await setup.edit(GUILD, None, Wanted(where=Where(Venue.EXTERNAL, text="the red room")))
        assert await changed() == dict.fromkeys(before, 1)
        await setup.edit(GUILD, None, Wanted(name="Paper Fridays", duration=90))
        assert await changed() == dict.fromkeys(before, 1)
        await setup.edit(GUILD, None, Wanted(when=When(minute=18 * 60, zone="America/New_York")))
        assert await changed() == dict.fromkeys(before, 1)

    async def test_a_paper_that_its_catalogue_calls_otherwise_changes_its_session_once(
        self, database: Database, clock: StoppedClock
    ) -> None:
        await begin(database)
        first, *_ = await ids(database)
        catalogue = Catalogue()
        catalogue.down = True
        papers = Papers(database, catalogue)
        _, shown = await papers.propose(GUILD, PRIYA, BUOYS_ID, "", written_facts("Buoys", ""))
        await Clubs(database).schedule(GUILD, first, shown.paper.id, PRIYA)
        before = await entries(database)
        catalogue.down = False
        clock.advance(HOUR)
        assert await papers.learn() == 1
        after = await entries(database)
        assert after[name(first)].summary == f"Friday Papers: {BUOYS.title}"
        assert after[name(first)].sequence == before[name(first)].sequence + 1
        assert {uid for uid in after if after[uid] != before[uid]} == {name(first)}
        clock.advance(HOUR)
        await papers.propose(GUILD + 1, PRIYA, BUOYS_ID)
        assert await entries(database) == after

    async def test_skipped_and_cancelled_sessions_stay_as_cancelled_and_come_back_as_themselves(
        self, database: Database
    ) -> None:
        await begin(database)
        clubs = Clubs(database)
        first, second, *_ = await ids(database)
        await clubs.skip(GUILD, first)
        await clubs.cancel(GUILD, second)
        after = await entries(database)
        assert [after[name(one)].status for one in (first, second)] == ["CANCELLED", "CANCELLED"]
        assert (await held_in(database))[0] == friday(3, 4, 10)
        await clubs.move(GUILD, first, friday(20, hour=12))
        again = (await entries(database))[name(first)]
        assert (again.status, again.sequence, again.start) == ("CONFIRMED", 2, friday(20, hour=12))

    async def test_a_club_that_ended_takes_its_sessions_back_and_leaves_the_calendar_in_time(
        self, database: Database, clock: StoppedClock
    ) -> None:
        await begin(database)
        await begin(database, name="Asia", when=replace(FRIDAYS, zone="Asia/Singapore"))
        await ClubSetup(database).end(GUILD, "asia")
        calendars = Calendars(database)
        assert (await calendars.of_server(GUILD, None)).name == "Friday Papers, Asia"
        gone = [one for one in (await entries(database)).values() if one.status == "CANCELLED"]
        assert len(gone) == 5
        clock.advance(KEPT + timedelta(weeks=6))
        assert (await calendars.of_server(GUILD, None)).name == "Friday Papers"
        assert await entries(database) == {}

    async def test_what_was_held_stays_as_it_was_for_a_while(self, database: Database, clock: StoppedClock) -> None:
        await begin(database)
        first, second, *_ = await ids(database)
        await Clubs(database).schedule(GUILD, second, await propose(database, "Bees that count"))
        before = await entries(database)
        clock.advance(timedelta(days=14))
        assert len(await Clubs(database).hold_due(clock.now())) == 2
        assert await entries(database) == before
        clock.advance(KEPT)
        assert name(first) not in await entries(database)

    async def test_a_club_has_a_calendar_of_its_own_and_servers_are_strangers(self, database: Database) -> None:
        await begin(database)
        await begin(database, name="Asia")
        await begin(database, name="Elsewhere", guild=GUILD + 1)
        assert len(await entries(database)) == 10
        assert {one.summary for one in (await entries(database, "asia")).values()} == {"Asia"}
        assert {one.summary for one in (await entries(database, guild=GUILD + 1)).values()} == {"Elsewhere"}
        with pytest.raises(NoSuchClubError):
            await Calendars(database).of_server(GUILD, "Elsewhere")
        with pytest.raises(NoClubsError):
            await Calendars(database).of_server(GUILD + 2, None)


class TestLinks:
    async def test_a_link_opens_the_calendar_as_it_is_now_until_it_is_revoked(self, database: Database) -> None:
        await begin(database)
        calendars = Calendars(database)
        link = await calendars.subscribe(GUILD, PRIYA, None)
        assert link.token is not None
        assert link.digest is not None
        assert await calendars.opened(link.token) == await calendars.of_server(GUILD, None)
        first, *_ = await ids(database)
        await Clubs(database).move(GUILD, first, friday(21))
        assert friday(21) in [one.start for one in by_vobject((await calendars.opened(link.token)).content)]
        await calendars.revoke(GUILD, PRIYA, link.digest)
        with pytest.raises(NoSuchCalendarError):
            await calendars.opened(link.token)
        with pytest.raises(NoSuchCalendarError):
            await calendars.revoke(GUILD, PRIYA, link.digest)

    async def test_it_opens_its_club_and_server_alone(self, database: Database) -> None:
        await begin(database)
        await begin(database, name="Asia")
        await begin(database, name="Elsewhere", guild=GUILD + 1)
        calendars = Calendars(database)

        async def names(file: CalendarFile) -> set[str]:
            return {one.summary for one in by_icalendar(file.content)}

        of_one, of_all, there = [
            (await calendars.subscribe(guild, PRIYA, club)).token or ""
            for guild, club in ((GUILD, "Asia"), (GUILD, None), (GUILD + 1, None))
        ]
        assert await names(await calendars.opened(of_one)) == {"Asia"}
        assert await names(await calendars.opened(of_all)) == {"Asia", "Friday Papers"}
        assert await names(await calendars.opened(there)) == {"Elsewhere"}
        with pytest.raises(NoSuchClubError):
            await calendars.subscribe(GUILD, PRIYA, "Elsewhere")

    async def test_nothing_but_the_secret_itself_opens_it(self, database: Database) -> None:
        await begin(database)
        calendars = Calendars(database)
        link = await calendars.subscribe(GUILD, PRIYA, None)
        token, digest = link.token or "", link.digest or ""
        assert digest == digest_of(token)
        for guess in ("", digest, digest[:43], token[:-1], token + "A", token.swapcase(), f"{token}\n", "%", "é" * 43):
            with pytest.raises(NoSuchCalendarError):
                await calendars.opened(guess)

    async def test_the_database_has_no_secret(self, database: Database) -> None:
        await begin(database)
        link = await Calendars(database).subscribe(GUILD, PRIYA, None)
        assert link.token is not None
        await database.close()
        for file in database.address.files.parent.glob(f"{database.address.files.name}*"):
            if file.is_file():
                assert link.token.encode() not in file.read_bytes()

    async def test_only_who_has_a_link_revokes_it_and_managers_all_of_their_server(self, database: Database) -> None:
        await begin(database)
        await begin(database, guild=GUILD + 1)
        calendars = Calendars(database)
        priyas = [await calendars.subscribe(GUILD, PRIYA, None) for _ in range(2)]
        jonas = await calendars.subscribe(GUILD, JONAS, None)
        there = await calendars.subscribe(GUILD + 1, PRIYA, None)
        assert [one.links for one in (*priyas, jonas, there)] == [1, 2, 1, 1]
        for guild, member in ((GUILD, JONAS), (GUILD + 1, PRIYA), (None, PRIYA)):
            with pytest.raises(NoSuchCalendarError):
                await calendars.revoke(guild, member, priyas[0].digest or "")
        assert await calendars.revoke_all(GUILD, PRIYA) == 2
        assert (await calendars.opened(jonas.token or "")).name == "Friday Papers"
        assert await calendars.revoke_all(GUILD) == 1
        for one in (*priyas, jonas):
            with pytest.raises(NoSuchCalendarError):
                await calendars.opened(one.token or "")
        assert (await calendars.opened(there.token or "")).name == "Friday Papers"

    async def test_a_member_has_a_bounded_number_and_keeps_those_they_have(self, database: Database) -> None:
        await begin(database)
        calendars = Calendars(database)
        links = [await calendars.subscribe(GUILD, PRIYA, None) for _ in range(MOST)]
        refused = await calendars.subscribe(GUILD, PRIYA, None)
        assert (refused.token, refused.digest, refused.links) == (None, None, MOST)
        assert (await calendars.opened(links[0].token or "")).name == "Friday Papers"
        assert (await calendars.subscribe(GUILD, JONAS, None)).token is not None
