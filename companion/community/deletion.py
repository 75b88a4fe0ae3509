"""Deleting a public message of the bot: who may, what goes with it, and what stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from companion.storage import ballots, questions, searches, shown_messages
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.searches import Search
from companion.storage.shown_messages import ShownMessage


class NotTheirAnswerError(CompanionError):
    """Somebody wants to delete what another member asked for, which may be an answer, a clip or a club's post."""

    def __init__(self) -> None:
        super().__init__(
            "Only who asked for this can delete it, and whoever may manage messages in this channel: ask one of them."
        )


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the bot in a server. ``asked_by`` is whose command or press brought it, as Discord tells."""

    guild_id: int
    message_id: int
    asked_by: int | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted with a message: the record of a search, or that of a question, or none.

    ``riffs`` are those on the search, which stay, and show its words; those on a question never do. ``clip`` where the
    message showed one, which stays.
    """

    search: Search | None = None
    riffs: tuple[Search, ...] = ()
    question: bool = False
    clip: bool = False

    @property
    def recorded(self) -> bool:
        """Was there a record?"""
        return self.question or self.search is not None


class Deletion:
    """What is deleted with an answer, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def require_allowed(self, posted: Posted, member_id: int, *, moderates: bool) -> None:
        """Raises `NotTheirAnswerError` for all but who asked and those who moderate."""
        if moderates:
            return
        async with self._database.read() as connection:
            searched = await searches.shown_by(connection, posted.guild_id, posted.message_id)
            asked = await questions.shown_by(connection, posted.guild_id, posted.message_id)
        shown = searched[1] if searched else asked
        if member_id != (shown.member_id if shown else posted.asked_by):
            raise NotTheirAnswerError

    async def recorded(self, guild_id: int, message_ids: Collection[int]) -> list[int]:
        """Those of the messages that have a record."""
        async with self._database.read() as connection:
            of_searches = await searches.showing(connection, guild_id, message_ids)
            return [*of_searches, *await questions.showing(connection, guild_id, message_ids)]

    async def shown(self, guild_ids: Collection[int], after: int, before: int, limit: int) -> list[ShownMessage]:
        """Messages with a record in these servers, whose ids lie between the two; the newest first."""
        async with self._database.read() as connection:
            return await shown_messages.between(connection, guild_ids, after, before, limit)

    async def forget(self, guild_id: int, message_id: int) -> Forgotten:
        """Deletes the record of the search, or of the question, that the message shows, if it shows one."""
        async with self._database.write() as connection:
            asked = await questions.shown_by(connection, guild_id, message_id)
            if asked is not None:
                await questions.remove(connection, asked.id)
                return Forgotten(question=True)
            shown = await searches.shown_by(connection, guild_id, message_id)
            if shown is None:
                voted = await ballots.get(connection, message_id)
                return Forgotten(clip=voted is not None and voted.subject.kind == ballots.CLIP)
            search_id, search = shown
            riffs = await searches.riffs_on(connection, search_id)
            await searches.remove(connection, search_id)
        return Forgotten(search, tuple(riffs))
