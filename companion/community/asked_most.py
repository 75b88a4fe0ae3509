"""What a server's members asked most, where everybody could read it: questions that ask the same, counted as one.

A question counts once a member, so that nobody asks one into the list alone. Who asked is not told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from companion.archive.same_question import MEANING, SHARED, SHARED_ALONE, shared
from companion.archive.tokens import Vectors
from companion.storage import asked, blocks
from companion.storage.asked import AskedOnce
from companion.storage.engine import Database

FEWEST_MEMBERS = 2
"""So many members must have asked a question for it to be told."""
_LOOK_THROUGH = 2000
"""Questions that are looked through, the last ones."""
_COMPARED = 300
"""Wordings that are compared with each other, those that most members used."""

VectorOf = Callable[[str], Awaitable[Vectors | None]]


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to put a question: folded, with the same filters; by whom, and the askings, the newest first."""

    key: str
    askings: tuple[AskedOnce, ...]

    @property
    def members(self) -> frozenset[int]:
        return frozenset(one.member_id for one in self.askings)


@dataclass(frozen=True, slots=True)
class SameQuestion:
    """A question that ``members`` asked, ``shown`` as one of them put it: the one whose answer is worth reading."""

    shown: AskedOnce
    members: int


@dataclass(frozen=True, slots=True)
class AskedMost:
    """What several members asked, the most asked first; and how many questions there were, by how many members."""

    questions: tuple[SameQuestion, ...]
    asked: int
    askers: int


class SharedQuestions:
    """What all servers asked, in one database. ``vector_of`` gives a text's unit vector, or None without a model."""

    def __init__(self, database: Database, vector_of: VectorOf) -> None:
        self._database = database
        self._vector_of = vector_of

    async def most(
        self, guild_id: int, since: datetime, until: datetime, public: Callable[[int], bool], limit: int
    ) -> AskedMost:
        """What was asked from ``since`` to ``until`` in channels that are ``public``. Deleted questions are not in it,
        nor are those of members who are blocked."""
        async with self._database.read() as connection:
            found = await asked.each(connection, guild_id, since, until, _LOOK_THROUGH)
            blocked = {one.member_id for one in await blocks.listed(connection, guild_id)}
        open_to_all = {one: public(one) for one in {asking.channel_id for asking in found}}
        found = [one for one in found if open_to_all[one.channel_id] and one.member_id not in blocked]
        wordings = wordings_of(found)
        partners = await asyncio.to_thread(may_be_the_same, wordings)
        vectors = {
            place: await self._vector_of(wordings[place].askings[0].text)
            for place in sorted({place for pair in partners for place in pair})
        }
        same = {
            (one, other)
            for (one, other), share in partners.items()
            if _asks_the_same(share, vectors[one], vectors[other])
        }
        groups = grouped(wordings, same)
        told = sorted(map(_told, groups), key=lambda one: (-one.members, -one.shown.id))
        several = tuple(one for one in told if one.members >= FEWEST_MEMBERS)
        return AskedMost(several[:limit], len(found), len({one.member_id for one in found}))


def wordings_of(askings: Iterable[AskedOnce]) -> list[Wording]:
    """The askings, which come newest first, by their wording: those that most members used first."""
    found: dict[str, list[AskedOnce]] = {}
    for one in askings:
        found.setdefault(f"{' '.join(one.text.casefold().split())} {one.filters}", []).append(one)
    wordings = [Wording(key, tuple(some)) for key, some in found.items()]
    return sorted(wordings, key=lambda one: (-len(one.members), one.key))[:_COMPARED]


def may_be_the_same(wordings: Sequence[Wording]) -> dict[tuple[int, int], float]:
    """The pairs of places of wordings whose words allow that they ask the same, with the share of words in common."""
    texts = [one.askings[0] for one in wordings]
    pairs = ((first, second) for first in range(len(texts)) for second in range(first + 1, len(texts)))
    shares = {
        (first, second): shared(texts[first].text, texts[second].text)
        for first, second in pairs
        if texts[first].filters == texts[second].filters
    }
    return {pair: share for pair, share in shares.items() if share >= SHARED}


def grouped(wordings: Sequence[Wording], same: set[tuple[int, int]]) -> list[list[AskedOnce]]:
    """The askings of wordings that ask the same, each in one group.

    A group is what asks the same as its first wording: a chain of small differences does not make one.
    """
    leaders: dict[int, list[AskedOnce]] = {}
    for place, wording in enumerate(wordings):
        leader = next((one for one in leaders if (one, place) in same), place)
        leaders.setdefault(leader, []).extend(wording.askings)
    return list(leaders.values())


def _asks_the_same(share: float, one: Vectors | None, other: Vectors | None) -> bool:
    """By the share of words in common and, where both have one of the same model, by their vectors."""
    if one is None or other is None or one.shape != other.shape:
        return share >= SHARED_ALONE
    return float(one @ other) >= MEANING


def _told(group: Sequence[AskedOnce]) -> SameQuestion:
    best = max(group, key=lambda one: (one.right, one.answerable, one.asked_at, one.id))
    return SameQuestion(best, len({one.member_id for one in group}))
