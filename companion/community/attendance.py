"""Who comes to a session, who has a place, and who waits for one.

Places go by the order in which members said that they come; so whoever waits moves up by themselves when somebody else
leaves or the club gets more places, and nothing has to be stored for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from companion.community.club_rules import over
from companion.community.club_sessions import Meeting, meeting_of
from companion.community.outbox import place_key
from companion.storage import outbox, rsvps
from companion.storage.engine import AsyncConnection, Database
from companion.storage.errors import CompanionError
from companion.storage.outbox import Kind, Notice
from companion.storage.rsvps import Answer, Rsvp
from companion.storage.sessions import State


class NobodyComesError(CompanionError):
    """A session that does not take place, or is over."""

    def __init__(self, state: State) -> None:
        what = "does not take place" if state in (State.SKIPPED, State.CANCELLED) else "is over"
        super().__init__(f"This session {what}: `/club next` shows the ones to come.")


class NotYoursError(CompanionError):
    """A reminder of somebody else, or of a session that is gone."""

    def __init__(self) -> None:
        super().__init__("I don't know this session any more: `/club next`, in its server, shows the ones to come.")


@dataclass(frozen=True, slots=True)
class Places:
    """The members who come and have a place, those who wait for one, and those who may come; each in their order."""

    going: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    maybe: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Attended:
    """A session with who comes. ``by_message`` are those who are reminded by direct message."""

    meeting: Meeting
    places: Places
    by_message: frozenset[int] = frozenset()


def places(answers: Iterable[Rsvp], capacity: int | None) -> Places:
    """Who has one of that many places (None: there are enough), who waits, and who may come."""
    ordered = sorted(answers, key=lambda one: (one.at, one.member_id))
    come = tuple(one.member_id for one in ordered if one.answer is Answer.GOING)
    maybe = tuple(one.member_id for one in ordered if one.answer is Answer.MAYBE)
    most = len(come) if capacity is None else capacity
    return Places(come[:most], come[most:], maybe)


def answered(before: Rsvp | None, now: Rsvp) -> Rsvp:
    """What stands once a member answered: the same answer again keeps their place in the order."""
    if before is None:
        return now
    kept = replace(now, by_message=before.by_message)
    return before if before.answer is now.answer else kept


class Attendance:
    """Who comes to the sessions of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def answer(self, guild_id: int | None, session_id: int, member_id: int, answer: Answer) -> Attended:
        """Stores what a member answered. Raises `NoSessionError` and `NobodyComesError`."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            meeting = await self._open(connection, guild_id, session_id)
            before = await rsvps.get(connection, session_id, member_id)
            stands = answered(before, Rsvp(session_id, member_id, answer, now))
            if stands != before:
                await rsvps.put(connection, stands)
            return await self._after(connection, meeting, stands)

    async def remind_directly(self, guild_id: int | None, session_id: int, member_id: int) -> Attended:
        """Whether a member is reminded by direct message: the other way than before. Whoever had not answered may come
        now; for whoever does not come nothing changes. Raises `NoSessionError` and `NobodyComesError`."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            meeting = await self._open(connection, guild_id, session_id)
            before = await rsvps.get(connection, session_id, member_id)
            if before is None:
                stands = Rsvp(session_id, member_id, Answer.MAYBE, now, by_message=True)
            elif before.answer is Answer.NO:
                stands = before
            else:
                stands = replace(before, by_message=not before.by_message)
            if stands != before:
                await rsvps.put(connection, stands)
            return await self._after(connection, meeting, stands)

    async def attended(self, guild_id: int, session_id: int) -> Attended:
        """A session with who comes, whatever became of it. Raises `NoSessionError`."""
        async with self._database.read() as connection:
            return await attended_of(connection, await meeting_of(connection, guild_id, session_id))

    async def told_of(self, notice_id: int, member_id: int) -> Notice:
        """What a member was told directly, where no server is known of by a press. Raises `NotYoursError`."""
        async with self._database.read() as connection:
            notice = await outbox.get(connection, notice_id)
        if notice is None or notice.member_id != member_id:
            raise NotYoursError
        return notice

    async def forget(self, session_id: int, member_id: int) -> None:
        """A member left the server: their place is free."""
        async with self._database.write() as connection:
            await rsvps.remove(connection, session_id, member_id)

    async def _open(self, connection: AsyncConnection, guild_id: int | None, session_id: int) -> Meeting:
        meeting = await meeting_of(connection, guild_id, session_id)
        session = meeting.session
        if session.state is not State.PLANNED or over(self._database.clock.now(), session, meeting.series.duration):
            raise NobodyComesError(session.state)
        return meeting

    async def _after(self, connection: AsyncConnection, meeting: Meeting, stands: Rsvp) -> Attended:
        attended = await attended_of(connection, meeting)
        if stands.member_id in attended.places.waiting:
            # It is told once they have a place, or never.
            end = meeting.session.starts_at + timedelta(minutes=meeting.series.duration)
            notice = Notice(
                0,
                place_key(stands),
                meeting.session.guild_id,
                stands.session_id,
                Kind.PLACE,
                stands.at,
                end,
                stands.member_id,
            )
            await outbox.put(connection, notice)
        return attended


async def attended_of(connection: AsyncConnection, meeting: Meeting) -> Attended:
    """A session with who comes."""
    answers = (await rsvps.of_sessions(connection, [meeting.session.id]))[meeting.session.id]
    return Attended(
        meeting,
        places(answers, meeting.series.capacity),
        frozenset(one.member_id for one in answers if one.by_message and one.answer is not Answer.NO),
    )
