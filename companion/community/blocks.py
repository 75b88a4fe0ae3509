"""Whom a server's managers barred from using the bot there."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.storage import blocks
from companion.storage.blocks import Block
from companion.storage.engine import Database
from companion.storage.errors import CompanionError, NotFoundError, StorageError

log = logging.getLogger(__name__)

LONGEST_REASON = 200
REMEMBERED = timedelta(seconds=10)
"""How long another process's change may go unseen; a change made through this one is seen at once."""
PATIENCE, FIRST_PATIENCE = 1.0, 2.0
"""Seconds that a new reading is waited for where an older one is known, and where none is: whoever asks is to be
answered within three."""


class BlockedError(CompanionError):
    """A barred member asked for something."""

    def __init__(self) -> None:
        super().__init__("You are blocked from using me in this server. Its managers can undo that: ask one of them.")


class UnblockableError(CompanionError):
    """Somebody whom nobody may bar."""


class NotBlockedError(NotFoundError):
    """Somebody who is not barred."""

    def __init__(self) -> None:
        super().__init__("This member is not blocked here. `/setup members list` shows who is.")


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a manager names, as far as it decides whether they can be barred."""

    member_id: int
    is_bot: bool = False
    manages: bool = False


class Blocks:
    """The block lists of all servers, remembered for a short time: every command and press asks for them, before it is
    acknowledged. Where the database is slow to answer or fails, what was known last is what holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._everywhere: frozenset[tuple[int, int]] = frozenset()
        self._read_at: datetime | None = None
        self._turn = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def is_blocked(self, guild_id: int, member_id: int) -> bool:
        """Is the member barred from this server? Raises `StorageError` while nothing is known yet and the database does
        not tell."""
        if not self._is_fresh:
            known = self._read_at is not None
            reading = self._begin_reading()
            # It goes on after that, for those who ask next.
            done, _ = await asyncio.wait({reading}, timeout=PATIENCE if known else FIRST_PATIENCE)
            if not known:
                if not done:
                    raise StorageError("The database did not say in time who is blocked: try again in a minute.")
                reading.result()
        return (guild_id, member_id) in self._everywhere

    async def block(self, guild_id: int, named: Named, reason: str, by: int) -> Block:
        """Bars a member, from their next command or press on. Without a reason, the one that was given before stays.
        Raises `UnblockableError` with why not."""
        if named.member_id == by:
            raise UnblockableError("You cannot block yourself.")
        if named.is_bot:
            raise UnblockableError("Bots ask me nothing, so there is nothing to block.")
        if named.manages:
            raise UnblockableError("Whoever may manage this server cannot be blocked: take that permission away first.")
        async with self._database.write() as connection:
            before = await blocks.get(connection, guild_id, named.member_id)
            reason = reason or (before.reason if before else "")
            block = Block(guild_id, named.member_id, reason, by, self._database.clock.now())
            await blocks.put(connection, block)
        await self._read_anew()
        return block

    async def unblock(self, guild_id: int, member_id: int) -> None:
        """Lets a member in again, at once. Raises `NotBlockedError`."""
        async with self._database.write() as connection:
            removed = await blocks.remove(connection, guild_id, member_id)
        if not removed:
            raise NotBlockedError
        await self._read_anew()

    async def listed(self, guild_id: int) -> list[Block]:
        """Who is barred from this server, the last one first."""
        async with self._database.read() as connection:
            return await blocks.listed(connection, guild_id)

    @property
    def _is_fresh(self) -> bool:
        return self._read_at is not None and self._database.clock.now() < self._read_at + REMEMBERED

    def _begin_reading(self) -> asyncio.Task[None]:
        """The reading that is under way, or a new one."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_once(), name="blocks")
            self._reading.add_done_callback(self._end_reading)
        return self._reading

    def _end_reading(self, reading: asyncio.Task[None]) -> None:
        self._reading = None
        if not reading.cancelled() and (error := reading.exception()) is not None:
            log.error("who is blocked could not be read; it is tried again when somebody asks", exc_info=error)

    async def _read_once(self) -> None:
        async with self._turn:
            if not self._is_fresh:
                await self._read()

    async def _read_anew(self) -> None:
        # After a read that may have begun before the change: that one's must not be what is remembered.
        async with self._turn:
            await self._read()

    async def _read(self) -> None:
        async with self._database.read() as connection:
            self._everywhere = await blocks.everywhere(connection)
        self._read_at = self._database.clock.now()
