"""Telling managers of trouble in the channels they chose for notices."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import discord
from discord.ext import commands

from companion.cogs.companion import Companion
from companion.cogs.views.check import feed_notice
from companion.community.notices import Notice
from companion.community.notices import Notices as Pending
from companion.community.permissions import NOTICES, missing

log = logging.getLogger(__name__)

_PAUSE = timedelta(hours=1)
"""How long a channel that refused a message is left alone: refusals without end would have Discord ban the bot."""


class Notices(commands.Cog):
    """Looks every minute for what is to be told."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self._pending = Pending(bot.database)
        self._paused: dict[int, datetime] = {}

    async def cog_load(self) -> None:
        self.bot.duties.append(self.tell)

    async def cog_unload(self) -> None:
        self.bot.duties.remove(self.tell)

    async def tell(self, now: datetime) -> None:
        """Sends whatever is to be told now, each thing once. One server's trouble holds up no other."""
        if not self.bot.is_ready():
            return  # offline, it is known of no server what the bot may do there
        for notice in await self._pending.pending(now):
            channel = self._channel(notice, now)
            if channel is not None and await self._pending.claim(notice):
                await self._send(channel, notice, now)

    def _channel(self, notice: Notice, now: datetime) -> discord.TextChannel | None:
        """The channel, if the bot may send there; until then the notice waits."""
        channel = self.bot.get_channel(notice.channel_id)
        if not isinstance(channel, discord.TextChannel) or channel.guild.id != notice.guild_id:
            return None
        if self._paused.get(channel.id, now) > now:
            return None
        return None if missing(channel.permissions_for(channel.guild.me).value, NOTICES.needs) else channel

    async def _send(self, channel: discord.TextChannel, notice: Notice, now: datetime) -> None:
        try:
            await channel.send(view=feed_notice(notice.feed), allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            log.warning("guild %d could not be told of a failing feed: %s", notice.guild_id, error)
            if error.status < 500:
                # It was refused. After anything else it may have been sent, and `/setup check` tells of it anyway.
                self._paused[channel.id] = now + _PAUSE
                await self._pending.not_sent(notice)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Notices(bot))
