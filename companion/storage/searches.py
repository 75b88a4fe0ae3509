"""Searches that members made: what a result's buttons act on, and what others riff on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.episodes import Kind, Reference
from companion.storage.schema import searches


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search was limited to. ``after`` and ``before`` are inclusive days in UTC."""

    episode_id: int | None = None
    speaker: str | None = None
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it was made, by whom and where.

    ``riff_on`` is the search it varies. With ``like``, it asked for passages like that one. ``message_id`` is the
    message that shows the results, once it is sent.
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
        "filters": _packed_filters(search.filters),
        "riff_on": search.riff_on,
        "like": asdict(search.like) if search.like else None,
        "created_at": search.created_at,
    }
    return (await connection.execute(insert(searches).returning(searches.c.id), values)).scalar_one()


async def get(connection: AsyncConnection, search_id: int) -> Search | None:
    row = (await connection.execute(select(searches).where(searches.c.id == search_id))).one_or_none()
    if row is None:
        return None
    return Search(
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        member_id=row.member_id,
        member_name=row.member_name,
        text=row.text,
        created_at=row.created_at,
        filters=_unpacked_filters(row.filters),
        riff_on=row.riff_on,
        like=_unpacked_reference(row.like) if row.like else None,
        message_id=row.message_id,
    )


async def attach_message(connection: AsyncConnection, search_id: int, message_id: int) -> None:
    """Remembers which message shows the search's results."""
    await connection.execute(update(searches).where(searches.c.id == search_id).values(message_id=message_id))


def _packed_filters(filters: Filters) -> dict[str, Any]:
    given = {name: value for name, value in asdict(filters).items() if value is not None}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def _unpacked_filters(packed: dict[str, Any]) -> Filters:
    days: dict[str, Any] = {name: date.fromisoformat(packed[name]) for name in ("after", "before") if name in packed}
    return Filters(**{**packed, **days})


def _unpacked_reference(packed: dict[str, Any]) -> Reference:
    kind: Any = Kind(packed["kind"])
    return Reference(**{**packed, "kind": kind})
