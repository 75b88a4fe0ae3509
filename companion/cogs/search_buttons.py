"""The buttons under a search result."""

from __future__ import annotations

import re

from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.in_time import in_time
from companion.cogs.posting import post
from companion.cogs.press import Press, in_private
from companion.cogs.views import custom_ids
from companion.cogs.views.context import context_message
from companion.cogs.views.results import results_message
from companion.cogs.views.riff import riff_modal, typed_query
from companion.community.fair_use import Work
from companion.community.proposals import Proposals
from companion.community.searches import turns_in_place
from companion.community.wishes import Wish


class _OfSearch(Press, template=re.compile(r"(?!)")):
    """A button under the results of a search."""

    @property
    def search_id(self) -> int:
        return int(self.match["search"])


class PagePress(_OfSearch, template=custom_ids.PAGE):
    """Turns the page: in place for the asker and in private views, in a private view for everybody else."""

    async def pressed(self, interaction: Interaction) -> None:
        searches, guild_id, page = interaction.client.searches, interaction.guild_id, int(self.match["page"])
        private = in_private(interaction)
        search = await in_time(searches.get(self.search_id, guild_id))
        in_public = not private and turns_in_place(search, interaction.user.id)
        beside = not (private or in_public)
        async with deferred_turn(interaction, Work.SEARCH, thinking=beside, ephemeral=beside):
            answer = await searches.page(self.search_id, guild_id, page)
        await interaction.edit_original_response(view=results_message(answer, private=not in_public))


class RiffPress(_OfSearch, template=custom_ids.RIFF):
    """Opens the form with the query to change."""

    async def pressed(self, interaction: Interaction) -> None:
        search = await in_time(interaction.client.searches.get(self.search_id, interaction.guild_id))
        await interaction.response.send_modal(riff_modal(self.search_id, search))


class LikePress(_OfSearch, template=custom_ids.LIKE):
    """Posts the passages that say something similar."""

    async def pressed(self, interaction: Interaction) -> None:
        reference, searches = custom_ids.reference_in(self.match), interaction.client.searches
        quoted = custom_ids.quoted_in(self.match)
        await post(interaction, lambda asker: searches.like(asker, self.search_id, reference, quoted))


class ContextPress(_OfSearch, template=custom_ids.CONTEXT):
    """Shows the presser what was said around a result."""

    async def pressed(self, interaction: Interaction) -> None:
        reference = custom_ids.reference_in(self.match)
        quoted = custom_ids.quoted_in(self.match)
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            found = await interaction.client.searches.context(self.search_id, interaction.guild_id, reference, quoted)
            proposals, member_id = Proposals(interaction.client.database), interaction.user.id
            proposed = await proposals.of_member(interaction.guild_id, member_id, reference.episode_id)
        await interaction.edit_original_response(view=context_message(self.search_id, found, quoted, proposed))


class ExamplePress(Press, template=custom_ids.TRY):
    """Asks an example, as the presser's own search."""

    async def pressed(self, interaction: Interaction) -> None:
        wish = Wish.typed(self.match["text"])
        await post(interaction, lambda asker: interaction.client.searches.ask(asker, wish))


class SearchButtons(Feature):
    """Everything that can be pressed or sent in under a search result."""

    presses = (PagePress, RiffPress, LikePress, ContextPress, ExamplePress)
    prefix = "search:"
    again = "Search again with `/search`."
    form = custom_ids.RIFFED

    async def sent_in(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Searches for what somebody made of the query."""
        search_id = int(match["search"])
        wish = Wish.typed(typed_query(interaction.data or {}))
        await post(interaction, lambda asker: self.bot.searches.riff(asker, search_id, wish.text))


async def setup(bot: Companion) -> None:
    await bot.add_cog(SearchButtons(bot))
