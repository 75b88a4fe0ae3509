"""``/setup hosts``: who are hosts beside managers. For managers' eyes alone."""

from __future__ import annotations

import discord
from discord import app_commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import add_to_group
from companion.cogs.setup import ManagersGroup
from companion.cogs.views import hosts as views
from companion.community.hosts import Hosts as Kept


class HostsGroup(ManagersGroup):
    """``/setup hosts``."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(
            name="hosts", description="Who the hosts are, who mark answers and see to clubs, guests and questions"
        )
        self._kept = Kept(bot.database)

    @app_commands.command()
    @app_commands.describe(role="Whose members are hosts; left out: shows which role it is")
    async def role(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Choose the role whose members are hosts, or see which one it is"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        guild_id = interaction.guild_id or 0
        if role is None:
            known = await self._kept.role(guild_id)
            there = (
                interaction.guild is not None and known is not None and interaction.guild.get_role(known) is not None
            )
            message = views.shown(known, deleted=not there)
        else:
            message = views.chosen(role.id, await self._kept.choose(guild_id, role.id, interaction.user.id))
        await interaction.edit_original_response(view=message)

    @app_commands.command()
    async def forget(self, interaction: Interaction) -> None:
        """Leave it to those who manage the server to be hosts"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        was = await self._kept.forget(interaction.guild_id or 0)
        await interaction.edit_original_response(view=views.forgotten(was))


async def setup(bot: Companion) -> None:
    add_to_group(bot, "setup", HostsGroup(bot))
