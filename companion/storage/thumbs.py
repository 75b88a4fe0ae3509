"""What members thought of answers: one row a question and member, of whom it keeps nothing but that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import thumbs
from companion.storage.upsert import upsert


class Reason(StrEnum):
    """What was wrong with an answer, as a member says who is asked."""

    PASSAGE = "passage"
    ANSWER = "answer"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many members thought what of an answer. ``reasons`` has those that somebody gave for a thumb down."""

    up: int = 0
    down: int = 0
    reasons: Mapping[Reason, int] = field(default_factory=dict[Reason, int])


async def press(connection: AsyncConnection, question_id: int, member_id: int, up: bool, now: datetime) -> bool | None:
    """The member's last press counts, and the same press again takes it back.

    Returns what stands then: up, down, or None for nothing.
    """
    theirs = thumbs.c.question_id == question_id, thumbs.c.member_id == member_id
    before = (await connection.execute(select(thumbs.c.up).where(*theirs))).scalar_one_or_none()
    if before is up:
        await connection.execute(delete(thumbs).where(*theirs))
        return None
    row = {"question_id": question_id, "member_id": member_id, "up": up, "reason": None, "given_at": now}
    await connection.execute(upsert(thumbs, ["question_id", "member_id"], ["up", "reason", "given_at"]), row)
    return up


async def explain(connection: AsyncConnection, question_id: int, member_id: int, reason: Reason) -> bool:
    """Says why the member's thumb is down, in place of what they said before. False where it is not."""
    explained = await connection.execute(
        update(thumbs)
        .where(thumbs.c.question_id == question_id, thumbs.c.member_id == member_id, ~thumbs.c.up)
        .values(reason=reason.value)
    )
    return explained.rowcount > 0


async def tallies(connection: AsyncConnection, question_ids: Collection[int]) -> dict[int, Tally]:
    """What was thought of these answers; those without a thumb are left out."""
    columns = thumbs.c.question_id, thumbs.c.up, thumbs.c.reason
    rows = await connection.execute(
        select(*columns, func.count().label("members")).where(columns[0].in_(question_ids)).group_by(*columns)
    )
    known = {reason.value: reason for reason in Reason}
    ups: dict[int, int] = {}
    downs: dict[int, int] = {}
    reasons: dict[int, dict[Reason, int]] = {}
    for row in rows:
        counted = ups if row.up else downs
        counted[row.question_id] = counted.get(row.question_id, 0) + row.members
        # A reason that a newer version stored is none of this one's.
        if not row.up and row.reason in known:
            reasons.setdefault(row.question_id, {})[known[row.reason]] = row.members
    return {
        one: Tally(ups.get(one, 0), downs.get(one, 0), reasons.get(one, {}))
        for one in sorted(ups.keys() | downs.keys())
    }
