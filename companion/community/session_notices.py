"""What a session brings by itself: its post, its thread, reminders, the link at the start, a place that came free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from companion.community.attendance import Attended, attended_of
from companion.community.club_refusals import NoSessionError
from companion.community.club_sessions import Meeting, meeting_of
from companion.community.outbox import place_key, session_key, settle_sent
from companion.storage import outbox, rsvps, series, sessions
from companion.storage.engine import AsyncConnection, Database
from companion.storage.outbox import Kind, Notice
from companion.storage.rsvps import Answer
from companion.storage.series import Series
from companion.storage.sessions import Session, State

POSTED_BEFORE = timedelta(days=7)
"""So long before the start a session gets its post."""
DISCUSSED_BEFORE = timedelta(days=3)
"""So long before the start a session that has a paper gets its thread."""
LATE = timedelta(minutes=30)
"""So long after the start it is still told that it begins."""
_FARTHEST = max(POSTED_BEFORE, DISCUSSED_BEFORE, timedelta(days=15))
"""What is further ahead brings nothing yet; reminders go out two weeks before at most."""
_LONGEST = timedelta(hours=8)


class Instead(Enum):
    """What is done with a notice that is not sent."""

    WAIT = auto()
    DROP = auto()


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice that is to be sent, and the session as it is now."""

    notice: Notice
    attended: Attended

    @property
    def meeting(self) -> Meeting:
        """The session."""
        return self.attended.meeting

    @property
    def reminded(self) -> tuple[int, ...]:
        """Whom a reminder in the channel names: those who have a place, and are not reminded directly."""
        return tuple(one for one in self.attended.places.going if one not in self.attended.by_message)


def brought(of: Series, session: Session) -> list[Notice]:
    """All that a planned session brings, whenever that is due. Each reminder is stale once the next one is due."""
    start = session.starts_at
    end = start + timedelta(minutes=of.duration)
    found = [_notice(session, Kind.POST, start - POSTED_BEFORE, start)]
    if session.paper_id is not None:
        found.append(_notice(session, Kind.THREAD, start - DISCUSSED_BEFORE, end))
    if session.thread_id is not None:
        found.append(_notice(session, Kind.LINK, start, min(start + LATE, end), 0))
    stale = min(start + LATE, end)
    for minutes in sorted(set(of.reminders)):
        at = start - timedelta(minutes=minutes)
        # What would have been due before the club was there, or went on, is not made up for.
        if at >= of.since:
            found.append(_notice(session, Kind.REMINDER, at, stale if minutes == 0 else min(stale, start), minutes))
        stale = at
    return found


def due_notices(now: datetime, of: Series, session: Session) -> list[Notice]:
    """What a session brings now."""
    if session.state is not State.PLANNED:
        return []
    return [one for one in brought(of, session) if one.due_at <= now < one.stale_at]


class SessionNotices:
    """What the sessions of all servers bring, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def appear(self, now: datetime) -> int:
        """Notes whatever is to be told from now on; returns how much that is. With a reminder come those for members
        who asked for direct messages."""
        async with self._database.read() as connection:
            planned = await sessions.planned(connection, now - _LONGEST, now + _FARTHEST)
            due = [
                (of, one, notice)
                for one in planned
                if (of := await series.get(connection, one.guild_id, one.series_id)) is not None
                for notice in due_notices(now, of, one)
                if await outbox.by_key(connection, notice.key) is None
            ]
        noted = 0
        for of, session, notice in due:
            async with self._database.write() as connection:
                if not await outbox.put(connection, notice):
                    continue
                noted += 1
                if notice.kind is Kind.REMINDER:
                    attended = await attended_of(connection, Meeting(of, session))
                    for member_id in _directly(attended):
                        key = notice.key.replace(Kind.REMINDER.value, Kind.DIRECT.value, 1) + f":{member_id}"
                        direct = replace(notice, key=key, kind=Kind.DIRECT, member_id=member_id)
                        noted += await outbox.put(connection, direct)
        return noted

    async def decide(self, notice: Notice) -> Telling | Instead:
        """What is told by a notice that is due, as things are now; or what is done with it instead."""
        async with self._database.read() as connection:
            try:
                meeting = await meeting_of(connection, notice.guild_id, notice.session_id)
            except NoSessionError:
                return Instead.DROP
            if meeting.session.state is not State.PLANNED:
                return Instead.DROP
            attended = await attended_of(connection, meeting)
            instead = await _instead(connection, notice, attended)
        return instead or Telling(notice, attended)

    async def sent(self, held: Notice, channel_id: int, message_id: int) -> bool:
        """A notice that is held was sent. The session knows its post and its thread from then on. False where the claim
        was taken over meanwhile."""
        async with self._database.write() as connection:
            if not await settle_sent(connection, held, channel_id, message_id):
                return False
            if held.kind is Kind.POST:
                await sessions.note(connection, held.session_id, channel_id=channel_id, message_id=message_id)
            elif held.kind is Kind.THREAD:
                await sessions.note(connection, held.session_id, thread_id=channel_id)
        return True


async def _instead(connection: AsyncConnection, notice: Notice, attended: Attended) -> Instead | None:
    """Why a notice is not sent now; None where it is."""
    session, places = attended.meeting.session, attended.places
    if notice.kind is Kind.PLACE:
        answer = await rsvps.get(connection, session.id, notice.member_id or 0)
        if answer is None or answer.answer is not Answer.GOING or place_key(answer) != notice.key:
            return Instead.DROP
        return Instead.WAIT if answer.member_id in places.waiting else None
    if notice.kind is Kind.DIRECT:
        # They may have changed their mind since.
        key = notice.key.removesuffix(f":{notice.member_id}").replace(Kind.DIRECT.value, Kind.REMINDER.value, 1)
        return None if notice.member_id in _directly(attended) and _still(key, attended) else Instead.DROP
    if notice.kind is Kind.THREAD and session.message_id is None:
        # It hangs on the post, which comes first.
        return Instead.WAIT
    if notice.kind in (Kind.POST, Kind.THREAD, Kind.REMINDER, Kind.LINK):
        return None if _still(notice.key, attended) else Instead.DROP
    return None


def _still(key: str, attended: Attended) -> bool:
    """Does the session, which may have been moved since, bring this still?"""
    return any(one.key == key for one in brought(attended.meeting.series, attended.meeting.session))


def _directly(attended: Attended) -> list[int]:
    """Who is reminded directly: those who asked for it, and have a place or may come."""
    come = (*attended.places.going, *attended.places.maybe)
    return [one for one in come if one in attended.by_message]


def _notice(session: Session, kind: Kind, due_at: datetime, stale_at: datetime, minutes: int | None = None) -> Notice:
    return Notice(0, session_key(kind, session, minutes), session.guild_id, session.id, kind, due_at, stale_at)
