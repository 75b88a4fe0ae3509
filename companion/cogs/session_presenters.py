"""Presenters who left the server: noticed whenever their session is touched, since nothing tells the bot of it."""

from __future__ import annotations

import logging
from datetime import timedelta

import discord

from companion.cogs.companion import Companion
from companion.community.club_sessions import Meeting
from companion.community.clubs import Clubs
from companion.community.outbox import Outbox, session_key
from companion.storage.outbox import Kind, Notice
from companion.storage.sessions import State

log = logging.getLogger(__name__)

_UNKNOWN_MEMBER = 10007


class SessionPresenters:
    """Looks whether they are there still."""

    def __init__(self, bot: Companion) -> None:
        self._bot = bot
        self._clubs = Clubs(bot.database)
        self._outbox = Outbox(bot.database)

    async def has_left(self, meeting: Meeting) -> bool:
        """Whether whoever is to present a planned session left. Then the session is without them, and its club's host
        is told."""
        session, presenter = meeting.session, meeting.session.presented_by
        guild = self._bot.get_guild(session.guild_id)
        if presenter is None or guild is None or session.state is not State.PLANNED:
            return False
        try:
            await guild.fetch_member(presenter)
        except discord.NotFound as error:
            if error.code != _UNKNOWN_MEMBER:
                return False
        except discord.HTTPException as error:
            log.warning("a presenter in guild %d could not be looked up: %s", guild.id, error)
            return False
        else:
            return False
        await self._clubs.without_presenter(session.guild_id, session.id, presenter)
        now = self._bot.database.clock.now()
        key = session_key(Kind.LEFT, session, member_id=presenter)
        end = session.starts_at + timedelta(minutes=meeting.series.duration)
        await self._outbox.put(Notice(0, key, session.guild_id, session.id, Kind.LEFT, now, end))
        log.info("the presenter of session %d left guild %d", session.id, guild.id)
        return True
