"""Finding what is kept of a member, and forgetting it, as `storage/privacy.py` declares for every table. The words in
which others name them are `forgetting_words.py`'s."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import ballots, corrections, schema
from companion.storage.among import among
from companion.storage.ballots import QUESTION, SUGGESTION, Subject
from companion.storage.erasures import ANYWHERE
from companion.storage.parts import AT_ONCE, delete_some, update_some
from companion.storage.privacy import PLACES, Fate, Place, in_server, of_fate, parent_of

_SUBJECTS = 20
"""Questions, suggestions or corrections that are forgotten in one transaction, with all votes on them."""
_AS_ROWS = (Fate.DELETED, Fate.NOBODY, Fate.STAND_IN)
"""What becomes of places that are forgotten row by row."""
_WITH_MORE = frozenset(
    (schema.member_questions, schema.suggestions, schema.correction_proposers, schema.duel_votes, schema.sessions)
)
"""With such a row more changes, which `_before` sees to."""


async def servers(connection: AsyncConnection, member_id: int) -> frozenset[int]:
    """The servers in which something names the member."""
    found: set[int] = set()
    for place in PLACES:
        table, parent = place.table, parent_of(place.table)
        if "guild_id" in table.c:
            wanted = select(table.c.guild_id).where(place.column == member_id)
        elif parent is not None:
            column, of = parent
            wanted = select(of.table.c.guild_id).join(table, column == of).where(place.column == member_id)
        else:
            raise AssertionError(f"{table.name} is in no server")
        found.update((await connection.execute(wanted.distinct())).scalars())
    return frozenset(found - {ANYWHERE})


async def counts(connection: AsyncConnection, member_id: int, guild_id: int | None) -> list[tuple[Place, int]]:
    """How many rows name the member, in a server or in all, by where; places without any are left out."""
    found: list[tuple[Place, int]] = []
    for place in PLACES:
        theirs = place.column == member_id, *in_server(place.table, guild_id)
        wanted = select(func.count()).select_from(place.table).where(*theirs)
        if many := (await connection.execute(wanted)).scalar_one():
            found.append((place, many))
    return found


async def rows(connection: AsyncConnection, place: Place, member_id: int, guild_id: int | None) -> list[dict[str, Any]]:
    """What the rows of a place say, as values of JSON by column."""
    theirs = place.column == member_id, *in_server(place.table, guild_id)
    wanted = select(*place.told).where(*theirs).order_by(*place.table.primary_key)
    found = (await connection.execute(wanted)).mappings()
    return [{str(name): _plain(value) for name, value in row.items()} for row in found]


async def asked(connection: AsyncConnection, table: Table, member_id: int, guild_id: int, limit: int) -> Sequence[Any]:
    """The first of the member's searches, or questions, in a server: id, channel and message of each."""
    columns = table.c
    wanted = select(columns.id, columns.channel_id, columns.message_id).where(
        columns.member_id == member_id, columns.guild_id == guild_id
    )
    return (await connection.execute(wanted.order_by(columns.id).limit(limit))).all()


async def large_places(connection: AsyncConnection, member_id: int, guild_id: int, many: int = AT_ONCE) -> list[Place]:
    """Where so many rows of a server name the member that they take transactions of their own, and nothing else changes
    with them."""
    found = {place.column for place, rows in await counts(connection, member_id, guild_id) if rows >= many}
    return [place for place in of_fate(*_AS_ROWS) if place.column in found and place.table not in _WITH_MORE]


async def erase_of(
    connection: AsyncConnection, place: Place, member_id: int, guild_id: int, alias: int, limit: int = AT_ONCE
) -> int:
    """Lets fewer rows of a place name the member; returns how many fewer, which is ``limit`` where there are more."""
    theirs = place.column == member_id, *in_server(place.table, guild_id)
    if place.fate is Fate.DELETED:
        return await delete_some(connection, place.table, limit, *theirs)
    done = 0
    if place.fate is Fate.STAND_IN and place.column.primary_key:
        # Who was forgotten before, and came back, is counted once.
        done = await delete_some(connection, place.table, limit, *theirs, _doubled(place, alias))
    instead = alias if place.fate is Fate.STAND_IN else place.nobody
    return done + await update_some(connection, place.table, limit - done, {place.column.name: instead}, *theirs)


async def erase_some(
    connection: AsyncConnection, member_id: int, guild_id: int, alias: int, now: datetime, limit: int = AT_ONCE
) -> bool:
    """Lets less in a server name the member, and in the end nothing but what is declared to stay. ``alias`` stands in
    their place where they are counted. Returns whether that was all.

    Their searches and questions are to be forgotten before: messages and other rows hang on them.
    """
    left = limit - await _before(connection, member_id, guild_id, now)
    for place in of_fate(*_AS_ROWS):
        if left <= 0:
            return False
        left -= await erase_of(connection, place, member_id, guild_id, alias, left)
    return left > 0


async def _before(connection: AsyncConnection, member_id: int, guild_id: int, now: datetime) -> int:
    """What more has to go than the rows that name the member: of how many of these. Whatever hangs on them goes at
    once, so these are few."""
    done = 0
    for kind, table, by in (
        (QUESTION, schema.member_questions, schema.member_questions.c.asked_by),
        (SUGGESTION, schema.suggestions, schema.suggestions.c.suggested_by),
    ):
        theirs = select(table.c.id).where(by == member_id, table.c.guild_id == guild_id).order_by(table.c.id)
        ids = list((await connection.execute(theirs.limit(_SUBJECTS))).scalars())
        for subject_id in ids:
            await ballots.remove_subject(connection, Subject(kind, subject_id))
        await connection.execute(delete(table).where(among(table.c.id, ids)))
        done += AT_ONCE if len(ids) == _SUBJECTS else len(ids)
    proposed = await corrections.of_member(connection, guild_id, member_id)
    for one in proposed[:_SUBJECTS]:
        await corrections.leave(connection, one.id, member_id)
    done += AT_ONCE if len(proposed) > _SUBJECTS else len(proposed)
    # What was chosen in a duel that goes on is nobody's to see yet, and can be chosen once more.
    running = select(schema.duels.c.id).where(schema.duels.c.guild_id == guild_id, schema.duels.c.closes_at > now)
    chosen = schema.duel_votes.c
    await connection.execute(
        delete(schema.duel_votes).where(chosen.member_id == member_id, chosen.duel_id.in_(running))
    )
    spent = schema.spent.c
    await connection.execute(
        delete(schema.spent).where(spent.member_id == member_id, spent.guild_id == guild_id, spent.day < now.date())
    )
    # Sessions that lose their presenter are changed ones, for calendars too.
    sessions = schema.sessions.c
    await connection.execute(
        update(schema.sessions)
        .where(sessions.presented_by == member_id, sessions.guild_id == guild_id, sessions.starts_at > now)
        .values(presented_by=None, sequence=sessions.sequence + 1, changed_at=now)
    )
    return done


def _doubled(place: Place, alias: int) -> ColumnElement[bool]:
    """Is there the same row with the number that stands for them?"""
    table, column = place.table, place.column
    other = table.alias()
    same = [other.c[one.name] == one for one in table.primary_key if one is not column]
    return exists().where(other.c[column.name] == alias, *same)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
