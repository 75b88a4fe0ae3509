"""How daily highlights, and offers of them to managers, get to their channels in Discord."""

from __future__ import annotations

import logging
from datetime import datetime

import aiohttp
import discord

from companion.cogs.companion import QUIET, Companion
from companion.cogs.slot_outlet import SlotOutlet
from companion.cogs.views import clip_ids, highlight_ids, winner_ids
from companion.cogs.views.clip import gone_message
from companion.cogs.views.highlight import heading_of, offer_message, settled_message
from companion.community.clips import Clips, GoneClipError
from companion.community.slot_posts import UnsureError
from companion.storage.highlight_rules import Approval
from companion.storage.highlight_slots import Slot

log = logging.getLogger(__name__)


class HighlightOutlet(SlotOutlet):
    """The channels as Discord has them now: `community.daily_posts.Outlet`."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._clips = Clips(bot.database)

    async def sent_before(self, slot: Slot) -> int | None:
        if slot.clip_id is None:
            return None
        offer, clip = highlight_ids.post(slot.day, slot.offer), clip_ids.save(slot.clip_id)

        def is_it(marks: frozenset[str]) -> bool:
            if slot.offer:
                return offer in marks
            others = (highlight_ids.PREFIX, winner_ids.PREFIX)
            return clip in marks and not any(mark.startswith(others) for mark in marks)

        return await self.look_for(slot, is_it)

    async def post(self, slot: Slot, at: datetime) -> int:
        shown = await self._clips.shown(slot.guild_id, slot.clip_id or 0)
        return await self.send_clip(slot, shown, heading_of(slot, at))

    async def ask(self, slot: Slot, at: datetime, approval: Approval) -> int:
        shown = await self._clips.shown(slot.guild_id, slot.clip_id or 0)
        return await self.send_message(slot, offer_message(shown, slot, at, approval))

    async def settle(self, offer: Slot, daily: Slot, at: datetime) -> None:
        try:
            shown = await self._clips.shown(offer.guild_id, offer.clip_id or 0)
            view = settled_message(shown, offer, daily, at)
        except GoneClipError:
            view = gone_message()
        channel = self.bot.get_partial_messageable(offer.channel_id or 0, guild_id=offer.guild_id)
        try:
            await channel.get_partial_message(offer.message_id or 0).edit(view=view, allowed_mentions=QUIET)
        except (discord.Forbidden, discord.NotFound) as error:
            log.info("an offer in guild %d does not say what came of it: %s", offer.guild_id, error)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise UnsureError(str(error)) from error
