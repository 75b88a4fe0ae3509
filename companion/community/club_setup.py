"""What managers decide about clubs: begun, changed, paused, resumed, ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from companion.community.club_refusals import NoClubsError, NoSuchClubError, WhichClubError
from companion.community.club_rules import Shift, is_slot, shifted
from companion.community.club_sessions import club_named, free, make_missing
from companion.community.club_wishes import USUAL_DURATION, USUAL_REMINDERS, Wanted, anchored, changed, new_rule
from companion.community.daily import local_day
from companion.community.highlight_rules import usable
from companion.community.permissions import NEWS
from companion.community.visibility import OutsideServersError
from companion.storage import series, sessions
from companion.storage.engine import AsyncConnection, Database
from companion.storage.errors import CompanionError
from companion.storage.series import Frequency, Rule, Series
from companion.storage.sessions import Session, State

MOST = 8
"""Clubs that a server can have at once."""


class NameTakenError(CompanionError):
    """The server has a club of that name."""

    def __init__(self, known: Series) -> None:
        way = "`/club resume` brings it back" if known.ended_at else "`/club edit` changes it"
        which = "that ended" if known.ended_at else "here"
        super().__init__(f"There is a club {which} called “{known.name}” already: choose another name, or {way}.")


class TooManyClubsError(CompanionError):
    """The server has as many as it can have."""

    def __init__(self) -> None:
        super().__init__(f"A server can have {MOST} clubs at once: end one with `/club end` first.")


class PausedAlreadyError(CompanionError):
    """The club is paused."""

    def __init__(self) -> None:
        super().__init__("That club is paused already. `/club resume` goes on with it.")


class NotPausedError(CompanionError):
    """The club is not paused. ``named`` is None where no club was meant in particular, and none is."""

    def __init__(self, named: Series | None) -> None:
        what = "No club here is paused" if named is None else f"“{named.name}” is not paused"
        super().__init__(f"{what}: `/club next` shows when they meet.")


@dataclass(frozen=True, slots=True)
class Decided:
    """A club as it is now, with its next sessions and with those that were let go or moved for that. ``same``: was it
    like this before?"""

    series: Series
    coming: tuple[Session, ...]
    shifts: tuple[Shift, ...] = ()
    same: bool = False

    @property
    def skipped(self) -> tuple[Session, ...]:
        """Sessions that do not take place any more."""
        return tuple(one.before for one in self.shifts if one.session.state is State.SKIPPED is not one.before.state)


class ClubSetup:
    """The clubs of all servers, as managers set them up, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, guild_id: int | None, member_id: int, wanted: Wanted) -> Decided:
        """Begins a club; its first sessions are there at once. ``wanted`` has a name, a weekday, a time, a zone, a
        channel and where it meets.

        Raises `CompanionError` for what cannot be, and for a channel in which nothing could be posted.
        """
        if guild_id is None:
            raise OutsideServersError
        now, when = self._database.clock.now(), wanted.when
        if when.weekday is None or when.minute is None or when.zone is None or wanted.where is None:
            raise ValueError("a new club needs a weekday, a time, a zone and where it meets")
        frequency, nth = when.frequency or (Frequency.WEEKLY, None)
        # Its first day comes next.
        rule = Rule(frequency, when.weekday, nth, local_day(now, when.zone), when.minute, when.zone)
        club = Series(
            id=0,
            guild_id=guild_id,
            name="",
            rule=anchored(rule, when.first, now),
            duration=USUAL_DURATION,
            channel_id=usable(wanted.place, NEWS),
            hosted_by=None,
            venue=wanted.where.venue,
            venue_channel_id=None,
            venue_text=None,
            capacity=None,
            assign_days=None,
            reminders=USUAL_REMINDERS,
            created_by=member_id,
            since=now,
        )
        club = changed(club, wanted, club.rule)
        async with self._database.write() as connection:
            await _named_alone(connection, club)
            if len(await series.of_guild(connection, guild_id)) >= MOST:
                raise TooManyClubsError
            club = replace(club, id=await series.add(connection, club))
            await make_missing(connection, club, now)
            return await _decided(connection, club, now)

    async def edit(self, guild_id: int | None, typed: str | None, wanted: Wanted) -> Decided:
        """Changes a club, and with its rule the sessions to come. Raises `CompanionError`, as `create`."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            before = await club_named(connection, guild_id, typed)
            club = changed(before, wanted, new_rule(before.rule, wanted.when, now))
            if wanted.place is not None:
                club = replace(club, channel_id=usable(wanted.place, NEWS))
            await _named_alone(connection, club)
            await series.put(connection, club)
            shifts: list[Shift] = []
            if club.rule != before.rule:
                shifts = shifted(now, before.rule, club, await sessions.of_series(connection, club.id))
                for shift in shifts:
                    after = shift.session
                    await sessions.change(
                        connection,
                        after.id,
                        # By that instant, those that a pause let go are known when it is over.
                        now if State.PLANNED in (shift.before.state, after.state) else after.changed_at,
                        slot=after.slot,
                        day=after.day,
                        minute=after.minute,
                        zone=after.zone,
                        starts_at=after.starts_at,
                        state=after.state,
                    )
            if _shown(club) != _shown(before):
                await sessions.touch_coming(connection, club.id, now, [one.before.id for one in shifts])
            await make_missing(connection, club, now)
            return replace(await _decided(connection, club, now, shifts), same=club == before)

    async def pause(self, guild_id: int | None, typed: str | None) -> Decided:
        """No sessions come any more, and those to come without a paper are let go; those with one stay.

        Raises `PausedAlreadyError`.
        """
        now = self._database.clock.now()
        async with self._database.write() as connection:
            club = await club_named(connection, guild_id, typed)
            if club.paused_at is not None:
                raise PausedAlreadyError
            club = replace(club, paused_at=now)
            await series.put(connection, club)
            shifts = await _let_go(connection, club, now, with_papers=False)
            return await _decided(connection, club, now, shifts)

    async def end(self, guild_id: int | None, typed: str | None) -> Decided:
        """The club is over: no session takes place any more, and their papers are back in the queue."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            club = replace(await club_named(connection, guild_id, typed), ended_at=now)
            await series.put(connection, club)
            shifts = await _let_go(connection, club, now, with_papers=True)
            return await _decided(connection, club, now, shifts)

    async def resume(self, guild_id: int | None, typed: str | None) -> Decided:
        """Goes on with a club that was paused, or that ended; sessions that were let go for that take place again.

        Raises `NotPausedError`.
        """
        now = self._database.clock.now()
        if guild_id is None:
            raise OutsideServersError
        async with self._database.write() as connection:
            stopped = await _stopped(connection, guild_id, typed)
            for session in await sessions.of_series(connection, stopped.id, local_day(now, stopped.rule.zone)):
                # What was skipped by hand was changed at another time, and stays so.
                for_that = session.changed_at in (stopped.paused_at, stopped.ended_at)
                still_due = session.starts_at > now and is_slot(stopped.rule, session.slot)
                if session.state is State.SKIPPED and for_that and still_due:
                    await sessions.change(connection, session.id, now, state=State.PLANNED)
            club = replace(stopped, paused_at=None, ended_at=None, since=now)
            await series.put(connection, club)
            await make_missing(connection, club, now)
            return await _decided(connection, club, now)


