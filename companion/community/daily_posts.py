"""Posting each server's daily highlight once a local date, and asking managers about it before where they want that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from companion.community import slot_posts
from companion.community.clips import GoneClipError
from companion.community.daily import LOOKED_BACK, Due, Task, due, local_day
from companion.community.slot_posts import ClosedError, Decided, SlotPosts, UnsureError, require_open
from companion.storage import highlight_slots
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.highlight_rules import Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State, offer_kind

NOTHING_GOOD = "Nothing that was not heard lately is good enough."
NO_ANSWER = "No manager approved it."
NOT_ASKED = "No manager could be asked in time, since I was not running then."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The clip for a day, and why this one, in a line."""

    clip_id: int
    reason: str


Choose = Callable[[int, date, Collection[int]], Awaitable[Chosen | None]]
"""Chooses a server's clip for a day, none of those that were turned down for it; None where nothing is good enough."""


class Outlet(slot_posts.Outlet, Protocol):
    """Where highlights, and offers of them, get to."""

    async def ask(self, slot: Slot, at: datetime, approval: Approval) -> int:
        """Asks the managers about the offer. Raises as `post` does."""
        ...

    async def settle(self, offer: Slot, daily: Slot, at: datetime) -> None:
        """Lets the offer say what came of its date, and nothing be pressed any more, where it still stands. Raises
        `UnsureError`."""
        ...


class AlreadyPostedError(CompanionError):
    """The date has its highlight. ``slot`` is where."""

    def __init__(self, slot: Slot) -> None:
        where = f"https://discord.com/channels/{slot.guild_id}/{slot.channel_id}/{slot.message_id}"
        super().__init__(f"Today's highlight is posted already: {where} There is one a day; the next comes by itself.")
        self.slot = slot


class AtThisMomentError(CompanionError):
    """Somebody else is about to post it."""

    def __init__(self) -> None:
        super().__init__("Today's highlight is being posted at this moment. If it does not come, try in ten minutes.")


class NothingPostedError(CompanionError):
    """What was to be posted now could not be."""


class DailyPosts(SlotPosts[Outlet]):
    """The daily highlights of all servers, over one database."""

    looked_back = LOOKED_BACK

    def __init__(self, database: Database, choose: Choose) -> None:
        super().__init__(database)
        self._choose = choose

    def due(self, now: datetime, rule: HighlightRule, slots: Sequence[Slot]) -> list[Due]:
        return due(now, rule, slots)

    async def decide(self, rule: HighlightRule, slot: Slot) -> Decided | str:
        if slot.clip_id is not None:
            return Decided(slot.clip_id, slot.reason)
        chosen = await self._decided(rule, slot.day)
        return chosen if isinstance(chosen, str) else Decided(chosen.clip_id, chosen.reason)

    async def do(self, rule: HighlightRule, one: Due, now: datetime, outlet: Outlet) -> None:
        if one.task is Task.SETTLE:
            await self._settle(rule, one, outlet)
            return
        if one.task is not Task.ASK:
            await super().do(rule, one, now, outlet)
            return
        channel_id = rule.approval_channel_id or rule.channel_id
        require_open(rule.guild_id, channel_id, outlet)
        await self._ask(rule, one, channel_id, now, outlet)

    async def post_now(self, rule: HighlightRule, now: datetime, outlet: Outlet) -> Slot:
        """Posts today's highlight at once, also one that was skipped; it is not posted again when it would be due.

        Raises `AlreadyPostedError`, `AtThisMomentError` and `NothingPostedError`.
        """
        day = local_day(now, rule.zone)
        if reason := outlet.closed(rule.guild_id, rule.channel_id):
            raise NothingPostedError(f"I cannot post it, because {reason}.")
        async with self._database.write() as connection:
            known = await highlight_slots.get(connection, rule.guild_id, DAILY, day)
            if known is not None and known.state is State.POSTED:
                raise AlreadyPostedError(known)
            if known is not None and known.state is State.SKIPPED:
                await highlight_slots.put(
                    connection, replace(known, state=State.CLAIMED, claimed_at=None, clip_id=None)
                )
        try:
            posted = await self._post(replace(rule, approval=Approval.NONE), Due(day, now, Task.POST), now, outlet)
        except ClosedError as error:
            raise NothingPostedError(f"I cannot post it, because {error}.") from error
        except UnsureError as error:
            raise NothingPostedError(
                "Discord did not say whether it was posted. I look in ten minutes, and post it if it was not."
            ) from error
        if posted is None:
            raise AtThisMomentError
        if posted.state is not State.POSTED:
            raise NothingPostedError(f"Nothing was posted. {posted.reason}")
        return posted

    async def _ask(self, rule: HighlightRule, one: Due, channel_id: int, now: datetime, outlet: Outlet) -> None:
        held = await self._claimed(rule.guild_id, offer_kind(1), one.day, now)
        if held is None:
            return
        before, held = held
        if (sent := await self._sent_before(before, outlet)) is not None:
            await self._change(replace(held, state=State.PROPOSED, message_id=sent), now)
            return
        if held.clip_id is None:
            chosen = await self._choose(rule.guild_id, one.day, ())
            if chosen is None:
                await self._change(replace(held, state=State.SKIPPED, reason=NOTHING_GOOD), now)
                async with self._database.write() as connection:
                    nothing = Slot(rule.guild_id, DAILY, one.day, State.SKIPPED, reason=NOTHING_GOOD)
                    await highlight_slots.put(connection, nothing)
                return
            held = replace(held, clip_id=chosen.clip_id, reason=chosen.reason)
        held = replace(held, channel_id=channel_id)
        await self._change(held, now)
        try:
            message_id = await outlet.ask(held, one.at, rule.approval)
        except (ClosedError, GoneClipError):
            await self._release(held, now)
            raise
        await self._change(replace(held, state=State.PROPOSED, message_id=message_id), now)

    async def _settle(self, rule: HighlightRule, one: Due, outlet: Outlet) -> None:
        async with self._database.read() as connection:
            offer = await highlight_slots.get(connection, rule.guild_id, one.kind, one.day)
            daily = await highlight_slots.get(connection, rule.guild_id, DAILY, one.day)
        if offer is None or daily is None:
            return  # the server's slots were forgotten meanwhile
        # Nobody decides about it any more, so that two who do this at once do the same.
        settled = replace(offer, state=State.SETTLED)
        await outlet.settle(settled, daily, one.at)
        async with self._database.write() as connection:
            await highlight_slots.put(connection, settled)

    async def _decided(self, rule: HighlightRule, day: date) -> Chosen | str:
        """The clip of the day, as managers decided or left it to the rule; or why there is none."""
        async with self._database.read() as connection:
            slots = await highlight_slots.of_servers(connection, [rule.guild_id], day)
        offers = offers_of(slots, day)
        last = offers[-1] if offers else None
        approved = last is not None and last.state is State.APPROVED
        if rule.approval is Approval.SKIP and not approved:
            return NO_ANSWER if last is not None and last.state in (State.PROPOSED, State.SETTLED) else NOT_ASKED
        offered = last is not None and last.state in (State.APPROVED, State.PROPOSED, State.SETTLED)
        if last is not None and offered and last.clip_id is not None:
            return Chosen(last.clip_id, last.reason or "")
        turned_down = [one.clip_id for one in offers if one.clip_id is not None]
        return await self._choose(rule.guild_id, day, turned_down) or NOTHING_GOOD


def offers_of(slots: Sequence[Slot], day: date) -> list[Slot]:
    """The offers for a date, the last one last."""
    return sorted((one for one in slots if one.day == day and one.offer), key=lambda one: one.offer)
