"""Saying hello on joining a server, where and to whom the bot may, with the next step."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from companion.cogs.companion import Companion
from companion.cogs.views.greeting import hello_message
from companion.community.greeting import Greeting

log = logging.getLogger(__name__)


class Hello(commands.Cog):
    """Says hello once."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self._greeting = Greeting(bot.database)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._greet(guild)

    @commands.Cog.listener("on_shard_ready")
    async def greet_late(self, shard: int) -> None:
        """Says hello to a shard's servers that were joined while it was away: Discord tells of them in no other way."""
        for guild in self.bot.guilds:
            if guild.shard_id == shard:
                await self._greet(guild)

    async def _greet(self, guild: discord.Guild) -> None:
        channel = channel_for_hello(guild)
        if channel is None or not await self._greeting.is_due(guild.id, guild.me.joined_at):
            return
        try:
            await channel.send(view=hello_message())
        except discord.HTTPException as error:
            log.info("could not say hello in guild %d: %s", guild.id, error)
            await self._greeting.could_not(guild.id)


def channel_for_hello(guild: discord.Guild) -> discord.TextChannel | None:
    """The system channel, else the first text channel in which the bot may write; None where it may in none."""
    in_order = [*([guild.system_channel] if guild.system_channel else []), *guild.text_channels]
    return next((channel for channel in in_order if _may_write(channel)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    granted = channel.permissions_for(channel.guild.me)
    return granted.view_channel and granted.send_messages


async def setup(bot: Companion) -> None:
    await bot.add_cog(Hello(bot))
