"""``/setup asking``: where questions are answered. For managers' eyes alone."""

from __future__ import annotations

from discord import app_commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import add_to_group
from companion.cogs.setup import ManagersGroup
from companion.cogs.setup_channels import PostedIn, place_of
from companion.cogs.views import setup_asking as views
from companion.community.channels import NoSuchChannelError
from companion.storage.asking_channels import Mode

_MODES = [app_commands.Choice(name=f"{mode} – {what}"[:100], value=mode.value) for mode, what in views.MODES.items()]


class AskingSetup(ManagersGroup):
    """``/setup asking``."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(name="asking", description="Where I answer questions")
        self._places = bot.asking_places

    @app_commands.command()
    @app_commands.describe(channel="A text or announcement channel of this server", mode="What may be asked there")
    @app_commands.choices(mode=_MODES)
    async def choose(self, interaction: Interaction, channel: app_commands.Transform[int, PostedIn], mode: str) -> None:
        """Choose what may be asked in a channel"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        guild = interaction.guild
        if guild is None or place_of(guild, channel) is None:
            raise NoSuchChannelError
        chosen = Mode(mode)
        await self._places.choose(guild.id, channel, chosen, interaction.user.id)
        modes = await self._places.chosen(guild.id)
        await interaction.edit_original_response(view=views.chose(channel, chosen, modes))

    @app_commands.command()
    @app_commands.describe(channel="Where the default shall hold again")
    async def forget(self, interaction: Interaction, channel: app_commands.Transform[int, PostedIn]) -> None:
        """Let the default hold in a channel again"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        guild_id = interaction.guild_id or 0
        await self._places.forget(guild_id, channel)
        modes = await self._places.chosen(guild_id)
        await interaction.edit_original_response(view=views.forgot(channel, modes))

    @app_commands.command(name="list")
    async def list_channels(self, interaction: Interaction) -> None:
        """Where I answer questions, and where I don't"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        modes = await self._places.chosen(interaction.guild_id or 0)
        await interaction.edit_original_response(view=views.list_message(modes))


async def setup(bot: Companion) -> None:
    add_to_group(bot, "setup", AskingSetup(bot))
