"""Saying hello to a server that the bot joined: once, however often it is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from companion.storage import greetings
from companion.storage.engine import Database

LATE = timedelta(days=1)
"""A server that was joined longer ago, while the bot was down, is not said hello to any more."""


class Greeting:
    """Which servers were said hello to, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_due(self, guild_id: int, joined: datetime | None) -> bool:
        """May the server, which was joined then, be said hello to now? Asked and answered yes but once."""
        now = self._database.clock.now()
        if joined is not None and now - joined > LATE:
            return False
        async with self._database.write() as connection:
            return await greetings.claim(connection, guild_id, now)

    async def could_not(self, guild_id: int) -> None:
        """Nothing could be said: it may be tried again."""
        async with self._database.write() as connection:
            await greetings.release(connection, guild_id)
