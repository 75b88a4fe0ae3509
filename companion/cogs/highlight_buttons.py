"""What managers press under an offer: Post, Another, Skip; and Undo under what they skipped."""

from __future__ import annotations

import re
from datetime import date, datetime

from companion.cogs.companion import Interaction
from companion.cogs.press import Press
from companion.cogs.setup import require_manager
from companion.cogs.views import highlight as views
from companion.cogs.views import highlight_ids
from companion.community.approvals import Approvals, NoLongerOfferedError
from companion.community.chosen_clips import ChosenClips
from companion.community.clips import Clips
from companion.community.highlight_rules import HighlightRules, meant_for
from companion.community.highlight_skips import HighlightSkips, NotSkippedError
from companion.storage.highlight_slots import Slot


class _OfferPress(Press, template=re.compile(r"(?!)")):
    """Decides about an offer, and shows it with what was decided."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        guild_id, named = interaction.guild_id or 0, highlight_ids.offer_in(self.match)
        if named is None:
            raise NoLongerOfferedError
        await interaction.response.defer()
        database = interaction.client.database
        rule = await HighlightRules(database).rule(guild_id)
        approvals = Approvals(database, ChosenClips(database, interaction.client.picker).choose)
        offer = await self.decide(approvals, guild_id, *named)
        at = meant_for(rule, offer.day) or interaction.created_at
        shown = await Clips(database).shown(guild_id, offer.clip_id or 0)
        told = self.told(interaction.user.id, at)
        await interaction.edit_original_response(view=views.offer_message(shown, offer, at, rule.approval, told))

    async def decide(self, approvals: Approvals, guild_id: int, day: date, number: int) -> Slot:
        """The offer as it is now."""
        raise NotImplementedError

    def told(self, member_id: int, at: datetime) -> str:
        """Who did what; nothing where a new offer is open."""
        del member_id, at
        return ""


class PostPress(_OfferPress, template=highlight_ids.POST):
    """Lets the offer be posted when it is due."""

    async def decide(self, approvals: Approvals, guild_id: int, day: date, number: int) -> Slot:
        return await approvals.approve(guild_id, day, number)

    def told(self, member_id: int, at: datetime) -> str:
        return views.approved(member_id, at)


class AnotherPress(_OfferPress, template=highlight_ids.ANOTHER):
    """Offers another clip in its place."""

    async def decide(self, approvals: Approvals, guild_id: int, day: date, number: int) -> Slot:
        return await approvals.another(guild_id, day, number)


class SkipPress(_OfferPress, template=highlight_ids.SKIP):
    """Lets the date go without a highlight."""

    async def decide(self, approvals: Approvals, guild_id: int, day: date, number: int) -> Slot:
        return await approvals.skip(guild_id, day, number)

    def told(self, member_id: int, at: datetime) -> str:
        del at
        return views.turned_down(member_id)


class UndoPress(Press, template=highlight_ids.UNDO):
    """Lets a highlight come that was skipped."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        day = highlight_ids.day_in(self.match)
        if day is None:
            raise NotSkippedError
        await interaction.response.defer()
        at, schedule = await HighlightSkips(interaction.client.database).bring_back(interaction.guild_id or 0, day)
        await interaction.edit_original_response(view=views.brought_back(at, schedule))


PRESSES = (PostPress, AnotherPress, SkipPress, UndoPress)
