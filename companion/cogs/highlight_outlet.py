"""How daily highlights, and offers of them to managers, get to their channels in Discord."""

from __future__ import annotations

import hashlib
from datetime import datetime

import aiohttp
import discord

from companion.cogs.clip_posts import post_clip
from companion.cogs.companion import Companion
from companion.cogs.outlets import Outlets, RefusedError, UncertainError
from companion.cogs.views import clip_ids, highlight_ids
from companion.cogs.views.highlight import heading_of, offer_message, pause_notice
from companion.community.clips import Clips
from companion.community.permissions import APPROVALS, NOTICES, labels, missing
from companion.community.slot_posts import ClosedError, UnsureError
from companion.community.votes import Votes
from companion.storage import channels
from companion.storage.ballots import CLIP, Subject
from companion.storage.channels import Purpose
from companion.storage.highlight_rules import Approval
from companion.storage.highlight_slots import Slot

_REFUSED = "Discord refuses my message to <#{channel_id}>"


class HighlightOutlet:
    """The channels as Discord has them now: `community.daily_posts.Outlet`."""

    def __init__(self, bot: Companion) -> None:
        self._bot = bot
        self._outlets = Outlets(bot)
        self._clips = Clips(bot.database)
        self._votes = Votes(bot.database)

    def knows(self, guild_id: int) -> bool:
        guild = self._bot.get_guild(guild_id)
        return guild is not None and not guild.unavailable

    def closed(self, guild_id: int, channel_id: int) -> str | None:
        guild = self._bot.get_guild(guild_id)
        channel = guild.get_channel(channel_id) if guild is not None else None
        if not isinstance(channel, discord.TextChannel):
            return f"its channel (<#{channel_id}>) was deleted, or is hidden from me"
        # Without the others it comes without a picture, or without reactions to vote with.
        lacks = missing(channel.permissions_for(channel.guild.me).value, APPROVALS.needs)
        return f"I lack {labels(lacks)} in <#{channel_id}>" if lacks else None

    async def sent_before(self, slot: Slot) -> int | None:
        if slot.claimed_at is None or slot.clip_id is None:
            return None
        offer, clip = highlight_ids.post(slot.day, slot.offer), clip_ids.save(slot.clip_id)

        def is_it(marks: frozenset[str]) -> bool:
            if slot.offer:
                return offer in marks
            return clip in marks and not any(mark.startswith(highlight_ids.PREFIX) for mark in marks)

        try:
            found = await self._outlets.sent_before(self._channel(slot), slot.claimed_at, is_it)
        except UncertainError as error:
            raise UnsureError(str(error)) from error
        if found is not None and not slot.offer and slot.channel_id is not None:
            # Its sender may have been stopped before the vote was opened.
            subject = Subject(CLIP, slot.clip_id)
            await self._votes.open_ballot(found, slot.guild_id, slot.channel_id, subject)
        return found

    async def post(self, slot: Slot, at: datetime) -> int:
        channel = self._channel(slot)
        shown = await self._clips.shown(slot.guild_id, slot.clip_id or 0)
        try:
            sent = await post_clip(self._bot, channel, shown, heading=heading_of(slot, at), nonce=_nonce(slot))
        except (discord.Forbidden, discord.NotFound) as error:
            raise ClosedError(_REFUSED.format(channel_id=channel.id)) from error
        except (discord.HTTPException, aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            raise UnsureError(str(error)) from error
        return sent.id

    async def ask(self, slot: Slot, at: datetime, approval: Approval) -> int:
        channel = self._channel(slot)
        shown = await self._clips.shown(slot.guild_id, slot.clip_id or 0)
        message = offer_message(shown, slot, at, approval)
        try:
            return await self._outlets.send(channel, message, self._bot.database.clock.now(), nonce=_nonce(slot))
        except RefusedError as error:
            raise ClosedError(_REFUSED.format(channel_id=channel.id)) from error
        except UncertainError as error:
            raise UnsureError(str(error)) from error

    async def tell_paused(self, guild_id: int, reason: str) -> None:
        async with self._bot.database.read() as connection:
            channel_id = (await channels.chosen(connection, guild_id)).get(Purpose.NOTICES)
        now = self._bot.database.clock.now()
        channel = self._outlets.channel(guild_id, channel_id, NOTICES.needs, now) if channel_id else None
        if channel is None:
            return  # `/highlights schedule` says so too
        try:
            await self._outlets.send(channel, pause_notice(reason), now)
        except (RefusedError, UncertainError) as error:
            raise UnsureError(str(error)) from error

    def _channel(self, slot: Slot) -> discord.TextChannel:
        """Raises `ClosedError` where it is gone since it was looked at."""
        channel = self._bot.get_channel(slot.channel_id or 0)
        if not isinstance(channel, discord.TextChannel) or channel.guild.id != slot.guild_id:
            raise ClosedError(f"its channel (<#{slot.channel_id}>) was deleted, or is hidden from me")
        return channel


def _nonce(slot: Slot) -> str:
    """The same for the same message: Discord then takes it but once within some minutes."""
    what = f"{slot.guild_id} {slot.kind} {slot.day}"
    return "hl" + hashlib.sha256(what.encode()).hexdigest()[:20]
