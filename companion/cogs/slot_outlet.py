"""How what a server's rule brings gets to its channel in Discord, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import aiohttp
import discord

from companion.cogs.ballot_messages import put_to_vote
from companion.cogs.clip_posts import post_clip
from companion.cogs.companion import Companion
from companion.cogs.outlets import Outlets, RefusedError, UncertainError
from companion.cogs.views.highlight import pause_notice
from companion.cogs.views.layout import Message
from companion.community.clips import ShownClip
from companion.community.nonces import nonce_of
from companion.community.permissions import APPROVALS, NOTICES, labels, missing
from companion.community.slot_posts import ClosedError, UnsureError
from companion.storage import channels
from companion.storage.ballots import CLIP, Subject
from companion.storage.channels import Purpose
from companion.storage.highlight_slots import Slot

_REFUSED = "Discord refuses my message to <#{channel_id}>"


class SlotOutlet:
    """The channels as Discord has them now: what every `community.slot_posts.Outlet` does alike."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self._outlets = Outlets(bot)

    def knows(self, guild_id: int) -> bool:
        guild = self.bot.get_guild(guild_id)
        return guild is not None and not guild.unavailable

    def closed(self, guild_id: int, channel_id: int) -> str | None:
        guild = self.bot.get_guild(guild_id)
        channel = guild.get_channel(channel_id) if guild is not None else None
        if not isinstance(channel, discord.TextChannel):
            return f"its channel (<#{channel_id}>) was deleted, or is hidden from me"
        # Without the others it comes without a picture, or without reactions to vote with.
        lacks = missing(channel.permissions_for(channel.guild.me).value, APPROVALS.needs)
        return f"I lack {labels(lacks)} in <#{channel_id}>" if lacks else None

    async def tell_paused(self, guild_id: int, reason: str) -> None:
        async with self.bot.database.read() as connection:
            channel_id = (await channels.chosen(connection, guild_id)).get(Purpose.NOTICES)
        now = self.bot.database.clock.now()
        channel = self._outlets.channel(guild_id, channel_id, NOTICES.needs, now) if channel_id else None
        if channel is None:
            return  # `/highlights schedule` says so too
        try:
            await self._outlets.send(channel, pause_notice(reason), now)
        except (RefusedError, UncertainError) as error:
            raise UnsureError(str(error)) from error

    async def look_for(self, slot: Slot, is_it: Callable[[frozenset[str]], bool]) -> int | None:
        """The message that an earlier holder of the claim had sent, by the marks on it; the vote on its clip is open
        then, with reactions to give it with. Raises `UnsureError` and `ClosedError`."""
        if slot.claimed_at is None:
            return None
        channel = self._channel(slot)
        try:
            found = await self._outlets.sent_before(channel, slot.claimed_at, is_it)
        except UncertainError as error:
            raise UnsureError(str(error)) from error
        if found is not None and slot.clip_id is not None and slot.channel_id is not None and not slot.offer:
            # Its sender may have been stopped before the vote was opened.
            await put_to_vote(self.bot, slot.guild_id, slot.channel_id, found, Subject(CLIP, slot.clip_id))
        return found

    async def send_clip(
        self,
        slot: Slot,
        shown: ShownClip,
        heading: str,
        below: str = "",
        ways: Sequence[discord.ui.Button[Message]] = (),
    ) -> int:
        """Posts a clip to the slot's channel, voted on there. Raises `ClosedError` and `UnsureError`."""
        channel = self._channel(slot)
        try:
            sent = await post_clip(
                self.bot, channel, shown, heading=heading, below=below, ways=ways, nonce=_nonce(slot)
            )
        except (discord.Forbidden, discord.NotFound) as error:
            raise ClosedError(_REFUSED.format(channel_id=channel.id)) from error
        except (discord.HTTPException, aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            raise UnsureError(str(error)) from error
        return sent.id

    async def send_message(self, slot: Slot, message: Message) -> int:
        """Sends any other message to the slot's channel. Raises `ClosedError` and `UnsureError`."""
        channel = self._channel(slot)
        try:
            return await self._outlets.send(channel, message, self.bot.database.clock.now(), nonce=_nonce(slot))
        except RefusedError as error:
            raise ClosedError(_REFUSED.format(channel_id=channel.id)) from error
        except UncertainError as error:
            raise UnsureError(str(error)) from error

    def _channel(self, slot: Slot) -> discord.TextChannel:
        """Raises `ClosedError` where it is gone since it was looked at."""
        channel = self.bot.get_channel(slot.channel_id or 0)
        if not isinstance(channel, discord.TextChannel) or channel.guild.id != slot.guild_id:
            raise ClosedError(f"its channel (<#{slot.channel_id}>) was deleted, or is hidden from me")
        return channel


def _nonce(slot: Slot) -> str:
    return nonce_of("hl", slot.guild_id, slot.kind, slot.day)
