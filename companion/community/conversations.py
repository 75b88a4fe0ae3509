"""Conversations: what an answer goes on from, the threads in which they go on, and what members pinned there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from companion.archive.answers import Exchange
from companion.community.places import passages_at
from companion.storage import conversations, episodes, questions
from companion.storage.conversations import Conversation
from companion.storage.engine import Database
from companion.storage.episodes import Reference
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.questions import Question

MOST_QUESTIONS = 6
MOST_CHARACTERS = 1200
"""Of the questions that a conversation is remembered by, together."""
MOST_CITED = 8
"""Passages that earlier answers cited, of the whole conversation."""
MOST_PINNED = 5
LONG = 3
"""Follow-ups in a row in a channel, after which the conversation is given a thread."""


class NoConversationError(NotFoundError):
    """A place that is no thread of a conversation."""

    def __init__(self) -> None:
        super().__init__("Passages are pinned in the thread of a conversation: open one with Follow up.")


class EnoughPinnedError(CompanionError):
    """The thread holds as much as there is room for in an answer."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_PINNED} passages are pinned here, which is all there is room for: unpin one first.")


def within_budget(
    exchanges: Sequence[Exchange],
    *,
    most: int = MOST_QUESTIONS,
    characters: int = MOST_CHARACTERS,
    cited: int = MOST_CITED,
) -> tuple[Exchange, ...]:
    """The last of a conversation's exchanges (oldest first, as they are given) that the budget has room for.

    A passage that was cited several times counts once, and stands with the last answer that cited it. The last exchange
    is always kept, whatever its length.
    """
    kept: list[Exchange] = []
    seen: set[Reference] = set()
    for exchange in reversed(exchanges[-most:] if most else ()):
        characters -= len(exchange.question)
        if kept and characters < 0:
            break
        new = [one for one in dict.fromkeys(exchange.cited) if one not in seen][: max(0, cited - len(seen))]
        seen.update(new)
        kept.append(replace(exchange, cited=tuple(new)))
    return tuple(reversed(kept))


def exchange_of(question: Question) -> Exchange:
    """What is remembered of a question and its answer."""
    sources = question.outcome.sources if question.outcome else ()
    return Exchange(question.text, tuple(source.reference for source in sources if source.cited))


class Conversations:
    """The conversations of all servers, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_in(self, guild_id: int, thread_id: int, question_id: int, member_id: int) -> None:
        """Lets a conversation go on in a thread. One that is known there stays."""
        now = self._database.clock.now()
        async with self._database.write() as connection:
            await conversations.open_in(connection, Conversation(thread_id, guild_id, question_id, member_id, now))

    async def close(self, guild_id: int, thread_id: int) -> None:
        """Forgets a thread that is gone, and its pins."""
        async with self._database.write() as connection:
            await conversations.close(connection, guild_id, thread_id)

    async def get(self, guild_id: int, thread_id: int) -> Conversation | None:
        """The conversation in this thread; None where there is none."""
        async with self._database.read() as connection:
            return await conversations.get(connection, guild_id, thread_id)

    async def goes_on_from(self, guild_id: int, channel_id: int) -> int | None:
        """The question that the next one there goes on from: in a conversation's thread the last one that was answered,
        or the one that the thread hangs on. None in any other place."""
        async with self._database.read() as connection:
            conversation = await conversations.get(connection, guild_id, channel_id)
            if conversation is None:
                return None
            last = await questions.last_in(connection, guild_id, channel_id)
        return last.id if last else conversation.question_id

    async def before(self, follows_id: int, podcasts: frozenset[int]) -> tuple[Exchange, ...]:
        """What was asked before, up to and with that question, within the budget. Passages of podcasts that the server
        has left are forgotten."""
        async with self._database.read() as connection:
            line = await questions.leading_to(connection, follows_id, MOST_QUESTIONS)
        exchanges = [exchange_of(question) for question in line]
        visible = await self._visible([one for exchange in exchanges for one in exchange.cited], podcasts)
        return within_budget(
            [replace(one, cited=tuple(cited for cited in one.cited if cited in visible)) for one in exchanges]
        )

    async def depth(self, question_id: int) -> int:
        """How many questions the question goes on from, counted up to `LONG`."""
        async with self._database.read() as connection:
            return len(await questions.leading_to(connection, question_id, LONG + 1)) - 1

    async def pins(self, thread_id: int) -> tuple[Reference, ...]:
        """Everything that is pinned to the thread."""
        async with self._database.read() as connection:
            return tuple(await conversations.pinned(connection, thread_id))

    async def pinned(self, channel_id: int, podcasts: frozenset[int]) -> tuple[Reference, ...]:
        """What is pinned to the thread, of these podcasts."""
        pins = await self.pins(channel_id)
        visible = await self._visible(pins, podcasts)
        return tuple(pin for pin in pins if pin in visible)

    async def pin(self, guild_id: int, thread_id: int, reference: Reference, member_id: int) -> bool:
        """Keeps a passage among the sources of every answer in the thread. False if it is already.

        Raises `NoConversationError`, `EnoughPinnedError`, and `GonePassageError` for one that the server does not see.
        """
        await passages_at(self._database, guild_id, reference)
        async with self._database.write() as connection:
            if await conversations.get(connection, guild_id, thread_id) is None:
                raise NoConversationError
            if await conversations.count_pinned(connection, thread_id) >= MOST_PINNED:
                raise EnoughPinnedError
            return await conversations.pin(connection, thread_id, reference, member_id, self._database.clock.now())

    async def unpin(self, guild_id: int, thread_id: int, reference: Reference) -> bool:
        """Keeps it no more. False if it was not pinned. Raises `NoConversationError`."""
        async with self._database.write() as connection:
            if await conversations.get(connection, guild_id, thread_id) is None:
                raise NoConversationError
            return await conversations.unpin(connection, thread_id, reference)

    async def _visible(self, references: Sequence[Reference], podcasts: frozenset[int]) -> set[Reference]:
        async with self._database.read() as connection:
            known = await episodes.get(connection, list({one.episode_id for one in references}))
        return {one for one in references if one.episode_id in known and known[one.episode_id].podcast_id in podcasts}
