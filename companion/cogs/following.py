"""Telling members of new episodes that hold what they follow: by direct message or in a thread, as each one chose."""

from __future__ import annotations

import functools
import logging
from contextlib import aclosing
from datetime import datetime

import discord

from companion.cogs.companion import Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.follow_threads import FollowThreads, NoPlaceError
from companion.cogs.outlets import Outlet, Outlets, RefusedError, UncertainError, direct
from companion.cogs.views import follow_ids
from companion.cogs.views.follow import tidings_message
from companion.community.fair_use import Work
from companion.community.following import Following, Tidings, Waiting
from companion.community.follows import Follows
from companion.storage.follows import TellIn

log = logging.getLogger(__name__)

A_MINUTE = 50
"""Messages. All who follow a podcast are told of the same episode; and many at once are spam to Discord."""
MEMBERS_A_MINUTE = 500
"""For whom episodes are looked at: other duties wait meanwhile, some hundredths of a second a topic."""
_UNKNOWN_MEMBER = 10007


class FollowDuty(Feature):
    """Looks every minute for whom to tell of what."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        turn = functools.partial(bot.fair_use.own_turn, Work.SEARCH)
        self._pending = Following(bot.database, bot.searcher, bot.searches, turn)
        self._follows = Follows(bot.database, bot.searcher)
        self._outlets = Outlets(bot)
        self._threads = FollowThreads(bot)

    @every_minute
    async def tell(self, now: datetime) -> None:
        """Tells whoever is to be told now. One member's trouble holds up no other."""
        waiting = await self._pending.waiting(now)
        reachable = [one for one in waiting if await self._is_reachable(one)]
        told = 0
        async with aclosing(self._pending.look(reachable[:MEMBERS_A_MINUTE], now)) as found:
            async for tidings in found:
                await self._tell(tidings, now)
                told += 1
                if told == A_MINUTE:
                    return  # the others come next minute

    async def _is_reachable(self, waiting: Waiting) -> bool:
        """Is the bot in the server still, the member not blocked there, and is there a place? Until then it waits."""
        guild_id = waiting.owner.guild_id
        if self.bot.get_guild(guild_id) is None or await self.bot.blocks.is_blocked(guild_id, waiting.owner.member_id):
            return False
        for follow in waiting.follows:
            if follow.tell_in is TellIn.DIRECT or await self._threads.is_possible(guild_id, follow.channel_id):
                return True
        return False

    async def _tell(self, tidings: Tidings, now: datetime) -> None:
        guild = self.bot.get_guild(tidings.owner.guild_id)
        member = await self._member(guild, tidings) if guild else None
        claimed = await self._pending.claim(tidings, now) if member else None
        if member is None or claimed is None:
            return
        try:
            place = await self._send(member, claimed, now)
        except (RefusedError, NoPlaceError) as error:
            log.warning("a follower in guild %d cannot be told: %s", member.guild.id, error or "there is no place")
            await self._pending.refused(claimed)
            return
        except UncertainError as error:
            # The claim stays until it expires.
            log.warning("a follower in guild %d may not have been told: %s", member.guild.id, error)
            return
        await self._pending.sent(claimed, *place)
        log.info("told a follower in guild %d of %d episodes", member.guild.id, len(claimed.episodes))

    async def _member(self, guild: discord.Guild, tidings: Tidings) -> discord.Member | None:
        """The follower. Of one who left the server nothing is kept: what is said there is theirs no more to know."""
        try:
            return await guild.fetch_member(tidings.owner.member_id)
        except discord.NotFound as error:
            if error.code == _UNKNOWN_MEMBER:
                log.info("a follower left guild %d: what they followed there is deleted", guild.id)
                await self._follows.forget(tidings.owner)
            return None
        except discord.HTTPException as error:
            log.warning("a follower in guild %d could not be looked up: %s", guild.id, error)
            return None

    async def _send(self, member: discord.Member, tidings: Tidings, now: datetime) -> tuple[int, int]:
        """The channel and the message in which the member was told.

        Raises `RefusedError`, `NoPlaceError` and `UncertainError`.
        """
        closed = False
        if tidings.tell_in is TellIn.DIRECT:
            try:
                channel = await direct(member)
                return channel.id, await self._post(channel, member, tidings, now, closed=False)
            except RefusedError as error:
                if not error.closed:
                    raise
                closed = True
        thread, own = await self._threads.open(member, tidings)
        if own and thread.id != tidings.thread_id:
            await self._pending.keep_thread(tidings, thread.id)
        return thread.id, await self._post(thread, member, tidings, now, closed=closed)

    async def _post(
        self, channel: Outlet, member: discord.Member, tidings: Tidings, now: datetime, *, closed: bool
    ) -> int:
        """The message's id, whoever sent it."""
        mark = follow_ids.stop(tidings.mark)
        if tidings.claimed_before is not None:
            sent = await self._outlets.sent_before(channel, tidings.claimed_before, lambda marks: mark in marks)
            if sent is not None:
                return sent
        called = None if isinstance(channel, discord.DMChannel) else member.id
        message = tidings_message(tidings, member.guild.name, mentioned=called, closed=closed)
        mentioned = [] if called is None else [member]
        about = member.guild.id
        return await self._outlets.send(channel, message, now, nonce=tidings.mark, mentioned=mentioned, about=about)


async def setup(bot: Companion) -> None:
    await bot.add_cog(FollowDuty(bot))
