"""The tree of commands: whom it answers, what becomes of failures, and when Discord is told of it."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

import discord
from discord import app_commands

from companion.cogs.companion import Companion
from companion.cogs.failures import answer_failure, told_plainly
from companion.cogs.fair_use import require_unblocked
from companion.cogs.requests import Kind
from companion.storage import settings
from companion.storage.engine import Database

log = logging.getLogger(__name__)

TOLD = "command_tree"
"""The setting that says of which commands Discord was told."""


class Tree(app_commands.CommandTree[Companion]):
    """Commands whose failures are answered, and which answer nobody whom a server blocked."""

    async def interaction_check(self, interaction: discord.Interaction[Companion], /) -> bool:
        async with told_plainly(interaction, *_asked(interaction)):
            await require_unblocked(interaction)
            return True
        return False

    async def on_error(
        self, interaction: discord.Interaction[Companion], error: app_commands.AppCommandError, /
    ) -> None:
        await answer_failure(interaction, error)


async def sync_changed(tree: app_commands.CommandTree[Any], database: Database, application_id: int | None) -> None:
    """Tells Discord of the commands, unless it was told of exactly these: that is slow, and limited in a day."""
    fingerprint = f"{application_id} {_fingerprint(tree)}"
    async with database.read() as connection:
        known = await settings.get(connection, TOLD)
    if known == fingerprint:
        return
    synced = await tree.sync()
    async with database.write() as connection:
        await settings.put(connection, TOLD, fingerprint)
    log.info("told Discord of %d commands", len(synced))


def _asked(interaction: discord.Interaction[Any]) -> tuple[Kind, str]:
    """How a command is asked, and its name."""
    command = interaction.command
    if interaction.type is discord.InteractionType.autocomplete:
        kind = Kind.AUTOCOMPLETE
    else:
        kind = Kind.MENU if isinstance(command, app_commands.ContextMenu) else Kind.COMMAND
    return kind, "unknown" if command is None else command.qualified_name


def _fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    as_sent = [command.to_dict(tree) for command in tree.get_commands()]
    return hashlib.sha256(json.dumps(as_sent, sort_keys=True, default=str).encode()).hexdigest()
