"""Who is going to be on the podcast: hosts say so, and once an episode has them among its people, they were heard."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto

from companion.archive.snapshot import name_words
from companion.community.hosts import Host
from companion.community.spoken_times import days_meant
from companion.community.visibility import OutsideServersError
from companion.community.wishes import has_words, typed_id
from companion.storage import episodes, guests, member_questions, suggestions
from companion.storage.engine import Database
from companion.storage.episodes import Episode, EpisodeFacts
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.guests import Guest
from companion.storage.member_questions import AskedOf
from companion.storage.suggestions import State, SuggestionKind

LONGEST_NAME = 80
MOST = 100
"""Guests of one server, those of old included."""
EARLY = timedelta(days=7)
"""An episode may come out so long before the day that was said."""
_BACKDATED = timedelta(days=1)
"""Feeds often date an episode a little before it is there."""


class NoGuestError(NotFoundError):
    """A guest that the server does not have."""

    def __init__(self) -> None:
        super().__init__("There is no such guest here: choose one of those that are suggested, or see `/guest list`.")


class ForHostsError(CompanionError):
    """Somebody who is no host wants to do what hosts do."""

    def __init__(self) -> None:
        super().__init__(
            "Only hosts decide about guests, questions and suggestions: those who manage the server, and the role that"
            " they choose with `/setup hosts role`."
        )


class NotANameError(CompanionError):
    """A name without a letter."""

    def __init__(self) -> None:
        super().__init__("Give the guest's name, as the episode will have it.")


class SeveralDaysError(CompanionError):
    """A day that may be one or another."""

    def __init__(self, typed: str, meant: Sequence[date]) -> None:
        days = " or ".join(day.isoformat() for day in meant)
        super().__init__(f"“{typed.strip()[:40]}” could be {days}: write the one that you mean.")


class EnoughGuestsError(CompanionError):
    """The server has as many guests as there is room for."""

    def __init__(self) -> None:
        super().__init__(
            f"There are {MOST} guests here, which is all there is room for: remove some with `/guest remove`."
        )


class What(Enum):
    """What came of adding a guest: a new one, another day for one who is expected, or one who was heard before."""

    NEW = auto()
    MOVED = auto()
    AGAIN = auto()


@dataclass(frozen=True, slots=True)
class Added:
    """A guest as they are expected now. ``wished_for``: it was a suggestion of members, which is done by that."""

    guest: Guest
    what: What
    wished_for: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A guest with how many open questions there are for them, and the episode in which they were heard."""

    guest: Guest
    questions: int
    episode: Episode | None


