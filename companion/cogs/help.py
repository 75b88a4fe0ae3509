"""``/help``: what this member can do in this channel, with examples from the server's own archive."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from companion.cogs.command_list import usable
from companion.cogs.companion import Companion, Interaction
from companion.cogs.views.help import help_message
from companion.community.suggested import speakers_like
from companion.community.visibility import NoPodcastYetError, OutsideServersError
from companion.storage.errors import CompanionError


class Help(commands.Cog):
    """Where a newcomer starts."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot

    @app_commands.command()
    async def help(self, interaction: Interaction) -> None:
        """What you can do here, with searches to try"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        examples: tuple[str, ...] = ()
        speaker: str | None = None
        missing: CompanionError | None = None
        try:
            examples = await self.bot.searches.examples(interaction.guild_id, seed=interaction.id)
            speaker = next(iter(await speakers_like(self.bot.database, interaction.guild_id, "", 1)), None)
        except (NoPodcastYetError, OutsideServersError) as error:
            missing = error
        may_use = usable(self.bot.tree, interaction.permissions, in_server=interaction.guild_id is not None)
        await interaction.edit_original_response(view=help_message(may_use, examples, speaker, missing))


async def setup(bot: Companion) -> None:
    await bot.add_cog(Help(bot))
