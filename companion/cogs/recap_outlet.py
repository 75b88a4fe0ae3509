"""How recaps that come by themselves get to their channels in Discord."""

from __future__ import annotations

from datetime import datetime

from companion.cogs.companion import Companion
from companion.cogs.public_channels import public_in
from companion.cogs.slot_outlet import SlotOutlet
from companion.cogs.views import recap_ids
from companion.cogs.views.highlight import late_line
from companion.cogs.views.layout import Message
from companion.cogs.views.recap import Written, recap_box
from companion.community.highlight_rules import HighlightRules
from companion.community.recaps import SPAN_OF
from companion.storage.highlight_slots import Slot


class RecapOutlet(SlotOutlet):
    """The channels as Discord has them now: `community.slot_posts.Outlet`."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._rules = HighlightRules(bot.database)

    async def sent_before(self, slot: Slot) -> int | None:
        wanted = recap_ids.mark(SPAN_OF[slot.kind], str(slot.day))
        return await self.look_for(slot, lambda marks: any(mark.startswith(wanted) for mark in marks))

    async def post(self, slot: Slot, at: datetime) -> int:
        rule = await self._rules.rule(slot.guild_id)
        public = public_in(self.bot.get_guild(slot.guild_id), slot.channel_id)
        recap = await self.bot.recaps.of_slot(rule, slot, public)
        written = Written(await self.bot.recap_writer.prose(recap), self.bot.recap_writer.model or "")
        box = recap_box(recap, written, str(slot.day), late_line(at, late=slot.late))
        return await self.send_message(slot, Message(box))
