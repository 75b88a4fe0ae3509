"""What is kept of a member: shown to them, given to them, forgotten when they say so.

What each table does is declared in `storage/privacy.py`. What the bot posted is forgotten too: answers, and questions
and suggestions of theirs, are deleted from Discord, and their name is taken off what stays. That is noted in the same
transaction as the deletion, and done by `cogs/retractions.py`, however long Discord takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from companion.community.erasing import Erasing
from companion.storage import forgetting
from companion.storage.engine import Database
from companion.storage.erasures import ANYWHERE
from companion.storage.privacy import Fate, Place

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
        stay. Where it is stopped `Erasing.go_on` ends it."""
        before = await self.kept(guild_id, member_id)
        if guild_id is None:
            async with self._database.read() as connection:
                places = {*await forgetting.servers(connection, member_id), ANYWHERE}
        else:
            places = {guild_id}
        messages = await Erasing(self._database).forget(member_id, places)
        return Forgotten(before, await self.kept(guild_id, member_id), messages)


def _exact(value: Any) -> Any:
    """The same with ids as text: programs that read JSON round numbers of their size."""
    if isinstance(value, dict):
        return {name: _exact(one) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_exact(one) for one in cast("list[Any]", value)]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT else value
