"""What happens by itself, once a minute.

The ticks know nothing: what is due is found out from the time and the database, so that nothing is lost to a restart.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from datetime import UTC
from time import perf_counter
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from companion.cogs.companion import Duty
from companion.storage.clock import Clock

log = logging.getLogger(__name__)


class Schedule:
    """Calls its duties in their order, every minute, and never a second time before they have ended.

    The minutes are counted in a thread: a timer of the event loop's is one that a simulated Discord would wait for.
    """

    def __init__(self, clock: Clock, duties: Sequence[Duty]) -> None:
        self._clock = clock
        self._duties = duties
        self._ticking: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self.ticked: list[Callable[[float], None]] = []
        """Called with the seconds that each tick took."""
        self.failed: list[Callable[[], None]] = []
        """Called when a duty failed."""
        # The library has no types.
        self._scheduler: Any = BackgroundScheduler(timezone=UTC)
        # That a minute is over before a long tick is, is as it should be, and no warning.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        # A tick that comes late is as good as any, and of several missed ones one is enough.
        self._scheduler.add_job(
            self._tick_on_loop, "interval", minutes=1, misfire_grace_time=None, coalesce=True, max_instances=1
        )

    def start(self) -> None:
        """To be called on the event loop, which the duties are then called on."""
        self._loop = asyncio.get_running_loop()
        self._scheduler.start()

    def jobs(self) -> list[Any]:
        """What the library was told to call, and when."""
        return self._scheduler.get_jobs()

    async def stop(self, seconds: float = 0) -> None:
        """No tick and no duty begins after this. A duty that goes on has so long to end, then it is cancelled and
        waited for."""
        self._loop = None
        self._stopping = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._ticking is not None:
            await asyncio.wait([self._ticking], timeout=seconds)
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)

    def _tick_on_loop(self) -> None:
        """A tick as the library's thread calls it: it ends when the duties have."""
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
