"""Takes back what the bot said of members who asked to be forgotten: a few messages a minute, however long it takes."""

from __future__ import annotations

import logging
from datetime import datetime

import discord

from companion.cogs.companion import Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.views.nameless import without
from companion.community.privacy import Retractions as Kept
from companion.storage.retractions import Retraction

log = logging.getLogger(__name__)

A_MINUTE = 20
"""Messages that are taken back a minute, so that members' answers do not wait for it."""
_QUIET = discord.AllowedMentions.none()


class Retractions(Feature):
    """What is noted is done once: a message that is gone, or closed to the bot, is done with."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept = Kept(bot.database)

    @every_minute
    async def take_back(self, _now: datetime) -> None:
        """Takes back what was asked for first. What Discord could not do goes on with in a minute."""
        for one in await self._kept.due({guild.id for guild in self.bot.guilds}, A_MINUTE):
            try:
                await self._done(one)
            except (discord.NotFound, discord.Forbidden) as error:
                log.info("message %d in guild %d cannot be taken back: %s", one.message_id, one.guild_id, error.code)
            except discord.HTTPException as error:
                log.warning("taking messages back goes on later: %s", error.status)
                return
            await self._kept.done(one)

    async def _done(self, one: Retraction) -> None:
        channel = self.bot.get_partial_messageable(one.channel_id, guild_id=one.guild_id)
        if not one.member_id:
            await channel.get_partial_message(one.message_id).delete()
            return
        message = await channel.fetch_message(one.message_id)
        view = without(message, one.member_id)
        if view is not None:
            await message.edit(view=view, allowed_mentions=_QUIET)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Retractions(bot))
