"""Telling what sessions bring, each once: posts, threads, reminders, the link, and what single members should know."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import discord

from companion.cogs.companion import Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.outlets import Outlet, Outlets, RefusedError, UncertainError, direct
from companion.cogs.session_presenters import SessionPresenters
from companion.cogs.session_threads import NoPostError, SessionThreads
from companion.cogs.telling import NotHereError, Tellers
from companion.cogs.views import session as views
from companion.cogs.views import session_ids
from companion.community.attendance import Attendance
from companion.community.outbox import Due, Outbox, session_key
from companion.community.permissions import SESSIONS
from companion.community.session_notices import Instead, SessionNotices, Telling
from companion.storage import rsvps, series, sessions
from companion.storage.outbox import Kind, Notice, State
from companion.storage.series import Venue
from companion.storage.sessions import Session

log = logging.getLogger(__name__)

A_MINUTE = 50
"""Messages. Many at once are spam to Discord; the others come next minute."""
HOLDS = 99
"""Members that a voice channel holds at most."""
_NEAR = 9
"""So many places before that the host is warned."""
_BEFORE = timedelta(minutes=30)
"""So long before the start a voice channel is looked at."""
_LONGEST = timedelta(hours=8)


class ClubReminders(Feature):
    """Looks every minute for what is to be told."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._outbox = Outbox(bot.database)
        self._notices = SessionNotices(bot.database)
        self._attendance = Attendance(bot.database)
        self._outlets = Outlets(bot)
        self._tellers = Tellers(bot)
        self._threads = SessionThreads(bot)
        self._presenters = SessionPresenters(bot)

    @every_minute
    async def tell(self, now: datetime) -> None:
        """Tells what is due now. What one server refuses holds up no other."""
        await self._notices.appear(now)
        sent = 0
        for one in await self._outbox.due(now):
            if not self.bot.serves(one.notice.guild_id):
                continue
            try:
                sent += await self._do(one, now)
            except RefusedError as error:
                # The notice waits until the channel takes messages again, or until it is stale.
                log.warning("notice %d of guild %d was refused: %s", one.notice.id, one.notice.guild_id, error)
            except UncertainError as error:
                # The claim stays until it expires.
                log.warning("notice %d of guild %d may not be sent: %s", one.notice.id, one.notice.guild_id, error)
            if sent == A_MINUTE:
                return

    @every_minute
    async def watch(self, now: datetime) -> None:
        """Warns hosts whose voice channel is about to be full, or will be, as members say that they come."""
        async with self.bot.database.read() as connection:
            near = await sessions.planned(connection, now - _LONGEST, now + timedelta(days=1))
            coming = await rsvps.of_sessions(connection, [one.id for one in near])
            clubs = {one.series_id: await series.get(connection, one.guild_id, one.series_id) for one in near}
        for session in near:
            club = clubs[session.series_id]
            if club is None or club.venue is not Venue.VOICE:
                continue
            going = sum(one.answer is rsvps.Answer.GOING for one in coming[session.id])
            expected = going if club.capacity is None else min(going, club.capacity)
            end = session.starts_at + timedelta(minutes=club.duration)
            if now < end and self._is_crowded(session, club.venue_channel_id, expected, now):
                key = session_key(Kind.CROWDED, session)
                await self._outbox.put(Notice(0, key, session.guild_id, session.id, Kind.CROWDED, now, end))

    def _is_crowded(self, session: Session, channel_id: int | None, expected: int, now: datetime) -> bool:
        guild = self.bot.get_guild(session.guild_id)
        channel = guild.get_channel(channel_id or 0) if guild is not None else None
        if not isinstance(channel, discord.VoiceChannel):
            return False
        present = len(channel.voice_states) if now >= session.starts_at - _BEFORE else 0
        return max(present, expected) >= min(HOLDS, channel.user_limit or HOLDS) - _NEAR

    async def _do(self, one: Due, now: datetime) -> bool:
        """Whether something was sent. Raises `RefusedError` and `UncertainError`."""
        notice = one.notice
        guild = self.bot.get_guild(notice.guild_id)
        decided = await self._decided(one)
        if (guild is None or decided is Instead.WAIT) and not one.stale:
            return False
        member: discord.Member | None = None
        if guild is not None and notice.member_id is not None and isinstance(decided, Telling):
            try:
                member = await self._tellers.member(guild.id, notice.member_id)
            except NotHereError:
                await self._attendance.forget(notice.session_id, notice.member_id)
                decided = Instead.DROP
            if member is None and isinstance(decided, Telling):
                return False  # Discord cannot tell now
        place: Outlet | None = None
        if isinstance(decided, Telling):
            try:
                place = await self._place(decided, now)
            except NoPostError:
                decided = Instead.DROP
        directly = isinstance(decided, Telling) and _is_direct(decided)
        if isinstance(decided, Telling) and place is None and not directly:
            return False
        held = await self._outbox.claim(notice, now, place.id if place is not None else notice.channel_id)
        if held is None:
            return False
        if notice.state is State.CLAIMED and (found := await self._sent_before(notice, member)) is not None:
            return await self._notices.sent(held, *found)
        if not isinstance(decided, Telling):
            log.info("notice %s of guild %d is dropped", notice.key, notice.guild_id)
            await self._outbox.drop(held)
            return False
        try:
            sent = await self._send(decided, member, place, now)
        except RefusedError:
            await self._outbox.release(held)
            raise
        await self._notices.sent(held, *sent)
        return True

    async def _decided(self, one: Due) -> Telling | Instead:
        """What is told, with a presenter who is there still."""
        if one.stale:
            return Instead.DROP
        decided = await self._notices.decide(one.notice)
        if not isinstance(decided, Telling) or one.notice.member_id is not None:
            return decided
        left = await self._presenters.has_left(decided.meeting)
        return await self._notices.decide(one.notice) if left else decided

    async def _place(self, telling: Telling, now: datetime) -> Outlet | None:
        """The channel or the thread of the server in which it is told; None while that is closed."""
        meeting, kind = telling.meeting, telling.notice.kind
        if kind is Kind.THREAD:
            return await self._threads.open(meeting, now)
        if kind in (Kind.LINK, Kind.DIRECT, Kind.PLACE):
            thread = await self._threads.known(meeting, now)
            if thread is not None or kind is Kind.LINK:
                return thread
        return self._outlets.channel(meeting.series.guild_id, meeting.series.channel_id, SESSIONS.needs, now)

    async def _sent_before(self, notice: Notice, member: discord.Member | None) -> tuple[int, int] | None:
        """The channel and the message of an earlier sender, of whom nothing was heard. Raises `UncertainError`."""
        if notice.claimed_at is None:
            return None
        public = await self._outlets.place(notice.guild_id, notice.channel_id) if notice.channel_id else None
        for place in (public, await direct(member) if member is not None else None):
            if place is None:
                continue
            message_id = await self._outlets.sent_before(place, notice.claimed_at, lambda marks: _tells(marks, notice))
            if message_id is not None:
                return place.id, message_id
        return None

    async def _send(
        self, telling: Telling, member: discord.Member | None, place: Outlet | None, now: datetime
    ) -> tuple[int, int]:
        """The channel and the message in which it is told. Raises `RefusedError` and `UncertainError`."""
        nonce = f"session{telling.notice.id}"
        closed = False
        if member is not None and _is_direct(telling):
            try:
                channel = await direct(member)
                message = views.notice(telling, direct=True, server=member.guild.name)
                sent = await self._outlets.send(channel, message, now, nonce=nonce, about=member.guild.id)
            except RefusedError:
                if place is None:
                    raise
                closed = True
            else:
                return channel.id, sent
        if place is None:
            raise AssertionError("what is told in public has a place")
        mentioned = [discord.Object(one) for one in views.named(telling)]
        message = views.notice(telling, closed=closed)
        return place.id, await self._outlets.send(place, message, now, nonce=nonce, mentioned=mentioned)


def _is_direct(telling: Telling) -> bool:
    """Is it told by direct message first, as the member asked?"""
    return telling.notice.member_id in telling.attended.by_message


def _tells(marks: frozenset[str], notice: Notice) -> bool:
    """Is it the message of that notice? A post is edited, and so tells of none."""
    return session_ids.tells(marks, notice.session_id, 0 if notice.kind is Kind.POST else notice.id)


async def setup(bot: Companion) -> None:
    await bot.add_cog(ClubReminders(bot))
