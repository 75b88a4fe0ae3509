"""``/setup members``: who may not use the bot in this server. For managers' eyes alone."""

from __future__ import annotations

import discord
from discord import app_commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import Feature, add_to_group
from companion.cogs.press import Press
from companion.cogs.setup import ManagersGroup, require_manager
from companion.cogs.views import custom_ids
from companion.cogs.views import members as views
from companion.community.blocks import LONGEST_REASON, Named

Somebody = discord.Member | discord.User
"""A member, or somebody who left: they can be named by their id."""


class Members(ManagersGroup):
    """``/setup members``."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(name="members", description="Who may not use me in this server")
        self._blocks = bot.blocks

    @app_commands.command()
    @app_commands.describe(
        member="Whose commands and buttons I shall not answer", reason="For other managers to read; not for the member"
    )
    async def block(
        self,
        interaction: Interaction,
        member: Somebody,
        reason: app_commands.Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        """Answer none of a member's commands and buttons any more"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        manages = isinstance(member, discord.Member) and member.guild_permissions.manage_guild
        named = Named(member.id, member.bot, manages)
        block = await self._blocks.block(interaction.guild_id or 0, named, reason or "", interaction.user.id)
        await interaction.edit_original_response(view=views.blocked(block))

    @app_commands.command()
    @app_commands.describe(member="Who may use me again")
    async def unblock(self, interaction: Interaction, member: Somebody) -> None:
        """Answer a blocked member again"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._blocks.unblock(interaction.guild_id or 0, member.id)
        await interaction.edit_original_response(view=views.unblocked(member.id))

    @app_commands.command(name="list")
    async def list_blocked(self, interaction: Interaction) -> None:
        """Who is blocked, since when, by whom and why"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        blocks = await self._blocks.listed(interaction.guild_id or 0)
        await interaction.edit_original_response(view=views.list_message(blocks, 0))


class ListPress(Press, template=custom_ids.BLOCKED_MEMBERS):
    """Turns to a page of the blocked members."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        blocks = await interaction.client.blocks.listed(interaction.guild_id or 0)
        await interaction.edit_original_response(view=views.list_message(blocks, int(self.match["page"])))


class MembersButtons(Feature):
    """The presses."""

    presses = (ListPress,)
    prefix = "members:"
    again = "Use `/setup members list`."


async def setup(bot: Companion) -> None:
    add_to_group(bot, "setup", Members(bot))
    await bot.add_cog(MembersButtons(bot))
