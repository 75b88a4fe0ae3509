"""What members follow, each in the server where they asked for it. Every row names a member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.names import folded
from companion.storage.saved import Owner
from companion.storage.schema import follows
from companion.storage.upsert import insert_or_keep


class FollowKind(StrEnum):
    """What can be followed."""

    TOPIC = "topic"
    SPEAKER = "speaker"
    PODCAST = "podcast"


class TellIn(StrEnum):
    """Where a member wants to be told: by direct message, or in a thread of the server."""

    DIRECT = "direct"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is followed: the words of a topic, the name of a speaker, or a podcast, whose ``text`` is empty."""

    kind: FollowKind
    text: str
    podcast_id: int | None = None

    @property
    def key(self) -> str:
        """The same for the same thing, however it is spelt."""
        return folded(self.text) if self.podcast_id is None else str(self.podcast_id)


@dataclass(frozen=True, slots=True)
class Follow:
    """What a member follows. ``channel_id`` is where they asked for it, ``thread_id`` their own thread there."""

    id: int
    owner: Owner
    subject: Subject
    tell_in: TellIn
    channel_id: int
    thread_id: int | None
    created_at: datetime


_COLUMNS = follows.c
SELECTED = select(
    _COLUMNS.id,
    _COLUMNS.guild_id,
    _COLUMNS.member_id,
    _COLUMNS.kind,
    _COLUMNS.subject,
    _COLUMNS.podcast_id,
    _COLUMNS.place,
    _COLUMNS.channel_id,
    _COLUMNS.thread_id,
    _COLUMNS.created_at,
)


def from_row(row: Sequence[Any]) -> Follow:
    """What is followed in a row of `SELECTED`."""
    follow_id, guild_id, member_id, kind, subject, podcast_id, place, channel_id, thread_id, created_at = row
    return Follow(
        follow_id,
        Owner(guild_id, member_id),
        Subject(FollowKind(kind), subject, podcast_id),
        TellIn(place),
        channel_id,
        thread_id,
        created_at,
    )


async def add(
    connection: AsyncConnection, owner: Owner, subject: Subject, tell_in: TellIn, channel_id: int, now: datetime
) -> None:
    """Follows it; nothing changes where the owner follows it already. A thread of theirs in the channel is theirs here
    too."""
    threads = await connection.execute(
        select(_COLUMNS.thread_id).where(*_of(owner), _COLUMNS.channel_id == channel_id).limit(1)
    )
    values = {
        "guild_id": owner.guild_id,
        "member_id": owner.member_id,
        "kind": subject.kind.value,
        "subject": subject.text,
        "subject_key": subject.key,
        "podcast_id": subject.podcast_id,
        "place": tell_in.value,
        "channel_id": channel_id,
        "thread_id": threads.scalar_one_or_none(),
        "created_at": now,
    }
    await connection.execute(insert_or_keep(follows, ["guild_id", "member_id", "kind", "subject_key"]), values)


async def find(connection: AsyncConnection, owner: Owner, subject: Subject) -> Follow | None:
    """What the owner follows of that subject."""
    wanted = SELECTED.where(*_of(owner), _COLUMNS.kind == subject.kind.value, _COLUMNS.subject_key == subject.key)
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else from_row(row)


async def get(connection: AsyncConnection, member_id: int, follow_id: int) -> Follow | None:
    """What that member follows under that id."""
    wanted = SELECTED.where(_COLUMNS.id == follow_id, _COLUMNS.member_id == member_id)
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else from_row(row)


async def tell_elsewhere(connection: AsyncConnection, follow_id: int, tell_in: TellIn, channel_id: int) -> None:
    """From now on the owner is told there."""
    await connection.execute(
        update(follows)
        .where(_COLUMNS.id == follow_id)
        .values(place=tell_in.value, channel_id=channel_id, thread_id=None)
    )


async def keep_thread(connection: AsyncConnection, owner: Owner, channel_id: int, thread_id: int) -> None:
    """Remembers the owner's own thread in a channel."""
    await connection.execute(
        update(follows).where(*_of(owner), _COLUMNS.channel_id == channel_id).values(thread_id=thread_id)
    )


async def count(connection: AsyncConnection, owner: Owner) -> int:
    """How many things the owner follows."""
    return (await connection.execute(select(func.count()).select_from(follows).where(*_of(owner)))).scalar_one()


async def listed(connection: AsyncConnection, owner: Owner) -> list[Follow]:
    """What the owner follows, the last one first."""
    rows = await connection.execute(SELECTED.where(*_of(owner)).order_by(_COLUMNS.id.desc()))
    return [from_row(row) for row in rows]


async def remove(connection: AsyncConnection, follow_id: int) -> None:
    """Follows it no more."""
    await connection.execute(delete(follows).where(_COLUMNS.id == follow_id))


async def remove_all(connection: AsyncConnection, owner: Owner) -> None:
    """Follows nothing any more."""
    await connection.execute(delete(follows).where(*_of(owner)))


def _of(owner: Owner) -> tuple[ColumnElement[bool], ...]:
    return _COLUMNS.guild_id == owner.guild_id, _COLUMNS.member_id == owner.member_id
