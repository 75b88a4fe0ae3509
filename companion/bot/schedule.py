"""What happens by itself, once a minute.

The ticks know nothing: what is due is found out from the time and the database, so that nothing is lost to a restart.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import CancelledError
from datetime import UTC
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

    async def stop(self) -> None:
        """No tick comes after this; one that goes on is cancelled and waited for."""
        self._loop = None
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
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
        for duty in tuple(self._duties):
            try:
                await duty(self._clock.now())
            except Exception:  # whatever it is, the next minute comes
                log.exception("a duty failed")
