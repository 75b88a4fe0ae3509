"""Calendars of a server's clubs: as files, and by secret links that members subscribe to and revoke.

Calendar programs ask without a login, so whoever has a link reads that calendar, and nothing else of the server.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.community.club_calendar import calendar_name, calendar_of
from companion.community.club_sessions import Meeting, club_named, known_clubs
from companion.storage import calendar_tokens, papers, series, sessions
from companion.storage.calendar_tokens import CalendarToken
from companion.storage.engine import AsyncConnection, Database
from companion.storage.errors import NotFoundError
from companion.storage.series import Series

KEPT = timedelta(days=90)
"""So long ago sessions are in a calendar still, those too that did not take place."""
MOST = 10
"""Links that a member can have in a server."""
_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class NoSuchCalendarError(NotFoundError):
    """A link that nobody has, that was revoked, or that is another's."""

    def __init__(self) -> None:
        super().__init__("That link opens nothing any more. `/club calendar` gives you a new one.")


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """An iCalendar file, and what it is called. ``changed_at``: when something in it changed last, None if nothing ever
    did."""

    name: str
    content: bytes
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """What a member may subscribe to: the secret of a new link, None where they have as many as they can have; and how
    many they have, with the new one. ``digest`` is what is kept of the secret."""

    token: str | None
    digest: str | None
    links: int


class Calendars:
    """The calendars of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_server(self, guild_id: int | None, club: str | None) -> CalendarFile:
        """The calendar of a club, or of all the server's. Raises `NoClubsError`, `NoSuchClubError`."""
        async with self._database.read() as connection:
            named = await _named(connection, guild_id, club)
            whose = (await known_clubs(connection, guild_id))[0].guild_id
        return await self._file(whose, None if named is None else named.id)

    async def subscribe(self, guild_id: int | None, member_id: int, club: str | None) -> Link:
        """A new link to the calendar of a club, or of all the server's; those that the member has stay. Raises as
        `of_server`."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._database.clock.now()
        async with self._database.write() as connection:
            whose = (await known_clubs(connection, guild_id))[0].guild_id
            named = await _named(connection, guild_id, club)
            has = await calendar_tokens.count(connection, whose, member_id)
            if has >= MOST:
                return Link(None, None, has)
            made = CalendarToken(digest_of(token), whose, None if named is None else named.id, member_id, now)
            await calendar_tokens.add(connection, made)
        return Link(token, made.digest, has + 1)

    async def revoke(self, guild_id: int | None, member_id: int, digest: str) -> None:
        """A member's link opens nothing any more. Raises `NoSuchCalendarError`."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            if not await calendar_tokens.revoke(connection, guild_id or 0, now, member_id, digest):
                raise NoSuchCalendarError

    async def revoke_all(self, guild_id: int | None, member_id: int | None = None) -> int:
        """None of a member's links opens anything any more; none of the server's, where no member is given. Returns how
        many did."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            return await calendar_tokens.revoke(connection, guild_id or 0, now, member_id)

    async def opened(self, token: str) -> CalendarFile:
        """What a link opens. Raises `NoSuchCalendarError`.

        What is compared is the digest of what was asked for, so the time that takes tells nothing of any secret.
        """
        if not _TOKEN.fullmatch(token):
            raise NoSuchCalendarError
        async with self._database.read() as connection:
            known = await calendar_tokens.get(connection, digest_of(token))
        if known is None:
            raise NoSuchCalendarError
        return await self._file(known.guild_id, known.series_id)

    async def _file(self, guild_id: int, series_id: int | None) -> CalendarFile:
        """The calendar of a club of the server, or of all; of those that ended, too, whose sessions are let go."""
        today = self._database.clock.now().date()
        async with self._database.read() as connection:
            known = await series.of_guild(connection, guild_id, ended=True)
            clubs = [one for one in known if series_id in (None, one.id)]
            about = {paper.id: paper for paper in await papers.of_guild(connection, guild_id)}
            meetings = [
                Meeting(club, session, about.get(session.paper_id or 0))
                for club in clubs
                for session in await sessions.of_series(connection, club.id, today - KEPT)
            ]
        shown = {one.series.id for one in meetings}
        clubs = [one for one in clubs if one.ended_at is None or one.id in shown] or clubs
        changed_at = max((one.session.changed_at for one in meetings), default=None)
        # Of many sessions it takes some hundredths of a second.
        content = await asyncio.to_thread(calendar_of, clubs, meetings, today)
        return CalendarFile(calendar_name(clubs), content, changed_at)


def digest_of(token: str) -> str:
    """What is kept of a secret: enough to know it again, with no way back. Drawn by chance, it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


async def _named(connection: AsyncConnection, guild_id: int | None, club: str | None) -> Series | None:
    """The club that was named; None for all. Raises `NoClubsError`, `NoSuchClubError`."""
    return await club_named(connection, guild_id, club) if club and club.strip() else None
