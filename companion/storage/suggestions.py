"""The standing survey of a server: guests, papers and topics that its members wish for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.member_questions import text_key
from companion.storage.schema import suggestions

_COLUMNS = suggestions.c


class SuggestionKind(StrEnum):
    """What can be wished for."""

    GUEST = "guest"
    PAPER = "paper"
    TOPIC = "topic"


class State(StrEnum):
    """What became of a suggestion, as hosts say."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that a member wishes for. ``id`` is 0 until it is stored."""

    id: int
    guild_id: int
    kind: SuggestionKind
    text: str
    suggested_by: int
    suggested_at: datetime
    state: State = State.OPEN


_SELECTED = select(
    _COLUMNS.id,
    _COLUMNS.guild_id,
    _COLUMNS.kind,
    _COLUMNS.text,
    _COLUMNS.suggested_by,
    _COLUMNS.suggested_at,
    _COLUMNS.state,
)


async def add(connection: AsyncConnection, suggestion: Suggestion) -> int:
    """Stores a new suggestion, whose own id is not looked at. Returns its id."""
    values = {
        "guild_id": suggestion.guild_id,
        "kind": suggestion.kind.value,
        "text": suggestion.text,
        "text_key": text_key(suggestion.text),
        "suggested_by": suggestion.suggested_by,
        "suggested_at": suggestion.suggested_at,
        "state": suggestion.state.value,
    }
    return (await connection.execute(insert(suggestions).returning(_COLUMNS.id), values)).scalar_one()


async def get(connection: AsyncConnection, guild_id: int, suggestion_id: int) -> Suggestion | None:
    """The server's suggestion of that id."""
    wanted = _SELECTED.where(_COLUMNS.guild_id == guild_id, _COLUMNS.id == suggestion_id)
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else _from_row(row)


async def same(connection: AsyncConnection, guild_id: int, kind: SuggestionKind, text: str) -> Suggestion | None:
    """The server's suggestion of that kind with the same text."""
    wanted = _SELECTED.where(
        _COLUMNS.guild_id == guild_id, _COLUMNS.kind == kind.value, _COLUMNS.text_key == text_key(text)
    )
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else _from_row(row)


async def of_guild(
    connection: AsyncConnection, guild_id: int, kind: SuggestionKind | None = None, state: State = State.OPEN
) -> list[Suggestion]:
    """The server's suggestions in that state, of one kind or of all, in the order they were made."""
    wanted = _SELECTED.where(_COLUMNS.guild_id == guild_id, _COLUMNS.state == state.value)
    if kind is not None:
        wanted = wanted.where(_COLUMNS.kind == kind.value)
    return [_from_row(row) for row in await connection.execute(wanted.order_by(_COLUMNS.id))]


async def count_open(connection: AsyncConnection, guild_id: int, member_id: int) -> int:
    """How many open suggestions the member has in the server."""
    theirs = (
        _COLUMNS.guild_id == guild_id,
        _COLUMNS.suggested_by == member_id,
        _COLUMNS.state == State.OPEN.value,
    )
    return (await connection.execute(select(func.count()).select_from(suggestions).where(*theirs))).scalar_one()


async def move(connection: AsyncConnection, suggestion_id: int, to: State) -> bool:
    """Puts the suggestion into another state. False where it is in that already, or gone."""
    moved = await connection.execute(
        update(suggestions).where(_COLUMNS.id == suggestion_id, _COLUMNS.state != to.value).values(state=to.value)
    )
    return moved.rowcount > 0


async def remove(connection: AsyncConnection, guild_id: int, suggestion_id: int) -> bool:
    """Keeps nothing of the server's suggestion. False where there is none of that id."""
    gone = await connection.execute(
        delete(suggestions).where(_COLUMNS.guild_id == guild_id, _COLUMNS.id == suggestion_id)
    )
    return gone.rowcount > 0


def _from_row(row: Sequence[Any]) -> Suggestion:
    suggestion_id, guild_id, kind, text, suggested_by, suggested_at, state = row
    return Suggestion(suggestion_id, guild_id, SuggestionKind(kind), text, suggested_by, suggested_at, State(state))
