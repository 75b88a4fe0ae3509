"""Forgetting a member in short transactions, between which others write. Whoever asked for it once is forgotten: with
what is stopped in the middle somebody goes on."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta

from companion.storage import (
    erasures,
    forgetting,
    forgetting_words,
    questions,
    retractions,
    schema,
    searches,
    stand_ins,
)
from companion.storage.engine import AsyncConnection, Database
from companion.storage.erasures import ANYWHERE, Erasure
from companion.storage.parts import AT_ONCE
from companion.storage.retractions import Retraction

CLAIM_LASTS = timedelta(minutes=5)
"""Whoever did no part for so long was stopped."""
_AT_ONCE = 10
"""Searches, questions or words of others that are forgotten in one transaction."""
_A_MINUTE = 40
"""Transactions a minute for those whose forgetting was stopped."""


class _DoneByAnotherError(Exception):
    """Another has forgotten the member meanwhile."""


class Erasing:
    """Members who are being forgotten, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, member_id: int, guild_ids: Collection[int]) -> int:
        """Forgets the member in these servers, `ANYWHERE` standing for words in all. Returns how many messages are to
        be taken back. From the first transaction on `go_on` ends it where this is stopped."""
        # Words in all servers are last.
        wanted = [Erasure(guild_id, member_id) for guild_id in sorted(guild_ids, reverse=True)]
        async with self._database.write() as connection:
            await erasures.ask(connection, wanted, self._database.clock.now())
        noted = 0
        for one in wanted:
            async for some in self._parts(one):
                noted += some
        return noted

    async def go_on(self) -> None:
        """Goes on with what was stopped, for so many transactions. To be called every minute, by one process."""
        left = _A_MINUTE
        while (one := await self._stopped()) is not None:
            async with aclosing(self._parts(one)) as parts:
                async for _ in parts:
                    left -= 1
                    if not left:
                        break
            if not left:
                async with self._database.write() as connection:
                    await erasures.claim(connection, one, None)
                return

    async def _stopped(self) -> Erasure | None:
        async with self._database.read() as connection:
            return await erasures.stopped(connection, self._database.clock.now() - CLAIM_LASTS)

    @asynccontextmanager
    async def _part(self, one: Erasure) -> AsyncGenerator[AsyncConnection]:
        """A transaction, after which it is known that somebody is at it. Raises `_DoneByAnotherError`."""
        async with self._database.write() as connection:
            if not await erasures.claim(connection, one, self._database.clock.now()):
                raise _DoneByAnotherError
            yield connection

    async def _parts(self, one: Erasure) -> AsyncGenerator[int]:
        """Forgets the member, and says after each transaction how many messages it noted to be taken back. Ends where
        another has forgotten them, who began after they last asked."""
        with suppress(_DoneByAnotherError):
            async with aclosing(self._all_parts(one)) as parts:
                async for noted in parts:
                    yield noted

    async def _all_parts(self, one: Erasure) -> AsyncGenerator[int]:
        # The first part does nothing that fails: what does later is tried again in a while, and others have their turn.
        async with self._part(one) as connection:
            asked = await erasures.asked_at(connection, one)
            anywhere = one.guild_id == ANYWHERE
            alias = 0 if anywhere else await stand_ins.stand_in(connection, one.guild_id, one.member_id)
        yield 0
        if not anywhere:
            for parts in (self._asked(one), self._noted(one), self._rows(one, alias)):
                async for noted in parts:
                    yield noted
        async for noted in self._words(one):
            yield noted
        async with self._part(one) as connection:
            await erasures.done(connection, one, asked)
            await stand_ins.forget_idle(connection)
        yield 0

    async def _asked(self, one: Erasure) -> AsyncGenerator[int]:
        """Forgets what they searched for and asked, and notes the messages that show it."""
        for table in (schema.questions, schema.searches):
            while True:
                async with self._database.read() as connection:
                    if not await forgetting.asked(connection, table, one.member_id, one.guild_id, 1):
                        break
                async with self._part(one) as connection:
                    some = await forgetting.asked(connection, table, one.member_id, one.guild_id, _AT_ONCE)
                    posted = [
                        Retraction(one.guild_id, row.channel_id, row.message_id) for row in some if row.message_id
                    ]
                    for row in some:
                        if table is schema.questions:
                            await questions.remove(connection, row.id)
                        else:
                            posted += await _riffs(connection, row.id, one.member_id)
                            await searches.remove(connection, row.id)
                    noted = await retractions.put(connection, posted, self._database.clock.now())
                yield noted

    async def _noted(self, one: Erasure) -> AsyncGenerator[int]:
        """Notes what else names them, which is much to look for: nobody waits for that but who asked for it."""
        while True:
            async with self._database.read() as connection:
                some = await retractions.unnoted(connection, one.guild_id, one.member_id)
            if not some:
                return
            async with self._part(one) as connection:
                noted = await retractions.put(connection, some, self._database.clock.now())
            yield noted

    async def _rows(self, one: Erasure, alias: int) -> AsyncGenerator[int]:
        """Lets no row name them, the many of a kind first."""
        member_id, guild_id, now = one.member_id, one.guild_id, self._database.clock.now()
        async with self._database.read() as connection:
            large = await forgetting.large_places(connection, member_id, guild_id)
        for place in [*large, None]:
            all_gone = False
            while not all_gone:
                async with self._part(one) as connection:
                    # What was written meanwhile is taken back too.
                    some = await retractions.unnoted(connection, guild_id, member_id)
                    noted = await retractions.put(connection, some, now)
                    if len(some) == AT_ONCE:
                        pass
                    elif place is None:
                        all_gone = await forgetting.erase_some(connection, member_id, guild_id, alias, now)
                    else:
                        gone = await forgetting.erase_of(connection, place, member_id, guild_id, alias)
                        all_gone = gone < AT_ONCE
                yield noted

    async def _words(self, one: Erasure) -> AsyncGenerator[int]:
        """Takes them out of what others wrote."""
        where = None if one.guild_id == ANYWHERE else one.guild_id
        # A new number each time: of who came back the same may have been written as before.
        alias = -secrets.randbits(62)
        # Every word of the server is looked through, so nobody waits for that but who asked for it.
        async with self._database.read() as connection:
            found = await forgetting_words.mentions(connection, one.member_id, where)
        for begin in range(0, len(found), _AT_ONCE):
            async with self._part(one) as connection:
                await forgetting_words.redact(connection, found[begin : begin + _AT_ONCE], one.member_id, alias)
            yield 0


async def _riffs(connection: AsyncConnection, search_id: int, member_id: int) -> Sequence[Retraction]:
    """The messages of others that quote a search."""
    riffs = await searches.riffs_on(connection, search_id)
    return [
        Retraction(one.guild_id, one.channel_id, one.message_id, member_id)
        for one in riffs
        if one.message_id is not None and one.member_id != member_id
    ]
