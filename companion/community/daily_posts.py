"""Posting each server's daily highlight, exactly once a local date, whoever else tries and whenever one is stopped.

A slot is claimed, its clip is chosen and kept, the message is sent, and the slot gets its id. A claim whose sender was
stopped expires, and its message is looked for in the channel before the same clip is sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Protocol

from companion.community.clips import GoneClipError
from companion.community.daily import CLAIM_LASTS, LOOKED_BACK, Due, Task, due, local_day
from companion.storage import highlight_rules, highlight_slots
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.highlight_rules import Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State, offer_kind

log = logging.getLogger(__name__)

MISSED = "It was missed: I was not running when it was due, and by now it is too late."
NOTHING_GOOD = "Nothing that was not heard lately is good enough."
NO_ANSWER = "No manager approved it."
NOT_ASKED = "No manager could be asked in time, since I was not running then."
DELETED = "The clip that was chosen for it is there no more."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The clip for a day, and why this one, in a line."""

    clip_id: int
    reason: str


Choose = Callable[[int, date, Collection[int]], Awaitable[Chosen | None]]
"""Chooses a server's clip for a day, none of those that were turned down for it; None where nothing is good enough."""


class ClosedError(Exception):
    """Nothing can be sent to a channel, and nobody has the message. ``str()`` says why, after "because"."""


class UnsureError(Exception):
    """Nobody knows whether the message was sent."""


class Outlet(Protocol):
    """Where messages get to, as Discord has it now."""

    def knows(self, guild_id: int) -> bool:
        """Is the bot in that server, and in touch with it?"""
        ...

    def closed(self, guild_id: int, channel_id: int) -> str | None:
        """Why nothing can be posted to the channel, after "because"; None where it can."""
        ...

    async def sent_before(self, slot: Slot) -> int | None:
        """The message that an earlier holder of the claim had sent. Raises `UnsureError`."""
        ...

    async def post(self, slot: Slot, at: datetime) -> int:
        """Posts the slot's clip to its channel. Raises `ClosedError`, `UnsureError`, and `GoneClipError`."""
        ...

    async def ask(self, slot: Slot, at: datetime, approval: Approval) -> int:
        """Asks the managers about the offer. Raises as `post` does."""
        ...

    async def tell_paused(self, guild_id: int, reason: str) -> None:
        """Tells the managers that nothing is posted any more, as far as they chose where."""
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


