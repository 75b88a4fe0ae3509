"""Threads in which a conversation with the bot goes on, and the passages that members pinned to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.episodes import Kind, Reference
from companion.storage.schema import conversations, pinned_passages
from companion.storage.upsert import insert_or_keep


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of a server. ``question_id`` is the question that it hangs on; None where that is not known any more."""

    thread_id: int
    guild_id: int
    question_id: int | None
    opened_by: int
    opened_at: datetime


async def open_in(connection: AsyncConnection, conversation: Conversation) -> None:
    """Remembers the thread; one that is known stays as it is."""
    values = {
        "thread_id": conversation.thread_id,
        "guild_id": conversation.guild_id,
        "question_id": conversation.question_id,
        "opened_by": conversation.opened_by,
        "opened_at": conversation.opened_at,
    }
    await connection.execute(insert_or_keep(conversations, ["thread_id"]), values)


async def get(connection: AsyncConnection, guild_id: int, thread_id: int) -> Conversation | None:
    """The conversation in a server's thread; None where there is none."""
    columns = conversations.c
    there = columns.guild_id == guild_id, columns.thread_id == thread_id
    row = (await connection.execute(select(conversations).where(*there))).one_or_none()
    return Conversation(*row) if row else None


async def close(connection: AsyncConnection, guild_id: int, thread_id: int) -> None:
    """Forgets the thread, and what was pinned to it."""
    columns = conversations.c
    await connection.execute(delete(conversations).where(columns.guild_id == guild_id, columns.thread_id == thread_id))


async def pin(connection: AsyncConnection, thread_id: int, reference: Reference, member_id: int, now: datetime) -> bool:
    """Pins the passage to a known thread. False if one that begins there is pinned already."""
    values = {
        "thread_id": thread_id,
        "episode_id": reference.episode_id,
        "kind": reference.kind.value,
        "first_word": reference.first_word,
        "last_word": reference.last_word,
        "start_s": reference.start,
        "end_s": reference.end,
        "pinned_by": member_id,
        "pinned_at": now,
    }
    key = ["thread_id", "episode_id", "kind", "first_word"]
    return (await connection.execute(insert_or_keep(pinned_passages, key), values)).rowcount > 0


async def unpin(connection: AsyncConnection, thread_id: int, reference: Reference) -> bool:
    """Pins it no more. False if it was not."""
    columns = pinned_passages.c
    removed = await connection.execute(
        delete(pinned_passages).where(
            columns.thread_id == thread_id,
            columns.episode_id == reference.episode_id,
            columns.kind == reference.kind.value,
            columns.first_word == reference.first_word,
        )
    )
    return removed.rowcount > 0


async def pinned(connection: AsyncConnection, thread_id: int) -> list[Reference]:
    """What is pinned to the thread, the first one first."""
    columns = pinned_passages.c
    rows = await connection.execute(
        select(pinned_passages)
        .where(columns.thread_id == thread_id)
        .order_by(columns.pinned_at, columns.episode_id, columns.first_word)
    )
    return [
        Reference(row.episode_id, Kind(row.kind), row.start_s, row.end_s, row.first_word, row.last_word) for row in rows
    ]


async def count_pinned(connection: AsyncConnection, thread_id: int) -> int:
    """How many passages are pinned to the thread."""
    there = pinned_passages.c.thread_id == thread_id
    return (await connection.execute(select(func.count()).select_from(pinned_passages).where(there))).scalar_one()
