"""``/privacy``: what is kept of a member, for them to see, to take along, and to have deleted. Nobody else sees it."""

from __future__ import annotations

import gzip
import io
import json
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from companion.cogs.companion import QUIET, Companion, Interaction
from companion.cogs.fair_use import EVEN_BLOCKED, deferred_turn
from companion.cogs.feature import Feature, every_minute
from companion.cogs.press import Press
from companion.cogs.views import privacy as views
from companion.cogs.views import privacy_ids
from companion.community.erasing import Erasing
from companion.community.fair_use import Work
from companion.community.privacy import Privacy
from companion.storage.errors import CompanionError

_LARGEST = 9_500_000
"""Bytes of a file that Discord takes from every bot, with some to spare."""
_WHERE = [
    app_commands.Choice(name="in this server", value="here"),
    app_commands.Choice(name="everywhere", value="everywhere"),
]


class TooMuchError(CompanionError):
    """A member of whom so much is kept that no message holds it."""

    def __init__(self) -> None:
        super().__init__(
            "There is more than one file of Discord's can hold: ask for it server by server, or ask whoever runs me"
            " (`/about` says who) to write it with `companion privacy export`."
        )


class ExportPress(Press, template=privacy_ids.EXPORT):
    """Gives the presser what is kept of them."""

    even_blocked = True

    async def pressed(self, interaction: Interaction) -> None:
        async with _privately(interaction):
            await _export(interaction, self.match["where"])


class DeletePress(Press, template=privacy_ids.DELETE):
    """Asks the presser whether they mean it."""

    even_blocked = True

    async def pressed(self, interaction: Interaction) -> None:
        async with _privately(interaction):
            await _ask(interaction, self.match["where"])


class ForgetPress(Press, template=privacy_ids.FORGET):
    """Forgets the presser."""

    even_blocked = True

    async def pressed(self, interaction: Interaction) -> None:
        # At once, and in place of the question: nobody shall wonder whether the press was heard, and press again.
        async with deferred_turn(interaction, Work.PRIVACY):
            database = interaction.client.database
            forgotten = await Privacy(database).forget(_server(interaction, self.match["where"]), interaction.user.id)
        await interaction.edit_original_response(view=views.forgotten_message(forgotten))


class KeepPress(Press, template=privacy_ids.KEEP):
    """Deletes nothing."""

    even_blocked = True

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.edit_message(view=views.kept_message())


class PrivacyCommands(
    Feature,
    commands.GroupCog,
    group_name="privacy",
    group_description="What I keep of you: see it, take it along, delete it",
    group_extras=EVEN_BLOCKED,
):
    """``/privacy``, in servers and in direct messages."""

    presses = (ExportPress, DeletePress, ForgetPress, KeepPress)
    prefix = privacy_ids.PREFIX
    again = "Use `/privacy show` again."

    @every_minute
    async def go_on(self, _now: datetime) -> None:
        """Goes on with deletions that were stopped: nobody who asked for one has to ask again."""
        if self.bot.leads:
            await Erasing(self.bot.database).go_on()

    @app_commands.command()
    @app_commands.describe(where="In this server, unless you say everywhere")
    @app_commands.choices(where=_WHERE)
    async def show(self, interaction: Interaction, where: str = "here") -> None:
        """What I keep of you, what becomes of it, and why"""
        async with _privately(interaction):
            kept = await Privacy(self.bot.database).kept(_server(interaction, where), interaction.user.id)
        message = views.shown_message(kept, self.bot.terms)
        await interaction.edit_original_response(view=message)

    @app_commands.command()
    @app_commands.describe(where="In this server, unless you say everywhere")
    @app_commands.choices(where=_WHERE)
    async def export(self, interaction: Interaction, where: str = "here") -> None:
        """All that I keep of you, as a file"""
        async with _privately(interaction):
            await _export(interaction, where)

    @app_commands.command()
    @app_commands.describe(where="In this server, unless you say everywhere")
    @app_commands.choices(where=_WHERE)
    async def delete(self, interaction: Interaction, where: str = "here") -> None:
        """Delete what I keep of you; I ask you once more before I do"""
        async with _privately(interaction):
            await _ask(interaction, where)


def _privately(interaction: Interaction) -> AbstractAsyncContextManager[None]:
    """The member's turn; they alone see that an answer comes."""
    return deferred_turn(interaction, Work.PRIVACY, thinking=True, ephemeral=True)


async def _ask(interaction: Interaction, where: str) -> None:
    kept = await Privacy(interaction.client.database).kept(_server(interaction, where), interaction.user.id)
    await interaction.edit_original_response(view=views.confirm_message(kept))


async def _export(interaction: Interaction, where: str) -> None:
    """Answers a deferred interaction with the file. Raises `TooMuchError`."""
    privacy, server = Privacy(interaction.client.database), _server(interaction, where)
    kept = await privacy.kept(server, interaction.user.id)
    exported = await privacy.export(server, interaction.user.id)
    written = json.dumps(exported, ensure_ascii=False, indent=2).encode()
    name = "companion-privacy.json"
    if len(written) > _LARGEST:
        written, name = gzip.compress(written), f"{name}.gz"
    if len(written) > _LARGEST:
        raise TooMuchError
    await interaction.followup.send(
        view=views.exported_message(kept, name),
        file=discord.File(io.BytesIO(written), name),
        ephemeral=True,
        allowed_mentions=QUIET,
    )


def _server(interaction: Interaction, where: str) -> int | None:
    """The server that is meant; None for all. In a direct message there is none."""
    return None if where == "everywhere" else interaction.guild_id


async def setup(bot: Companion) -> None:
    await bot.add_cog(PrivacyCommands(bot))
