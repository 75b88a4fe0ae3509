"""Discord's own event of each session, kept in step both ways: what is changed here shows there, and what is moved,
cancelled or deleted there happens here. Without the permission for it everything else works on."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import discord
from discord.ext import commands

from companion.cogs.companion import Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.outlets import PAUSE
from companion.cogs.views import club_event as views
from companion.community.club_events import CREATED_BEFORE, MOST, Event, Step, step
from companion.community.club_refusals import NoSessionError
from companion.community.club_sessions import Meeting
from companion.community.clubs import Clubs
from companion.community.outbox import CLAIM_LASTS, Outbox
from companion.community.permissions import EVENTS, missing
from companion.storage import sessions
from companion.storage.errors import CompanionError
from companion.storage.outbox import Kind, Notice
from companion.storage.sessions import Session, State

log = logging.getLogger(__name__)

A_MINUTE = 5
"""Events of a server that are created, changed or deleted."""
_OVER = (discord.EventStatus.canceled, discord.EventStatus.completed)
_IN_VOICE = discord.Permissions(view_channel=True, connect=True)
_ON_STAGE = discord.Permissions(view_channel=True, manage_channels=True, mute_members=True, move_members=True)
"""What Discord asks for of who creates an event in such a channel. Without it, the event has the channel's address."""


