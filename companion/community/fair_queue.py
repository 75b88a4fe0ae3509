"""Whose turn it is: a bounded number of members at once, one thing each, in rotation."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager

_NOBODY = object()
"""That nobody can be called. (`None` is somebody: the program itself.)"""


class FairQueue:
    """A queue in which nobody waits for more than one turn of each other member.

    At most ``places`` members have their turn at the same time, and each of them one turn: whoever asks for fifty
    things takes up one place, and waits with the others behind everybody else who waits.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._busy: set[Hashable] = set()
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()
        """What each member waits for; whose turn comes first stands first."""

    @property
    def is_full(self) -> bool:
        """Are all places taken?"""
        return len(self._busy) >= self._places

    @property
    def busy(self) -> int:
        """How many have their turn."""
        return len(self._busy)

    @property
    def length(self) -> int:
        """How many turns are waited for."""
        return sum(map(len, self._waiting.values()))

    def waiting(self, member: Hashable) -> int:
        """How many turns the member waits for."""
        return len(self._waiting.get(member, ()))

    @asynccontextmanager
    async def turn(self, member: Hashable) -> AsyncGenerator[None]:
        """Waits for a turn of this member, and has it for the length of the block."""
        # A place is only free while nobody waits who could take it.
        if member in self._busy or len(self._busy) >= self._places:
            await self._wait(member)
        else:
            self._busy.add(member)
        try:
            yield
        finally:
            self._leave(member)

    async def _wait(self, member: Hashable) -> None:
        called = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(member, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.cancelled():
                self._forget(member, called)
            else:  # it was called, and cancelled before it came
                self._leave(member)
            raise

    def _leave(self, member: Hashable) -> None:
        self._busy.discard(member)
        if member in self._waiting:
            self._waiting.move_to_end(member)  # whoever has had a turn is behind everybody else
        while len(self._busy) < self._places:
            following = next((one for one in self._waiting if one not in self._busy), _NOBODY)
            if following is _NOBODY:
                return
            called = self._waiting[following][0]
            self._forget(following, called)
            if not called.cancelled():
                self._busy.add(following)
                called.set_result(None)

    def _forget(self, member: Hashable, called: asyncio.Future[None]) -> None:
        queue = self._waiting.get(member, deque())
        if called in queue:
            queue.remove(called)
        if not queue:
            self._waiting.pop(member, None)
