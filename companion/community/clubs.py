"""What members and managers do with the sessions of clubs: find, schedule, take, swap, move, skip.

Every change of a session goes through here, whoever wants it: a command, the clock, or Discord's own event.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from companion.community.club_presenters import line_of, offered
from companion.community.club_refusals import (
    DoubledError,
    EndedClubError,
    NoPaperYetError,
    NoSessionError,
    NothingToChangeError,
    NotPlannedError,
    NotThenError,
    SameSessionError,
    SwapOverError,
    TookOneAlreadyError,
    WhichSessionError,
)
from companion.community.club_rules import over
from companion.community.club_sessions import (
    Meeting,
    book,
    club_named,
    free,
    known_clubs,
    make_missing,
    meeting_of,
    missing_sessions,
    paper_of,
    sessions_on,
    took_place,
)
from companion.community.spoken_times import reading_of
from companion.community.wishes import typed_id
from companion.storage import series, sessions, volunteers
from companion.storage.engine import AsyncConnection, Database
from companion.storage.series import Series
from companion.storage.sessions import Session, State

_FARTHEST = timedelta(days=366)
"""Sessions are moved within so long from now."""
_LISTED = 3


class Clubs:
    """The sessions of all servers' clubs, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def clubs(self, guild_id: int | None) -> list[Series]:
        """The server's clubs that did not end, the oldest first. Raises `NoClubsError`."""
        async with self._database.read() as connection:
            return await known_clubs(connection, guild_id)

    async def club(self, guild_id: int | None, typed: str | None) -> Series:
        """The club of that name; where none is named, the only one. Raises `NoClubsError`, `NoSuchClubError` and
        `WhichClubError`."""
        async with self._database.read() as connection:
            return await club_named(connection, guild_id, typed)

    async def find(self, guild_id: int | None, club: str | None, typed: str, *, free: bool = False) -> Meeting:
        """The session to come that was chosen (``#12``), or is on the day that was typed; one that the club's rule has
        then is made where it was still too far away.

        Raises `CompanionError` for what is no such day, or may be several sessions; for no such day it names those
        that there are, which have no paper where a ``free`` one is wanted.
        """
        now = self._database.clock.now()
        async with self._database.write() as connection:
            if (plain := typed.strip()).startswith("#"):
                if (session_id := typed_id(plain[1:])) is None:
                    raise NoSessionError(typed, [])
                return await meeting_of(connection, guild_id, session_id)
            among = [await club_named(connection, guild_id, club)] if club else await known_clubs(connection, guild_id)
            found = [one for of in among for one in await sessions_on(connection, of, typed, now)]
            if not found:
                coming = [one for of in among for one in await sessions.coming(connection, of.guild_id, now, of.id)]
                days = sorted(one.day for one in coming if not free or one.paper_id is None)
                raise NoSessionError(typed, [str(day) for day in days[:_LISTED]], free=free)
            if len(found) > 1:
                raise WhichSessionError(typed, [f"{one.session.day} ({one.series.name})" for one in found])
        return found[0]

    async def coming(self, guild_id: int | None, club: str | None = None) -> list[Meeting]:
        """The sessions to come of a club, or of all the server's, the earliest first; one that is going on is
        among them. Raises as `club`."""
        now = self._database.clock.now()
        async with self._database.read() as connection:
            among = await known_clubs(connection, guild_id)
            if club:
                among = [await club_named(connection, guild_id, club)]
            found = [
                Meeting(of, session, await paper_of(connection, session))
                for of in among
                for session in await sessions.coming(
                    connection, of.guild_id, now - timedelta(minutes=of.duration), of.id
                )
            ]
        return sorted(found, key=lambda one: (one.session.starts_at, one.session.id))

    async def meeting(self, guild_id: int | None, session_id: int) -> Meeting:
        """The server's session, whatever became of it. Raises `NoSessionError`."""
        async with self._database.read() as connection:
            return await meeting_of(connection, guild_id, session_id)

    async def schedule(
        self,
        guild_id: int | None,
        session_id: int,
        paper_id: int | None = None,
        presenter: int | None = None,
        author: str | None = None,
    ) -> Meeting:
        """Gives a session its paper, its presenter and the author who attends; what is None stays as it is. Without a
        presenter, whoever offered that very paper presents it. A skipped session takes place again.

        Raises `TakenError` where it has another paper: of several who want it at once, the first has it.
        """
        now = self._database.clock.now()
        async with self._database.write() as connection:
            known = await _of_lasting_club(connection, guild_id, session_id)
            session = _still_to_come(known.session, now)
            revived = session.state is not State.PLANNED
            if revived:
                await sessions.change(connection, session_id, now, state=State.PLANNED)
            if paper_id is not None and paper_id != session.paper_id:
                if presenter is None:
                    presenter = offered(paper_id, (await line_of(connection, known.series, now)).presenters)
                await book(connection, known, paper_id, presenter, author, now)
            elif presenter is not None or author is not None:
                if session.paper_id is None:
                    raise NoPaperYetError
                named = presenter or session.presented_by, author or session.author
                await sessions.change(connection, session_id, now, presented_by=named[0], author=named[1])
            elif not revived:
                raise NothingToChangeError
            return await meeting_of(connection, guild_id, session_id)

    async def take(self, guild_id: int | None, session_id: int, member_id: int, paper_id: int) -> Meeting:
        """A member takes a free date for themselves, with a paper. Raises as `schedule`, and `TookOneAlreadyError`."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            known = await meeting_of(connection, guild_id, session_id)
            if _still_to_come(known.session, now).state is not State.PLANNED:
                raise NotPlannedError(known.session)
            for other in await sessions.coming(connection, known.series.guild_id, now, known.series.id):
                if other.presented_by == member_id and other.id != session_id:
                    raise TookOneAlreadyError(other)
            await book(connection, known, paper_id, member_id, None, now)
            return await meeting_of(connection, guild_id, session_id)

    async def clear(self, guild_id: int | None, session_id: int) -> Meeting:
        """The session goes without its paper, which is back in the queue. Raises `NotPlannedError`."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            known = await meeting_of(connection, guild_id, session_id)
            if _still_to_come(known.session, now).state is not State.PLANNED:
                raise NotPlannedError(known.session)
            await free(connection, known.session, now)
            return replace(await meeting_of(connection, guild_id, session_id), paper=known.paper)

    async def without_presenter(self, guild_id: int | None, session_id: int, member_id: int) -> Meeting:
        """The member does not present, because they left the server, and is in none of its lines; the paper stays."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            known = await meeting_of(connection, guild_id, session_id)
            for of in await series.of_guild(connection, known.series.guild_id, ended=True):
                await volunteers.remove(connection, of.id, member_id)
            if known.session.presented_by == member_id:
                await sessions.change(connection, session_id, now, presented_by=None)
            return await meeting_of(connection, guild_id, session_id)

    async def skip(self, guild_id: int | None, session_id: int) -> Meeting:
        """Lets a session go. What is returned has its paper still, which is back in the queue.

        Raises `NotPlannedError`.
        """
        return await self._let_go(guild_id, session_id, State.SKIPPED)

    async def cancel(self, guild_id: int | None, session_id: int) -> Meeting:
        """As `skip`, for what was cancelled or deleted in Discord."""
        return await self._let_go(guild_id, session_id, State.CANCELLED)

    async def move(self, guild_id: int | None, session_id: int, at: datetime) -> Meeting:
        """The session is at that instant; a skipped one takes place again. What is so already stays unchanged.

        Raises `NotPlannedError`, `NotThenError`, `DoubledError` and `EndedClubError`.
        """
        now = self._database.clock.now()
        if not now < at < now + _FARTHEST:
            raise NotThenError
        async with self._database.write() as connection:
            known = await _of_lasting_club(connection, guild_id, session_id)
            _still_to_come(known.session, now)
            for other in await sessions.coming(connection, known.series.guild_id, now, known.series.id):
                if other.starts_at == at and other.id != session_id:
                    raise DoubledError
            zone = known.series.rule.zone
            shown = reading_of(at, zone)
            await sessions.change(
                connection,
                session_id,
                now,
                day=shown.day,
                minute=shown.minute,
                zone=zone,
                starts_at=at,
                state=State.PLANNED,
            )
            return await meeting_of(connection, guild_id, session_id)

    async def swap(
        self, guild_id: int | None, first_id: int, second_id: int, agreed: tuple[int, int] | None = None
    ) -> tuple[Meeting, Meeting]:
        """Two sessions change their papers, with who presents them. Where members ``agreed`` on it, the one presents in
        the first and the other in the second still. Raises `SameSessionError`, `NotPlannedError`, `SwapOverError`."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            one, other = [await meeting_of(connection, guild_id, each) for each in (first_id, second_id)]
            for each in (one, other):
                if _still_to_come(each.session, now).state is not State.PLANNED:
                    raise NotPlannedError(each.session)
            if agreed not in (None, (one.session.presented_by, other.session.presented_by)):
                raise SwapOverError
            if first_id == second_id or one.session.paper_id == other.session.paper_id:
                raise SameSessionError
            for to, of in ((one.session, other.session), (other.session, one.session)):
                await sessions.change(
                    connection, to.id, now, paper_id=of.paper_id, presented_by=of.presented_by, author=of.author
                )
            return (
                await meeting_of(connection, guild_id, first_id),
                await meeting_of(connection, guild_id, second_id),
            )

    async def appear(self, now: datetime) -> int:
        """Makes the sessions that the rules of all clubs bring; returns how many."""
        async with self._database.read() as connection:
            due = [one for one in await series.running(connection) if await missing_sessions(connection, one, now)]
        made = 0
        for one in due:
            async with self._database.write() as connection:
                # It may have been changed, paused or ended meanwhile.
                known = await series.get(connection, one.guild_id, one.id)
                made += 0 if known is None else await make_missing(connection, known, now)
        return made

    async def hold_due(self, now: datetime) -> list[Session]:
        """Sessions that are over have taken place, and their papers are covered; returns them."""
        async with self._database.read() as connection:
            begun = await sessions.planned(connection, None, now)
            ended = [
                one
                for one in begun
                if (of := await series.get(connection, one.guild_id, one.series_id)) and over(now, one, of.duration)
            ]
        if not ended:
            return []
        async with self._database.write() as connection:
            return [one for one in ended if await took_place(connection, one)]

    async def _let_go(self, guild_id: int | None, session_id: int, state: State) -> Meeting:
        now = self._database.clock.now()
        async with self._database.write() as connection:
            known = await meeting_of(connection, guild_id, session_id)
            if _still_to_come(known.session, now).state is not State.PLANNED:
                raise NotPlannedError(known.session)
            await free(connection, known.session, now, state)
            return replace(await meeting_of(connection, guild_id, session_id), paper=known.paper)


async def _of_lasting_club(connection: AsyncConnection, guild_id: int | None, session_id: int) -> Meeting:
    """The server's session, which may be brought back. Raises `EndedClubError`, and as `meeting_of`."""
    known = await meeting_of(connection, guild_id, session_id)
    if known.series.ended_at is not None:
        raise EndedClubError(known.series)
    return known


def _still_to_come(session: Session, now: datetime) -> Session:
    """The session. Raises `NotPlannedError` for one that has begun, or is over."""
    if session.starts_at <= now or session.state is State.HELD:
        raise NotPlannedError(replace(session, state=State.HELD))
    return session
