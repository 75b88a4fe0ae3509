"""Announcing new episodes in the channels that servers chose for news."""

from __future__ import annotations

import logging
from datetime import datetime

import discord

from companion.cogs.companion import Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.outlets import Outlets, RefusedError, UncertainError
from companion.cogs.views import catalogue_ids
from companion.cogs.views.news import news_message
from companion.community.chosen_clips import ChosenClips
from companion.community.clips import ShownClip
from companion.community.news import Announcement
from companion.community.news import News as Pending
from companion.community.permissions import NEWS

log = logging.getLogger(__name__)


class News(Feature):
    """Tells servers what is new, every minute."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._pending = Pending(bot.database)
        self._outlets = Outlets(bot)
        self._chosen = ChosenClips(bot.database, bot.picker)

    @every_minute
    async def announce(self, now: datetime) -> None:
        """Sends whatever is to be told now. One server's trouble holds up no other."""
        for announcement in await self._pending.pending(now):
            # Where the bot may not post nothing is claimed: it waits, and `/setup check` tells what is missing.
            channel = self._outlets.channel(announcement.guild_id, announcement.channel_id, NEWS.needs, now)
            if channel is None:
                continue
            for claimed in await self._pending.claim(announcement, now):
                await self._send(channel, claimed, now)

    async def _send(self, channel: discord.TextChannel, claimed: Announcement, now: datetime) -> None:
        try:
            known = await self._sent_before(channel, claimed)
            if known is None:
                message = news_message(claimed.episodes, await self._best(claimed))
                known = await self._outlets.send(channel, message, now, nonce=claimed.nonce)
        except RefusedError as error:
            log.warning("news for guild %d could not be posted: %s", claimed.guild_id, error)
            await self._pending.not_sent(claimed)
            return
        except UncertainError as error:
            # The claim stays until it expires.
            log.warning("news for guild %d may not be posted: %s", claimed.guild_id, error)
            return
        await self._pending.sent(claimed, known)
        log.info("told guild %d of %d new episodes", claimed.guild_id, len(claimed.episodes))

    async def _best(self, claimed: Announcement) -> ShownClip | None:
        """What is most worth hearing, where it is one episode that is told of."""
        if len(claimed.episodes) != 1:
            return None
        try:
            return await self._chosen.best_of(claimed.guild_id, claimed.episodes[0].episode.id)
        except Exception:  # the episode is news without it, too
            log.exception("nothing could be picked of episode %d", claimed.episodes[0].episode.id)
            return None

    async def _sent_before(self, channel: discord.TextChannel, claimed: Announcement) -> int | None:
        """The message of an earlier sender that was stopped before it could say so."""
        if claimed.claimed_before is None:
            return None
        wanted = {str(new.episode.id) for new in claimed.episodes}
        wanted |= {catalogue_ids.search(new.episode.id) for new in claimed.episodes}
        return await self._outlets.sent_before(channel, claimed.claimed_before, lambda marks: bool(wanted & marks))


async def setup(bot: Companion) -> None:
    await bot.add_cog(News(bot))
