"""``/saved`` and the Save button: passages that a member keeps, for their eyes alone."""

from __future__ import annotations

import io

import discord
from discord import app_commands
from discord.ext import commands

from companion.cogs import suggestions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.press import Press
from companion.cogs.views import custom_ids, saved_ids
from companion.cogs.views import saved as views
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.cogs.views.markdown import one_line
from companion.cogs.views.times import clock_time
from companion.community.fair_use import Work
from companion.community.saved import NotSavedError, SavedPassages
from companion.community.wishes import typed_id
from companion.storage.episodes import Episode
from companion.storage.errors import CompanionError
from companion.storage.saved import Saved


class SavePress(Press, template=saved_ids.SAVE):
    """Keeps what a result quotes."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            reference, quoted = custom_ids.reference_in(self.match), custom_ids.quoted_in(self.match)
            kept_by = SavedPassages(interaction.client.database)
            bookmark, new = await kept_by.save(interaction.guild_id, interaction.user.id, reference, quoted)
        message = views.saved_message(bookmark, new=new)
        await interaction.edit_original_response(view=message)


class RemovePress(Press, template=saved_ids.REMOVE):
    """Keeps a passage no more, and shows those that are left where it stood among them."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            kept_by = SavedPassages(interaction.client.database)
            await kept_by.remove(interaction.guild_id, interaction.user.id, int(self.match["saved"]))
            if self.match["page"] is None:
                message = views.removed_message()
            else:
                left = await kept_by.page(interaction.guild_id, interaction.user.id, int(self.match["page"]))
                message = views.list_message(left, removed=True)
        await interaction.edit_original_response(view=message)


class ListPress(Press, template=saved_ids.LIST):
    """Turns to a page of what the presser saved."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            kept_by = SavedPassages(interaction.client.database)
            page = await kept_by.page(interaction.guild_id, interaction.user.id, int(self.match["page"]))
        await interaction.edit_original_response(view=views.list_message(page))


@app_commands.guild_only()
class SavedCommands(
    Feature, commands.GroupCog, group_name="saved", group_description="Passages that you saved for yourself"
):
    """``/saved``."""

    presses = (SavePress, RemovePress, ListPress)
    prefix = "saved:"
    again = "Use `/saved list` again."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept_by = SavedPassages(bot.database)

    @app_commands.command(name="list")
    async def list_saved(self, interaction: Interaction) -> None:
        """What you saved in this server"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            page = await self._kept_by.page(interaction.guild_id, interaction.user.id, 0)
        await interaction.edit_original_response(view=views.list_message(page))

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """What you saved in this server, as a Markdown file"""
        async with deferred_turn(interaction, Work.PRIVACY, thinking=True, ephemeral=True):
            kept = await self._kept_by.every(interaction.guild_id, interaction.user.id)
        file = discord.File(io.BytesIO(views.exported(kept).encode()), views.FILE)
        await interaction.edit_original_response(view=views.exported_message(kept), attachments=[file])

    @app_commands.command()
    @app_commands.describe(passage="Which one: choose it from what is suggested, or write words of its episode's title")
    async def remove(self, interaction: Interaction, passage: str) -> None:
        """Keep a passage no more"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            saved_id = await self._meant(interaction, passage)
            await self._kept_by.remove(interaction.guild_id, interaction.user.id, saved_id)
        await interaction.edit_original_response(view=views.removed_message())

    async def _meant(self, interaction: Interaction, typed: str) -> int:
        """The id of what was chosen of the suggestions, or of the only one kept of the episode with these words in its
        title. Raises `NotSavedError` and `SeveralFitError`."""
        if (chosen := typed_id(typed)) is not None:
            return chosen
        owner = interaction.guild_id, interaction.user.id
        fitting = await self._kept_by.like(*owner, typed) if typed.split() else []
        found = suggestions.only_one(typed, "passages", [(one.title, _choice(kept, one)) for kept, one in fitting])
        if found is None:
            raise NotSavedError
        return found

    @remove.autocomplete("passage")
    async def passage_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        try:
            known = await self._kept_by.like(interaction.guild_id, interaction.user.id, typed)
        except CompanionError:
            return []
        return [_choice(kept, episode) for kept, episode in known[:CHOICES]]


def _choice(kept: Saved, episode: Episode) -> app_commands.Choice[str]:
    start = kept.reference.start
    at = f"{clock_time(start)} · " if start is not None else ""
    return app_commands.Choice(name=cut(f"{at}{one_line(episode.title)}", CHOICE_TEXT), value=str(kept.id))


async def setup(bot: Companion) -> None:
    await bot.add_cog(SavedCommands(bot))
