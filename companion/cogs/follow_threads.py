"""The threads in which members are told of what they follow: under an announcement, or a private one of their own."""

from __future__ import annotations

from datetime import datetime

import discord

from companion.cogs.companion import Companion
from companion.cogs.outlets import Outlets, RefusedError, UncertainError
from companion.cogs.views.follow import Threads
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import one_line
from companion.community.channels import ServerChannels
from companion.community.following import Tidings
from companion.community.permissions import OWN_THREADS, UNDER_NEWS, Permission, labels, missing
from companion.storage.channels import Purpose
from companion.storage.errors import CompanionError

_THREAD_NAME = 100
_OWN = "What you follow"
_HAS_A_THREAD = 160004
"""Discord's code for a message that has one already."""


class NoThreadHereError(CompanionError):
    """A channel in which the bot can open no thread, in a server where it can open none under announcements either."""

    def __init__(self, lacks: tuple[Permission, ...]) -> None:
        super().__init__(
            f"To tell you in a thread here I still need {labels(lacks)}: ask who manages this server, or choose a"
            " direct message."
            if lacks
            else "I can open no thread of your own in a channel of this kind: ask me in an ordinary text channel, or"
            " choose a direct message."
        )


class NoPlaceError(Exception):
    """There is no channel in which the bot could open a thread that the member can read."""


class FollowThreads:
    """Finds and opens them."""

    def __init__(self, bot: Companion) -> None:
        self._bot = bot
        self._outlets = Outlets(bot)
        self._channels = ServerChannels(bot.database)

    async def news_channel_id(self, guild_id: int) -> int | None:
        """The channel under whose announcements threads can be opened now, if there is one."""
        chosen = (await self._channels.chosen(guild_id)).get(Purpose.NEWS)
        if chosen is None or self._outlets.channel(guild_id, chosen, UNDER_NEWS.needs, self._now) is None:
            return None
        return chosen

    async def require(self, guild_id: int, channel_id: int) -> None:
        """Raises `NoThreadHereError` where no thread could be opened, neither here nor under an announcement."""
        if await self.is_possible(guild_id, channel_id):
            return
        channel = self._bot.get_channel(channel_id)
        lacks: tuple[Permission, ...] = ()
        if isinstance(channel, discord.TextChannel) and not channel.is_news():
            lacks = missing(channel.permissions_for(channel.guild.me).value, OWN_THREADS.needs)
        raise NoThreadHereError(lacks)

    async def is_possible(self, guild_id: int, channel_id: int) -> bool:
        """Can a thread be opened, in that channel or under an announcement?"""
        places = await self.places(guild_id, channel_id)
        return places.own or places.news_channel_id is not None

    async def places(self, guild_id: int, channel_id: int) -> Threads:
        """Where threads can be opened for who follows something in that channel."""
        own = self._own_channel(guild_id, channel_id) is not None
        return Threads(await self.news_channel_id(guild_id), own)

    async def open(self, member: discord.Member, tidings: Tidings) -> tuple[discord.Thread, bool]:
        """The thread in which the member is told of these, and whether it is their own.

        Raises `NoPlaceError`, `RefusedError` and `UncertainError`.
        """
        try:
            thread = await self._under_announcement(member, tidings)
            if thread is not None:
                return thread, False
            return await self._own(member, tidings), True
        except discord.HTTPException as error:
            if error.status >= 500:
                raise UncertainError(str(error)) from error
            raise RefusedError(error) from error

    async def _under_announcement(self, member: discord.Member, tidings: Tidings) -> discord.Thread | None:
        if tidings.announced is None:
            return None
        channel_id, message_id = tidings.announced
        channel = self._outlets.channel(member.guild.id, channel_id, UNDER_NEWS.needs, self._now)
        if channel is None or not channel.permissions_for(member).view_channel:
            return None
        # A message's thread has the message's id.
        known = channel.get_thread(message_id)
        if known is not None:
            return known
        name = one_line(tidings.episodes[0].episode.title) or "New episodes"
        try:
            return await channel.get_partial_message(message_id).create_thread(name=cut(name, _THREAD_NAME))
        except discord.NotFound:
            return None  # the announcement was deleted
        except discord.HTTPException as error:
            if error.code != _HAS_A_THREAD:
                raise
        return await self._fetched(message_id)

    async def _own(self, member: discord.Member, tidings: Tidings) -> discord.Thread:
        channel = self._own_channel(member.guild.id, tidings.channel_id)
        if channel is None or not channel.permissions_for(member).view_channel:
            raise NoPlaceError
        if tidings.thread_id is not None:
            known = channel.get_thread(tidings.thread_id) or await self._fetched(tidings.thread_id)
            if known is not None and known.parent_id == channel.id and not known.locked:
                return known
        # Whose it is, its only member knows; a name would stay when they are forgotten.
        thread = await channel.create_thread(name=_OWN, type=discord.ChannelType.private_thread, invitable=False)
        await thread.add_user(member)
        return thread

    async def _fetched(self, thread_id: int) -> discord.Thread | None:
        """A thread that the library does not know: it was archived."""
        try:
            found = await self._bot.fetch_channel(thread_id)
        except (discord.NotFound, discord.Forbidden):
            return None
        return found if isinstance(found, discord.Thread) else None

    def _own_channel(self, guild_id: int, channel_id: int) -> discord.TextChannel | None:
        """The channel, if a private thread can be opened in it. Announcement channels have none."""
        channel = self._outlets.channel(guild_id, channel_id, OWN_THREADS.needs, self._now)
        return None if channel is None or channel.is_news() else channel

    @property
    def _now(self) -> datetime:
        return self._bot.database.clock.now()
