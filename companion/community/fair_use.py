"""Fair use: how often a member may ask for costly work, how much of it runs at once, and whose turn is next.

Kept in memory: a server's members all come through one process (Discord sends a server to one shard), and a restart
forgives.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from companion.community.cooldowns import Cooldowns, Rate
from companion.community.fair_queue import FairQueue
from companion.storage.clock import Clock
from companion.storage.errors import CompanionError


class Work(StrEnum):
    """What costs something."""

    SEARCH = "search"
    """Everything that asks the searcher: a search, a riff, more like this, another page."""
    LOOKUP = "lookup"
    """What is read from the database at a press: what was said around a result."""
    ASK = "ask"
    """A question: its search, and choosing what to quote."""
    WRITE = "write"
    """A language model's prose. It takes seconds, but none of this machine's."""
    CHART = "chart"
    CLIP = "clip"
    """Making or posting a clip: its words, its picture and its audio."""
    PAPER = "paper"
    """Proposing or posting a paper: its catalogue is asked, and what the archive has of it is looked for."""
    RECORDING = "recording"
    """Reading what was recorded of a club's session: its words are fetched."""
    PRIVACY = "privacy"
    """Looking through all that is kept for what names a member."""
    INGEST = "ingest"


@dataclass(frozen=True, slots=True)
class Bounds:
    """``rate`` is for each member, whatever their server, or for each server; ``at_once`` are members.

    ``waiting`` bounds what one member may have in the queue. ``refusal`` says what was done too often.
    """

    rate: Rate
    at_once: int
    waiting: int
    refusal: str
    per_server: bool = False


# Two cores answer 42 searches a second one at a time, 60 two at a time, 49 four at a time (of 40,000 passages).
BOUNDS: Mapping[Work, Bounds] = {
    Work.SEARCH: Bounds(Rate(5, timedelta(seconds=3)), 2, 5, "You searched a lot just now."),
    Work.LOOKUP: Bounds(Rate(10, timedelta(seconds=1)), 8, 10, "You looked up a lot just now."),
    Work.ASK: Bounds(Rate(4, timedelta(seconds=5)), 2, 4, "You asked a lot just now."),
    Work.WRITE: Bounds(Rate(4, timedelta(seconds=5)), 8, 4, "You asked a lot just now."),
    Work.CHART: Bounds(Rate(2, timedelta(seconds=30)), 1, 2, "You asked for several charts just now."),
    Work.CLIP: Bounds(Rate(3, timedelta(seconds=10)), 2, 3, "You asked for several clips just now."),
    Work.PAPER: Bounds(Rate(3, timedelta(seconds=10)), 2, 3, "You asked for several papers just now."),
    Work.RECORDING: Bounds(Rate(3, timedelta(seconds=20)), 2, 3, "You sent several recordings just now."),
    Work.PRIVACY: Bounds(Rate(5, timedelta(seconds=30)), 1, 2, "You asked for your data several times just now."),
    Work.INGEST: Bounds(
        Rate(3, timedelta(minutes=20)), 1, 3, "Several feeds were read for this server just now.", per_server=True
    ),
}
"""Told in docs/commands.md too."""


class TooOftenError(CompanionError):
    """Somebody's cool-down, or their full queue. ``again``: when it is over; None for a queue."""

    def __init__(self, refusal: str, again: datetime | None) -> None:
        super().__init__(f"{refusal} {'Wait a little.' if again else 'Wait until that is answered.'}")
        self.again = again


class FairUse:
    """The cool-downs and queues of one process, one of each a kind of work."""

    def __init__(self, clock: Clock, bounds: Mapping[Work, Bounds] = BOUNDS) -> None:
        self._clock = clock
        self._bounds = bounds
        self._cooldowns = {work: Cooldowns(bound.rate) for work, bound in bounds.items()}
        self._queues = {work: FairQueue(bound.at_once) for work, bound in bounds.items()}

    def turn(self, work: Work, guild_id: int | None, member_id: int) -> AbstractAsyncContextManager[None]:
        """The member's turn: ``async with fair_use.turn(…):`` waits for it.

        Raises `TooOftenError` at the call, before anything is waited for, so that a caller can refuse at once.
        """
        bounds, queue = self._bounds[work], self._queues[work]
        whose = (guild_id or 0) if bounds.per_server else member_id
        if queue.waiting(whose) >= bounds.waiting:
            raise TooOftenError(bounds.refusal, None)
        again = self._cooldowns[work].use(whose, self._clock.now())
        if again is not None:
            raise TooOftenError(bounds.refusal, again)
        return queue.turn(whose)

    def own_turn(self, work: Work) -> AbstractAsyncContextManager[None]:
        """A turn for what the program does by itself: in the same queue as its members, without a cool-down."""
        return self._queues[work].turn(None)

    def queues(self) -> Mapping[Work, tuple[int, int]]:
        """Of each kind of work how many turns are had, and how many are waited for."""
        return {work: (queue.busy, queue.length) for work, queue in self._queues.items()}

    def is_full(self, work: Work) -> bool:
        """Must a turn that is asked for now be waited for?"""
        return self._queues[work].is_full
