"""Taking a member's id out of what others wrote: the words that `storage/privacy.py` declares, and the notes of
recorded sessions in the archive, of which those from before version 19 of the database have ids."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Table, Text, and_, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import aliases, index_version
from companion.storage.episodes import Kind
from companion.storage.privacy import NOBODY, WORDS, in_server
from companion.storage.schema import aliases as alias_rows
from companion.storage.schema import episodes, named_labels, passages, sessions

_KEYS = ("text_key", "name_key", "subject_key", "key")
"""Columns by which two rows are the same, besides primary keys: what takes the place of a name in them has to be nobody
else's."""
_RECORDED: Mapping[Table, tuple[str, ...]] = {episodes: ("notes",), passages: ("text",)}
"""Notes of recorded sessions: of these the length stays, since places in them are counted."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A row in which words name the member, by its primary key."""

    table: Table
    key: Mapping[str, Any]


async def mentions(connection: AsyncConnection, member_id: int, guild_id: int | None) -> list[Mention]:
    """Where words of a server, or of any, name the member by their id."""
    found: list[Mention] = []
    for table, which in _looked_through(guild_id):
        columns = _columns(table)
        named = or_(*(cast(column, Text).contains(str(member_id)) for column in columns))
        key = list(table.primary_key)
        wanted = select(*key, *columns).where(named, *which)
        found += (
            Mention(table, {one.name: values[one.name] for one in key})
            for values in (await connection.execute(wanted)).mappings()
            if _changed(columns, values, member_id, NOBODY)
        )
    return found


async def redact(connection: AsyncConnection, found: Sequence[Mention], member_id: int, alias: int) -> None:
    """Takes the member out of the words there. They are read again, since others may have written since they were
    found."""
    for one in found:
        this = and_(*(one.table.c[name] == value for name, value in one.key.items()))
        columns = _columns(one.table)
        values = (await connection.execute(select(*columns).where(this))).mappings().one_or_none()
        if values is not None and (changed := _changed(columns, values, member_id, alias)):
            async with _told_to_search(connection, one):
                await connection.execute(update(one.table).where(this).values(changed))


@asynccontextmanager
async def _told_to_search(connection: AsyncConnection, one: Mention) -> AsyncGenerator[None]:
    """Raises the index version where the row that changes within is one that search shows."""
    if one.table is alias_rows:
        async with aliases.renaming(connection, one.key["podcast_id"]):
            yield
        return
    yield
    if one.table in (episodes, named_labels):
        await index_version.raise_version(connection, [one.key["id" if one.table is episodes else "episode_id"]])
    elif one.table is passages:
        of = select(passages.c.episode_id).where(passages.c.id == one.key["id"])
        await index_version.raise_version(connection, (await connection.execute(of)).scalars().all())


def _looked_through(guild_id: int | None) -> Iterable[tuple[Table, list[ColumnElement[bool]]]]:
    """The tables with words of a server, or of any, and which of their rows these are."""
    for table in WORDS:
        yield table, in_server(table, guild_id)
    recorded = select(sessions.c.episode_id).where(sessions.c.episode_id.is_not(None), *in_server(sessions, guild_id))
    yield episodes, [episodes.c.id.in_(recorded)]
    yield passages, [passages.c.episode_id.in_(recorded), passages.c.kind == Kind.NOTES.value]


def _columns(table: Table) -> list[Column[Any]]:
    return [table.c[name] for name in (WORDS.get(table) or _RECORDED[table])]


def _changed(columns: Sequence[Column[Any]], values: Mapping[Any, Any], member_id: int, alias: int) -> dict[str, Any]:
    """What becomes of the values that name the member, by column."""
    becomes = {column.name: _without(values[column.name], column, member_id, alias) for column in columns}
    return {name: value for name, value in becomes.items() if value != values[name]}


def _without(value: Any, column: Column[Any], member_id: int, alias: int) -> Any:
    """The value with ``0``, whom no account has, in place of the id; in a key, with the number that stands for it."""
    if value is None:
        return None
    instead = str(alias) if column.primary_key or column.name in _KEYS else str(NOBODY)
    if column.table in _RECORDED:
        instead = instead.zfill(len(str(member_id)))
    name = re.compile(rf"(?<!\d){member_id}(?!\d)")
    if isinstance(column.type, JSON):
        return json.loads(name.sub(instead, json.dumps(value)))
    return name.sub(instead, str(value))