def _shown(club: Series) -> tuple[object, ...]:
    """What calendars show of all sessions of a club, beside their times."""
    return club.name, club.duration, club.venue, club.venue_channel_id, club.venue_text, club.hosted_by


async def _named_alone(connection: AsyncConnection, club: Series) -> None:
    known = await series.by_name(connection, club.guild_id, club.name)
    if known is not None and known.id != club.id:
        raise NameTakenError(known)


async def _stopped(connection: AsyncConnection, guild_id: int, typed: str | None) -> Series:
    """The club that is paused or ended: the only one, where none is named. Raises `NotPausedError`, `NoClubsError`,
    `NoSuchClubError` and `WhichClubError`."""
    known = await series.of_guild(connection, guild_id, ended=True)
    stopped = [one for one in known if not one.running]
    if not known:
        raise NoClubsError
    if not typed:
        if not stopped:
            raise NotPausedError(None)
        if len(stopped) > 1:
            raise WhichClubError([one.name for one in stopped])
        return stopped[0]
    named = await series.by_name(connection, guild_id, typed)
    if named is None:
        raise NoSuchClubError(typed, [one.name for one in stopped or known])
    if named.running:
        raise NotPausedError(named)
    return named


async def _let_go(connection: AsyncConnection, club: Series, now: datetime, *, with_papers: bool) -> list[Shift]:
    """Skips the sessions to come, at that very instant, by which they are known when the club goes on."""
    coming = await sessions.coming(connection, club.guild_id, now, club.id)
    gone = [one for one in coming if with_papers or one.paper_id is None]
    for one in gone:
        await free(connection, one, now, State.SKIPPED)
    return [Shift(one, replace(one, state=State.SKIPPED)) for one in gone]


async def _decided(connection: AsyncConnection, club: Series, now: datetime, shifts: Collection[Shift] = ()) -> Decided:
    coming = await sessions.coming(connection, club.guild_id, now - timedelta(minutes=club.duration), club.id)
    return Decided(club, tuple(coming), tuple(shifts))
