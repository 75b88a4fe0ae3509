"""The rule by which a server gets a highlight every day, and what it wishes of votes and cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import highlight_rules
from companion.storage.upsert import upsert

EVERY_DAY = 0b1111111
"""The weekdays of a rule that has none left out: one bit each, Monday's the lowest."""


class Recap(StrEnum):
    """How often a recap is posted by itself."""

    NONE = "none"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Approval(StrEnum):
    """Whether managers are asked before a highlight is posted, and what their silence means."""

    NONE = "none"
    POST = "post"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What only some servers want otherwise than others.

    ``up`` and ``down`` are emoji as Discord writes them, and the ``former`` ones were chosen before and go on counting;
    accounts younger than ``account_days`` have no vote. A clip with ``hall_of_fame_votes`` more votes for it than
    against it comes into the ``hall_of_fame``, a channel's id, where there is one. Colours of cards are 0xRRGGBB; None
    stands for the usual ones. ``card_logo``: the server's icon is on them, where it has one.
    """

    up: str = "👍"
    down: str = "👎"
    former_up: tuple[str, ...] = ()
    former_down: tuple[str, ...] = ()
    account_days: int = 7
    hall_of_fame: int | None = None
    hall_of_fame_votes: int = 10
    card_background: int | None = None
    card_text: int | None = None
    card_accent: int | None = None
    card_logo: bool = True
    winners_weekly: bool = True
    winners_monthly: bool = True
    recap: Recap = Recap.NONE

    @property
    def account_age(self) -> timedelta:
        """How old an account has to be."""
        return timedelta(days=self.account_days)


_FIELDS = tuple(Wishes.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class HighlightRule:
    """When and where a server gets its highlight.

    ``minute`` is counted from midnight on the clocks of ``zone``, an IANA name; ``days`` has one bit a weekday,
    Monday's the lowest. ``approval_channel_id`` is where managers are asked. Nothing is due that was due before
    ``since``, and nothing at all while it is paused.
    """

    guild_id: int
    channel_id: int
    zone: str
    minute: int
    days: int
    approval: Approval
    approval_channel_id: int | None
    set_by: int
    since: datetime
    wishes: Wishes = field(default_factory=Wishes)
    paused_at: datetime | None = None
    pause_reason: str | None = None


async def put(connection: AsyncConnection, rule: HighlightRule) -> None:
    """Stores the server's rule in place of the one it had."""
    values = {
        "guild_id": rule.guild_id,
        "channel_id": rule.channel_id,
        "zone": rule.zone,
        "minute": rule.minute,
        "days": rule.days,
        "approval": rule.approval.value,
        "approval_channel_id": rule.approval_channel_id,
        "wishes": _written(rule.wishes),
        "set_by": rule.set_by,
        "since": rule.since,
        "paused_at": rule.paused_at,
        "pause_reason": rule.pause_reason,
    }
    await connection.execute(
        upsert(highlight_rules, ["guild_id"], [one for one in values if one != "guild_id"]), values
    )


async def get(connection: AsyncConnection, guild_id: int) -> HighlightRule | None:
    """The server's rule."""
    rows = await connection.execute(select(highlight_rules).where(highlight_rules.c.guild_id == guild_id))
    row = rows.one_or_none()
    return None if row is None else _rule(row)


async def running(connection: AsyncConnection) -> list[HighlightRule]:
    """The rules that are not paused, in the order of the servers' ids."""
    rows = await connection.execute(
        select(highlight_rules).where(highlight_rules.c.paused_at.is_(None)).order_by(highlight_rules.c.guild_id)
    )
    return [_rule(row) for row in rows]


async def wishes_of(connection: AsyncConnection, guild_id: int) -> Wishes:
    """What the server wishes; what is usual, where it has no rule."""
    stored = await connection.scalar(select(highlight_rules.c.wishes).where(highlight_rules.c.guild_id == guild_id))
    return _wishes(stored or {})


async def pause(connection: AsyncConnection, guild_id: int, now: datetime, reason: str | None) -> bool:
    """Lets nothing be due any more. ``reason`` is None where managers wanted it. False if it was paused, or no rule."""
    paused = await connection.execute(
        update(highlight_rules)
        .where(highlight_rules.c.guild_id == guild_id, highlight_rules.c.paused_at.is_(None))
        .values(paused_at=now, pause_reason=reason)
    )
    return paused.rowcount > 0


async def resume(connection: AsyncConnection, guild_id: int, now: datetime) -> bool:
    """Lets what comes after now be due again. False if it was not paused, or there is no rule."""
    resumed = await connection.execute(
        update(highlight_rules)
        .where(highlight_rules.c.guild_id == guild_id, highlight_rules.c.paused_at.is_not(None))
        .values(paused_at=None, pause_reason=None, since=now)
    )
    return resumed.rowcount > 0


async def remove(connection: AsyncConnection, guild_id: int) -> bool:
    """Forgets the server's rule. False where it has none."""
    removed = await connection.execute(delete(highlight_rules).where(highlight_rules.c.guild_id == guild_id))
    return removed.rowcount > 0


def _rule(row: Row[Any]) -> HighlightRule:
    return HighlightRule(
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        zone=row.zone,
        minute=row.minute,
        days=row.days,
        approval=Approval(row.approval),
        approval_channel_id=row.approval_channel_id,
        set_by=row.set_by,
        since=row.since,
        wishes=_wishes(row.wishes),
        paused_at=row.paused_at,
        pause_reason=row.pause_reason,
    )


def _written(wishes: Wishes) -> dict[str, Any]:
    """Only what differs from what is usual, so that what is usual may change."""
    usual = Wishes()
    return {name: getattr(wishes, name) for name in _FIELDS if getattr(wishes, name) != getattr(usual, name)}


def _wishes(stored: Mapping[str, Any]) -> Wishes:
    # A wish that a newer version stored is none of this one's.
    known = {name: stored[name] for name in _FIELDS if name in stored}
    # JSON knows neither.
    known |= {name: tuple(known[name]) for name in ("former_up", "former_down") if name in known}
    if "recap" in known:
        known["recap"] = Recap(known["recap"])
    return Wishes(**known)
