"""One date's highlight that managers let go, and bring back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from companion.community.approvals import TURNED_DOWN
from companion.community.daily import local_day, upcoming
from companion.community.daily_posts import offers_of
from companion.community.highlight_rules import HighlightRules, Schedule, meant_for
from companion.storage import highlight_slots
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.highlight_slots import DAILY, Slot, State

SKIPPED = "A manager skipped it."


class NothingPlannedError(CompanionError):
    """There is no coming date to skip."""

    def __init__(self) -> None:
        super().__init__(
            "No highlight is planned, so there is nothing to skip: it is paused, or every date is decided."
        )


class NotSkippedError(CompanionError):
    """There is nothing to bring back: its time came, or somebody brought it back or posted it."""

    def __init__(self) -> None:
        super().__init__(
            "This cannot be undone any more: `/highlights schedule` shows what is planned, and `/highlights now` posts"
            " today's highlight at once."
        )


@dataclass(frozen=True, slots=True)
class Skip:
    """A date that goes without a highlight since managers want it so, the instant it was meant for, and what comes
    now. ``new`` where it had not been skipped before."""

    day: date
    at: datetime
    new: bool
    schedule: Schedule


class HighlightSkips:
    """What managers of all servers skip, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rules = HighlightRules(database)

    async def skip(self, guild_id: int) -> Skip:
        """Lets the next date go without a highlight; where managers skipped it already, nothing more is skipped.
        Raises `NoRuleError` and `NothingPlannedError`."""
        rule, now = await self._rules.rule(guild_id), self._database.clock.now()
        async with self._database.write() as connection:
            slots = await highlight_slots.of_servers(connection, [guild_id], local_day(now, rule.zone))
            # To skip it twice skips one.
            others = [slot for slot in slots if not _is_skipped(slot)]
            following = None if rule.paused_at else next(upcoming(now, rule, others), None)
            if following is None:
                raise NothingPlannedError
            day, at = following
            new = not any(slot.day == day and slot.kind == DAILY for slot in slots)
            if new:
                await highlight_slots.put(connection, Slot(guild_id, DAILY, day, State.SKIPPED, reason=SKIPPED))
        return Skip(day, at, new, await self._rules.schedule(guild_id))

    async def bring_back(self, guild_id: int, day: date) -> tuple[datetime, Schedule]:
        """Lets the highlight of a date that managers skipped come after all: its instant, and what comes now. Managers
        are asked anew where their offer for it stands no more. Raises `NoRuleError` and `NotSkippedError`."""
        rule, now = await self._rules.rule(guild_id), self._database.clock.now()
        at = meant_for(rule, day)
        async with self._database.write() as connection:
            slots = await highlight_slots.of_servers(connection, [guild_id], day)
            skipped = any(slot.day == day and _is_skipped(slot) for slot in slots)
            if not skipped or at is None or at <= now:
                raise NotSkippedError
            await highlight_slots.forget(connection, guild_id, [DAILY, *_fallen(offers_of(slots, day))], day)
        return at, await self._rules.schedule(guild_id)


def _is_skipped(slot: Slot) -> bool:
    """Did managers skip it, and not the bot for want of something good?"""
    return slot.kind == DAILY and slot.state is State.SKIPPED and slot.reason in (SKIPPED, TURNED_DOWN)


def _fallen(offers: Sequence[Slot]) -> list[str]:
    """The kinds of a date's offers where none of them can be decided on any more."""
    standing = any(one.state in (State.CLAIMED, State.PROPOSED, State.APPROVED) for one in offers)
    return [] if standing else [one.kind for one in offers]
