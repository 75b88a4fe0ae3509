"""``/asked``: what was asked in a server, for the eyes of those who manage it."""

from __future__ import annotations

from discord import app_commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import Feature
from companion.cogs.press import Press
from companion.cogs.setup import require_manager
from companion.cogs.views.asked import PAGE, PERIODS, asked_message
from companion.community.asked import AskedQuestions, Period, period_of

_CHOICES = [app_commands.Choice(name=name, value=period.value) for period, name in PERIODS.items()]


class PagePress(Press, template=PAGE):
    """Turns to a page of what found nothing."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        await _show(interaction, period_of(self.match["period"]), int(self.match["page"]))


class Asked(Feature):
    """``/asked``."""

    presses = (PagePress,)
    prefix = "asked:"
    again = "Use `/asked` again."

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


async def _show(interaction: Interaction, period: Period, page: int) -> None:
    guild_id = interaction.guild_id or 0
    found = await AskedQuestions(interaction.client.database).page(guild_id, period, page)
    await interaction.edit_original_response(view=asked_message(guild_id, found))


async def setup(bot: Companion) -> None:
    await bot.add_cog(Asked(bot))
