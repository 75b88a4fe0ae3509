"""Clubs that meet by a rule: a server may have several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.names import folded
from companion.storage.schema import series as table


class Frequency(StrEnum):
    """How often a club meets."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class Venue(StrEnum):
    """Where a club meets: in a voice or a stage channel, or at a place outside, which words or a link tell."""

    VOICE = "voice"
    STAGE = "stage"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Rule:
    """The dates of a club, and the time on the clocks of ``zone``, an IANA name.

    ``weekday``: Monday is 0. ``nth`` is given for months alone: 1 to 5 from the first such weekday of a month, -1 for
    the last. ``anchor`` is a date of the first week that counts: nothing is before it, and every second week is counted
    from it. ``minute`` is counted from midnight.
    """

    frequency: Frequency
    weekday: int
    nth: int | None
    anchor: date
    minute: int
    zone: str


@dataclass(frozen=True, slots=True)
class Series:
    """A club of a server. ``id`` is 0 until it is stored.

    ``channel_id`` is where it posts. ``venue_channel_id`` is given for voice and stage, ``venue_text`` for a place
    outside. ``duration`` is in minutes; ``reminders`` are minutes before the start. ``assign_days``: so many days
    before a session, the top of the vote is assigned to it; None where nobody wants that. ``capacity`` is None where
    everybody has a place. Nothing is due that was due before ``since``; no sessions come while it is paused, or once it
    ended.
    """

    id: int
    guild_id: int
    name: str
    rule: Rule
    duration: int
    channel_id: int
    hosted_by: int | None
    venue: Venue
    venue_channel_id: int | None
    venue_text: str | None
    capacity: int | None
    assign_days: int | None
    reminders: tuple[int, ...]
    created_by: int
    since: datetime
    paused_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Do sessions come of it?"""
        return self.paused_at is None and self.ended_at is None


async def add(connection: AsyncConnection, series: Series) -> int:
    """Stores a new club; returns its id. Raises `IntegrityError` for a name that the server has already."""
    return (await connection.execute(insert(table).values(_row(series)).returning(table.c.id))).scalar_one()


async def put(connection: AsyncConnection, series: Series) -> None:
    """Stores the club in place of what was known of it. Raises `IntegrityError` for the name of another one."""
    await connection.execute(update(table).where(table.c.id == series.id).values(_row(series)))


async def get(connection: AsyncConnection, guild_id: int, series_id: int) -> Series | None:
    """The server's club of that id."""
    rows = await connection.execute(select(table).where(table.c.guild_id == guild_id, table.c.id == series_id))
    row = rows.one_or_none()
    return None if row is None else _series(row)


async def by_name(connection: AsyncConnection, guild_id: int, name: str) -> Series | None:
    """The server's club of that name, however it is capitalised; ended ones too."""
    rows = await connection.execute(select(table).where(table.c.guild_id == guild_id, table.c.name_key == folded(name)))
    row = rows.one_or_none()
    return None if row is None else _series(row)


async def of_guild(connection: AsyncConnection, guild_id: int, *, ended: bool = False) -> list[Series]:
    """The server's clubs, the oldest first; those that ended only where they are asked for."""
    wanted = [table.c.guild_id == guild_id]
    if not ended:
        wanted.append(table.c.ended_at.is_(None))
    return [_series(row) for row in await connection.execute(select(table).where(*wanted).order_by(table.c.id))]


async def running(connection: AsyncConnection) -> list[Series]:
    """The clubs of all servers of which sessions come."""
    rows = await connection.execute(
        select(table).where(table.c.paused_at.is_(None), table.c.ended_at.is_(None)).order_by(table.c.id)
    )
    return [_series(row) for row in rows]


def _row(series: Series) -> dict[str, Any]:
    return {
        "guild_id": series.guild_id,
        "name": series.name,
        "name_key": folded(series.name),
        "frequency": series.rule.frequency.value,
        "weekday": series.rule.weekday,
        "nth": series.rule.nth,
        "anchor": series.rule.anchor,
        "minute": series.rule.minute,
        "zone": series.rule.zone,
        "duration": series.duration,
        "channel_id": series.channel_id,
        "hosted_by": series.hosted_by,
        "venue": series.venue.value,
        "venue_channel_id": series.venue_channel_id,
        "venue_text": series.venue_text,
        "capacity": series.capacity,
        "assign_days": series.assign_days,
        "reminders": list(series.reminders),
        "created_by": series.created_by,
        "since": series.since,
        "paused_at": series.paused_at,
        "ended_at": series.ended_at,
    }


def _series(row: Row[Any]) -> Series:
    return Series(
        id=row.id,
        guild_id=row.guild_id,
        name=row.name,
        rule=Rule(Frequency(row.frequency), row.weekday, row.nth, row.anchor, row.minute, row.zone),
        duration=row.duration,
        channel_id=row.channel_id,
        hosted_by=row.hosted_by,
        venue=Venue(row.venue),
        venue_channel_id=row.venue_channel_id,
        venue_text=row.venue_text,
        capacity=row.capacity,
        assign_days=row.assign_days,
        reminders=tuple(row.reminders),
        created_by=row.created_by,
        since=row.since,
        paused_at=row.paused_at,
        ended_at=row.ended_at,
    )
