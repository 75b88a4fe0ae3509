"""The posts of sessions: who comes is answered by a button, and the post shows it, at a pace that Discord allows."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import discord
from discord.ext import commands

from companion.cogs.club_sessions import require_host
from companion.cogs.companion import QUIET, Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, every_minute
from companion.cogs.press import Press
from companion.cogs.session_presenters import SessionPresenters
from companion.cogs.tally_pace import Shown
from companion.cogs.views import session as views
from companion.cogs.views import session_ids
from companion.community.attendance import Attendance, Attended
from companion.community.club_refusals import NoSessionError
from companion.community.clubs import Clubs
from companion.community.fair_use import Work
from companion.storage import sessions
from companion.storage.rsvps import Answer

log = logging.getLogger(__name__)

_KEPT = timedelta(days=1)
"""So long after the start a post is still kept up to date."""


class AnswerPress(Press, template=session_ids.ANSWER):
    """The presser comes, may come, or does not."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            kept, session_id = Attendance(interaction.client.database), int(self.match["session"])
            guild_id = await _guild_of(interaction, session_id, int(self.match["notice"]))
            answer = Answer(self.match["answer"])
            attended = await kept.answer(guild_id, session_id, interaction.user.id, answer)
        await _confirm(interaction, attended)


class DirectPress(Press, template=session_ids.DIRECT):
    """The presser wants to be reminded directly, or no longer."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            kept, session_id = Attendance(interaction.client.database), int(self.match["session"])
            guild_id = await _guild_of(interaction, session_id, int(self.match["notice"]))
            attended = await kept.remind_directly(guild_id, session_id, interaction.user.id)
        await _confirm(interaction, attended, reminding=True)


class DonePress(Press, template=session_ids.DONE):
    """A host has seen what they were told."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            meeting = await Clubs(interaction.client.database).meeting(interaction.guild_id, int(self.match["session"]))
            await require_host(interaction, meeting.series)
        await interaction.delete_original_response()
        await interaction.followup.send(view=views.seen(), ephemeral=True, allowed_mentions=QUIET)


class SessionPosts(Feature):
    """Keeps the posts as things are."""

    presses = (AnswerPress, DirectPress, DonePress)
    prefix = session_ids.PREFIX
    again = "`/club next` shows what is planned."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept = Attendance(bot.database)
        self._presenters = SessionPresenters(bot)
        self._guilds: dict[int, int] = {}
        self._stands: dict[int, str] = {}
        """What each session's post shows, as far as it is known since the start."""
        self.shown = Shown(self._show)

    @commands.Cog.listener("on_attendance")
    async def answered(self, guild_id: int, session_id: int) -> None:
        """Somebody answered whether they come to a session."""
        self._guilds[session_id] = guild_id
        self.shown.changed(session_id)

    @every_minute
    async def keep(self, now: datetime) -> None:
        """Shows whatever changed of the sessions that are posted."""
        async with self.bot.database.read() as connection:
            posted = await sessions.shown_in_discord(connection, now - _KEPT)
        posted = [one for one in posted if one.message_id is not None]
        known = {one.id for one in posted}
        self._stands = {one: stands for one, stands in self._stands.items() if one in known}
        self._guilds = {one.id: one.guild_id for one in posted}
        for session in posted:
            if self.bot.get_guild(session.guild_id) is not None:
                self.shown.changed(session.id)

    async def cog_unload(self) -> None:
        await super().cog_unload()
        await self.shown.finish()

    async def _show(self, session_id: int) -> None:
        guild_id = self._guilds.get(session_id)
        if guild_id is None:
            return
        try:
            attended = await self._kept.attended(guild_id, session_id)
        except NoSessionError:
            return
        message = views.post(attended)
        stands = json.dumps(message.to_components(), sort_keys=True)
        session = attended.meeting.session
        if session.channel_id is None or session.message_id is None or self._stands.get(session_id) == stands:
            return
        if await self._presenters.has_left(attended.meeting):
            # The next look shows the session without them.
            return
        self._stands[session_id] = stands
        channel = self.bot.get_partial_messageable(session.channel_id, guild_id=guild_id)
        try:
            await channel.get_partial_message(session.message_id).edit(view=message, allowed_mentions=QUIET)
        except discord.HTTPException as error:
            log.info("the post of session %d stands as it was: %s", session_id, error)


async def _guild_of(interaction: Interaction, session_id: int, notice_id: int) -> int | None:
    """The server of the session. In a direct message that is known by what its member was told."""
    if interaction.guild_id is not None:
        return interaction.guild_id
    notice = await Attendance(interaction.client.database).told_of(notice_id, interaction.user.id)
    return notice.guild_id if notice.session_id == session_id else None


async def _confirm(interaction: Interaction, attended: Attended, *, reminding: bool = False) -> None:
    session = attended.meeting.session
    interaction.client.dispatch("attendance", session.guild_id, session.id)
    message = views.answered(attended, interaction.user.id, reminding=reminding)
    await interaction.edit_original_response(view=message)


async def setup(bot: Companion) -> None:
    await bot.add_cog(SessionPosts(bot))
