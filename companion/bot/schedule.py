"""What happens by itself, once a minute.

The ticks know nothing: what is due is found out from the time and the database, so that nothing is lost to a restart.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from time import perf_counter

from companion.cogs.companion import Duty
from companion.storage.clock import Clock

log = logging.getLogger(__name__)

MINUTE = 60.0
"""Seconds, which are counted whatever the machine's clock is set to meanwhile: a timetable of instants would wait for
all the time by which it was set back."""


class Schedule:
    """Calls its duties in their order, every minute, and never a second time before they have ended.

    The minutes are counted in a thread: a timer of the event loop's is one that a simulated Discord would wait for.
    After a tick that takes longer than one the next comes in the next minute.
    """

    def __init__(self, clock: Clock, duties: Sequence[Duty], minute: float = MINUTE) -> None:
        self._clock = clock
        self._duties = duties
        self._ticking: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self.ticked: list[Callable[[float], None]] = []
        """Called with the seconds that each tick took."""
        self.failed: list[Callable[[], None]] = []
        """Called when a duty failed."""
        self._minute = minute
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._count, name="schedule", daemon=True)

    def start(self) -> None:
        """To be called on the event loop, which the duties are then called on."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self, seconds: float = 0) -> None:
        """No tick and no duty begins after this. A duty that goes on has so long to end, then it is cancelled and
        waited for."""
        self._loop = None
        self._stopping = True
        self._ended.set()
        if self._ticking is not None:
            await asyncio.wait([self._ticking], timeout=seconds)
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)

    def _count(self) -> None:
        while not self._ended.wait(self._minute):
            self._tick_on_loop()

    def _tick_on_loop(self) -> None:
        """A tick as the thread calls it: it ends when the duties have."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        try:
            asyncio.run_coroutine_threadsafe(self.tick(), loop).result()
        except CancelledError:
            log.debug("stopped in the middle of a tick")

    async def tick(self) -> None:
        """Calls the duties. One that fails is logged, and the others are called."""
        self._ticking = asyncio.create_task(self._call_all(), name="tick")
        try:
            await self._ticking
        finally:
            self._ticking = None

    async def _call_all(self) -> None:
        begun = perf_counter()
        for duty in tuple(self._duties):
            if self._stopping:
                return
            try:
                await duty(self._clock.now())
            except Exception:  # whatever it is, the next minute comes
                log.exception("a duty failed")
                for failed in self.failed:
                    failed()
        for ticked in self.ticked:
            ticked(perf_counter() - begun)
