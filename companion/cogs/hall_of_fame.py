"""Posting in the hall of fame what enough members like."""

from __future__ import annotations

import logging
from datetime import datetime

import aiohttp
import discord

from companion.cogs.ballot_messages import put_to_vote
from companion.cogs.clip_posts import post_clip
from companion.cogs.companion import Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.outlets import Outlets, UncertainError
from companion.cogs.views import clip_ids
from companion.community.hall_of_fame import Famed
from companion.community.hall_of_fame import HallOfFame as Halls
from companion.community.permissions import HIGHLIGHTS
from companion.storage.ballots import CLIP, Subject

log = logging.getLogger(__name__)


class HallOfFame(Feature):
    """Looks every minute which clips have votes enough."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._halls = Halls(bot.database)
        self._outlets = Outlets(bot)

    @every_minute
    async def post_due(self, now: datetime) -> None:
        """Posts what has votes enough by now. One server's trouble holds up no other."""
        for famed in await self._halls.pending(now):
            # Where the bot may not post nothing is claimed: it waits, and `/setup check` tells what is missing.
            channel = self._outlets.channel(famed.guild_id, famed.channel_id, HIGHLIGHTS.needs, now)
            if channel is None or not await self._halls.claim(famed, now):
                continue
            try:
                await self._post(channel, famed, now)
            except Exception:  # whatever it is, the other servers get theirs
                log.exception("the hall of fame of guild %d failed", famed.guild_id)

    async def _post(self, channel: discord.TextChannel, famed: Famed, now: datetime) -> None:
        try:
            known = await self._sent_before(famed)
            if known is None:
                nonce = f"fame {famed.clip_id}"
                message = await post_clip(self.bot, channel, famed.shown, heading=heading_of(famed), nonce=nonce)
                known = channel.id, message.id
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("the hall of fame of guild %d refuses a clip: %s", famed.guild_id, error)
            self._outlets.leave_alone(channel.id, now)
            await self._halls.not_sent(famed, now)
        except (UncertainError, discord.HTTPException, aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            # The claim stays until it expires.
            log.warning("clip %d may not be in the hall of fame: %s", famed.clip_id, error)
        else:
            await self._halls.sent(famed, *known)

    async def _sent_before(self, famed: Famed) -> tuple[int, int] | None:
        """Channel and message of an earlier sender that was stopped before it could say so."""
        channel = self.bot.get_channel(famed.channel_before or 0)
        if famed.claimed_before is None or not isinstance(channel, discord.TextChannel):
            return None
        wanted = clip_ids.save(famed.clip_id)
        found = await self._outlets.sent_before(channel, famed.claimed_before, lambda marks: wanted in marks)
        if found is None:
            return None
        # Its sender may have been stopped before the vote was opened.
        await put_to_vote(self.bot, famed.guild_id, channel.id, found, Subject(CLIP, famed.clip_id))
        return channel.id, found


def heading_of(famed: Famed) -> str:
    """What stands over a clip in the hall of fame: its votes, and where it was posted first, with a link if it is still
    there."""
    votes = f"{famed.tally.up} for, {famed.tally.down} against"
    first = famed.first
    where = ""
    if first is not None:
        link = f"https://discord.com/channels/{first.guild_id}/{first.channel_id}/{first.message_id}"
        posted = f"[first posted]({link})" if first.open else "first posted"
        where = f" · {posted} <t:{int(first.posted_at.timestamp())}:D> in <#{first.channel_id}>"
    return f"⭐ Hall of fame\n-# {votes}{where}"


async def setup(bot: Companion) -> None:
    await bot.add_cog(HallOfFame(bot))
