"""How winners of weeks and months get to their channels in Discord."""

from __future__ import annotations

from datetime import datetime

from companion.cogs.companion import Companion
from companion.cogs.slot_outlet import SlotOutlet
from companion.cogs.views import winner_ids
from companion.cogs.views.winners import after_winner, heading_of, no_winner_message, ways_of
from companion.community.highlight_rules import HighlightRules
from companion.community.slot_posts import UnsureError
from companion.community.winners import SPAN_OF, Winners
from companion.storage.highlight_slots import Slot


class WinnerOutlet(SlotOutlet):
    """The channels as Discord has them now: `community.slot_posts.Outlet`."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._rules = HighlightRules(bot.database)
        self._winners = Winners(bot.database)

    async def sent_before(self, slot: Slot) -> int | None:
        wanted = winner_ids.all_clips(SPAN_OF[slot.kind], slot.day)
        return await self.look_for(slot, lambda marks: wanted in marks)

    async def post(self, slot: Slot, at: datetime) -> int:
        results = await self._winners.of_slot(await self._rules.rule(slot.guild_id), slot)
        winner = results.winner
        if (winner[1].clip.id if winner else None) != slot.clip_id:
            raise UnsureError("a vote at that moment made another the first")
        if winner is None:
            return await self.send_message(slot, no_winner_message(results, at, late=slot.late))
        heading = heading_of(results, at, late=slot.late)
        return await self.send_clip(slot, winner[1], heading, after_winner(results), ways_of(results))
