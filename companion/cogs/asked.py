"""``/asked``: what was asked in a server, for the eyes of those who manage it."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.press import Press, refuse_unknown
from companion.cogs.setup import require_manager
from companion.cogs.views.asked import PAGE, PERIODS, asked_message
from companion.community.asked import AskedQuestions, Period, period_of

_QUIET = discord.AllowedMentions.none()
_CHOICES = [app_commands.Choice(name=name, value=period.value) for period, name in PERIODS.items()]


class PagePress(Press, template=PAGE):
    """Turns to a page of what found nothing."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        await _show(interaction, period_of(self.match["period"]), int(self.match["page"]))


PRESSES = (PagePress,)


class Asked(commands.Cog):
    """``/asked``."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*PRESSES)

    async def cog_unload(self) -> None:
        self.bot.remove_dynamic_items(*PRESSES)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(period="The time up to now to look at; this week, where you leave it out")
    @app_commands.choices(period=_CHOICES)
    async def asked(self, interaction: Interaction, period: str = Period.WEEK.value) -> None:
        """See what was asked in this server, what found nothing, and how well the answers were liked"""
        require_manager(interaction)
        wanted = period_of(period)
        await interaction.response.defer(thinking=True, ephemeral=True)
        await _show(interaction, wanted, 0)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Answers presses that no button of this version understands."""
        await refuse_unknown(interaction, "asked:", PRESSES, "Use `/asked` again.")


async def _show(interaction: Interaction, period: Period, page: int) -> None:
    guild_id = interaction.guild_id or 0
    found = await AskedQuestions(interaction.client.database).page(guild_id, period, page)
    await interaction.edit_original_response(view=asked_message(guild_id, found), allowed_mentions=_QUIET)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Asked(bot))