class DailyPosts:
    """The daily highlights of all servers, over one database."""

    def __init__(self, database: Database, choose: Choose) -> None:
        self._database = database
        self._choose = choose

    async def run_due(self, now: datetime, outlet: Outlet) -> None:
        """Does whatever is due now. One server's trouble holds up no other."""
        async with self._database.read() as connection:
            rules = [rule for rule in await highlight_rules.running(connection) if outlet.knows(rule.guild_id)]
            since = (now - LOOKED_BACK).date()
            found = await highlight_slots.of_servers(connection, [rule.guild_id for rule in rules], since)
        slots = {guild_id: list(some) for guild_id, some in groupby(found, key=lambda slot: slot.guild_id)}
        for rule in rules:
            for one in due(now, rule, slots.get(rule.guild_id, ())):
                try:
                    await self._do(rule, one, now, outlet)
                except ClosedError as error:
                    await self._pause(rule, str(error), now, outlet)
                    break
                except UnsureError as error:
                    # The claim stays until it expires.
                    log.warning("a highlight for guild %d may not be posted: %s", rule.guild_id, error)
                except Exception:  # as above; whatever it is, the other servers get theirs
                    log.exception("the highlight for guild %d failed", rule.guild_id)

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

    async def _do(self, rule: HighlightRule, one: Due, now: datetime, outlet: Outlet) -> None:
        if one.task is Task.ASK:
            channel_id = rule.approval_channel_id or rule.channel_id
            self._require_open(rule.guild_id, channel_id, outlet)
            await self._ask(rule, one, channel_id, now, outlet)
            return
        if one.task is Task.POST:
            self._require_open(rule.guild_id, rule.channel_id, outlet)
        await self._post(rule, one, now, outlet)

    def _require_open(self, guild_id: int, channel_id: int, outlet: Outlet) -> None:
        if reason := outlet.closed(guild_id, channel_id):
            raise ClosedError(reason)

    async def _post(self, rule: HighlightRule, one: Due, now: datetime, outlet: Outlet) -> Slot | None:
        """What became of the slot; None where somebody else has it."""
        held = await self._claimed(rule.guild_id, DAILY, one.day, now)
        if held is None:
            return None
        before, held = held
        if (sent := await self._sent_before(before, outlet)) is not None:
            return await self._change(replace(held, state=State.POSTED, message_id=sent, late=one.late), now)
        if one.task is Task.GIVE_UP:
            return await self._change(replace(held, state=State.SKIPPED, reason=MISSED), now)
        if held.clip_id is None:
            chosen = await self._decided(rule, one.day)
            if isinstance(chosen, str):
                return await self._change(replace(held, state=State.SKIPPED, reason=chosen), now)
            held = replace(held, clip_id=chosen.clip_id, reason=chosen.reason)
        # What is sent, and where, is kept before it is: whoever takes over has to look for it.
        held = replace(held, channel_id=rule.channel_id, late=one.late)
        await self._change(held, now)
        try:
            message_id = await outlet.post(held, one.at)
        except ClosedError:
            await self._release(held)
            raise
        except GoneClipError:
            return await self._change(replace(held, state=State.SKIPPED, clip_id=None, reason=DELETED), now)
        log.info("guild %d got its highlight of %s", rule.guild_id, one.day)
        return await self._change(replace(held, state=State.POSTED, message_id=message_id), now)

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
            await self._release(held)
            raise
        await self._change(replace(held, state=State.PROPOSED, message_id=message_id), now)

    async def _decided(self, rule: HighlightRule, day: date) -> Chosen | str:
        """The clip of the day, as managers decided or left it to the rule; or why there is none."""
        async with self._database.read() as connection:
            slots = await highlight_slots.of_servers(connection, [rule.guild_id], day)
        offers = offers_of(slots, day)
        last = offers[-1] if offers else None
        approved = last is not None and last.state is State.APPROVED
        if rule.approval is Approval.SKIP and not approved:
            return NO_ANSWER if last is not None and last.state is State.PROPOSED else NOT_ASKED
        offered = last is not None and last.state in (State.APPROVED, State.PROPOSED)
        if last is not None and offered and last.clip_id is not None:
            return Chosen(last.clip_id, last.reason or "")
        turned_down = [one.clip_id for one in offers if one.clip_id is not None]
        return await self._choose(rule.guild_id, day, turned_down) or NOTHING_GOOD

    async def _sent_before(self, before: Slot, outlet: Outlet) -> int | None:
        if before.claimed_at is None or before.clip_id is None or before.channel_id is None:
            return None  # nothing was sent before these were known
        if outlet.closed(before.guild_id, before.channel_id):
            return None  # nobody reads there any more
        return await outlet.sent_before(before)

    async def _claimed(self, guild_id: int, kind: str, day: date, now: datetime) -> tuple[Slot, Slot] | None:
        """The slot as it was left, and as it is claimed now; None where somebody else has it."""
        async with self._database.write() as connection:
            before = await highlight_slots.claim(connection, guild_id, kind, day, now, now - CLAIM_LASTS)
        return None if before is None else (before, replace(before, claimed_at=now, message_id=None))

    async def _change(self, slot: Slot, held_since: datetime) -> Slot:
        async with self._database.write() as connection:
            if not await highlight_slots.change(connection, slot, held_since):
                raise UnsureError("the claim was taken over")
        return slot

    async def _release(self, slot: Slot) -> None:
        async with self._database.write() as connection:
            await highlight_slots.release(connection, slot.guild_id, slot.kind, slot.day)

    async def _pause(self, rule: HighlightRule, reason: str, now: datetime, outlet: Outlet) -> None:
        async with self._database.write() as connection:
            paused = await highlight_rules.pause(connection, rule.guild_id, now, reason)
        if paused:
            log.warning("highlights of guild %d are paused, because %s", rule.guild_id, reason)
            await outlet.tell_paused(rule.guild_id, reason)


def offers_of(slots: Sequence[Slot], day: date) -> list[Slot]:
    """The offers for a date, the last one last."""
    return sorted((one for one in slots if one.day == day and one.offer), key=lambda one: one.offer)
