"""``/help``: what there is, with examples from this server's own archive."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.views.help import help_message
from companion.community.visibility import NoPodcastYetError, OutsideServersError
from companion.storage.errors import CompanionError


class Help(commands.Cog):
    """Where a newcomer starts."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot

    @app_commands.command()
    async def help(self, interaction: Interaction) -> None:
        """What this bot does, with searches to try"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        examples: tuple[str, ...] = ()
        speaker: str | None = None
        missing: CompanionError | None = None
        try:
            examples = await self.bot.searches.examples(interaction.guild_id, seed=interaction.id)
            speaker = next(iter(await self.bot.searches.speakers_like(interaction.guild_id, "", 1)), None)
        except (NoPodcastYetError, OutsideServersError) as error:
            missing = error
        await interaction.edit_original_response(view=help_message(examples, speaker, missing))


async def setup(bot: Companion) -> None:
    await bot.add_cog(Help(bot))
