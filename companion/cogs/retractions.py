"""Takes back what the bot said of members who asked to be forgotten: a few messages a minute, however long it takes."""

from __future__ import annotations

import logging
from datetime import datetime

import aiohttp
import discord

from companion.cogs.companion import QUIET, Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.views.nameless import without
from companion.community.retractions import Retractions as Kept
from companion.storage.retractions import Retraction

log = logging.getLogger(__name__)

A_MINUTE = 20
"""Messages that are taken back a minute, so that members' answers do not wait for it."""
_ARCHIVED = 50083
_DIRECT = 0
"""In place of a server: direct messages."""
_ITS_OWN_FAULT = 500
_ENOUGH = 3
"""Failures of Discord's after which the rest waits for the next minute, too."""
NAMELESS = "Conversation"
"""What a thread is called that was called by the words of who is forgotten."""


class Retractions(Feature):
    """What is noted is done once: a message that is gone is done with."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept = Kept(bot.database)

    @every_minute
    async def take_back(self, _now: datetime) -> None:
        """Takes back what was asked for first. What Discord fails at, or refuses, in a channel that is closed to the
        bot or a thread that is locked, is tried again later."""
        failed = 0
        places = {guild.id for guild in self.bot.guilds}
        if self.bot.leads:
            places.add(_DIRECT)
        for one in await self._kept.due(places, A_MINUTE):
            try:
                await self._done(one)
            except discord.NotFound:
                pass
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.info("message %d in guild %d is not taken back: %s", one.message_id, one.guild_id, error)
                refused = isinstance(error, discord.HTTPException) and error.status < _ITS_OWN_FAULT
                await self._kept.failed(one, refused=refused)
                failed += not refused
                if failed == _ENOUGH:
                    return
                continue
            await self._kept.done(one)

    async def _done(self, one: Retraction) -> None:
        try:
            await self._changed(one)
        except discord.HTTPException as error:
            thread = await self.bot.fetch_channel(one.channel_id) if error.code == _ARCHIVED else None
            if not isinstance(thread, discord.Thread):
                raise
            # Nothing in it can be changed, or deleted, before it is open again.
            await thread.edit(archived=False)
            await self._changed(one)
            await thread.edit(archived=True)

    async def _changed(self, one: Retraction) -> None:
        channel = self.bot.get_partial_messageable(one.channel_id, guild_id=one.guild_id or None)
        if not one.member_id:
            await self._rename_thread(one)
            await channel.get_partial_message(one.message_id).delete()
            return
        message = await channel.fetch_message(one.message_id)
        view = without(message, one.member_id)
        if view is not None:
            await message.edit(view=view, allowed_mentions=QUIET)

    async def _rename_thread(self, one: Retraction) -> None:
        """The thread on an answer, which has its id, is called by the question."""
        try:
            thread = await self.bot.fetch_channel(one.message_id)
        except (discord.NotFound, discord.Forbidden):
            return
        me = self.bot.user
        if isinstance(thread, discord.Thread) and me and thread.owner_id == me.id and thread.name != NAMELESS:
            await thread.edit(name=NAMELESS, archived=False)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Retractions(bot))
