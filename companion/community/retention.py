"""How long things are kept that nobody deletes: an operator's decision, carried out a little at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.storage import departures, retention, stand_ins
from companion.storage.engine import Database
from companion.storage.parts import AT_ONCE

log = logging.getLogger(__name__)

_AT_ONCE = 25
"""Searches, and questions, that are deleted in one transaction: others write between two."""
_A_MINUTE = 40
"""Transactions a minute, of each kind: more than 10,000 servers ask."""
_EVERY = timedelta(hours=1)
_JUMP = timedelta(hours=6)
"""Between two ticks there is a minute, or as long as the machine slept."""


@dataclass(frozen=True, slots=True)
class Terms:
    """``log`` is how long searches and questions are kept, ``left`` how long a server's data is after the bot was
    removed from it."""

    log: timedelta = timedelta(days=365)
    left: timedelta = timedelta(days=30)


class Retention:
    """What is deleted by itself, over one database. Of several processes one ``leads``, and deletes what is old; each
    deletes what its own servers left behind.

    ``absent`` says whether it is certain now that the bot is not in a server: only then its data is deleted, whatever
    was noted when. Another process may have that server, or Discord may not have told yet in which ones the bot is.
    """

    def __init__(
        self,
        database: Database,
        terms: Terms | None = None,
        absent: Callable[[int], bool] = lambda _: True,
        *,
        leads: bool = True,
    ) -> None:
        self._database = database
        self.terms = terms or Terms()
        self._absent = absent
        self._leads = leads
        self._seen_at: datetime | None = None
        self._next_at = database.clock.now()

    async def tidy(self, now: datetime) -> None:
        """Deletes what was kept for long enough, once an hour; of what is much, more every minute.

        To be called every minute. A clock that is wrong by years would have everything deleted: nothing is until it
        went on for an hour, from the start and from any jump.
        """
        seen, self._seen_at = self._seen_at, now
        if seen is None or not seen <= now < seen + _JUMP:
            self._next_at = now + _EVERY
        if now < self._next_at:
            return
        expired = not self._leads or await self._expired(now)
        if await self._forgotten(now) and expired:
            self._next_at = now + _EVERY

    async def left(self, guild_ids: Collection[int]) -> None:
        """The bot was removed from these servers, or finds itself in them no more."""
        if guild_ids:
            async with self._database.write() as connection:
                await departures.left(connection, guild_ids, self._database.clock.now())

    async def returned(self, guild_ids: Collection[int]) -> None:
        """The bot is in these servers: nothing of theirs is deleted."""
        async with self._database.write() as connection:
            back = await departures.returned(connection, guild_ids)
        if back:
            log.info("back in %d servers whose data would have been deleted", back)

    async def known(self) -> frozenset[int]:
        """The servers of which anything is kept."""
        async with self._database.read() as connection:
            return await departures.known(connection)

    async def _expired(self, now: datetime) -> bool:
        """Deletes some of what is old. Returns whether that was all."""
        before = now - self.terms.log
        searched = asked = 0
        for _ in range(_A_MINUTE):
            async with self._database.write() as connection:
                some = await retention.expire_searches(connection, before, _AT_ONCE)
                others = await retention.expire_questions(connection, before, _AT_ONCE)
            searched, asked = searched + some, asked + others
            if max(some, others) < _AT_ONCE:
                break
        rows = 0
        for _ in range(_A_MINUTE):
            async with self._database.write() as connection:
                counts = (
                    await retention.expire_notices(connection, before),
                    await retention.expire_spent(connection, now.date()),
                    await stand_ins.forget_idle(connection),
                )
            rows = max(counts)
            if rows < AT_ONCE:
                break
        if searched or asked:
            log.info("deleted %d searches and %d questions of before %s", searched, asked, before.date())
        return max(searched, asked) < _AT_ONCE * _A_MINUTE and rows < AT_ONCE

    async def _forgotten(self, now: datetime) -> bool:
        """Deletes some of what a server left behind that the bot left. Returns whether that was all of all servers."""
        for _ in range(_A_MINUTE):
            async with self._database.write() as connection:
                # Looked up where it is deleted: nobody is told between the two that the bot is back.
                left = await departures.before(connection, now - self.terms.left)
                gone = next((guild_id for guild_id in left if self._absent(guild_id)), None)
                if gone is None:
                    return True
                all_gone = await departures.forget_some(connection, gone)
            if all_gone:
                log.info("deleted the data of guild %d, which the bot left", gone)
        return False
