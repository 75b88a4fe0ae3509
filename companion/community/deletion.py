"""Deleting an answer: who may, and what goes with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from companion.storage import searches
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.searches import Search


class NotTheirAnswerError(CompanionError):
    """Somebody wants to delete what another member asked for."""

    def __init__(self) -> None:
        super().__init__(
            "Only who asked can delete this answer, and whoever may manage messages in this channel: ask one of them."
        )


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the bot in a server. ``asked_by`` is whose command or press brought it, as Discord tells."""

    guild_id: int
    message_id: int
    asked_by: int | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The record that was deleted with a message, None if there was none, and the riffs that stay."""

    search: Search | None
    riffs: tuple[Search, ...]


class Deletion:
    """What is deleted with an answer, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def require_allowed(self, posted: Posted, member_id: int, *, moderates: bool) -> None:
        """Raises `NotTheirAnswerError` for all but who asked and those who moderate."""
        if moderates:
            return
        async with self._database.read() as connection:
            shown = await searches.shown_by(connection, posted.guild_id, posted.message_id)
        if member_id != (shown[1].member_id if shown else posted.asked_by):
            raise NotTheirAnswerError

    async def recorded(self, guild_id: int, message_ids: Collection[int]) -> list[int]:
        """Those of the messages that have a record."""
        async with self._database.read() as connection:
            return await searches.showing(connection, guild_id, message_ids)

    async def forget(self, guild_id: int, message_id: int) -> Forgotten:
        """Deletes the record of the search that the message shows, if it shows one."""
        async with self._database.write() as connection:
            shown = await searches.shown_by(connection, guild_id, message_id)
            if shown is None:
                return Forgotten(None, ())
            search_id, search = shown
            riffs = await searches.riffs_on(connection, search_id)
            await searches.remove(connection, search_id)
        return Forgotten(search, tuple(riffs))
