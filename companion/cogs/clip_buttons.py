"""What can be pressed around clips: Clip it with its form, Save, and the list of one's own."""

from __future__ import annotations

import re

from companion.cogs.clip_posts import answer_with, take_down
from companion.cogs.clips import told_of
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import before_form, deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.press import Press
from companion.cogs.views import clip_ids, custom_ids
from companion.cogs.views.clip import own_clips_message
from companion.cogs.views.clip_form import adjustment, clip_form
from companion.cogs.views.saved import saved_message
from companion.community.clip_requests import ClipRequests
from companion.community.clips import Clips
from companion.community.fair_use import Work
from companion.community.saved import SavedPassages


class MakePress(Press, template=clip_ids.MAKE):
    """Opens the form with the bounds of the clip that a result would make."""

    async def pressed(self, interaction: Interaction) -> None:
        reference, quoted = custom_ids.reference_in(self.match), custom_ids.quoted_in(self.match)
        requests = ClipRequests(interaction.client.database)
        proposed = await before_form(interaction, lambda: requests.propose(interaction.guild_id, reference, quoted))
        await interaction.response.send_modal(clip_form(reference, quoted, proposed))


class SavePress(Press, template=clip_ids.SAVE):
    """Keeps a clip's words for the presser."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            database, guild_id = interaction.client.database, interaction.guild_id
            shown = await Clips(database).shown(guild_id, int(self.match["clip"]))
            kept_by = SavedPassages(database)
            bookmark, new = await kept_by.save(guild_id, interaction.user.id, shown.reference, None)
        await interaction.edit_original_response(view=saved_message(bookmark, new=new))


class DeletePress(Press, template=clip_ids.DELETE):
    """Deletes a clip of the presser's own, and shows those that are left where it stood among them."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            clips, guild_id, member_id = Clips(interaction.client.database), interaction.guild_id, interaction.user.id
            gone = await clips.delete(guild_id, member_id, int(self.match["clip"]), moderates=False)
            left = await clips.of_member(guild_id, member_id, int(self.match["page"]))
        await interaction.edit_original_response(view=own_clips_message(left, "Deleted, with its votes."))
        await take_down(interaction.client, gone)


class ListPress(Press, template=clip_ids.LIST):
    """Turns to a page of what the presser made."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            clips = Clips(interaction.client.database)
            page = await clips.of_member(interaction.guild_id, interaction.user.id, int(self.match["page"]))
        await interaction.edit_original_response(view=own_clips_message(page))


class ClipButtons(Feature):
    """The presses, and the form."""

    presses = (MakePress, SavePress, DeletePress, ListPress)
    prefix = "clip:"
    again = "Use `/clip show`, or search again."
    form = clip_ids.FORM

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._requests = ClipRequests(bot.database, bot.searcher)

    async def sent_in(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Makes the clip, with the bounds that were typed."""
        reference, quoted = custom_ids.reference_in(match), custom_ids.quoted_in(match)
        async with deferred_turn(interaction, Work.CLIP, thinking=True):
            proposed = await self._requests.propose(interaction.guild_id, reference, quoted)
            adjusted = adjustment(interaction.data or {}, proposed)
            made = await self._requests.make(interaction.guild_id, interaction.user.id, proposed, adjusted)
            await answer_with(interaction, made.shown, heading=told_of(made))


async def setup(bot: Companion) -> None:
    await bot.add_cog(ClipButtons(bot))
