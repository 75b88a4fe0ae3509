"""Which paper of a server is meant by what is typed: its number, an address or an id of it, or words of its title."""

from __future__ import annotations

from collections.abc import Collection

from companion.archive.paper_references import UnknownReferenceError, paper_reference
from companion.community.club_refusals import NoSuchPaperError
from companion.community.visibility import OutsideServersError
from companion.community.wishes import SeveralFitError, typed_id
from companion.storage import papers
from companion.storage.engine import Database
from companion.storage.names import folded
from companion.storage.papers import Paper, State

_OPEN = (State.PROPOSED, State.SCHEDULED)


class ClubPapers:
    """The papers of all servers that can have a session, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def named(self, guild_id: int | None, typed: str, states: Collection[State] = _OPEN) -> Paper:
        """The server's paper, by words of its title where it is in one of ``states``. Raises `NoSuchPaperError` and
        `SeveralFitError`."""
        if guild_id is None:
            raise OutsideServersError
        typed = " ".join(typed.split())
        async with self._database.read() as connection:
            if (paper_id := typed_id(typed)) is not None:
                found = await papers.get(connection, guild_id, paper_id)
                named = [] if found is None else [found]
            else:
                named = await papers.like(connection, guild_id, typed, states) if typed else []
                # One title may begin another.
                named = [one for one in named if folded(one.title) == folded(typed)] or named
                try:
                    referred = await papers.by_canonical(connection, guild_id, paper_reference(typed).canonical)
                except UnknownReferenceError:
                    referred = None
                if referred is not None:
                    named = [referred]
        if not named:
            raise NoSuchPaperError
        if len(named) > 1:
            raise SeveralFitError(typed, "papers", [f"“{one.title[:80]}”" for one in named])
        return named[0]

    async def like(self, guild_id: int | None, typed: str, limit: int) -> list[Paper]:
        """The papers in the queue with what was typed in their titles, the last proposed first."""
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            return (await papers.like(connection, guild_id, typed, [State.PROPOSED]))[:limit]