class ClubEvents(Feature):
    """Looks every minute whether events and sessions are in step, and whenever an event changes."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._clubs = Clubs(bot.database)
        self._outbox = Outbox(bot.database)
        self._paused: dict[int, datetime] = {}
        """Until when servers that refused are left alone, and sessions of which Discord does not take the event."""
        self._turn = asyncio.Lock()

    @every_minute
    async def keep(self, now: datetime) -> None:
        """Does what is to be done, the nearest sessions first."""
        async with self.bot.database.read() as connection:
            near = await sessions.planned(connection, now, now + CREATED_BEFORE)
            shown = await sessions.shown_in_discord(connection, now)
        done: dict[int, int] = {}
        for session in sorted({one.id: one for one in [*near, *shown]}.values(), key=lambda one: one.starts_at):
            if done.get(session.guild_id, 0) < A_MINUTE and await self._keep(session, now):
                done[session.guild_id] = done.get(session.guild_id, 0) + 1

    @commands.Cog.listener("on_scheduled_event_update")
    async def updated(self, _before: discord.ScheduledEvent, after: discord.ScheduledEvent) -> None:
        """An event was edited or cancelled, by whomever."""
        if (session := await self._session_of(after)) is not None:
            await self._keep(session, self.bot.database.clock.now())

    @commands.Cog.listener("on_scheduled_event_delete")
    async def deleted(self, event: discord.ScheduledEvent) -> None:
        """An event was deleted, by whomever. With its channel, its session goes on without."""
        session = await self._session_of(event)
        if session is None:
            return
        guild = self.bot.get_guild(session.guild_id)
        if guild is not None and event.channel_id is not None and guild.get_channel(event.channel_id) is None:
            await self._note(session, None)
            return
        await self._keep(session, self.bot.database.clock.now(), by_hand=True)

    async def _session_of(self, event: discord.ScheduledEvent) -> Session | None:
        async with self.bot.database.read() as connection:
            return await sessions.by_event(connection, event.id)

    async def _keep(self, known: Session, now: datetime, *, by_hand: bool = False) -> bool:
        """Whether something was done in Discord. What Discord refuses is tried again in an hour. ``by_hand``: the event
        was not deleted together with its channel."""
        guild = self.bot.get_guild(known.guild_id)
        if guild is None or guild.unavailable:
            return False
        if max(self._paused.get(guild.id, now), self._paused.get(known.id, now)) > now:
            return False
        async with self._turn:
            try:
                meeting = await self._clubs.meeting(guild.id, known.id)
                event = await self._event(guild, meeting.session)
                return await self._do(guild, meeting, event, now, by_hand=by_hand)
            except NoSessionError:
                return False
            except discord.HTTPException as error:
                log.warning("the event of session %d in guild %d is not in step: %s", known.id, guild.id, error)
                if isinstance(error, discord.Forbidden):
                    self._leave_alone(guild.id, now)
                    await self._tell_lacking(known, now)
                elif error.status < 500:
                    self._leave_alone(known.id, now)
                return False

    def _leave_alone(self, refused_id: int, now: datetime) -> None:
        lasting = {one: until for one, until in self._paused.items() if now < until}
        self._paused = lasting | {refused_id: now + PAUSE}

    async def _event(self, guild: discord.Guild, session: Session) -> discord.ScheduledEvent | None:
        """The session's event; None where it has none, or where that is cancelled or gone."""
        if session.event_id is None:
            return None
        event = guild.get_scheduled_event(session.event_id)
        if event is None:
            try:
                event = await guild.fetch_scheduled_event(session.event_id)
            except discord.NotFound:
                return None
        return None if event.status in _OVER else event

    async def _do(
        self,
        guild: discord.Guild,
        meeting: Meeting,
        event: discord.ScheduledEvent | None,
        now: datetime,
        *,
        by_hand: bool,
    ) -> bool:
        session = meeting.session
        mark = views.mark_of(event.description) if event is not None else None
        seen = None if event is None else Event(event.start_time, mark[1] if mark else None)
        todo = step(now, session, seen)
        if todo is Step.CANCEL and not by_hand and _has_lost_its_channel(guild, meeting):
            todo = Step.FORGET  # both went while nobody was told
        if todo is Step.CREATE:
            return await self._create(guild, meeting, now)
        if todo is Step.CANCEL:
            await self._note(session, None)
            await self._clubs.cancel(guild.id, session.id)
            log.info("session %d of guild %d was cancelled in Discord", session.id, guild.id)
        elif todo is Step.FORGET:
            await self._note(session, None)
        elif event is not None and todo is Step.DELETE:
            await event.delete()
            await self._note(session, None)
            return True
        elif event is not None and todo is Step.MOVE:
            await self._write(guild, await self._moved(meeting, event.start_time), event)
            return True
        elif event is not None and todo is Step.WRITE:
            await self._write(guild, meeting, event)
            return True
        return False

    async def _moved(self, meeting: Meeting, at: datetime) -> Meeting:
        """The session as its event was moved by hand; where it cannot be then, as it was."""
        session = meeting.session
        try:
            moved = await self._clubs.move(session.guild_id, session.id, at)
        except CompanionError as error:
            log.info("session %d of guild %d is not moved in Discord: %s", session.id, session.guild_id, error)
            return meeting
        log.info("session %d of guild %d was moved in Discord", session.id, session.guild_id)
        return moved

    async def _create(self, guild: discord.Guild, meeting: Meeting, now: datetime) -> bool:
        session = meeting.session
        if missing(guild.me.guild_permissions.value, EVENTS.needs):
            await self._tell_lacking(session, now)
            return False
        async with self.bot.database.write() as connection:
            if not await sessions.claim_event(connection, session.id, now, now - CLAIM_LASTS):
                return False
        for known in guild.scheduled_events:
            # Somebody who was stopped had created it.
            mark = views.mark_of(known.description)
            if known.creator_id == guild.me.id and mark is not None and mark[0] == session.id:
                await self._note(session, known.id)
                return False
        if len(guild.scheduled_events) >= MOST:
            await self._note(session, None)
            return False
        try:
            event = await self._created(guild, meeting)
        except discord.HTTPException as error:
            if error.status < 500:
                await self._note(session, None)
            raise
        await self._note(session, event.id)
        return True

    async def _created(self, guild: discord.Guild, meeting: Meeting) -> discord.ScheduledEvent:
        channel = _channel(guild, meeting)
        start, end = _times(meeting)
        name, description = views.name(meeting), views.description(meeting)
        level = discord.PrivacyLevel.guild_only
        if channel is not None:
            return await guild.create_scheduled_event(
                name=name,
                description=description,
                start_time=start,
                end_time=end,
                privacy_level=level,
                channel=channel,
            )
        return await guild.create_scheduled_event(
            name=name,
            description=description,
            start_time=start,
            end_time=end,
            privacy_level=level,
            entity_type=discord.EntityType.external,
            location=views.location(meeting),
        )

    async def _write(self, guild: discord.Guild, meeting: Meeting, event: discord.ScheduledEvent) -> None:
        """Shows the session as it is."""
        channel = _channel(guild, meeting)
        start, end = _times(meeting)
        name, description = views.name(meeting), views.description(meeting)
        if channel is not None:
            await event.edit(name=name, description=description, start_time=start, end_time=end, channel=channel)
        else:
            await event.edit(
                name=name,
                description=description,
                start_time=start,
                end_time=end,
                entity_type=discord.EntityType.external,
                location=views.location(meeting),
            )

    async def _note(self, session: Session, event_id: int | None) -> None:
        """Which event the session has; the claim is settled."""
        async with self.bot.database.write() as connection:
            await sessions.note(connection, session.id, event_id=event_id, event_claimed_at=None)

    async def _tell_lacking(self, session: Session, now: datetime) -> None:
        """Tells the host once for each club that it goes without events."""
        key = f"{Kind.NO_EVENTS.value}:{session.series_id}"
        if session.state is State.PLANNED and session.starts_at > now:
            notice = Notice(0, key, session.guild_id, session.id, Kind.NO_EVENTS, now, session.starts_at)
            await self._outbox.put(notice)


def _channel(guild: discord.Guild, meeting: Meeting) -> discord.VoiceChannel | discord.StageChannel | None:
    """The channel that the event is in; None where it is outside, or the bot may create none there."""
    channel = guild.get_channel(meeting.series.venue_channel_id or 0)
    if not isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        return None
    needed = _ON_STAGE if isinstance(channel, discord.StageChannel) else _IN_VOICE
    mine = channel.permissions_for(guild.me)
    return channel if mine.administrator or mine.is_superset(needed) else None


def _has_lost_its_channel(guild: discord.Guild, meeting: Meeting) -> bool:
    channel_id = meeting.series.venue_channel_id
    return channel_id is not None and guild.get_channel(channel_id) is None


def _times(meeting: Meeting) -> tuple[datetime, datetime]:
    start = meeting.session.starts_at
    return start, start + timedelta(minutes=meeting.series.duration)


async def setup(bot: Companion) -> None:
    await bot.add_cog(ClubEvents(bot))
