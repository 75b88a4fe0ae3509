"""Remembers which messages of the bot name whom, whatever wrote them: as Discord tells of them."""

from __future__ import annotations

import asyncio

import discord
from discord.ext import commands

from companion.cogs.companion import Companion
from companion.cogs.views.nameless import named_in, texts_of
from companion.storage.namings import Naming


class Namings(commands.Cog):
    """Sees each message of the bot in a server, but those that one member alone sees, and each change of one.

    Direct messages, of which the bot is told nothing, are noted by who sends them (`cogs/outlets.py`).
    """

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self._new: set[Naming] = set()
        self._turn = asyncio.Lock()

    async def cog_unload(self) -> None:
        await self._write()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        await self._look(message)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, edited: discord.RawMessageUpdateEvent) -> None:
        await self._look(edited.message)

    @commands.Cog.listener("on_told_directly")
    async def look_directly(self, guild_id: int, message: discord.Message) -> None:
        """A direct message was sent that is about that server."""
        self._new |= {
            Naming(message.id, member_id, guild_id, message.channel.id, direct=True) for member_id in self._in(message)
        }
        await self._write()

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        await self.bot.namings.gone({deleted.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        await self.bot.namings.gone(deleted.message_ids)

    async def _look(self, message: discord.Message) -> None:
        if message.guild is None or message.author != self.bot.user:
            return
        # What takes a placeholder's place may be noted by now.
        if message.flags.ephemeral or message.flags.loading:
            return
        new = self.bot.namings.new_in(message.id, self._in(message))
        self._new |= {Naming(message.id, member_id, message.guild.id, message.channel.id) for member_id in new}
        await self._write()

    def _in(self, message: discord.Message) -> frozenset[int]:
        me = self.bot.user
        return named_in([message.content, *texts_of(message.components)]) - {me.id if me else 0}

    async def _write(self) -> None:
        """Writes what is new. What comes while another write goes on is written together after it."""
        async with self._turn:
            some, self._new = self._new, set()
            if not some:
                return
            try:
                await self.bot.namings.note(some)
            except BaseException:  # what was not noted is tried again
                self._new |= some
                raise


async def setup(bot: Companion) -> None:
    await bot.add_cog(Namings(bot))
