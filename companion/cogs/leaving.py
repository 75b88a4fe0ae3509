"""Servers that the bot is removed from: their data is deleted some days later, unless it comes back."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from companion.cogs.companion import Companion
from companion.community.retention import Retention

log = logging.getLogger(__name__)


class Leaving(commands.Cog):
    """Notes comings and goings as Discord tells of them, and at the start those that it told nobody of."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self.kept = Retention(bot.database, bot.terms, self._is_absent, leads=bot.leads)

    async def cog_load(self) -> None:
        self.bot.duties.append(self.kept.tidy)

    async def cog_unload(self) -> None:
        self.bot.duties.remove(self.kept.tidy)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.kept.left({guild.id})

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.kept.returned({guild.id})

    @commands.Cog.listener("on_ready")
    @commands.Cog.listener("on_shard_ready")
    async def compare(self, _shard: int = 0) -> None:
        """Compares the servers that anything is kept of with those that the bot is in, at the start and whenever a
        shard begins a session: of what was before that nothing is told."""
        if not self.bot.is_ready():
            return  # as long as shards are missing, so are their servers
        here = {guild.id for guild in self.bot.guilds}
        await self.kept.returned(here)
        # Other shards may be another process's, which knows of the servers there.
        known = {one for one in await self.kept.known() if self.bot.serves(one)}
        if here and not known & here:
            if known:
                log.warning(
                    "none of the %d servers with data is one of this bot's: is its token another's?", len(known)
                )
            return
        if gone := known - here:
            days = self.bot.terms.left.days
            log.info("%d servers have data and not the bot; it is deleted in %d days", len(gone), days)
        await self.kept.left(gone)

    def _is_absent(self, guild_id: int) -> bool:
        return self.bot.is_ready() and self.bot.serves(guild_id) and self.bot.get_guild(guild_id) is None


async def setup(bot: Companion) -> None:
    await bot.add_cog(Leaving(bot))
