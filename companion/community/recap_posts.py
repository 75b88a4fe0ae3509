"""Recaps that are posted by themselves once a week or a month ended, where a server wishes for that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from companion.community.daily import Due, Task
from companion.community.highlight_rules import NoRuleError
from companion.community.recaps import KIND_OF, Public, Recaps
from companion.community.slot_posts import Decided, Outlet, SlotPosts, pass_over
from companion.community.spans import LOOKED_BACK, Span, due
from companion.community.visibility import NoPodcastYetError
from companion.storage import highlight_rules
from companion.storage.engine import Database
from companion.storage.highlight_rules import HighlightRule, Recap
from companion.storage.highlight_slots import Slot

NOTHING_HAPPENED = "There was nothing to tell of."
SPAN_WISHED = {Recap.WEEKLY: Span.WEEK, Recap.MONTHLY: Span.MONTH}
A_TICK = 60.0
"""Seconds of recaps after which those of other servers wait for the next minute: a slow language model must not hold up
all else that happens by itself."""


class RecapPosts(SlotPosts[Outlet]):
    """The posts of recaps in all servers, over one database. ``public`` tells, for a server and the channel that a
    recap is posted to, which other channels its readers can read."""

    looked_back = LOOKED_BACK

    def __init__(self, database: Database, recaps: Recaps, public: Callable[[int, int], Public]) -> None:
        super().__init__(database)
        self._recaps = recaps
        self._public = public
        self._tick_ends = 0.0

    def due(self, now: datetime, rule: HighlightRule, slots: Sequence[Slot]) -> list[Due]:
        wished = SPAN_WISHED.get(rule.wishes.recap)
        return [
            one for span, kind in KIND_OF.items() for one in due(now, rule, span, kind, slots, wished=span is wished)
        ]

    async def decide(self, rule: HighlightRule, slot: Slot) -> Decided | str:
        try:
            recap = await self._recaps.of_slot(rule, slot, self._public(rule.guild_id, rule.channel_id))
        except NoPodcastYetError:
            return NOTHING_HAPPENED
        return Decided() if recap.eventful else NOTHING_HAPPENED

    async def run_due(self, now: datetime, outlet: Outlet) -> None:
        self._tick_ends = asyncio.get_running_loop().time() + A_TICK
        await super().run_due(now, outlet)

    async def do(self, rule: HighlightRule, one: Due, now: datetime, outlet: Outlet) -> None:
        if one.task is Task.POST and asyncio.get_running_loop().time() > self._tick_ends:
            return
        await super().do(rule, one, now, outlet)


async def let_come(database: Database, guild_id: int, often: Recap) -> HighlightRule:
    """Lets the server's recap come by itself so often, beginning with the week or month that ends next; returns the
    rule by which it comes. Raises `NoRuleError`."""
    now = database.clock.now()
    async with database.write() as connection:
        rule = await highlight_rules.get(connection, guild_id)
        if rule is None:
            raise NoRuleError
        rule = replace(rule, wishes=replace(rule.wishes, recap=often))
        await highlight_rules.put(connection, rule)
        if often in SPAN_WISHED:
            span = SPAN_WISHED[often]
            await pass_over(connection, rule, span, KIND_OF[span], now)
    return rule
