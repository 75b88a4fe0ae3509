"""Channels that the bot posts to by itself: whether it may, how a message gets there once, and what became of it.

A message that is to be sent exactly once is claimed before and looked for afterwards, where its sender was stopped
before it could say that it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord

from companion.cogs.companion import Companion
from companion.cogs.views.layout import Message
from companion.community.permissions import Permission, missing

PAUSE = timedelta(hours=1)
"""How long a channel that refused a message is left alone: refusals without end would have Discord ban the bot."""
CLOCKS = timedelta(minutes=2)
"""By which this machine's clock and Discord's may differ."""
_LOOK_THROUGH = 200
"""Messages that are looked through for one that may have been sent, on each side of when it was claimed."""
_EARLIER = timedelta(days=1)
"""So long before a claim one is looked for: whoever claimed it may have taken it over from a sender who was stopped
too, and have been stopped before they looked."""

Outlet = discord.TextChannel | discord.Thread | discord.DMChannel


class RefusedError(Exception):
    """Discord refused the message, so it is certain that nobody has it. ``closed``: to the bot at least."""

    def __init__(self, cause: discord.HTTPException) -> None:
        super().__init__(str(cause))
        self.closed = isinstance(cause, discord.Forbidden)


class UncertainError(Exception):
    """Nobody knows whether the message was sent."""


class Outlets:
    """The channels of all servers, with a memory of those that refused."""

    def __init__(self, bot: Companion) -> None:
        self._bot = bot
        self._paused: dict[int, datetime] = {}

    def channel(self, guild_id: int, channel_id: int, needs: Permission, now: datetime) -> discord.TextChannel | None:
        """The server's channel, if the bot may do there what it has to and was not refused within the hour."""
        channel = self._bot.get_channel(channel_id)
        if not isinstance(channel, discord.TextChannel) or channel.guild.id != guild_id:
            return None
        # One that ends later than a pause lasts was begun before the clock was set back.
        if now < self._paused.get(channel.id, now) <= now + PAUSE:
            return None
        return None if missing(channel.permissions_for(channel.guild.me).value, needs) else channel

    async def place(self, guild_id: int, channel_id: int) -> discord.TextChannel | discord.Thread | None:
        """The server's channel or thread, one that is archived too, whatever the bot may do there.

        Raises `UncertainError`.
        """
        channel = self._bot.get_channel(channel_id)
        if channel is None:
            try:
                # The library forgets threads that are archived.
                channel = await self._bot.fetch_channel(channel_id)
            except (discord.NotFound, discord.Forbidden):
                return None
            except discord.HTTPException as error:
                raise UncertainError(str(error)) from error
        if not isinstance(channel, discord.TextChannel | discord.Thread) or channel.guild.id != guild_id:
            return None
        return channel

    async def send(
        self,
        channel: Outlet,
        message: Message,
        now: datetime,
        *,
        nonce: str | None = None,
        mentioned: Sequence[discord.abc.Snowflake] = (),
        about: int = 0,
    ) -> int:
        """Sends the message and returns its id. It mentions nobody but those. A direct one is ``about`` that server.

        Raises `RefusedError`, after which the channel is left alone for an hour, and `UncertainError`.
        """
        if isinstance(channel, discord.DMChannel) and not about:
            raise ValueError("whom a direct message names is kept for a server: say which")
        mentions = discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=list(mentioned))
        try:
            if nonce is None:
                sent = await channel.send(view=message, allowed_mentions=mentions)
            else:
                sent = await channel.send(view=message, allowed_mentions=mentions, nonce=nonce)
        except discord.HTTPException as error:
            if error.status >= 500:
                raise UncertainError(str(error)) from error
            self.leave_alone(channel.id, now)
            raise RefusedError(error) from error
        except (aiohttp.ClientError, OSError) as error:
            raise UncertainError(str(error)) from error
        if sent.guild is None:
            # Of those in servers Discord tells.
            self._bot.dispatch("told_directly", about, sent)
        return sent.id

    def leave_alone(self, channel_id: int, now: datetime) -> None:
        """Sends nothing there for an hour, since it refused a message."""
        lasting = {one: until for one, until in self._paused.items() if now < until}
        self._paused = lasting | {channel_id: now + PAUSE}

    async def sent_before(
        self, channel: Outlet, claimed_before: datetime, is_it: Callable[[frozenset[str]], bool]
    ) -> int | None:
        """The message that a sender who was stopped had sent after ``claimed_before``, or one whom they had taken over
        from before that, known by the custom_ids and values of its components. Raises `UncertainError`."""
        since = claimed_before - CLOCKS
        try:
            async for message in channel.history(limit=_LOOK_THROUGH, after=since, oldest_first=True):
                if self._is(message, is_it):
                    return message.id
            async for message in channel.history(limit=_LOOK_THROUGH, before=since):
                if message.created_at < since - _EARLIER:
                    break
                if self._is(message, is_it):
                    return message.id
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise UncertainError(str(error)) from error
        return None

    def _is(self, message: discord.Message, is_it: Callable[[frozenset[str]], bool]) -> bool:
        # Answers to commands may have the same buttons.
        own = message.author == self._bot.user and message.interaction_metadata is None
        return own and is_it(frozenset(_marks(message.components)))


async def direct(member: discord.Member) -> discord.DMChannel:
    """The channel of direct messages to the member. Raises `RefusedError` and `UncertainError`."""
    try:
        return member.dm_channel or await member.create_dm()
    except discord.HTTPException as error:
        raise (UncertainError(str(error)) if error.status >= 500 else RefusedError(error)) from error


def _marks(components: Sequence[Any]) -> Iterator[str]:
    for component in components:
        if isinstance(component, discord.Button):
            yield component.custom_id or ""
        elif isinstance(component, discord.SelectMenu):
            yield component.custom_id
            yield from (option.value for option in component.options)
        else:
            yield from _marks(list(getattr(component, "children", ())))
