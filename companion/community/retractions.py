"""What the bot said of members, and what of it it is to take back."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from datetime import timedelta

from companion.archive.latest import Latest
from companion.storage import namings, retractions
from companion.storage.engine import Database
from companion.storage.namings import Naming
from companion.storage.retractions import Retraction

log = logging.getLogger(__name__)

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=12)
"""How long is waited after the first failure, twice as long after each further one, and at most."""
_MOST_FAILURES = 36
"""Two weeks of them."""
_REFUSED_FOR, _MOST_REFUSALS = timedelta(days=1), 14
"""A channel that is closed to the bot may be open tomorrow."""
_REMEMBERED = 500
"""Messages of which it is remembered whom they name: some are edited every few seconds."""


class Retractions:
    """What the bot said and is to take back, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, guild_ids: Collection[int], limit: int) -> list[Retraction]:
        """What is to be taken back now in these servers, 0 for direct messages, the longest asked for first."""
        async with self._database.read() as connection:
            asked = await retractions.servers(connection) & set(guild_ids)
            return await retractions.due(connection, asked, self._database.clock.now(), limit) if asked else []

    async def done(self, one: Retraction) -> None:
        """It was taken back, or can never be."""
        async with self._database.write() as connection:
            await retractions.done(connection, one)

    async def failed(self, one: Retraction, *, refused: bool) -> None:
        """Discord failed, or ``refused``: it is tried again later, ever more seldom, and after two weeks no more."""
        if one.failures + 1 >= (_MOST_REFUSALS if refused else _MOST_FAILURES):
            log.warning("message %d in guild %d stays as it is: too many failures", one.message_id, one.guild_id)
            await self.done(one)
            return
        wait = _REFUSED_FOR if refused else min(_FIRST * 2**one.failures, _LONGEST)
        async with self._database.write() as connection:
            await retractions.failed(connection, one, self._database.clock.now() + wait)


class Namings:
    """Which messages of the bot name whom, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._named: Latest[int, frozenset[int]] = Latest(_REMEMBERED)

    def new_in(self, message_id: int, named: frozenset[int]) -> frozenset[int]:
        """Whom of those that a message names now it did not name when it was last looked at here: these are to be
        noted. Whoever is named no more is new when they come back, since what was noted may be forgotten by then."""
        before = self._named.get(message_id) or frozenset()
        if named != before:
            self.noted(message_id, named)
        return named - before

    def noted(self, message_id: int, named: frozenset[int]) -> None:
        """That a message names these is in the database, or is about to be."""
        self._named.put(message_id, named)

    async def note(self, found: Iterable[Naming]) -> None:
        """The bot wrote these."""
        async with self._database.write() as connection:
            await namings.put(connection, found)

    async def gone(self, message_ids: Collection[int]) -> None:
        """These messages were deleted in Discord."""
        async with self._database.read() as connection:
            known = await namings.are_known(connection, message_ids)
        if known:
            async with self._database.write() as connection:
                await namings.gone(connection, message_ids)
