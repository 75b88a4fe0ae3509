"""``/about``: what is indexed and stored, and by which version."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from companion import __version__
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.views.about import about_message
from companion.community.about import about
from companion.community.fair_use import Work


class About(commands.Cog):
    """What this is."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    async def about(self, interaction: Interaction) -> None:
        """What is in the archive, how it is searched, and what is kept of members"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            found = await about(self.bot.database, self.bot.searcher, self.bot.searches, interaction.guild_id)
        await interaction.edit_original_response(view=about_message(found, __version__))


async def setup(bot: Companion) -> None:
    await bot.add_cog(About(bot))
