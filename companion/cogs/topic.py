"""``/topic``: where in the archive a topic comes up over time."""

from __future__ import annotations

import asyncio
import io

import discord
from discord import app_commands
from discord.ext import commands

from companion.cogs import suggestions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.views.topic import PICTURE, alt, not_found_message, topic_message
from companion.cogs.views.topic_chart import chart
from companion.community.fair_use import Work
from companion.community.topics import NotFound, Topics
from companion.community.wishes import LONGEST_QUERY

NO_PICTURE = "There is no picture: the permission *Attach Files* is missing in this channel."


class TopicChart(commands.Cog):
    """What was talked about when."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self._topics = Topics(bot.database, bot.searcher, bot.searches)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(words="What it is about, in a few words", speaker="Only where this person talks")
    async def topic(
        self,
        interaction: Interaction,
        words: app_commands.Range[str, 1, LONGEST_QUERY],
        speaker: str | None = None,
    ) -> None:
        """See when a topic came up: a chart over time, its first mention, and the episodes with most of it"""
        async with deferred_turn(interaction, Work.CHART, thinking=True):
            found = await self._topics.trace(interaction.guild_id, words, speaker, seed=interaction.id)
            if isinstance(found, NotFound):
                await interaction.edit_original_response(view=not_found_message(found))
                return
            allowed = interaction.app_permissions.attach_files
            picture = await asyncio.to_thread(chart, found) if allowed and found.bars else None
        if picture is None:
            view = topic_message(found, picture=False, note="" if allowed else NO_PICTURE)
            await interaction.edit_original_response(view=view)
            return
        file = discord.File(io.BytesIO(picture), PICTURE, description=alt(found))
        await interaction.edit_original_response(view=topic_message(found, picture=True), attachments=[file])

    @topic.autocomplete("speaker")
    async def speaker_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.speakers(interaction, typed)


async def setup(bot: Companion) -> None:
    await bot.add_cog(TopicChart(bot))
