"""The Delete button under every public answer, whichever feature posted it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import discord
from discord.ext import commands
from discord.utils import time_snowflake

from companion.cogs.companion import QUIET, UNKNOWN_MESSAGE, Companion, Interaction
from companion.cogs.feature import Feature, every_minute
from companion.cogs.press import Press
from companion.cogs.views import custom_ids
from companion.cogs.views.delete import Fate, deleted_message
from companion.cogs.views.results import credit
from companion.community.deletion import Deletion, Forgotten, Posted
from companion.storage.searches import Search

log = logging.getLogger(__name__)

A_MINUTE = 10
"""Messages that are looked up a minute."""
LOOKED_BACK = timedelta(days=7)
"""How old a message may be to be looked up after an absence."""


class DeletePress(Press, template=custom_ids.DELETE):
    """Deletes what is stored of the message it is on, and the message."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        posted = _posted(interaction.message, interaction.guild_id)
        deletion = Deletion(interaction.client.database)
        moderates = interaction.permissions.manage_messages
        await deletion.require_allowed(posted, interaction.user.id, moderates=moderates)
        # The record first: a message whose record is gone can still be deleted, but not the other way round.
        forgotten = await deletion.forget(posted.guild_id, posted.message_id)
        fate = await _delete(interaction)
        await interaction.followup.send(view=deleted_message(forgotten, fate), ephemeral=True, allowed_mentions=QUIET)
        await _take_words_back(interaction.client, forgotten)


class DeletedMessages(Feature):
    """Forgets what was deleted in Discord's own way, too.

    What was deleted while the gateway had no session is never told of: after each absence the messages of the last days
    are looked up, a few a minute.
    """

    presses = (DeletePress,)

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._deletion = Deletion(bot.database)
        self._unseen: dict[int, tuple[int, int]] = {}
        """By shard, the ids between which the messages lie that are still to be looked up."""
        self._closed: set[int] = set()
        """The channels in which nothing can be, since the last absence."""

    @commands.Cog.listener()
    async def on_shard_ready(self, shard: int) -> None:
        """A new session: what was deleted before it in the shard's servers will never be told."""
        now = self.bot.database.clock.now()
        self._unseen[shard] = time_snowflake(now - LOOKED_BACK), time_snowflake(now, high=True)
        self._closed.clear()

    @every_minute
    async def catch_up(self, _now: datetime) -> None:
        """Looks up the newest messages that were not looked up since the last absence, of one shard after the other."""
        if not self._unseen:
            return
        shard, unseen = next(iter(self._unseen.items()))
        here = {guild.id for guild in self.bot.guilds if guild.shard_id == shard}
        found = await self._deletion.shown(here, *unseen, A_MINUTE)
        for shown in found:
            try:
                if shown.channel_id not in self._closed:
                    channel = self.bot.get_partial_messageable(shown.channel_id, guild_id=shown.guild_id)
                    await channel.fetch_message(shown.message_id)
            except discord.NotFound:
                await self._forget(shown.guild_id, {shown.message_id})
            except discord.Forbidden:
                self._closed.add(shown.channel_id)
            except discord.HTTPException as error:
                log.info("looking for deleted messages goes on later: %s", error)
                return
            if self._unseen[shard] != unseen:
                return  # another absence, which began meanwhile, is looked up from the newest on
            self._unseen[shard] = unseen = unseen[0], shown.message_id
        if len(found) < A_MINUTE and self._unseen[shard] == unseen:
            del self._unseen[shard]

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        await self._forget(deleted.guild_id, {deleted.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        await self._forget(deleted.guild_id, deleted.message_ids)

    async def _forget(self, guild_id: int | None, message_ids: set[int]) -> None:
        if guild_id is None:
            return
        for message_id in await self._deletion.recorded(guild_id, message_ids):
            await _take_words_back(self.bot, await self._deletion.forget(guild_id, message_id))


def _posted(message: discord.Message | None, guild_id: int | None) -> Posted:
    asked = message.interaction_metadata if message else None
    return Posted(guild_id or 0, message.id if message else 0, asked.user.id if asked else None)


async def _delete(interaction: Interaction) -> Fate:
    """Deletes the message that was pressed, which takes no permission."""
    try:
        await interaction.delete_original_response()
    except discord.NotFound as error:
        if error.code != UNKNOWN_MESSAGE:
            raise
        return Fate.GONE
    except discord.Forbidden:
        return Fate.KEPT
    return Fate.DELETED


async def _take_words_back(bot: Companion, forgotten: Forgotten) -> None:
    """Lets the riffs on a deleted search say so, where they quoted it."""
    if forgotten.search is None:
        return
    for riff in forgotten.riffs:
        try:
            await _take_credit_back(bot, riff, forgotten.search)
        except discord.HTTPException as error:
            log.info("a riff on a deleted search still quotes it: %s", error)


async def _take_credit_back(bot: Companion, riff: Search, origin: Search) -> None:
    if riff.message_id is None:
        return
    channel = bot.get_partial_messageable(riff.channel_id, guild_id=riff.guild_id)
    message = await channel.fetch_message(riff.message_id)
    shown = discord.ui.LayoutView.from_message(message, timeout=None)
    for item in shown.walk_children():
        if isinstance(item, discord.ui.TextDisplay):
            item.content = item.content.replace(credit(riff, origin), credit(riff, None))
    shown.stop()
    await message.edit(view=shown, allowed_mentions=QUIET)


async def setup(bot: Companion) -> None:
    await bot.add_cog(DeletedMessages(bot))
