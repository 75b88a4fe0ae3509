"""Showing tallies at a pace that Discord's limits on edits allow, however many votes come: the newest state, and always
the last one."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

log = logging.getLogger(__name__)

EVERY = 4.0
"""Seconds between two edits of one message. Discord lets a bot edit about five times in five seconds in a channel."""


@dataclass(slots=True)
class Pace:
    """When messages may be edited. A function of what it is told; times are in seconds of any one clock."""

    every: float
    _last: dict[int, float] = field(default_factory=dict[int, float])
    _planned: set[int] = field(default_factory=set[int])

    def wanted(self, key: int, now: float) -> float | None:
        """In how many seconds it is to be shown, since something about it changed; None where that is planned."""
        if key in self._planned:
            return None
        self._planned.add(key)
        return max(0.0, self._last.get(key, -self.every) + self.every - now)

    def begin(self, key: int, now: float) -> None:
        """It is being shown: what changes from now on is to be shown after it."""
        self._planned.discard(key)
        self._last = {one: at for one, at in self._last.items() if now - at < self.every}
        self._last[key] = now

    @property
    def planned(self) -> list[int]:
        """What is still to be shown."""
        return sorted(self._planned)


class Shown:
    """Calls ``show`` for what changed, at a pace.

    Waits are counted in threads: a timer of the event loop's is one that a simulated Discord would wait for.
    """

    def __init__(self, show: Callable[[int], Awaitable[None]], every: float | None = None) -> None:
        self._show = show
        self._pace = Pace(EVERY if every is None else every)
        self._timers: dict[int, threading.Timer] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def changed(self, key: int) -> None:
        """Something changed that ``show`` shows."""
        wait = self._pace.wanted(key, monotonic())
        if wait is None:
            return
        if not wait:
            self._begin(key)
            return
        loop = asyncio.get_running_loop()
        timer = threading.Timer(wait, _called_in, (loop, self._begin, key))
        timer.daemon = True
        self._timers[key] = timer
        timer.start()

    async def finish(self) -> None:
        """Shows at once what is still to be shown, and waits until it is."""
        for key in self._pace.planned:
            self._begin(key)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _begin(self, key: int) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
        elif key not in self._pace.planned:
            return  # it was shown before its time was up
        self._pace.begin(key, monotonic())
        self._tasks[key] = asyncio.create_task(self._in_turn(key, self._tasks.get(key)), name="a tally")

    async def _in_turn(self, key: int, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await self._show(key)
        except Exception:  # the tallies of others go on
            log.exception("the tally of %d could not be shown", key)
        finally:
            if self._tasks.get(key) is asyncio.current_task():
                del self._tasks[key]


def _called_in(loop: asyncio.AbstractEventLoop, function: Callable[[int], None], key: int) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(function, key)
