"""What is done about a clock that was wrong: claims that were made in what is the future now would not expire until
then, and posts of dates to come were given up as missed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from companion.community.slot_posts import MISSED
from companion.storage import claims, highlight_slots
from companion.storage.engine import Database

log = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=10)
"""Clocks of processes on one database may differ by so much."""
LOOKED_BACK = timedelta(hours=1)
"""How old claims are from then on: they have expired, and what they were for is looked for in messages since then."""


class ClockJumps:
    """Looks for jumps of the clock, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen_at: datetime | None = None

    async def look(self, now: datetime) -> None:
        """To be called every minute, before whatever else is due."""
        seen, self._seen_at = self._seen_at, now
        if seen is not None and now >= seen - TOLERANCE:
            return
        if seen is not None:
            log.warning("the machine's clock was set back by %s", seen - now)
        async with self._database.write() as connection:
            ahead = await highlight_slots.forget_ahead(connection, now.date(), MISSED)
            found = await claims.bring_back(connection, now + TOLERANCE, now - LOOKED_BACK)
        if ahead or found:
            log.warning("the clock was wrong: %d posts to come are forgotten, %d claims expire", ahead, found)
