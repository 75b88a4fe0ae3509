"""Telling managers of trouble in the channels they chose for notices."""

from __future__ import annotations

import logging
from datetime import datetime

import discord

from companion.cogs.companion import Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.outlets import Outlets, RefusedError, UncertainError
from companion.cogs.views.check import feed_notice
from companion.community.notices import Notice
from companion.community.notices import Notices as Pending
from companion.community.permissions import NOTICES

log = logging.getLogger(__name__)


class Notices(Feature):
    """Looks every minute for what is to be told."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._pending = Pending(bot.database)
        self._outlets = Outlets(bot)

    @every_minute
    async def tell(self, now: datetime) -> None:
        """Sends whatever is to be told now, each thing once. One server's trouble holds up no other."""
        for notice in await self._pending.pending(now):
            # Until the bot may post there the notice waits.
            channel = self._outlets.channel(notice.guild_id, notice.channel_id, NOTICES.needs, now)
            if channel is not None and await self._pending.claim(notice):
                await self._send(channel, notice, now)

    async def _send(self, channel: discord.TextChannel, notice: Notice, now: datetime) -> None:
        try:
            await self._outlets.send(channel, feed_notice(notice.feed), now)
        except RefusedError as error:
            log.warning("guild %d could not be told of a failing feed: %s", notice.guild_id, error)
            await self._pending.not_sent(notice)
        except UncertainError as error:
            # It may have been sent, and `/setup check` tells of it anyway.
            log.warning("guild %d may not have been told of a failing feed: %s", notice.guild_id, error)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Notices(bot))
