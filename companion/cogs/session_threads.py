"""The threads in which sessions are discussed: each hangs on its session's post, so there is never a second."""

from __future__ import annotations

import logging
from datetime import datetime

import discord

from companion.cogs.companion import Companion
from companion.cogs.outlets import Outlets, RefusedError, UncertainError
from companion.cogs.views.session import thread_name
from companion.community.club_sessions import Meeting
from companion.community.permissions import ANSWERS, DISCUSSIONS, in_place, missing

log = logging.getLogger(__name__)

_HAS_A_THREAD = 160004
"""Discord's code for a message that has one already."""
_A_WEEK = 10080
"""Minutes without a message after which Discord archives a thread."""


class NoPostError(Exception):
    """The post that a thread would hang on was deleted."""


class SessionThreads:
    """Finds and opens them."""

    def __init__(self, bot: Companion) -> None:
        # Its own: where no thread can be opened, messages may still be sent.
        self._outlets = Outlets(bot)

    async def open(self, meeting: Meeting, now: datetime) -> discord.Thread | None:
        """The thread of a session that is posted; None while it cannot be opened. Raises `NoPostError`, `RefusedError`
        and `UncertainError`."""
        session = meeting.session
        if session.channel_id is None or session.message_id is None:
            return None
        channel = self._outlets.channel(session.guild_id, session.channel_id, DISCUSSIONS.needs, now)
        if channel is None:
            return None
        # A message's thread has the message's id.
        known = channel.get_thread(session.message_id)
        if known is not None:
            return known
        message = channel.get_partial_message(session.message_id)
        try:
            return await message.create_thread(name=thread_name(meeting), auto_archive_duration=_A_WEEK)
        except discord.NotFound as error:
            raise NoPostError from error
        except discord.HTTPException as error:
            if error.status >= 500:
                raise UncertainError(str(error)) from error
            if error.code != _HAS_A_THREAD:
                self._outlets.leave_alone(channel.id, now)
                raise RefusedError(error) from error
        found = await self._outlets.place(session.guild_id, session.message_id)
        return found if isinstance(found, discord.Thread) else None

    async def known(self, meeting: Meeting, now: datetime) -> discord.Thread | None:
        """The session's thread, if there is one that the bot may write in."""
        if meeting.session.thread_id is None:
            return None
        thread = await self._outlets.place(meeting.session.guild_id, meeting.session.thread_id)
        if not isinstance(thread, discord.Thread) or thread.locked:
            return None
        lacks = missing(thread.permissions_for(thread.guild.me).value, in_place(ANSWERS.needs, thread=True))
        return None if lacks else thread
