"""Clubs, their sessions and their papers, as they are found and changed inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from companion.community.club_refusals import (
    NoClubsError,
    NoSessionError,
    NoSuchClubError,
    NoSuchPaperError,
    NotInQueueError,
    NotPlannedError,
    ScheduledElsewhereError,
    TakenError,
    WhichClubError,
)
from companion.community.club_rules import is_slot, missing, session_of
from companion.community.daily import local_day
from companion.community.spoken_times import days_meant
from companion.community.visibility import OutsideServersError
from companion.storage import papers, series, sessions, volunteers
from companion.storage.engine import AsyncConnection
from companion.storage.papers import Paper
from companion.storage.papers import State as PaperState
from companion.storage.series import Series
from companion.storage.sessions import Session, State

_FARTHEST = timedelta(days=366)
"""Sessions are made within so long from now."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session with its club, and with its paper where it has one."""

    series: Series
    session: Session
    paper: Paper | None = None


async def known_clubs(connection: AsyncConnection, guild_id: int | None) -> list[Series]:
    """The server's clubs that did not end. Raises `NoClubsError`."""
    if guild_id is None:
        raise OutsideServersError
    found = await series.of_guild(connection, guild_id)
    if not found:
        raise NoClubsError
    return found


async def club_named(connection: AsyncConnection, guild_id: int | None, typed: str | None) -> Series:
    """The server's club of that name; the only one, where none is named. Raises `NoClubsError`, `NoSuchClubError` and
    `WhichClubError`."""
    known = await known_clubs(connection, guild_id)
    names = [one.name for one in known]
    if typed is None or not typed.strip():
        if len(known) > 1:
            raise WhichClubError(names)
        return known[0]
    named = await series.by_name(connection, known[0].guild_id, typed)
    if named is None or named.ended_at is not None:
        raise NoSuchClubError(typed, names)
    return named


async def meeting_of(connection: AsyncConnection, guild_id: int | None, session_id: int) -> Meeting:
    """The server's session. Raises `NoSessionError`."""
    session = await sessions.get(connection, guild_id or 0, session_id)
    of = None if session is None else await series.get(connection, session.guild_id, session.series_id)
    if session is None or of is None:
        raise NoSessionError(f"#{session_id}", [])
    return Meeting(of, session, await paper_of(connection, session))


async def paper_of(connection: AsyncConnection, session: Session) -> Paper | None:
    """The session's paper."""
    if session.paper_id is None:
        return None
    return await papers.get(connection, session.guild_id, session.paper_id)


async def sessions_on(connection: AsyncConnection, of: Series, typed: str, now: datetime) -> list[Meeting]:
    """The club's sessions to come on the day that was typed, planned ones before others; the one that the rule has then
    is made where there is none. Raises `NotATimeError`."""
    days = days_meant(typed, now, of.rule.zone)
    known = [one for one in await sessions.of_series(connection, of.id) if one.starts_at > now]
    found = [one for one in known if one.day in days]
    found = [one for one in found if one.state is State.PLANNED] or found
    if not found and of.running:
        taken = {one.slot for one in known}
        farthest = local_day(now, of.rule.zone) + _FARTHEST
        due = [day for day in days if day <= farthest and is_slot(of.rule, day) and day not in taken]
        made = [session_of(of, day, now) for day in due]
        found = [
            replace(one, id=new)
            for one in made
            if one.starts_at > now and (new := await sessions.add(connection, one)) is not None
        ]
    return [Meeting(of, one, await paper_of(connection, one)) for one in found]


async def missing_sessions(connection: AsyncConnection, of: Series, now: datetime) -> list[Session]:
    """The sessions that the club's rule brings and that are not stored."""
    since = local_day(now, of.rule.zone) - timedelta(days=1)
    return missing(now, of, await sessions.of_series(connection, of.id, since))


async def make_missing(connection: AsyncConnection, of: Series, now: datetime) -> int:
    """Stores them; returns how many."""
    due = await missing_sessions(connection, of, now)
    return len([one for one in due if await sessions.add(connection, one) is not None])


async def book(
    connection: AsyncConnection, known: Meeting, paper_id: int, presenter: int | None, author: str | None, now: datetime
) -> None:
    """Gives a planned session its paper.

    Raises `TakenError`, and `NoSuchPaperError`, `ScheduledElsewhereError` or `NotInQueueError` for the paper.
    """
    session = known.session
    paper = await papers.get(connection, session.guild_id, paper_id)
    if paper is None:
        raise NoSuchPaperError
    for other in await sessions.of_paper(connection, paper_id):
        if other.state is State.PLANNED and other.id != session.id:
            raise ScheduledElsewhereError(paper, other)
    # Whatever state a paper without a session is in, nobody else has it.
    if paper.state not in (PaperState.PROPOSED, PaperState.SCHEDULED):
        raise NotInQueueError(paper)
    if not await sessions.book(connection, session.id, paper_id, presenter, author, now):
        after = await meeting_of(connection, session.guild_id, session.id)
        if after.session.state is not State.PLANNED:
            raise NotPlannedError(after.session)
        raise TakenError(after.paper.title if after.paper else None)
    await papers.set_state(connection, session.guild_id, paper_id, PaperState.SCHEDULED)


async def took_place(connection: AsyncConnection, session: Session) -> bool:
    """A planned session is over: its paper is covered, and who offered to present that is out of the line. False where
    it was not planned any more."""
    if not await sessions.hold(connection, session.id):
        return False
    if session.paper_id is not None:
        await papers.set_state(connection, session.guild_id, session.paper_id, PaperState.COVERED)
        await volunteers.fulfilled(connection, session.paper_id)
    return True


async def free(connection: AsyncConnection, session: Session, now: datetime, state: State = State.PLANNED) -> None:
    """Takes its paper from a session, which is in that state then; the paper is back in the queue, as if new."""
    await sessions.change(connection, session.id, now, state=state, paper_id=None, presented_by=None, author=None)
    if session.paper_id is not None and await papers.set_state(
        connection, session.guild_id, session.paper_id, PaperState.PROPOSED, [PaperState.SCHEDULED]
    ):
        await papers.renew(connection, session.paper_id, now)
