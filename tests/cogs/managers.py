"""Those who manage the simulated servers, and those who only got hold of their commands."""

from __future__ import annotations

import discord
import simcord

from companion.bot.client import CompanionBot
from tests.cogs.conftest import World


def managing(world: World, guild: simcord.GuildHandle | None = None, name: str = "mo") -> simcord.MemberActor:
    """Someone who manages a server: the bees', where none is given."""
    guild = guild or world.guild
    role = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(world.env.create_user(name, global_name=name.title()), roles=[role])


def bot_of(world: World) -> CompanionBot:
    """The bot that runs."""
    assert isinstance(world.env.bot, CompanionBot)
    return world.env.bot


async def give_setup_to_everybody(world: World) -> None:
    """Lets every member of the bees' server use `/setup`, as an administrator can in Discord's own settings."""
    given = next(one for one in await bot_of(world).tree.fetch_commands() if one.name == "setup")
    world.guild.set_command_permissions(given, {world.guild.default_role: True})
