"""Messages of the bot that are deleted, or shown without a name, for somebody who is forgotten: until Discord did."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.among import among
from companion.storage.ballots import CLIP, PAPER, QUESTION, SUGGESTION
from companion.storage.parts import AT_ONCE
from companion.storage.schema import retractions
from companion.storage.types import Snowflake
from companion.storage.upsert import insert_or_keep

_COLUMNS = retractions.c


@dataclass(frozen=True, slots=True)
class Retraction:
    """A message in a server, or a direct one where that is 0. The member's name is taken off it; where that is 0, the
    message is deleted. Discord did not take the change ``failures`` times."""

    guild_id: int
    channel_id: int
    message_id: int
    member_id: int = 0
    failures: int = 0


async def put(connection: AsyncConnection, wanted: Iterable[Retraction], now: datetime) -> int:
    """Notes what is to be done. Returns how many are new. Of a message that is deleted no name is taken off."""
    wanted = set(wanted)
    noted = select(_COLUMNS.message_id, _COLUMNS.member_id).where(
        among(_COLUMNS.message_id, {one.message_id for one in wanted})
    )
    known = {(message_id, member_id) for message_id, member_id in await connection.execute(noted)}
    deleted = {message_id for message_id, member_id in known if not member_id}
    deleted |= {one.message_id for one in wanted if not one.member_id}
    rows = [
        {
            "guild_id": one.guild_id,
            "channel_id": one.channel_id,
            "message_id": one.message_id,
            "member_id": one.member_id,
            "asked_at": now,
        }
        for one in wanted
        if (one.message_id, one.member_id) not in known and (not one.member_id or one.message_id not in deleted)
    ]
    if rows:
        await connection.execute(insert_or_keep(retractions, ["message_id", "member_id"]), rows)
    return len(rows)


async def due(connection: AsyncConnection, guild_ids: Collection[int], now: datetime, limit: int) -> list[Retraction]:
    """What is to be done in these servers, the longest asked for first, but for what is not to be tried again yet."""
    oldest = _COLUMNS.asked_at, _COLUMNS.message_id, _COLUMNS.member_id
    ripe = or_(_COLUMNS.not_before.is_(None), _COLUMNS.not_before <= now)
    rows = await connection.execute(
        select(retractions).where(among(_COLUMNS.guild_id, guild_ids), ripe).order_by(*oldest).limit(limit)
    )
    return [Retraction(row.guild_id, row.channel_id, row.message_id, row.member_id, row.failures) for row in rows]


async def servers(connection: AsyncConnection) -> frozenset[int]:
    """The servers in which something is to be done."""
    return frozenset((await connection.execute(select(_COLUMNS.guild_id).distinct())).scalars())


async def done(connection: AsyncConnection, one: Retraction) -> None:
    """Discord did it, or it can be done no more."""
    await connection.execute(delete(retractions).where(*_is(one)))


async def failed(connection: AsyncConnection, one: Retraction, not_before: datetime) -> None:
    """Discord did not take the change once more; it is tried again from then on."""
    again = {"failures": one.failures + 1, "not_before": not_before}
    await connection.execute(update(retractions).where(*_is(one)).values(again))


async def count(connection: AsyncConnection) -> int:
    """How many are still to be done."""
    return (await connection.execute(select(func.count()).select_from(retractions))).scalar_one()


async def unnoted(connection: AsyncConnection, guild_id: int, member_id: int, limit: int = AT_ONCE) -> list[Retraction]:
    """Some of what is to be taken back once the server forgets the member, all where there is less: messages that show
    what they asked of guests, or suggested, are deleted, and others that name them stay without the name. What is noted
    already is not among them."""
    told = _told(guild_id, member_id).subquery()
    same = _COLUMNS.message_id == told.c.message_id, _COLUMNS.member_id.in_((told.c.member_id, 0))
    wanted = select(told.c.guild_id, told.c.channel_id, told.c.message_id, told.c.member_id).where(
        told.c.channel_id.is_not(None), told.c.message_id.is_not(None), ~exists().where(*same)
    )
    return [Retraction(*row) for row in await connection.execute(wanted.limit(limit))]


def _told(guild_id: int, member_id: int) -> CompoundSelect[*tuple[Any, ...]]:
    """All that rows tell of, and what else the bot saw itself write."""
    here, theirs, whole = (literal(one, Snowflake()) for one in (guild_id, member_id, 0))
    names, named = here.label("guild_id"), theirs.label("member_id")
    seen = schema.namings.c
    place = case((seen.direct, whole), else_=here).label("guild_id")
    return union_all(
        select(seen.channel_id, seen.message_id, place, named).where(
            seen.guild_id == guild_id, seen.member_id == member_id
        ),
        *(wanted.add_columns(names, named) for wanted in _naming(guild_id, member_id)),
        _posting(guild_id, member_id).add_columns(names, whole.label("member_id")),
    )


def _posting(guild_id: int, member_id: int) -> Select[*tuple[Any, ...]]:
    asked, wished, ballots = schema.member_questions.c, schema.suggestions.c, schema.ballots.c
    of_theirs = or_(
        _about(QUESTION, select(asked.id).where(asked.guild_id == guild_id, asked.asked_by == member_id)),
        _about(SUGGESTION, select(wished.id).where(wished.guild_id == guild_id, wished.suggested_by == member_id)),
    )
    return select(ballots.channel_id, ballots.message_id).where(of_theirs)


def _naming(guild_id: int, member_id: int) -> Iterable[Select[*tuple[Any, ...]]]:
    ballots, clips, papers, voices = schema.ballots.c, schema.clips.c, schema.papers.c, schema.paper_voices.c
    theirs = select(clips.id).where(clips.guild_id == guild_id, clips.made_by == member_id)
    here = select(papers.id).where(papers.guild_id == guild_id)
    proposed = here.where(papers.proposed_by == member_id)
    voiced = here.where(papers.id.in_(select(voices.paper_id).where(voices.member_id == member_id)))
    about = or_(_about(CLIP, theirs), _about(PAPER, proposed), _about(PAPER, voiced))
    yield select(ballots.channel_id, ballots.message_id).where(about)
    hall = schema.hall_of_fame.c
    yield select(hall.channel_id, hall.message_id).where(hall.clip_id.in_(theirs))
    duels = schema.duels.c
    yield select(duels.channel_id, duels.message_id).where(duels.guild_id == guild_id, duels.opened_by == member_id)
    judged = schema.questions.c
    yield select(judged.channel_id, judged.message_id).where(judged.guild_id == guild_id, judged.judged_by == member_id)
    fixes, proposers = schema.corrections.c, schema.correction_proposers.c
    joined = select(proposers.correction_id).where(proposers.member_id == member_id)
    yield select(fixes.channel_id, fixes.message_id).where(
        fixes.guild_id == guild_id, or_(fixes.decided_by == member_id, fixes.id.in_(joined))
    )
    of_session, series, come = schema.sessions.c, schema.series.c, schema.rsvps.c
    hosted = select(series.id).where(series.guild_id == guild_id, series.hosted_by == member_id)
    met = select(of_session.id).where(
        of_session.guild_id == guild_id,
        or_(
            of_session.presented_by == member_id,
            of_session.series_id.in_(hosted),
            of_session.id.in_(select(come.session_id).where(come.member_id == member_id)),
        ),
    )
    yield select(of_session.channel_id, of_session.message_id).where(of_session.id.in_(met))
    told = schema.outbox.c
    yield select(told.channel_id, told.message_id).where(told.session_id.in_(met), told.member_id.is_(None))


def _is(one: Retraction) -> tuple[ColumnElement[bool], ...]:
    return _COLUMNS.message_id == one.message_id, _COLUMNS.member_id == one.member_id


def _about(kind: str, ids: Select[*tuple[Any, ...]]) -> ColumnElement[bool]:
    ballots = schema.ballots.c
    return (ballots.subject_kind == kind) & ballots.subject_id.in_(ids)
