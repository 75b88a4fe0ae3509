"""The standing survey of a server: what its members wish for, by votes, and what hosts say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from companion.community.hosts import Host
from companion.community.ranked_votes import Placed, by_votes
from companion.community.visibility import OutsideServersError
from companion.storage import ballots, suggestions, votes
from companion.storage.ballots import SUGGESTION, Subject
from companion.storage.engine import Database
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.suggestions import State, Suggestion, SuggestionKind

LONGEST = 200
"""Characters of a suggestion."""
MOST = 20
"""Open suggestions that a member may have in one server."""


class NoSuggestionError(NotFoundError):
    """A suggestion that the server does not have."""

    def __init__(self) -> None:
        super().__init__("There is no such suggestion here any more. `/suggest top` shows those that there are.")


class NothingSuggestedError(CompanionError):
    """A suggestion without a word."""

    def __init__(self) -> None:
        super().__init__("There is nothing in that: write a name, a title or a few words.")


class EnoughSuggestionsError(CompanionError):
    """The member has as many open suggestions as they may."""

    def __init__(self) -> None:
        super().__init__(
            f"You have {MOST} open suggestions here, which is all there is room for: delete some that matter less."
        )


class NotTheirSuggestionError(CompanionError):
    """Somebody wants to delete what another suggested."""

    def __init__(self) -> None:
        super().__init__("Only who suggested this can delete it, and whoever may manage messages in this channel.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion and its votes."""

    suggestion: Suggestion
    tally: votes.Tally


@dataclass(frozen=True, slots=True)
class Suggested:
    """What came of suggesting: something new, or what somebody suggested before."""

    shown: Shown
    new: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """Open suggestions by votes; of one kind, or of all where that is None. ``voters``: members who voted. ``posted``:
    where each was posted last, a channel and a message, by the suggestion's id."""

    kind: SuggestionKind | None
    ranked: tuple[Placed[Suggestion], ...]
    voters: int
    posted: Mapping[int, tuple[int, int]]


class Suggestions:
    """The suggestions of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def suggest(self, guild_id: int | None, kind: SuggestionKind, member_id: int, text: str) -> Suggested:
        """Adds to the survey. The same words are one suggestion: whoever wishes for it too votes for it.

        Raises `NothingSuggestedError` and `EnoughSuggestionsError`.
        """
        if guild_id is None:
            raise OutsideServersError
        words = _checked(text)
        async with self._database.write() as connection:
            known = await suggestions.same(connection, guild_id, kind, words)
            if known is None:
                if await suggestions.count_open(connection, guild_id, member_id) >= MOST:
                    raise EnoughSuggestionsError
                wish = Suggestion(0, guild_id, kind, words, member_id, self._database.clock.now())
                wish = replace(wish, id=await suggestions.add(connection, wish))
            else:
                wish = known
        return Suggested(await self.shown(guild_id, wish.id), known is None)

    async def shown(self, guild_id: int | None, suggestion_id: int) -> Shown:
        """A suggestion with its votes. Raises `NoSuggestionError`."""
        suggestion = await self._get(guild_id, suggestion_id)
        subject = Subject(SUGGESTION, suggestion.id)
        async with self._database.read() as connection:
            tallies = await votes.tallies(connection, [subject])
        return Shown(suggestion, tallies.get(subject, votes.Tally()))

    async def survey(self, guild_id: int | None, kind: SuggestionKind | None = None) -> Survey:
        """The open suggestions by votes."""
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            every = await suggestions.of_guild(connection, guild_id, kind)
            things = {Subject(SUGGESTION, one.id): one for one in every}
            tallies = await votes.tallies(connection, things)
            voters = await votes.voters(connection, things)
            posted = await ballots.posted(connection, things)
        return Survey(kind, tuple(by_votes(things, tallies, voters)), voters, posted)

    async def decide(self, host: Host, suggestion_id: int, to: State) -> Shown:
        """A host says what became of it. Raises `NoSuggestionError`."""
        await self._get(host.guild_id, suggestion_id)
        async with self._database.write() as connection:
            await suggestions.move(connection, suggestion_id, to)
        return await self.shown(host.guild_id, suggestion_id)

    async def delete(self, guild_id: int | None, member_id: int, suggestion_id: int, *, moderates: bool) -> Suggestion:
        """Forgets a suggestion, for who made it and those who moderate. Raises `NoSuggestionError` and
        `NotTheirSuggestionError`."""
        suggestion = await self._get(guild_id, suggestion_id)
        if not moderates and suggestion.suggested_by != member_id:
            raise NotTheirSuggestionError
        async with self._database.write() as connection:
            await suggestions.remove(connection, suggestion.guild_id, suggestion.id)
        return suggestion

    async def _get(self, guild_id: int | None, suggestion_id: int) -> Suggestion:
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            suggestion = await suggestions.get(connection, guild_id, suggestion_id)
        if suggestion is None:
            raise NoSuggestionError
        return suggestion


def _checked(text: str) -> str:
    """The suggestion on one line. Raises `NothingSuggestedError`."""
    line = " ".join(text.split())[:LONGEST].strip()
    if not re.search(r"\w", line):
        raise NothingSuggestedError
    return line
