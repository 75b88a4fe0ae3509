"""Searches that members made: what a result's buttons act on, and what others riff on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.episodes import Kind, Reference
from companion.storage.schema import searches

NOBODY = 0
"""Who asked a search that was deleted while riffs on it stay: what is left of it says nothing else."""
_RECORDED = insert(searches).returning(searches.c.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search was limited to, and its order. ``after`` and ``before`` are inclusive days in UTC."""

    episode_id: int | None = None
    speaker: str | None = None
    after: date | None = None
    before: date | None = None
    podcast_id: int | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it was made, by whom and where.

    ``riff_on`` is the search it varies, which may be deleted. With ``like``, it asked for passages like that one.
    ``message_id`` is the message that shows the results, or is going to; None where Discord did not tell yet.
    """

    guild_id: int
    channel_id: int
    member_id: int
    member_name: str
    text: str
    created_at: datetime
    filters: Filters = Filters()
    riff_on: int | None = None
    like: Reference | None = None
    message_id: int | None = None


async def record(connection: AsyncConnection, search: Search) -> int:
    """Stores the search; returns its id."""
    values = {
        "guild_id": search.guild_id,
        "channel_id": search.channel_id,
        "message_id": search.message_id,
        "member_id": search.member_id,
        "member_name": search.member_name,
        "text": search.text,
        "filters": packed_filters(search.filters),
        "riff_on": search.riff_on,
        "like": asdict(search.like) if search.like else None,
        "created_at": search.created_at,
    }
    return (await connection.execute(_RECORDED, values)).scalar_one()


async def get(connection: AsyncConnection, search_id: int) -> Search | None:
    """The search; None if it was never made, or is deleted."""
    kept = select(searches).where(searches.c.id == search_id, searches.c.member_id != NOBODY)
    row = (await connection.execute(kept)).one_or_none()
    return _search(row) if row else None


async def shown_by(connection: AsyncConnection, guild_id: int, message_id: int) -> tuple[int, Search] | None:
    """The search whose results a server's message shows, with its id; None where it shows no search's."""
    shown = searches.c.guild_id == guild_id, searches.c.message_id == message_id
    row = (await connection.execute(select(searches).where(*shown))).one_or_none()
    return (row.id, _search(row)) if row else None


async def showing(connection: AsyncConnection, guild_id: int, message_ids: Collection[int]) -> list[int]:
    """Those of a server's messages that show the results of a search."""
    shown = searches.c.guild_id == guild_id, searches.c.message_id.in_(message_ids)
    return list((await connection.execute(select(searches.c.message_id).where(*shown))).scalars())


async def riffs_on(connection: AsyncConnection, search_id: int) -> list[Search]:
    """What was varied from the search, or asked from one of its results, the first one first."""
    rows = await connection.execute(select(searches).where(searches.c.riff_on == search_id).order_by(searches.c.id))
    return [_search(row) for row in rows]


async def remove(connection: AsyncConnection, search_id: int) -> None:
    """Deletes the search. While riffs on it stay, its row stays too, emptied: by that they know what they are."""
    riff_on = select(searches.c.riff_on).where(searches.c.id == search_id)
    origin = (await connection.execute(riff_on)).scalar_one_or_none()
    emptied: dict[str, Any] = {
        "member_id": NOBODY,
        "member_name": "",
        "channel_id": 0,
        "message_id": None,
        "text": "",
        "filters": {},
        "riff_on": None,
        "like": None,
    }
    await connection.execute(update(searches).where(searches.c.id == search_id).values(emptied))
    for emptied_id in (search_id, origin):
        riffs = searches.alias("riffs")
        await connection.execute(
            delete(searches).where(
                searches.c.id == emptied_id,
                searches.c.member_id == NOBODY,
                ~exists().where(riffs.c.riff_on == emptied_id),
            )
        )


async def attach_message(connection: AsyncConnection, search_id: int, message_id: int) -> bool:
    """Remembers which message shows the search's results. False where it was deleted meanwhile: then nothing is."""
    kept = searches.c.id == search_id, searches.c.member_id != NOBODY
    return (await connection.execute(update(searches).where(*kept).values(message_id=message_id))).rowcount > 0


def _search(row: Row[Any]) -> Search:
    return Search(
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        member_id=row.member_id,
        member_name=row.member_name,
        text=row.text,
        created_at=row.created_at,
        filters=unpacked_filters(row.filters),
        riff_on=row.riff_on,
        like=unpacked_reference(row.like) if row.like else None,
        message_id=row.message_id,
    )


def packed_filters(filters: Filters) -> dict[str, Any]:
    given = {name: value for name, value in asdict(filters).items() if value is not None and value is not False}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def unpacked_filters(packed: dict[str, Any]) -> Filters:
    days: dict[str, Any] = {name: date.fromisoformat(packed[name]) for name in ("after", "before") if name in packed}
    return Filters(**{**packed, **days})


def unpacked_reference(packed: dict[str, Any]) -> Reference:
    kind: Any = Kind(packed["kind"])
    return Reference(**{**packed, "kind": kind})
