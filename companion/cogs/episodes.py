"""``/episodes`` and ``/episode``: what is in the archive, to browse and to read about."""

from __future__ import annotations

import re

from discord import app_commands

from companion.cogs import suggestions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.in_time import in_time
from companion.cogs.posting import post
from companion.cogs.press import Press, UnknownButtonError, in_private, is_theirs
from companion.cogs.views import catalogue_ids
from companion.cogs.views.catalogue_ids import Part
from companion.cogs.views.episode import episode_message, part_message, search_modal
from companion.cogs.views.episodes import listing_message
from companion.cogs.views.riff import typed_query
from companion.community.catalogue import LONGEST_WORDS, Catalogue
from companion.community.episode_pages import EpisodePages
from companion.community.fair_use import Work
from companion.community.wishes import Wish

_AGAIN = "Use `/episodes` again."


class ListPress(Press, template=catalogue_ids.LIST):
    """Turns the page: in place for who asked for the list and in private views, in a private view for others."""

    async def pressed(self, interaction: Interaction) -> None:
        beside = not is_theirs(interaction)
        async with deferred_turn(interaction, Work.LOOKUP, thinking=beside, ephemeral=beside):
            listing = await Catalogue(interaction.client.database).listing(
                interaction.guild_id, self.match["podcast"] or None, self.match["words"], int(self.match["page"])
            )
        shown = listing_message(listing, private=in_private(interaction) or beside)
        await interaction.edit_original_response(view=shown)


class OpenPress(Press, template=catalogue_ids.OPEN):
    """Posts the chosen episode; under a private view, for the same eyes alone."""

    async def pressed(self, interaction: Interaction) -> None:
        chosen = str(next(iter((interaction.data or {}).get("values", ())), ""))
        if not re.fullmatch(r"[0-9]{1,15}", chosen):
            raise UnknownButtonError(_AGAIN)
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=in_private(interaction)):
            page = await EpisodePages(interaction.client.database).get(interaction.guild_id, int(chosen))
        shown = episode_message(page, private=in_private(interaction))
        await interaction.edit_original_response(view=shown)


class PartPress(Press, template=catalogue_ids.PART):
    """Shows the presser all of one of an episode's lists; there, turns its pages."""

    async def pressed(self, interaction: Interaction) -> None:
        turned = self.match["page"]
        beside = turned is None or not in_private(interaction)
        async with deferred_turn(interaction, Work.LOOKUP, thinking=beside, ephemeral=beside):
            page = await EpisodePages(interaction.client.database).get(interaction.guild_id, int(self.match["episode"]))
        shown = part_message(page, Part(self.match["part"]), int(turned or 0))
        await interaction.edit_original_response(view=shown)


class SearchPress(Press, template=catalogue_ids.SEARCH):
    """Opens the form that searches in the episode."""

    async def pressed(self, interaction: Interaction) -> None:
        pages = EpisodePages(interaction.client.database)
        episode = await in_time(pages.episode(interaction.guild_id, int(self.match["episode"])))
        await interaction.response.send_modal(search_modal(episode))


class Episodes(Feature):
    """What there is to hear."""

    presses = (ListPress, OpenPress, PartPress, SearchPress)
    prefix = ("episodes:", "episode:")
    again = _AGAIN
    form = catalogue_ids.SEARCHED

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._catalogue = Catalogue(bot.database)
        self._pages = EpisodePages(bot.database)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(
        podcast="Only episodes of this podcast", words="Only episodes with these words in their titles"
    )
    async def episodes(
        self,
        interaction: Interaction,
        podcast: str | None = None,
        words: app_commands.Range[str, 1, LONGEST_WORDS] | None = None,
    ) -> None:
        """Browse the episodes, newest first"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            listing = await self._catalogue.listing(interaction.guild_id, podcast, words or "", 0)
        await interaction.edit_original_response(view=listing_message(listing))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(name="Which one: a part of its title")
    async def episode(self, interaction: Interaction, name: str) -> None:
        """All about one episode: people, chapters, papers, links, and a way to search in it"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            page = await self._pages.named(interaction.guild_id, name)
        await interaction.edit_original_response(view=episode_message(page))

    @episodes.autocomplete("podcast")
    async def podcast_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.podcasts(interaction, typed)

    @episode.autocomplete("name")
    async def episode_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.episodes(interaction, typed)

    async def sent_in(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Searches in the episode."""
        episode_id = match["episode"]
        wish = Wish.typed(typed_query(interaction.data or {}), episode_id)
        await self._pages.episode(interaction.guild_id, int(episode_id))
        await post(interaction, lambda asker: self.bot.searches.ask(asker, wish))


async def setup(bot: Companion) -> None:
    await bot.add_cog(Episodes(bot))
