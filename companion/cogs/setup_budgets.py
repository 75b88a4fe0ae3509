"""``/setup budgets``: how much may be asked and spent a day. For managers' eyes alone."""

from __future__ import annotations

import discord
from discord import app_commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import add_to_group
from companion.cogs.setup import ManagersGroup
from companion.cogs.views import budgets as views
from companion.community.budgets import MICROS_A_DOLLAR
from companion.storage.budgets import WHOLE_SERVER, Limits

Questions = app_commands.Range[int, 0, 1_000_000]
Tokens = app_commands.Range[int, 0, 1_000_000_000]
Dollars = app_commands.Range[float, 0, 100_000]
_LIMITS = {
    "questions": "Questions a day; 0 switches them off",
    "tokens": "Tokens a day that the language model may read and write; 0: no model",
    "dollars": "Dollars a day that the language model may cost",
}


class BudgetsGroup(ManagersGroup):
    """``/setup budgets``."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(name="budgets", description="How much may be asked and spent a day")
        self._budgets = bot.budgets

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """What everyone, the whole server and roles may ask and spend a day, and what was today"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        kept = await self._budgets.decided(interaction.guild_id or 0)
        await interaction.edit_original_response(view=views.shown(kept))

    @app_commands.command()
    @app_commands.describe(**_LIMITS)
    async def everyone(
        self,
        interaction: Interaction,
        questions: Questions | None = None,
        tokens: Tokens | None = None,
        dollars: Dollars | None = None,
    ) -> None:
        """Decide what each member may ask and spend a day; what you leave out stays as it is"""
        await self._decide(interaction, interaction.guild_id or 0, _limits(questions, tokens, dollars))

    @app_commands.command()
    @app_commands.describe(**_LIMITS)
    async def server(
        self,
        interaction: Interaction,
        questions: Questions | None = None,
        tokens: Tokens | None = None,
        dollars: Dollars | None = None,
    ) -> None:
        """Decide what all members together may ask and spend a day; what you leave out stays as it is"""
        await self._decide(interaction, WHOLE_SERVER, _limits(questions, tokens, dollars))

    @app_commands.command()
    @app_commands.describe(role="Whose members have a budget of their own", **_LIMITS)
    async def role(
        self,
        interaction: Interaction,
        role: discord.Role,
        questions: Questions | None = None,
        tokens: Tokens | None = None,
        dollars: Dollars | None = None,
    ) -> None:
        """Decide what members with a role may ask and spend a day, in place of everyone's budget"""
        await self._decide(interaction, role.id, _limits(questions, tokens, dollars))

    @app_commands.command()
    @app_commands.describe(role="Whose budget; left out: all budgets of this server")
    async def reset(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Take a role's budget away, or all that was decided"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        guild_id, role_id = interaction.guild_id or 0, role.id if role else None
        await self._budgets.reset(guild_id, role_id)
        await interaction.edit_original_response(view=views.reset(role_id, guild_id))

    async def _decide(self, interaction: Interaction, role_id: int, new: Limits) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        guild_id = interaction.guild_id or 0
        limits = await self._budgets.decide(guild_id, role_id, new, interaction.user.id)
        await interaction.edit_original_response(view=views.decided(limits, role_id, guild_id))


def _limits(questions: int | None, tokens: int | None, dollars: float | None) -> Limits:
    return Limits(questions, tokens, None if dollars is None else round(dollars * MICROS_A_DOLLAR))


async def setup(bot: Companion) -> None:
    add_to_group(bot, "setup", BudgetsGroup(bot))
