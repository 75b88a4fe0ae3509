"""Telling one member something, once: where they asked, if they may read it there, or else directly."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import discord

from companion.cogs.companion import Companion
from companion.cogs.outlets import Outlets, RefusedError, direct
from companion.cogs.views.layout import Message
from companion.community.permissions import ANSWERS, CREDITS, in_place, missing

log = logging.getLogger(__name__)

_NEEDS = ANSWERS.needs | CREDITS.needs
"""The history tells, after a crash, whether a member was told already."""
_UNKNOWN_MEMBER = 10007


class NotHereError(Exception):
    """A member who left the server, or whom it blocked: nothing is told to them."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a member is told. ``message`` makes it, to be sent directly or in a channel of the server.

    ``mark`` is the custom_id of one of its buttons, by which it is known again, and ``nonce`` the same whenever it is
    sent. ``claimed_before`` is when somebody else was about to send it, of whom nothing was heard again.
    """

    message: Callable[[bool], Message]
    mark: str
    nonce: str
    claimed_before: datetime | None


class Tellers:
    """Tells members of all servers."""

    def __init__(self, bot: Companion) -> None:
        self._bot = bot
        self._outlets = Outlets(bot)

    async def member(self, guild_id: int, member_id: int) -> discord.Member | None:
        """The member; None where Discord cannot tell now. Raises `NotHereError`."""
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            return None
        if await self._bot.blocks.is_blocked(guild.id, member_id):
            raise NotHereError
        try:
            return await guild.fetch_member(member_id)
        except discord.NotFound as error:
            if error.code == _UNKNOWN_MEMBER:
                raise NotHereError from error
            return None
        except discord.HTTPException as error:
            log.warning("a member of guild %d could not be looked up: %s", guild.id, error)
            return None

    async def tell(self, member: discord.Member, channel_id: int | None, told: Telling, now: datetime) -> int:
        """The id of the message, whoever sent it: in that channel or thread, or else directly.

        Raises `RefusedError` and `UncertainError`.
        """
        channel = await self._channel(member, channel_id) if channel_id is not None else None
        if told.claimed_before is not None:
            # Whoever was stopped may have sent it there or directly.
            for place in (channel, await direct(member)):
                sent = place and await self._outlets.sent_before(
                    place, told.claimed_before, lambda marks: told.mark in marks
                )
                if sent is not None:
                    return sent
        if channel is not None:
            try:
                message = told.message(False)
                return await self._outlets.send(channel, message, now, nonce=told.nonce, mentioned=[member])
            except RefusedError as error:
                log.info("channel %d of guild %d is closed: %s", channel.id, member.guild.id, error)
        here = await direct(member)
        return await self._outlets.send(here, told.message(True), now, nonce=told.nonce, about=member.guild.id)

    async def _channel(self, member: discord.Member, channel_id: int) -> discord.TextChannel | discord.Thread | None:
        """The server's channel or thread, if the bot may write there and the member may read it."""
        channel = await self._outlets.place(member.guild.id, channel_id)
        if channel is None:
            return None
        thread = isinstance(channel, discord.Thread)
        lacks = missing(channel.permissions_for(member.guild.me).value, in_place(_NEEDS, thread=thread))
        return None if lacks or not channel.permissions_for(member).view_channel else channel
