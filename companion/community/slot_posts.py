"""Posting what a server's rule brings, exactly once, whoever else tries and whenever one is stopped.

A slot is claimed, what is sent is decided and kept, the message is sent, and the slot gets its id. A claim whose sender
was stopped expires, and its message is looked for in the channel before it is sent again. What is due, and what is then
sent, is a kind's own: `DailyPosts`, `WinnerPosts`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Generic, Protocol, TypeVar

from companion.community.clips import GoneClipError
from companion.community.daily import CLAIM_LASTS, Due, Task
from companion.community.spans import Span, last_ended
from companion.storage import highlight_rules, highlight_slots
from companion.storage.engine import AsyncConnection, Database
from companion.storage.highlight_rules import HighlightRule
from companion.storage.highlight_slots import Slot, State

log = logging.getLogger(__name__)

MISSED = "It was missed: I was not running when it was due, and by now it is too late."
NOT_WISHED = "Nobody wished for it when it was due."
DELETED = "The clip that was chosen for it is there no more."


@dataclass(frozen=True, slots=True)
class Decided:
    """What is posted in a slot: the clip, where it is one, and why this, in a line."""

    clip_id: int | None = None
    reason: str | None = None


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
        """Posts what the slot is for to its channel. Raises `ClosedError`, `UnsureError`, and `GoneClipError`."""
        ...

    async def tell_paused(self, guild_id: int, reason: str) -> None:
        """Tells the managers that nothing is posted any more, as far as they chose where."""
        ...


Where = TypeVar("Where", bound=Outlet)


class SlotPosts(Generic[Where]):
    """The posts of some kinds in all servers, over one database."""

    looked_back: timedelta
    """What was missed longer ago is not written down."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime, rule: HighlightRule, slots: Sequence[Slot]) -> list[Due]:
        """What is to be done for a server now, the oldest first."""
        raise NotImplementedError

    async def decide(self, rule: HighlightRule, slot: Slot) -> Decided | str:
        """What is posted in a slot that is held, or why nothing is. Asked again after a sender was stopped."""
        raise NotImplementedError

    async def run_due(self, now: datetime, outlet: Where) -> None:
        """Does whatever is due now. One server's trouble holds up no other."""
        async with self._database.read() as connection:
            rules = [rule for rule in await highlight_rules.running(connection) if outlet.knows(rule.guild_id)]
            since = (now - self.looked_back).date()
            found = await highlight_slots.of_servers(connection, [rule.guild_id for rule in rules], since)
        slots = {guild_id: list(some) for guild_id, some in groupby(found, key=lambda slot: slot.guild_id)}
        for rule in rules:
            for one in self.due(now, rule, slots.get(rule.guild_id, ())):
                try:
                    await self.do(rule, one, now, outlet)
                except ClosedError as error:
                    await self._pause(rule, str(error), now, outlet)
                    break
                except UnsureError as error:
                    # The claim stays until it expires.
                    log.warning("the %s post for guild %d may not be posted: %s", one.kind, rule.guild_id, error)
                except Exception:  # as above; whatever it is, the other servers get theirs
                    log.exception("the %s post for guild %d failed", one.kind, rule.guild_id)

    async def do(self, rule: HighlightRule, one: Due, now: datetime, outlet: Where) -> None:
        """Does one of the things that are due. Raises `ClosedError` and `UnsureError`."""
        if one.task is Task.POST:
            require_open(rule.guild_id, rule.channel_id, outlet)
        await self._post(rule, one, now, outlet)

    async def _post(self, rule: HighlightRule, one: Due, now: datetime, outlet: Where) -> Slot | None:
        """What became of the slot; None where somebody else has it."""
        held = await self._claimed(rule.guild_id, one.kind, one.day, now)
        if held is None:
            return None
        before, held = held
        if (sent := await self._sent_before(before, outlet)) is not None:
            return await self._change(replace(held, state=State.POSTED, message_id=sent, late=one.late), now)
        if one.task is Task.GIVE_UP:
            return await self._change(replace(held, state=State.SKIPPED, reason=MISSED), now)
        held = replace(held, late=one.late)
        decided = await self.decide(rule, held)
        if isinstance(decided, str):
            return await self._change(replace(held, state=State.SKIPPED, reason=decided), now)
        # What is sent, and where, is kept before it is: whoever takes over has to look for it.
        held = replace(held, clip_id=decided.clip_id, reason=decided.reason, channel_id=rule.channel_id, late=one.late)
        await self._change(held, now)
        try:
            message_id = await outlet.post(held, one.at)
        except ClosedError:
            await self._release(held, now)
            raise
        except GoneClipError:
            return await self._change(replace(held, state=State.SKIPPED, clip_id=None, reason=DELETED), now)
        log.info("guild %d got its %s post of %s", rule.guild_id, one.kind, one.day)
        return await self._change(replace(held, state=State.POSTED, message_id=message_id), now)

    async def _sent_before(self, before: Slot, outlet: Where) -> int | None:
        if before.claimed_at is None or before.channel_id is None:
            return None  # nothing was sent before it was known where to
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

    async def _release(self, slot: Slot, held_since: datetime) -> None:
        async with self._database.write() as connection:
            await highlight_slots.release(connection, slot.guild_id, slot.kind, slot.day, held_since)

    async def _pause(self, rule: HighlightRule, reason: str, now: datetime, outlet: Where) -> None:
        async with self._database.write() as connection:
            paused = await highlight_rules.pause(connection, rule.guild_id, now, reason)
        if paused:
            log.warning("highlights of guild %d are paused, because %s", rule.guild_id, reason)
            try:
                await outlet.tell_paused(rule.guild_id, reason)
            except UnsureError as error:
                log.warning("guild %d may not have been told so: %s", rule.guild_id, error)


async def pass_over(connection: AsyncConnection, rule: HighlightRule, span: Span, kind: str, now: datetime) -> None:
    """Lets what the server wishes for from now on begin with the span that ends next: of the last one nothing comes
    afterwards, unless its post was begun."""
    first = last_ended(now, span, rule)
    if await highlight_slots.get(connection, rule.guild_id, kind, first) is None:
        passed = Slot(rule.guild_id, kind, first, State.SKIPPED, reason=NOT_WISHED)
        await highlight_slots.put(connection, passed)


def require_open(guild_id: int, channel_id: int, outlet: Outlet) -> None:
    """Raises `ClosedError` where nothing can be posted to the channel."""
    if reason := outlet.closed(guild_id, channel_id):
        raise ClosedError(reason)
