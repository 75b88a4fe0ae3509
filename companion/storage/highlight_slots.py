"""What a server's rule brought on each date, or did not: claimed by who sends a message, and finalised with its id."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import highlight_slots
from companion.storage.upsert import upsert

DAILY = "daily"
"""The kind of a date's highlight."""
WEEKLY, MONTHLY = "weekly", "monthly"
"""The kinds of the winners of a week and of a month, by its first date."""
_OFFER = "offer "


class State(StrEnum):
    """How far a slot has come. Offers alone are proposed and approved; a skipped one was turned down, and one that is
    settled stood until its date was decided, and says so."""

    CLAIMED = "claimed"
    PROPOSED = "proposed"
    APPROVED = "approved"
    POSTED = "posted"
    SKIPPED = "skipped"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Slot:
    """A server's highlight of a date, or one of the offers for it that managers are asked about.

    ``clip_id`` is None as long as none is chosen, or once the clip was deleted. ``reason`` says why this clip, or why
    none.
    """

    guild_id: int
    kind: str
    day: date
    state: State
    clip_id: int | None = None
    claimed_at: datetime | None = None
    channel_id: int | None = None
    message_id: int | None = None
    late: bool = False
    reason: str | None = None

    @property
    def offer(self) -> int:
        """Which offer for its date it is, counted from 1; 0 for what is none."""
        return int(self.kind.removeprefix(_OFFER)) if self.kind.startswith(_OFFER) else 0


def offer_kind(number: int) -> str:
    """The kind of the offer of that number."""
    return f"{_OFFER}{number}"


async def put(connection: AsyncConnection, slot: Slot) -> None:
    """Stores the slot in place of what was known of it."""
    values = {
        "guild_id": slot.guild_id,
        "kind": slot.kind,
        "day": slot.day,
        "state": slot.state.value,
        "clip_id": slot.clip_id,
        "claimed_at": slot.claimed_at,
        "channel_id": slot.channel_id,
        "message_id": slot.message_id,
        "late": slot.late,
        "reason": slot.reason,
    }
    key = ["guild_id", "kind", "day"]
    await connection.execute(upsert(highlight_slots, key, [one for one in values if one not in key]), values)


async def get(connection: AsyncConnection, guild_id: int, kind: str, day: date) -> Slot | None:
    """The server's slot of that kind and date."""
    rows = await connection.execute(select(highlight_slots).where(_is(guild_id, kind, day)))
    row = rows.one_or_none()
    return None if row is None else _slot(row)


async def of_servers(connection: AsyncConnection, guild_ids: Collection[int], since: date) -> list[Slot]:
    """The slots of these servers from that date on, and older ones that are claimed: what is due depends on them."""
    columns = highlight_slots.c
    rows = await connection.execute(
        select(highlight_slots)
        .where(
            among(columns.guild_id, guild_ids),
            or_(columns.day >= since, columns.state == State.CLAIMED.value),
        )
        .order_by(columns.guild_id, columns.day, columns.kind)
    )
    return [_slot(row) for row in rows]


async def claim(
    connection: AsyncConnection, guild_id: int, kind: str, day: date, now: datetime, expired: datetime
) -> Slot | None:
    """Claims a slot that nobody has, or whose claim is from before ``expired``. Returns what was known of it before,
    with its ``claimed_at`` None where that is nothing; and None where it is taken, or done."""
    before = await get(connection, guild_id, kind, day)
    if before is None:
        before = Slot(guild_id, kind, day, State.CLAIMED)
    elif before.state is not State.CLAIMED or (before.claimed_at is not None and before.claimed_at >= expired):
        return None
    claimed = Slot(
        guild_id, kind, day, State.CLAIMED, before.clip_id, now, before.channel_id, None, reason=before.reason
    )
    await put(connection, claimed)
    return before


async def change(connection: AsyncConnection, slot: Slot, held_since: datetime) -> bool:
    """Stores what became of a slot that was claimed at ``held_since``. False where somebody else has it by now."""
    changed = await connection.execute(
        update(highlight_slots)
        .where(_is_held(slot.guild_id, slot.kind, slot.day, held_since))
        .values(
            state=slot.state.value,
            clip_id=slot.clip_id,
            channel_id=slot.channel_id,
            message_id=slot.message_id,
            late=slot.late,
            reason=slot.reason,
        )
    )
    return changed.rowcount > 0


async def release(connection: AsyncConnection, guild_id: int, kind: str, day: date, held_since: datetime) -> None:
    """Nothing was sent by who claimed it then: it can be claimed again. Whoever has taken it over keeps it."""
    await connection.execute(delete(highlight_slots).where(_is_held(guild_id, kind, day, held_since)))


async def forget(connection: AsyncConnection, guild_id: int, kinds: Collection[str], day: date) -> None:
    """Forgets what became of the date, in its slots of these kinds."""
    columns = highlight_slots.c
    await connection.execute(
        delete(highlight_slots).where(columns.guild_id == guild_id, among(columns.kind, kinds), columns.day == day)
    )


async def posted(connection: AsyncConnection, guild_id: int, limit: int) -> list[Slot]:
    """The highlights that the server got and whose clips are still there, the last one first."""
    columns = highlight_slots.c
    rows = await connection.execute(
        select(highlight_slots)
        .where(
            columns.guild_id == guild_id,
            columns.kind == DAILY,
            columns.state == State.POSTED.value,
            columns.clip_id.is_not(None),
        )
        .order_by(columns.day.desc())
        .limit(limit)
    )
    return [_slot(row) for row in rows]


async def forget_ahead(connection: AsyncConnection, today: date, missed: str) -> int:
    """Forgets slots of dates to come that were begun, or given up for the reason ``missed``; returns how many."""
    columns = highlight_slots.c
    # What is given up rightly is given up once more.
    given_up = and_(columns.day >= today, columns.state == State.SKIPPED.value, columns.reason == missed)
    # In zones ahead of UTC it may be tomorrow already.
    begun = and_(columns.day > today + timedelta(days=1), columns.state == State.CLAIMED.value)
    return (await connection.execute(delete(highlight_slots).where(or_(given_up, begun)))).rowcount


def _is(guild_id: int, kind: str, day: date) -> Any:
    columns = highlight_slots.c
    return and_(columns.guild_id == guild_id, columns.kind == kind, columns.day == day)


def _is_held(guild_id: int, kind: str, day: date, since: datetime) -> Any:
    columns = highlight_slots.c
    return and_(_is(guild_id, kind, day), columns.state == State.CLAIMED.value, columns.claimed_at == since)


def _slot(row: Row[Any]) -> Slot:
    return Slot(
        guild_id=row.guild_id,
        kind=row.kind,
        day=row.day,
        state=State(row.state),
        clip_id=row.clip_id,
        claimed_at=row.claimed_at,
        channel_id=row.channel_id,
        message_id=row.message_id,
        late=row.late,
        reason=row.reason,
    )
