"""Who is going to be on the podcast, as the hosts of a server say, and the episode in which they were heard."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import episodes, schema
from companion.storage.among import among
from companion.storage.episodes import Episode
from companion.storage.names import folded
from companion.storage.schema import guests, subscriptions


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is expected. ``day`` is when they are to be on, None where that is not known.

    ``episode_id`` is where they were heard since, None before. ``id`` is 0 until it is stored.
    """

    id: int
    guild_id: int
    name: str
    day: date | None
    added_by: int
    added_at: datetime
    episode_id: int | None = None


_SELECTED: Select[int, int, str, date | None, int, datetime, int | None] = select(
    guests.c.id,
    guests.c.guild_id,
    guests.c.name,
    guests.c.day,
    guests.c.added_by,
    guests.c.added_at,
    guests.c.episode_id,
)


async def add(connection: AsyncConnection, guest: Guest) -> int:
    """Stores the guest, whose own id is not looked at. Returns its id."""
    values = {
        "guild_id": guest.guild_id,
        "name": guest.name,
        "name_key": folded(guest.name),
        "day": guest.day,
        "added_by": guest.added_by,
        "added_at": guest.added_at,
        "episode_id": guest.episode_id,
    }
    return (await connection.execute(insert(guests).returning(guests.c.id), values)).scalar_one()


async def expect_again(connection: AsyncConnection, guest: Guest) -> None:
    """Whoever was a guest before is expected, as this says: nothing was heard of them since."""
    values = {
        "name": guest.name,
        "day": guest.day,
        "added_by": guest.added_by,
        "added_at": guest.added_at,
        "episode_id": None,
    }
    await connection.execute(update(guests).where(guests.c.id == guest.id).values(**values))


async def get(connection: AsyncConnection, guild_id: int, guest_id: int) -> Guest | None:
    """The server's guest of that id."""
    wanted = _SELECTED.where(guests.c.guild_id == guild_id, guests.c.id == guest_id)
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else Guest(*row)


async def by_name(connection: AsyncConnection, guild_id: int, name: str) -> Guest | None:
    """The server's guest of that name, in capitals or not."""
    wanted = _SELECTED.where(guests.c.guild_id == guild_id, guests.c.name_key == folded(name))
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else Guest(*row)


async def of_guild(connection: AsyncConnection, guild_id: int) -> list[Guest]:
    """The server's guests: those who are expected, by day and the undated last, and then those who were heard, the
    last one first."""
    rows = await connection.execute(_SELECTED.where(guests.c.guild_id == guild_id))
    every = [Guest(*row) for row in rows]
    expected = sorted((one for one in every if one.episode_id is None), key=lambda one: (one.day or date.max, one.id))
    heard = sorted((one for one in every if one.episode_id is not None), key=lambda one: one.added_at, reverse=True)
    return [*expected, *heard]


async def count(connection: AsyncConnection, guild_id: int) -> int:
    """How many guests the server has."""
    counted = select(func.count()).select_from(guests).where(guests.c.guild_id == guild_id)
    return (await connection.execute(counted)).scalar_one()


async def expected(connection: AsyncConnection) -> list[Guest]:
    """The guests of all servers who were not heard yet, by server."""
    rows = await connection.execute(
        _SELECTED.where(guests.c.episode_id.is_(None)).order_by(guests.c.guild_id, guests.c.id)
    )
    return [Guest(*row) for row in rows]


async def published_since(connection: AsyncConnection, guild_id: int, since: datetime) -> list[Episode]:
    """The episodes of the server's podcasts that came out since then, the first one first. One without a date came out
    when it came into the archive."""
    columns = schema.episodes.c
    published = func.coalesce(columns.published_at, columns.created_at, type_=columns.created_at.type)
    rows = await connection.execute(
        episodes.SELECTED.join(subscriptions, subscriptions.c.podcast_id == columns.podcast_id)
        .where(subscriptions.c.guild_id == guild_id, published >= since)
        .order_by(published, columns.id)
    )
    return [episodes.from_row(row) for row in rows]


async def labels(connection: AsyncConnection, episode_ids: Collection[int]) -> dict[int, set[str]]:
    """Who speaks in each of the episodes, as its transcript labels them."""
    columns = schema.turns.c
    rows = await connection.execute(
        select(columns.episode_id, columns.speaker)
        .distinct()
        .where(among(columns.episode_id, episode_ids), columns.speaker.is_not(None))
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.episode_id, set()).add(row.speaker)
    return found


async def heard_in(connection: AsyncConnection, guest_id: int, episode_id: int) -> bool:
    """The guest was heard in that episode. False where another one is known already, or the guest is gone."""
    columns = guests.c
    found = await connection.execute(
        update(guests).where(columns.id == guest_id, columns.episode_id.is_(None)).values(episode_id=episode_id)
    )
    return found.rowcount > 0


async def remove(connection: AsyncConnection, guild_id: int, guest_id: int) -> bool:
    """Forgets the server's guest, with every question for them. False where there is none of that id."""
    gone = await connection.execute(delete(guests).where(guests.c.guild_id == guild_id, guests.c.id == guest_id))
    return gone.rowcount > 0
