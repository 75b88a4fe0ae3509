"""Announcing new episodes in the channels that servers chose for news."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import discord
from discord.ext import commands

from companion.cogs.companion import Companion
from companion.cogs.views import catalogue_ids
from companion.cogs.views.news import news_message
from companion.community.news import Announcement
from companion.community.news import News as Pending
from companion.community.permissions import NEWS, missing

log = logging.getLogger(__name__)

_PAUSE = timedelta(hours=1)
"""How long a channel that refused a message is left alone: refusals without end would have Discord ban the bot."""
_CLOCKS = timedelta(minutes=2)
"""By which this machine's clock and Discord's may differ."""
_LOOK_THROUGH = 200
"""Messages that are looked through for one that may have been sent."""


class News(commands.Cog):
    """Tells servers what is new, every minute."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self._pending = Pending(bot.database)
        self._paused: dict[int, datetime] = {}

    async def cog_load(self) -> None:
        self.bot.duties.append(self.announce)

    async def cog_unload(self) -> None:
        self.bot.duties.remove(self.announce)

    async def announce(self, now: datetime) -> None:
        """Sends whatever is to be told now. One server's trouble holds up no other."""
        if not self.bot.is_ready():
            return  # offline, it is known of no server what the bot may do there
        for announcement in await self._pending.pending(now):
            channel = self._channel(announcement, now)
            if channel is None:
                continue
            for claimed in await self._pending.claim(announcement, now):
                await self._send(channel, claimed, now)

    def _channel(self, announcement: Announcement, now: datetime) -> discord.TextChannel | None:
        """The channel, if the bot may do there what it has to. Without that nothing is claimed: it waits, and `/setup
        check` tells what is missing."""
        channel = self.bot.get_channel(announcement.channel_id)
        if not isinstance(channel, discord.TextChannel) or channel.guild.id != announcement.guild_id:
            return None
        if self._paused.get(channel.id, now) > now:
            return None
        granted = channel.permissions_for(channel.guild.me).value
        return None if missing(granted, NEWS.needs) else channel

    async def _send(self, channel: discord.TextChannel, claimed: Announcement, now: datetime) -> None:
        try:
            known = await self._sent_before(channel, claimed)
            if known is None:
                sent = await channel.send(
                    view=news_message(claimed.episodes),
                    nonce=claimed.nonce,
                    allowed_mentions=discord.AllowedMentions.none(),
                )
                known = sent.id
        except discord.HTTPException as error:
            log.warning("news for guild %d could not be posted: %s", claimed.guild_id, error)
            if error.status < 500:
                # It was refused, so nobody has it. Of anything else nobody knows: the claim stays until it expires.
                self._paused[channel.id] = now + _PAUSE
                await self._pending.not_sent(claimed)
            return
        await self._pending.sent(claimed, known)
        log.info("told guild %d of %d new episodes", claimed.guild_id, len(claimed.episodes))

    async def _sent_before(self, channel: discord.TextChannel, claimed: Announcement) -> int | None:
        """The message of an earlier sender that was stopped before it could say so."""
        if claimed.claimed_before is None:
            return None
        wanted = {str(new.episode.id) for new in claimed.episodes}
        marks = wanted | {catalogue_ids.search(new.episode.id) for new in claimed.episodes}
        since = claimed.claimed_before - _CLOCKS
        async for message in channel.history(limit=_LOOK_THROUGH, after=since, oldest_first=True):
            # Answers to commands have the same buttons.
            own = message.author == channel.guild.me and message.interaction_metadata is None
            if own and marks & set(_marks(message.components)):
                return message.id
        return None


def _marks(components: list[Any]) -> Iterator[str]:
    """What the components of a message are known by: custom_ids of buttons, values of options."""
    for component in components:
        if isinstance(component, discord.Button):
            yield component.custom_id or ""
        elif isinstance(component, discord.SelectMenu):
            yield from (option.value for option in component.options)
        else:
            yield from _marks(list(getattr(component, "children", ())))


async def setup(bot: Companion) -> None:
    await bot.add_cog(News(bot))
