"""Which commands a member may use here, read from the command tree itself, so that nothing told of them is stale."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from companion.cogs.companion import Companion

FOR_MANAGERS = {"for managers": True}
"""The extras of a command that only those who manage the server may use, in a group that is for everybody."""

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


@dataclass(frozen=True, slots=True)
class Option:
    """What a command takes."""

    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command as it is typed, without its slash; for a message menu its name. ``group`` is the group it is in, and
    ``about`` what that is for; both are empty for a command of its own."""

    name: str
    options: tuple[Option, ...]
    description: str
    group: str = ""
    about: str = ""
    menu: bool = False
    for_managers: bool = False

    @property
    def root(self) -> str:
        """The first word of it, by which the server's settings know it."""
        return self.name.partition(" ")[0]


def usable(
    tree: app_commands.CommandTree[Companion], permissions: discord.Permissions, *, in_server: bool
) -> tuple[CommandLine, ...]:
    """The commands that somebody with these permissions in a channel may use there, as the commands themselves say.

    What a server changed about them in its *Integrations* settings is not known to a bot.
    """
    kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message, discord.AppCommandType.user)
    roots: list[AnyCommand] = [command for kind in kinds for command in tree.get_commands(type=kind)]
    lines = (line for root in roots if _may_use(root, permissions, in_server) for line in _lines(root))
    return tuple(line for line in lines if permissions.manage_guild or not line.for_managers)


def _may_use(root: AnyCommand, permissions: discord.Permissions, in_server: bool) -> bool:
    if not in_server:
        return not root.guild_only
    wanted = root.default_permissions
    if wanted is None or permissions.administrator:
        return True
    # Nobody but administrators, where no permission is named.
    return bool(wanted.value) and permissions.is_superset(wanted)


def _lines(command: AnyCommand) -> Iterator[CommandLine]:
    match command:
        case app_commands.Group():
            children: Sequence[AnyCommand] = command.commands
            for child in sorted(children, key=lambda one: isinstance(one, app_commands.Group)):
                yield from _lines(child)
        case app_commands.ContextMenu():
            told = inspect.getdoc(command.callback) or ""
            yield CommandLine(command.name, (), told.partition("\n")[0].rstrip("."), menu=True)
        case _:
            options = tuple(Option(option.display_name, option.required) for option in command.parameters)
            parent = command.parent
            yield CommandLine(
                command.qualified_name,
                options,
                command.description,
                parent.qualified_name if parent else "",
                parent.description if parent else "",
                for_managers="for managers" in command.extras,
            )
