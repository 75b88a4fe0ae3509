"""A database in which every column that can name a member names one: rows for all tables, made from the schema."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Float, Integer, LargeBinary, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.privacy import PLACES, WORDS
from companion.storage.schema import metadata
from companion.storage.types import Instant
from companion.storage.upsert import insert_or_keep

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
GIVEN: dict[str, dict[str, Any]] = {
    "corrections": {"kind": "speech", "about": "term", "state": "open"},
    "pinned_passages": {"kind": "speech"},
    "saved": {"kind": "speech"},
    "papers": {"state": "proposed"},
    "sessions": {"state": "planned"},
    "outbox": {"kind": "direct", "state": "sent"},
    "member_questions": {"guest_id": None, "state": "open", "answer": None},
    "suggestions": {"kind": "topic", "state": "open"},
    "ballots": {"subject_kind": "clip", "open": True},
    "votes": {"subject_kind": "clip", "value": 1},
    "vote_events": {"subject_kind": "clip"},
    "questions": {"follows_id": None, "riff_on": None},
    "searches": {"riff_on": None, "like": None},
    "spent": {"day": date(2026, 3, 1)},
}
"""What code reads as one of a few values, or a constraint asks for."""
_SINGLE = {"index_version", "retractions", "stand_ins", "departures", "erasures"}
"""Tables with a row of their own, or none before somebody is forgotten."""
_NUMBERS = itertools.count(1000)
_NAMING = {(place.table.name, place.column.name) for place in PLACES}
_WORDED = {(table.name, name) for table, names in WORDS.items() for name in names}


async def seed(connection: AsyncConnection, guild_id: int, member_id: int) -> None:
    """A row for the member, in the server, in every table: also in words that somebody else wrote."""
    made: dict[Column[Any], Any] = {}
    # What is about a clip comes after it, and after what is about it the reactions.
    late = [metadata.tables[name] for name in ("ballots", "votes", "vote_events", "reactions")]
    for table in [*(one for one in metadata.sorted_tables if one not in late), *late]:
        if table.name in _SINGLE:
            continue
        given = GIVEN.get(table.name, {})
        if "subject_id" in table.c:
            given = given | {"subject_id": made[metadata.tables["clips"].c.id]}
        free = [column for column in table.columns if column.name != "id" and column.name not in given]
        row = {column.name: _value(column, guild_id, member_id, made) for column in free}
        key = list(table.primary_key)
        # Of some things a server has but one.
        stored = insert_or_keep(table, [one.name for one in key]).returning(*key)
        if (found := (await connection.execute(stored, row | given)).one_or_none()) is not None:
            made |= dict(zip(key, found, strict=True))


def _value(column: Column[Any], guild_id: int, member_id: int, made: dict[Column[Any], Any]) -> Any:
    place = (column.table.name, column.name)
    if place in _NAMING:
        return member_id
    if column.name == "guild_id":
        return guild_id
    for key in column.foreign_keys:
        return made[key.column]
    kind, number = column.type, next(_NUMBERS)
    if isinstance(kind, JSON):
        return [f"said by <@{member_id}>"] if place in _WORDED else []
    for shape, value in (
        (Boolean, True),
        (Instant, AT),
        (Date, date(2026, 1, 1)),
        (Float, 1.5),
        (LargeBinary, b"x"),
        (BigInteger, number),
        (Integer, number),
    ):
        if isinstance(kind, shape):
            return value
    return f"words {number} of <@{member_id}>" if place in _WORDED else f"x{number}"


async def everything(connection: AsyncConnection) -> dict[Table, list[dict[str, Any]]]:
    """Every row of every table."""
    return {
        table: [dict(row) for row in (await connection.execute(select(table))).mappings()]
        for table in metadata.sorted_tables
    }
