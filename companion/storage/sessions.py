"""The sessions of clubs: one a date of the rule, wherever it was moved to.

What calendars show of a session is changed by `change`, `book`, `touch_coming` and `touch_paper` alone, which raise its
``sequence``.
What only the bot needs to know of it, such as the message that it posted, is stored without that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, Row, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import papers
from companion.storage.schema import sessions as table
from companion.storage.upsert import insert_or_keep


class State(StrEnum):
    """What became of a session. Skipped ones were left out here, cancelled ones in Discord."""

    PLANNED = "planned"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Session:
    """A meeting of a club. ``id`` is 0 until it is stored.

    ``slot`` is the rule's date, which a move leaves as it is; ``day`` and ``minute`` (from midnight) are when it is, on
    the clocks of ``zone``, and ``starts_at`` is that instant. ``author`` is the paper's author who attends, in words.
    ``channel_id`` and ``message_id`` are of the session's own post. ``sequence`` and ``changed_at`` are of its entry in
    calendars (RFC 5545).
    """

    id: int
    series_id: int
    guild_id: int
    slot: date
    day: date
    minute: int
    zone: str
    starts_at: datetime
    state: State
    changed_at: datetime
    sequence: int = 0
    paper_id: int | None = None
    presented_by: int | None = None
    author: str | None = None
    event_id: int | None = None
    event_claimed_at: datetime | None = None
    channel_id: int | None = None
    message_id: int | None = None
    thread_id: int | None = None
    recording_url: str | None = None
    notes: str | None = None
    episode_id: int | None = None


class Shown(TypedDict, total=False):
    """What calendars show of a session, by the names of its fields, and the date of the rule that it stands for."""

    slot: date
    day: date
    minute: int
    zone: str
    starts_at: datetime
    state: State
    paper_id: int | None
    presented_by: int | None
    author: str | None
    recording_url: str | None
    notes: str | None


class Unshown(TypedDict, total=False):
    """What only the bot needs to know of a session, by the names of its fields."""

    event_id: int | None
    event_claimed_at: datetime | None
    channel_id: int | None
    message_id: int | None
    thread_id: int | None
    episode_id: int | None


async def add(connection: AsyncConnection, session: Session) -> int | None:
    """Stores a new session; returns its id, or None where the series has one of that slot already."""
    row = {field.name: getattr(session, field.name) for field in fields(session) if field.name != "id"}
    row["state"] = session.state.value
    stored = await connection.execute(insert_or_keep(table, ["series_id", "slot"]).values(row).returning(table.c.id))
    return stored.scalar_one_or_none()


async def get(connection: AsyncConnection, guild_id: int, session_id: int) -> Session | None:
    """The server's session of that id."""
    found = await _found(connection, table.c.guild_id == guild_id, table.c.id == session_id)
    return found[0] if found else None


async def by_event(connection: AsyncConnection, event_id: int) -> Session | None:
    """The session whose scheduled event in Discord it is."""
    found = await _found(connection, table.c.event_id == event_id)
    return found[0] if found else None


async def by_thread(connection: AsyncConnection, guild_id: int, thread_id: int) -> Session | None:
    """The server's session that is discussed in that thread, whatever became of it."""
    found = await _found(connection, table.c.guild_id == guild_id, table.c.thread_id == thread_id)
    return found[0] if found else None


async def of_paper(connection: AsyncConnection, paper_id: int) -> list[Session]:
    """The sessions about a paper, the earliest first."""
    return await _found(connection, table.c.paper_id == paper_id)


async def of_series(connection: AsyncConnection, series_id: int, since: date | None = None) -> list[Session]:
    """The club's sessions, whatever became of them, the earliest first; only those whose slot or day is not before
    ``since``, where that is given."""
    wanted = [table.c.series_id == series_id]
    if since is not None:
        wanted.append(or_(table.c.slot >= since, table.c.day >= since))
    return await _found(connection, *wanted)


async def coming(
    connection: AsyncConnection, guild_id: int, after: datetime, series_id: int | None = None
) -> list[Session]:
    """The planned sessions of a server, or of one of its clubs, that start after an instant, the earliest first."""
    wanted = [table.c.guild_id == guild_id, table.c.state == State.PLANNED.value, table.c.starts_at > after]
    if series_id is not None:
        wanted.append(table.c.series_id == series_id)
    return await _found(connection, *wanted)


async def planned(connection: AsyncConnection, start: datetime | None, end: datetime) -> list[Session]:
    """The planned sessions of all servers that start from ``start`` (None: however long ago) until before ``end``, the
    earliest first."""
    wanted = [table.c.state == State.PLANNED.value, table.c.starts_at < end]
    if start is not None:
        wanted.append(table.c.starts_at >= start)
    return await _found(connection, *wanted)


async def shown_in_discord(connection: AsyncConnection, after: datetime) -> list[Session]:
    """The sessions of all servers that start after an instant and have a post or an event, whatever became of them, the
    earliest first."""
    shown = or_(table.c.message_id.is_not(None), table.c.event_id.is_not(None), table.c.event_claimed_at.is_not(None))
    return await _found(connection, table.c.starts_at > after, shown)


