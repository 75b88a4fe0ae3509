"""The clip that a server liked best in a week or a month that ended, posted once by itself after it.

A week goes from the minute at which the one before was told of to the minute at which it is told of itself, so that the
last day's highlight has a day for its votes. They count until the post, also where that minute was missed: those that
were given while nobody counted them are learnt of afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from companion.community.clips import Clips, ShownClip
from companion.community.daily import Due
from companion.community.slot_posts import Decided, Outlet, SlotPosts
from companion.community.spans import LOOKED_BACK, Span, between, due
from companion.community.standings import Ranking, Standing, Standings, with_clips
from companion.storage import highlight_slots
from companion.storage.engine import Database
from companion.storage.highlight_rules import HighlightRule
from companion.storage.highlight_slots import MONTHLY, WEEKLY, Slot

KIND_OF = {Span.WEEK: WEEKLY, Span.MONTH: MONTHLY}
SPAN_OF = {kind: span for span, kind in KIND_OF.items()}
NO_CLIPS = "No clip was posted in that time."
NO_VOTES = "Nobody voted in that time."
_AT_MOST = 10
"""Clips of which all is looked up that is shown of them."""


@dataclass(frozen=True, slots=True)
class Results:
    """How a span ended: the best clips, the best first, and why nothing is told of it, where that is so."""

    span: Span
    first: date
    ranking: Ranking
    best: tuple[tuple[Standing, ShownClip], ...]

    @property
    def winner(self) -> tuple[Standing, ShownClip] | None:
        """The clip that won, as `Ranking.winner` has it."""
        leads = self.ranking.winner
        return self.best[0] if leads is not None and self.best and self.best[0][0] == leads else None

    @property
    def tied(self) -> tuple[tuple[Standing, ShownClip], ...]:
        """Those that share the first place, liked and with votes enough; none where one has it alone."""
        return tuple(one for one in self.best if one[0].rank == 1 and one[0].tied and _counts(one[0]))

    @property
    def disliked(self) -> bool:
        """Is what stands first, with votes enough, no more liked than disliked?"""
        first = self.ranking.standings[0] if self.ranking.standings else None
        return first is not None and not first.too_few and not first.liked

    @property
    def nothing(self) -> str | None:
        if not self.ranking.standings:
            return NO_CLIPS
        return None if any(one.votes for one in self.ranking.standings) else NO_VOTES


class Winners:
    """How the weeks and months of all servers ended, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._standings = Standings(database)
        self._clips = Clips(database)

    async def results(
        self, rule: HighlightRule, span: Span, first: date, votes_until: datetime | None = None
    ) -> Results:
        """Of the span that begins with that date: by the votes until it is told of, or ``votes_until`` a later time."""
        start, end = between(first, span, rule)
        votes_until = None if votes_until is None else max(votes_until, end)
        ranking = await self._standings.ranking(rule.guild_id, start, end, votes_until=votes_until)
        best = await with_clips(self._clips, rule.guild_id, ranking.standings[:_AT_MOST])
        return Results(span, first, ranking, tuple(best))

    async def of_slot(self, rule: HighlightRule, slot: Slot) -> Results:
        """Of the span that the slot is for."""
        return await self.results(rule, SPAN_OF[slot.kind], slot.day, slot.claimed_at)

    async def as_told(self, rule: HighlightRule, span: Span, first: date) -> Results:
        """Of the span that begins with that date, by the votes that its post told of, where it has one."""
        async with self._database.read() as connection:
            slot = await highlight_slots.get(connection, rule.guild_id, KIND_OF[span], first)
        return await self.results(rule, span, first) if slot is None else await self.of_slot(rule, slot)


def _counts(standing: Standing) -> bool:
    return standing.liked and not standing.too_few


class WinnerPosts(SlotPosts[Outlet]):
    """The posts of winners in all servers, over one database."""

    looked_back = LOOKED_BACK

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._winners = Winners(database)

    def due(self, now: datetime, rule: HighlightRule, slots: Sequence[Slot]) -> list[Due]:
        weekly = due(now, rule, Span.WEEK, WEEKLY, slots, wished=rule.wishes.winners_weekly)
        return [*weekly, *due(now, rule, Span.MONTH, MONTHLY, slots, wished=rule.wishes.winners_monthly)]

    async def decide(self, rule: HighlightRule, slot: Slot) -> Decided | str:
        results = await self._winners.of_slot(rule, slot)
        return results.nothing or Decided(results.winner[1].clip.id if results.winner else None)
