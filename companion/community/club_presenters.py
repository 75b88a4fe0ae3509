"""Who presents in a club: volunteers, whoever has not presented yet first; and what is assigned by itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from companion.community.club_refusals import NoSuchPaperError
from companion.community.club_rules import assignable
from companion.community.club_sessions import Meeting, book, club_named, meeting_of
from companion.storage import papers, series, sessions, volunteers
from companion.storage.engine import AsyncConnection, Database
from companion.storage.errors import CompanionError
from companion.storage.papers import State as PaperState
from companion.storage.series import Series
from companion.storage.volunteers import Volunteer

log = logging.getLogger(__name__)

_NEVER = datetime(2015, 1, 1, tzinfo=UTC)
"""Before Discord: when somebody presented last who never did."""

Ranked = Callable[[int], Awaitable[Sequence[int]]]
"""The papers of a server that may be assigned, by their ids, the one that leads the vote first."""


class NotAVolunteerError(CompanionError):
    """Nobody took them for one."""

    def __init__(self) -> None:
        super().__init__("You are not among those who would present in this club. `/club volunteer` adds you.")


@dataclass(frozen=True, slots=True)
class Presenter:
    """A member who would present: ``paper_id``, or any. ``times``: how often they presented in this server already,
    sessions to come that they have included; ``booked``: have they one to come in this club?"""

    member_id: int
    paper_id: int | None
    times: int
    booked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Those who would present in a club, in the order in which they come."""

    series: Series
    presenters: tuple[Presenter, ...]

    def place(self, member_id: int) -> int:
        """The member's place in it, counted from 1; 0 for who is not in it."""
        places = {one.member_id: nth for nth, one in enumerate(self.presenters, 1)}
        return places.get(member_id, 0)


def in_order(
    offers: Collection[Volunteer],
    presented: Mapping[int, tuple[int, datetime]],
    booked: Mapping[int, int],
    here: Collection[int],
) -> tuple[Presenter, ...]:
    """Volunteers in the order in which they come: who presented least often first, then who did longest ago, then who
    offered first. ``presented``: how often members did, and when last; ``booked``: how many sessions to come they
    have; ``here``: who has one in this club."""

    def key(one: Volunteer) -> tuple[int, datetime, datetime, int]:
        times, last = presented.get(one.member_id, (0, _NEVER))
        return times + booked.get(one.member_id, 0), last, one.at, one.member_id

    return tuple(
        Presenter(one.member_id, one.paper_id, key(one)[0], one.member_id in here) for one in sorted(offers, key=key)
    )


def offered(paper_id: int, line: Collection[Presenter]) -> int | None:
    """The first in line who offered to present that very paper."""
    return next((one.member_id for one in line if one.paper_id == paper_id), None)


def presenter_for(paper_id: int, line: Collection[Presenter]) -> int | None:
    """Who presents a paper that is assigned: the first who offered that very one, or else the first who would present
    any and has no session to come."""
    free = (one.member_id for one in line if one.paper_id is None and not one.booked)
    return offered(paper_id, line) or next(free, None)


class Presenters:
    """Who presents in the clubs of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def volunteer(self, guild_id: int | None, member_id: int, club: str | None, paper_id: int | None) -> Line:
        """The member would present in that club: that paper, or any.

        Raises `CompanionError` for a club or a paper that there is not.
        """
        now = self._database.clock.now()
        async with self._database.write() as connection:
            of = await club_named(connection, guild_id, club)
            if paper_id is not None:
                paper = await papers.get(connection, of.guild_id, paper_id)
                if paper is None or paper.state not in (PaperState.PROPOSED, PaperState.SCHEDULED):
                    raise NoSuchPaperError
            await volunteers.put(connection, Volunteer(of.id, member_id, paper_id, now))
            return await line_of(connection, of, now)

    async def withdraw(self, guild_id: int | None, member_id: int, series_id: int) -> Series:
        """The member would not present any more. Raises `NotAVolunteerError`."""
        async with self._database.write() as connection:
            of = await series.get(connection, guild_id or 0, series_id)
            if of is None or not await volunteers.remove(connection, series_id, member_id):
                raise NotAVolunteerError
        return of

    async def line(self, of: Series) -> Line:
        """Those who would present in the club."""
        async with self._database.read() as connection:
            return await line_of(connection, of, self._database.clock.now())

    async def assign_due(self, now: datetime, ranked: Ranked) -> list[Meeting]:
        """Assigns the top of each server's vote to its sessions whose time for that has come; returns those."""
        async with self._database.read() as connection:
            due = [
                (of, session)
                for of in await series.running(connection)
                if of.assign_days is not None
                for session in await sessions.coming(connection, of.guild_id, now, of.id)
                if assignable(now, of, session)
            ]
        assigned: list[Meeting] = []
        for of, session in sorted(due, key=lambda one: one[1].starts_at):
            for paper_id in await ranked(of.guild_id):
                try:
                    assigned.append(await self._assign(of, session.id, paper_id, now))
                except CompanionError as error:
                    # Somebody was quicker, with the session or with the paper.
                    log.info("paper %d was not assigned to session %d: %s", paper_id, session.id, error)
                else:
                    break
        return assigned

    async def _assign(self, of: Series, session_id: int, paper_id: int, now: datetime) -> Meeting:
        async with self._database.write() as connection:
            line = await line_of(connection, of, now)
            known = await meeting_of(connection, of.guild_id, session_id)
            await book(connection, known, paper_id, presenter_for(paper_id, line.presenters), None, now)
            return await meeting_of(connection, of.guild_id, session_id)


async def line_of(connection: AsyncConnection, of: Series, now: datetime) -> Line:
    """Those who would present in the club, inside a transaction."""
    offers = await volunteers.of_series(connection, of.id)
    presented = await sessions.presented(connection, of.guild_id)
    booked: dict[int, int] = {}
    here: set[int] = set()
    for session in await sessions.coming(connection, of.guild_id, now - timedelta(minutes=of.duration)):
        if session.presented_by is not None:
            booked[session.presented_by] = booked.get(session.presented_by, 0) + 1
            if session.series_id == of.id:
                here.add(session.presented_by)
    return Line(of, in_order(offers, presented, booked, here))
