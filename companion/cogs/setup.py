"""``/setup``: what those who manage a server decide. Everything here is for their eyes alone."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands

from companion.cogs import suggestions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import Feature
from companion.cogs.press import Press
from companion.cogs.views import aliases as views
from companion.cogs.views import custom_ids
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.cogs.views.markdown import one_line
from companion.community.aliases import LONGEST_NAME, Aliases
from companion.community.visibility import OutsideServersError
from companion.storage.aliases import LONGEST_SPELLING
from companion.storage.errors import CompanionError
from companion.storage.names import AliasKind

Spelling = app_commands.Range[str, 1, LONGEST_SPELLING]
Name = app_commands.Range[str, 1, LONGEST_NAME]
KINDS = {"person": AliasKind.PERSON, "word": AliasKind.TERM}


class NotAManagerError(CompanionError, app_commands.CheckFailure):
    """Somebody who may not manage the server."""

    def __init__(self) -> None:
        super().__init__("Only those who may manage this server can do this: ask one of them.")


def require_manager(interaction: Interaction) -> None:
    """Raises `NotAManagerError`. Discord hides the commands from others, but anybody can be given them, or forge a
    press."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise NotAManagerError


def guild_of(interaction: discord.Interaction[Any]) -> discord.Guild:
    """The server. Raises `OutsideServersError`."""
    if interaction.guild is None:
        raise OutsideServersError
    return interaction.guild


def managed_guild(interaction: Interaction) -> discord.Guild:
    """The server, for those who manage it. Raises `NotAManagerError`, and as `guild_of` does."""
    require_manager(interaction)
    return guild_of(interaction)


class ManagersGroup(app_commands.Group):
    """Commands that only those who manage the server may use."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        require_manager(interaction)
        return True


class ListPress(Press, template=custom_ids.ALIASES):
    """Turns to a page of the names, or of the proposals."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        kept_by = Aliases(interaction.client.database)
        podcast = await kept_by.readable(interaction.guild_id, self.match["podcast"])
        kept, page = await kept_by.kept(podcast), int(self.match["page"])
        shown = views.review_message if self.match["list"] == "review" else views.names_message
        await interaction.edit_original_response(view=shown(kept, page))


class DecidePress(Press, template=custom_ids.DECIDE):
    """Accepts or rejects a proposal, and shows those that are left."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        kept_by = Aliases(interaction.client.database)
        podcast = await kept_by.editable(interaction.guild_id, self.match["podcast"])
        accept = self.match["verdict"] == "accept"
        decide = kept_by.accept if accept else kept_by.reject
        change = await decide(podcast, custom_ids.alias_kind_in(self.match), self.match["spelling"])
        shown = views.review_message(await kept_by.kept(podcast), 0, views.decided(change, accept=accept))
        await interaction.edit_original_response(view=shown)


class Setup(Feature):
    """The commands of those who manage a server."""

    presses = (ListPress, DecidePress)
    prefix = "aliases:"
    again = "Use `/setup aliases list` again."

    setup = app_commands.Group(
        name="setup",
        description="What is missing here, and whose names are wrong",
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
    )
    aliases = app_commands.Group(
        name="aliases", description="Other spellings of people and things in a podcast", parent=setup
    )

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept_by = Aliases(bot.database)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        require_manager(interaction)
        return True

    @aliases.command(name="list")
    @app_commands.describe(podcast="Which podcast, where this server has several")
    async def list_aliases(self, interaction: Interaction, podcast: str | None = None) -> None:
        """What stands for what, and what is proposed"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        found = await self._kept_by.readable(interaction.guild_id, podcast)
        await interaction.edit_original_response(view=views.names_message(await self._kept_by.kept(found), 0))

    @aliases.command()
    @app_commands.describe(
        spelling="How the transcripts have it, or how members type it",
        name="What it stands for",
        kind="Somebody who speaks, or any other word; found out by itself where you leave it out",
        podcast="Which podcast, where this server has several",
    )
    async def add(
        self,
        interaction: Interaction,
        spelling: Spelling,
        name: Name,
        kind: Literal["person", "word"] | None = None,
        podcast: str | None = None,
    ) -> None:
        """Let one spelling stand for another: a nickname for a name, a misheard word for the right one"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        found = await self._kept_by.editable(interaction.guild_id, podcast)
        change = await self._kept_by.add(found, spelling, name, KINDS[kind] if kind else None)
        await interaction.edit_original_response(view=views.added(change))

    @aliases.command()
    @app_commands.describe(
        spelling="Which spelling shall stand for itself again", podcast="Which podcast, where this server has several"
    )
    async def remove(self, interaction: Interaction, spelling: Spelling, podcast: str | None = None) -> None:
        """Let a spelling stand for itself again"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        found = await self._kept_by.editable(interaction.guild_id, podcast)
        change = await self._kept_by.remove(found, spelling)
        await interaction.edit_original_response(view=views.removed(change))

    @aliases.command()
    @app_commands.describe(podcast="Which podcast, where this server has several")
    async def review(self, interaction: Interaction, podcast: str | None = None) -> None:
        """Accept or reject spellings that were found by their sound"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        found = await self._kept_by.editable(interaction.guild_id, podcast)
        await interaction.edit_original_response(view=views.review_message(await self._kept_by.kept(found), 0))

    @aliases.command()
    @app_commands.describe(
        episode="In which episode",
        label="How the transcript calls them there: SPEAKER 1, Guest 2, David",
        name="Who that is; the label itself takes a name away again",
    )
    async def label(self, interaction: Interaction, episode: str, label: str, name: Name) -> None:
        """Say who a speaker is in one episode"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        allowed = await self._kept_by.keepable(interaction.guild_id)
        change = await self._kept_by.name_label(allowed, episode, label, name)
        await interaction.edit_original_response(view=views.labelled(change))

    @list_aliases.autocomplete("podcast")
    @add.autocomplete("podcast")
    @remove.autocomplete("podcast")
    @review.autocomplete("podcast")
    async def podcast_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.podcasts(interaction, typed)

    @add.autocomplete("name")
    async def name_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        try:
            podcast = await self._kept_by.readable(interaction.guild_id, _podcast_typed(interaction))
            known = await self._kept_by.names_like(podcast, typed, CHOICES)
        except CompanionError:
            return []
        return [_choice(name, name) for name in known if len(name) <= LONGEST_NAME]

    @remove.autocomplete("spelling")
    async def spelling_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        try:
            podcast = await self._kept_by.readable(interaction.guild_id, _podcast_typed(interaction))
            known = await self._kept_by.spellings_like(podcast, typed, CHOICES)
        except CompanionError:
            return []
        return [_choice(f"{alias.spelling} = {alias.name}", alias.spelling) for alias in known]

    @label.autocomplete("episode")
    async def episode_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.episodes(interaction, typed)

    @label.autocomplete("label")
    async def label_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        episode = getattr(interaction.namespace, "episode", None)
        try:
            allowed = await self._kept_by.keepable(interaction.guild_id)
            known = await self._kept_by.labels_of(allowed, str(episode)) if episode else []
        except CompanionError:
            return []
        fits = [one for one in known if typed.casefold() in one.casefold() and len(one) <= CHOICE_TEXT]
        return [_choice(one, one) for one in fits[:CHOICES]]


def _podcast_typed(interaction: Interaction) -> str | None:
    typed = getattr(interaction.namespace, "podcast", None)
    return str(typed) if typed else None


def _choice(name: str, value: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=cut(one_line(name), CHOICE_TEXT) or "—", value=value)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Setup(bot))