async def held(connection: AsyncConnection, guild_id: int, series_id: int | None = None) -> list[Session]:
    """The sessions of a server, or of one of its clubs, that took place, the latest first."""
    wanted = [table.c.guild_id == guild_id, table.c.state == State.HELD.value]
    if series_id is not None:
        wanted.append(table.c.series_id == series_id)
    return list(reversed(await _found(connection, *wanted)))


async def presenter_of(connection: AsyncConnection, episode_id: int) -> int | None:
    """Who presented what an episode is the recording of; None for any other episode, too."""
    return (
        await connection.execute(select(table.c.presented_by).where(table.c.episode_id == episode_id).limit(1))
    ).scalar_one_or_none()


async def presented(connection: AsyncConnection, guild_id: int) -> dict[int, tuple[int, datetime]]:
    """How often each member presented in the server, and when last; who never did is left out."""
    rows = await connection.execute(
        select(table.c.presented_by, func.count(), func.max(table.c.starts_at))
        .where(table.c.guild_id == guild_id, table.c.state == State.HELD.value, table.c.presented_by.is_not(None))
        .group_by(table.c.presented_by)
    )
    return {member: (times, last) for member, times, last in rows}


async def book(
    connection: AsyncConnection,
    session_id: int,
    paper_id: int,
    presented_by: int | None,
    author: str | None,
    at: datetime,
) -> bool:
    """Gives a planned session its paper. False where it has one, or is not planned any more: the first one wins."""
    free = table.c.paper_id.is_(None), table.c.state == State.PLANNED.value
    values: Shown = {"paper_id": paper_id, "presented_by": presented_by, "author": author}
    return await _change(connection, at, values, table.c.id == session_id, *free) > 0


async def change(connection: AsyncConnection, session_id: int, at: datetime, **values: Unpack[Shown]) -> bool:
    """Changes what calendars show of a session. False where all of it was so already."""
    return await _change(connection, at, values, table.c.id == session_id) > 0


async def touch_coming(connection: AsyncConnection, series_id: int, at: datetime, but: Collection[int] = ()) -> None:
    """Something else that calendars show of all planned sessions of a club that start after ``at`` has changed, such as
    their place; ``but`` those sessions of these ids."""
    coming = table.c.series_id == series_id, table.c.state == State.PLANNED.value, table.c.starts_at > at
    await _change(connection, at, {}, *coming, table.c.id.not_in(but))


async def touch_paper(
    connection: AsyncConnection, canonical: str, title: str, authors: Sequence[str], at: datetime
) -> None:
    """A paper is called so from now on, in every server: that changes the sessions about it, unless it was called so
    already."""
    known = await connection.execute(
        select(papers.c.id, papers.c.title, papers.c.authors).where(papers.c.canonical == canonical)
    )
    renamed = [one.id for one in known if (one.title, list(one.authors)) != (title, list(authors))]
    if renamed:
        await _change(connection, at, {}, table.c.paper_id.in_(renamed))


async def note(connection: AsyncConnection, session_id: int, **values: Unpack[Unshown]) -> None:
    """Stores what only the bot needs to know of a session."""
    await connection.execute(update(table).where(table.c.id == session_id).values(**values))


async def claim_event(connection: AsyncConnection, session_id: int, now: datetime, expired: datetime) -> bool:
    """Claims the creation of a session's event in Discord. False where it has one, or somebody has claimed it since
    ``expired``."""
    claimed = await connection.execute(
        update(table)
        .where(
            table.c.id == session_id,
            table.c.state == State.PLANNED.value,
            table.c.event_id.is_(None),
            or_(table.c.event_claimed_at.is_(None), table.c.event_claimed_at < expired),
        )
        .values(event_claimed_at=now)
    )
    return claimed.rowcount > 0


async def hold(connection: AsyncConnection, session_id: int) -> bool:
    """A planned session took place, just as calendars have it. False where it was not planned any more."""
    changed = await connection.execute(
        update(table)
        .where(table.c.id == session_id, table.c.state == State.PLANNED.value)
        .values(state=State.HELD.value)
    )
    return changed.rowcount > 0


async def _change(connection: AsyncConnection, at: datetime, values: Shown, *wanted: ColumnElement[bool]) -> int:
    """The one place where a session changes for those who have it in their calendars. What is so already stays
    unchanged; no values stand for a change of something else."""
    row: dict[str, Any] = dict(values)
    if "state" in values:
        row["state"] = values["state"].value
    if row:
        wanted = *wanted, or_(*(table.c[name].is_distinct_from(value) for name, value in row.items()))
    changed = await connection.execute(
        update(table).where(*wanted).values(**row, sequence=table.c.sequence + 1, changed_at=at)
    )
    return changed.rowcount


async def _found(connection: AsyncConnection, *wanted: ColumnElement[bool]) -> list[Session]:
    rows = await connection.execute(select(table).where(*wanted).order_by(table.c.starts_at, table.c.id))
    return [_session(row) for row in rows]


def _session(row: Row[Any]) -> Session:
    values: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields(Session)}
    values["state"] = State(row.state)
    return Session(**values)
