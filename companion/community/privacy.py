"""What is kept of a member: shown to them, given to them, forgotten when they say so.

What each table does is declared in `storage/privacy.py`. What the bot posted is forgotten too: answers, and questions
and suggestions of theirs, are deleted from Discord, and their name is taken off what stays. That is noted in the same
transaction as the deletion, and done by `cogs/retractions.py`, however long Discord takes.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from companion.storage import forgetting, namings, questions, retractions, schema, searches, stand_ins
from companion.storage.engine import AsyncConnection, Database
from companion.storage.namings import Naming
from companion.storage.parts import AT_ONCE
from companion.storage.privacy import Fate, Place
from companion.storage.retractions import Retraction

_AT_ONCE = 10
"""Searches, questions or words of others that are forgotten in one transaction: others write between two."""
_EXACT = 1 << 53
"""Numbers up to this are the same in every program that reads JSON."""


@dataclass(frozen=True, slots=True)
class Held:
    """So many rows of a kind name the member."""

    place: Place
    rows: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a member in a server, or, where ``guild_id`` is None, in ``servers`` of them."""

    guild_id: int | None
    held: tuple[Held, ...]
    servers: int

    def of(self, *fates: Fate) -> list[Held]:
        """That which goes so."""
        return [one for one in self.held if one.place.fate in fates]

    @property
    def rows(self) -> int:
        """How many there are in all."""
        return sum(one.rows for one in self.held)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done: what there was of the member ``before``, and what ``stays``; so many messages of the bot are being
    deleted or changed."""

    before: Kept
    stays: Kept
    messages: int

    @property
    def gone(self) -> int:
        """How many entries named the member and do so no more: none was among those that are declared to stay."""
        return self.before.rows - sum(one.rows for one in self.before.of(Fate.STAYS))


class Privacy:
    """What is kept of members, over one database. Everything is for a server, or for all where that is None."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def kept(self, guild_id: int | None, member_id: int) -> Kept:
        """How much is kept of the member, by kind; what is but a part of something counted is not counted again."""
        async with self._database.read() as connection:
            held = await forgetting.counts(connection, member_id, guild_id)
            servers = await forgetting.servers(connection, member_id)
        counted = {place.what for place, _ in held}
        told = tuple(Held(place, rows) for place, rows in held if place.within not in counted)
        return Kept(guild_id, told, len(servers))

    async def export(self, guild_id: int | None, member_id: int) -> dict[str, Any]:
        """All that is kept of the member, as values of JSON: what they did, by kind, and rows with their columns."""
        async with self._database.read() as connection:
            held = await forgetting.counts(connection, member_id, guild_id)
            kinds = {
                place.what: {
                    "table": place.table.name,
                    "on deletion": place.why or "deleted",
                    "rows": await forgetting.rows(connection, place, member_id, guild_id),
                }
                for place, _ in held
            }
        return {
            "member_id": str(member_id),
            "server_id": "all" if guild_id is None else str(guild_id),
            "exported_at": self._database.clock.now().isoformat(),
            "kept": _exact(kinds),
        }

    async def forget(self, guild_id: int | None, member_id: int) -> Forgotten:
        """Forgets the member: afterwards no row names them, nor do words that others wrote, but for what is declared to
        stay. May be stopped and begun again at any point."""
        before = await self.kept(guild_id, member_id)
        async with self._database.read() as connection:
            servers = await forgetting.servers(connection, member_id) if guild_id is None else {guild_id}
        messages = 0
        for server in sorted(servers):
            messages += await self._asked(server, member_id)
            messages += await self._all_else(server, member_id)
        if guild_id is None:
            await self._mentions(None, member_id, -secrets.randbits(62))
        return Forgotten(before, await self.kept(guild_id, member_id), messages)

    async def _asked(self, guild_id: int, member_id: int) -> int:
        """Forgets what they searched for and asked, and notes the messages that show it. Returns how many these are."""
        noted = 0
        for table in (schema.questions, schema.searches):
            while True:
                async with self._database.write() as connection:
                    some = await forgetting.asked(connection, table, member_id, guild_id, _AT_ONCE)
                    posted = [Retraction(guild_id, row.channel_id, row.message_id) for row in some if row.message_id]
                    for row in some:
                        if table is schema.questions:
                            await questions.remove(connection, row.id)
                        else:
                            posted += await self._riffs(connection, row.id, member_id)
                            await searches.remove(connection, row.id)
                    noted += await retractions.put(connection, posted, self._database.clock.now())
                if len(some) < _AT_ONCE:
                    break
        return noted

    async def _riffs(self, connection: AsyncConnection, search_id: int, member_id: int) -> Sequence[Retraction]:
        """The messages of others that quote a search."""
        riffs = await searches.riffs_on(connection, search_id)
        return [
            Retraction(one.guild_id, one.channel_id, one.message_id, member_id)
            for one in riffs
            if one.message_id is not None and one.member_id != member_id
        ]

    async def _all_else(self, guild_id: int, member_id: int) -> int:
        now = self._database.clock.now()
        noted, alias, all_gone = 0, 0, False
        while not all_gone:
            async with self._database.write() as connection:
                # Before each part: what they write meanwhile is posted too.
                posted = await retractions.posting(connection, guild_id, member_id)
                naming = await retractions.naming(connection, guild_id, member_id)
                seen = await namings.of_member(connection, guild_id, member_id, AT_ONCE)
                noted += await retractions.put(connection, [*posted, *naming, *_taken_off(seen)], now)
                await namings.forget(connection, seen)
                # The same in all parts, though others may find meanwhile that no reaction asks for it.
                alias = await stand_ins.stand_in(connection, guild_id, member_id, alias)
                if len(seen) < AT_ONCE:
                    all_gone = await forgetting.erase_some(connection, member_id, guild_id, alias, now)
        await self._mentions(guild_id, member_id, alias)
        async with self._database.write() as connection:
            await stand_ins.forget_idle(connection)
        return noted

    async def _mentions(self, guild_id: int | None, member_id: int, alias: int) -> None:
        # Every word of the server is looked through, so nobody waits for that but who asked for it.
        async with self._database.read() as connection:
            found = await forgetting.mentions(connection, member_id, guild_id)
        for begin in range(0, len(found), _AT_ONCE):
            async with self._database.write() as connection:
                await forgetting.redact(connection, found[begin : begin + _AT_ONCE], member_id, alias)


def _taken_off(seen: Sequence[Naming]) -> list[Retraction]:
    """The name goes from these messages."""
    return [
        Retraction(0 if one.direct else one.guild_id, one.channel_id, one.message_id, one.member_id) for one in seen
    ]


def _exact(value: Any) -> Any:
    """The same with ids as text: programs that read JSON round numbers of their size."""
    if isinstance(value, dict):
        return {name: _exact(one) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_exact(one) for one in cast("list[Any]", value)]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT else value
