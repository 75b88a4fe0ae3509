"""Questions whose answers a host marked right: shown again, with credit, to whoever asks the same in that server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from companion.archive.same_question import MEANING, SHARED, SHARED_ALONE, shared
from companion.archive.tokens import Vectors
from companion.storage import asked
from companion.storage.asked import MarkedRight
from companion.storage.engine import Database
from companion.storage.questions import Question

_LOOK_THROUGH = 300
"""Answers that are looked through, those marked last."""
_COMPARED = 5
"""Questions whose meanings are compared, those that share most words: each takes a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """An answer to the same question that a host marked right, and where it stands."""

    guild_id: int
    channel_id: int
    message_id: int
    host_id: int


class Faq:
    """What was asked before in all servers, in one database. ``vector_of`` gives a text's unit vector, or None while
    there is no model."""

    def __init__(self, database: Database, vector_of: Callable[[str], Awaitable[Vectors | None]]) -> None:
        self._database = database
        self._vector_of = vector_of

    async def asked_before(self, question: Question) -> Precedent | None:
        """The answer to the same question with the same filters, asked in the same server, that a host marked right.

        A question that goes on from another has none: its words alone don't say what it asks.
        """
        if question.follows_id is not None:
            return None
        async with self._database.read() as connection:
            known = await asked.marked_right(connection, question.guild_id, _LOOK_THROUGH)
        alike = [(shared(question.text, one.text), one) for one in known if _may_be(one, question)]
        # The sort is stable: of those that share as much, the one marked last comes first.
        near = sorted((pair for pair in alike if pair[0] >= SHARED), key=lambda pair: pair[0], reverse=True)[:_COMPARED]
        same = await self._same(question.text, near) if near else None
        if same is None:
            return None
        return Precedent(question.guild_id, same.channel_id, same.message_id, same.host_id)

    async def _same(self, text: str, near: list[tuple[float, MarkedRight]]) -> MarkedRight | None:
        vector = await self._vector_of(text)
        for share, one in near:
            other = None if vector is None else await self._vector_of(one.text)
            if vector is None or other is None or vector.shape != other.shape:
                if share >= SHARED_ALONE:
                    return one
            elif float(vector @ other) >= MEANING:
                return one
        return None


def _may_be(one: MarkedRight, question: Question) -> bool:
    return one.id != question.id and one.filters == question.filters