class Guests:
    """The guests of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, host: Host, name: str, day: str | None) -> Added:
        """Expects a guest, on a day where one is given. Who is expected already gets that day, and who was heard before
        is expected once more, with the questions that are still open.

        Raises `NotANameError`, `NotATimeError`, `SeveralDaysError` and `EnoughGuestsError`.
        """
        now = self._database.clock.now()
        called, wanted = _checked(name), None if day is None else _day(day, now)
        async with self._database.write() as connection:
            known = await guests.by_name(connection, host.guild_id, called)
            if known is None:
                if await guests.count(connection, host.guild_id) >= MOST:
                    raise EnoughGuestsError
                guest = Guest(0, host.guild_id, called, wanted, host.member_id, now)
                added = Added(replace(guest, id=await guests.add(connection, guest)), What.NEW, wished_for=False)
            else:
                guest = Guest(known.id, host.guild_id, called, wanted, host.member_id, now)
                await guests.expect_again(connection, guest)
                added = Added(guest, What.MOVED if known.episode_id is None else What.AGAIN, wished_for=False)
            wish = await suggestions.same(connection, host.guild_id, SuggestionKind.GUEST, called)
            if wish is not None and await suggestions.move(connection, wish.id, State.DONE):
                added = replace(added, wished_for=True)
        return added

    async def remove(self, host: Host, typed: str) -> tuple[Guest, list[int]]:
        """Forgets the guest with the questions for them, whose ids are returned. ``typed`` is the guest's id, as it is
        suggested, or their name. Raises `NoGuestError`."""
        async with self._database.write() as connection:
            if (guest_id := typed_id(typed)) is not None:
                guest = await guests.get(connection, host.guild_id, guest_id)
            else:
                guest = await guests.by_name(connection, host.guild_id, typed)
            if guest is None:
                raise NoGuestError
            asked = await member_questions.of_one(connection, AskedOf(guest.id))
            await guests.remove(connection, host.guild_id, guest.id)
        return guest, [one.id for one in asked]

    async def get(self, guild_id: int | None, guest_id: int) -> Guest:
        """The server's guest of that id. Raises `NoGuestError`."""
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            guest = await guests.get(connection, guild_id, guest_id)
        if guest is None:
            raise NoGuestError
        return guest

    async def listed(self, guild_id: int | None) -> list[Listed]:
        """The server's guests: those who are expected, by day, and then those who were heard, the last one first."""
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            every = await guests.of_guild(connection, guild_id)
            counts = await member_questions.open_of_guests(connection, guild_id)
            heard = await episodes.get(connection, {one.episode_id for one in every if one.episode_id is not None})
        return [Listed(one, counts.get(one.id, 0), heard.get(one.episode_id or 0)) for one in every]

    async def like(self, guild_id: int | None, typed: str, limit: int, *, heard: bool = False) -> list[Guest]:
        """The server's guests with every typed word in their name; those who were ``heard`` only where they are wanted
        too."""
        if guild_id is None:
            return []
        async with self._database.read() as connection:
            every = await guests.of_guild(connection, guild_id)
        return [one for one in every if has_words(one.name, typed) and (heard or one.episode_id is None)][:limit]


def heard_since(guest: Guest) -> datetime:
    """From when on an episode may be the one that the guest is expected in: what they were in before is not, nor what
    was out as hosts said that they are still to come."""
    said = guest.added_at - _BACKDATED
    if guest.day is None:
        return said
    early = midnight(guest.day) - EARLY
    return max(early, said) if midnight(guest.day) > guest.added_at else early


def midnight(day: date) -> datetime:
    """When a day begins in UTC."""
    return datetime.combine(day, time(), UTC)


def is_among(name: str, facts: EpisodeFacts, speakers: Collection[str]) -> bool:
    """Is somebody of that name among an episode's people: those whom its feed names, and the ``speakers`` of its
    transcript? Where neither names anybody, whoever stands in its title is.

    A first name is somebody's only where that is all there is of them: "Ada" is not Ada Moreau, though a transcript may
    call Ada Moreau "Ada" in an episode that names her.
    """
    wanted = name_words(name)
    people = [*(person.name for person in facts.people), *speakers]
    if not people:
        return len(wanted) > 1 and re.search(rf"\b{re.escape(_spaced(name))}\b", _spaced(facts.title)) is not None
    told = name_words(" ".join((facts.title, *(person.name for person in facts.people))))
    return any(_is_same(wanted, name_words(one), told) for one in people)


def _is_same(wanted: set[str], known: set[str], told: set[str]) -> bool:
    if not wanted or not known:
        return False
    if wanted == known:
        return True
    return len(wanted) > 1 and (wanted < known or (known < wanted and wanted <= told))


def _spaced(text: str) -> str:
    return " ".join(text.casefold().split())


def _day(typed: str, now: datetime) -> date:
    """The day that is meant, where nobody's zone is known: by the date in UTC. Raises `NotATimeError` and
    `SeveralDaysError`."""
    meant: Sequence[date] = days_meant(typed, now, "UTC")
    first, *others = meant
    if others:
        raise SeveralDaysError(typed, meant)
    return first


def _checked(name: str) -> str:
    """The name on one line. Raises `NotANameError`."""
    line = " ".join(name.split())[:LONGEST_NAME].strip()
    if not re.search(r"\w", line):
        raise NotANameError
    return line
