"""``/setup channels`` and ``/setup check``: what goes where, and whether it can. For managers' eyes alone."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import add_to_group
from companion.cogs.setup import ManagersGroup, guild_of, require_manager
from companion.cogs.views import check as views
from companion.community.channels import Place, ServerChannels, purpose_of
from companion.community.check import Meanings, check

_PURPOSES = [app_commands.Choice(name=f"{one} – {what}"[:100], value=one.value) for one, what in views.PURPOSES.items()]
_POSTED_IN = (discord.ChannelType.text, discord.ChannelType.news)


class PostedIn(app_commands.Transformer):
    """A channel that Discord offers for posts, as it was named: whether it is there is found out later."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return list(_POSTED_IN)

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> int:
        """The channel's id."""
        return int(value.id)


class Channels(ManagersGroup):
    """``/setup channels``."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(name="channels", description="Which channel is for what")
        self._kept_by = ServerChannels(bot.database)

    @app_commands.command()
    @app_commands.describe(purpose="What the channel is for", channel="A text or announcement channel of this server")
    @app_commands.choices(purpose=_PURPOSES)
    async def choose(
        self, interaction: Interaction, purpose: str, channel: app_commands.Transform[int, PostedIn]
    ) -> None:
        """Choose the channel for a purpose, in place of the one it had"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        guild = guild_of(interaction)
        place = place_of(guild, channel)
        choice = await self._kept_by.choose(guild.id, purpose_of(purpose), place, interaction.user.id)
        await interaction.edit_original_response(view=views.chose(choice))

    @app_commands.command()
    @app_commands.describe(purpose="What no channel shall be for any more")
    @app_commands.choices(purpose=_PURPOSES)
    async def forget(self, interaction: Interaction, purpose: str) -> None:
        """Take a purpose's channel away"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        wanted = purpose_of(purpose)
        was = await self._kept_by.forget(guild_of(interaction).id, wanted)
        await interaction.edit_original_response(view=views.forgot(wanted, was))

    @app_commands.command(name="list")
    async def list_channels(self, interaction: Interaction) -> None:
        """Which channel is chosen for what"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        chosen = await self._kept_by.chosen(guild_of(interaction).id)
        await interaction.edit_original_response(view=views.chosen_message(chosen))


async def check_setup(interaction: Interaction) -> None:
    """``/setup check``."""
    require_manager(interaction)
    await interaction.response.defer(thinking=True, ephemeral=True)
    bot, guild = interaction.client, guild_of(interaction)
    meanings = Meanings.now(semantic=bot.searches.semantic, loading=bot.searches.loading)

    def has_emoji(emoji: str) -> bool:
        named = discord.PartialEmoji.from_str(emoji)
        own = guild.get_emoji(named.id) if named.id is not None else None
        return named.id is None or (own is not None and own.is_usable())

    here = _here(interaction, guild)
    found = await check(
        bot.database,
        guild.id,
        here,
        lambda one: place_of(guild, one),
        has_emoji,
        meanings,
        guild.me.guild_permissions.value,
        links=bot.web_address is not None,
    )
    await interaction.edit_original_response(view=views.check_message(found))


def place_of(guild: discord.Guild, channel_id: int) -> Place | None:
    """What the bot may do in a channel of this server; None where the server has no such channel."""
    channel = guild.get_channel(channel_id)
    if channel is None:
        return None
    return Place(channel_id, _granted(channel), receives_posts=channel.type in _POSTED_IN)


def _here(interaction: Interaction, guild: discord.Guild) -> Place:
    channel, channel_id = interaction.channel, interaction.channel_id or 0
    thread = isinstance(channel, discord.Thread)
    holder = channel.parent if isinstance(channel, discord.Thread) else guild.get_channel(channel_id)
    # Of a channel that is not known, Discord's own sum has to do.
    return Place(channel_id, _granted(holder) if holder else interaction.app_permissions.value, thread=thread)


def _granted(channel: discord.abc.GuildChannel) -> int:
    """What the bot's roles and the channel's overwrites grant it.

    `permissions_for` also takes away what is of no use without another permission, so it would not tell which one is
    missing.
    """
    me = channel.guild.me
    granted = me.guild_permissions
    if granted.administrator:
        return granted.value
    roles = [role for role in me.roles if not role.is_default()]
    for layer in ([channel.guild.default_role], roles, [me]):
        pairs = [channel.overwrites[target].pair() for target in layer if target in channel.overwrites]
        for _, deny in pairs:
            granted.value &= ~deny.value
        for allow, _ in pairs:
            granted.value |= allow.value
    return granted.value


async def setup(bot: Companion) -> None:
    looks = "See whether everything works in this server, and what to do where it does not"
    check_command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name="check", description=looks, callback=check_setup
    )
    add_to_group(bot, "setup", Channels(bot), check_command)
