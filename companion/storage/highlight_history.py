"""What a server was shown of highlights, and how its members judged it: what the next pick has to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.ballots import CLIP
from companion.storage.highlight_slots import DAILY, MONTHLY, WEEKLY, State
from companion.storage.schema import ballots, clips, duel_votes, duels, highlight_slots, votes


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of an episode's speech, counted from 0; both are in it."""

    episode_id: int
    first_word: int
    last_word: int

    @property
    def words(self) -> int:
        return self.last_word - self.first_word + 1


@dataclass(frozen=True, slots=True)
class Posted:
    """A clip that the server was shown on a day. ``daily`` says that it was that day's highlight, or was to be."""

    stretch: Stretch
    day: date
    daily: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A clip with how many members voted for it, and how many against it."""

    stretch: Stretch
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Decided:
    """Two clips side by side, and how many members preferred each."""

    left: Stretch
    right: Stretch
    for_left: int
    for_right: int


async def posted(connection: AsyncConnection, guild_id: int) -> list[Posted]:
    """What the server was shown, the latest first: the highlights of its days, those that its managers turned down, and
    clips that were posted otherwise."""
    columns = highlight_slots.c
    slots = await connection.execute(
        select(clips.c.episode_id, clips.c.first_word, clips.c.last_word, columns.day, columns.state)
        .join(highlight_slots, columns.clip_id == clips.c.id)
        .where(columns.guild_id == guild_id, columns.kind.not_in([WEEKLY, MONTHLY]))
        .where(or_(columns.kind == DAILY, columns.state == State.SKIPPED.value))
    )
    found = [Posted(Stretch(*stretch), day, state != State.SKIPPED.value) for *stretch, day, state in slots]
    shown = await connection.execute(
        select(clips.c.episode_id, clips.c.first_word, clips.c.last_word, ballots.c.posted_at)
        .join(ballots, ballots.c.subject_id == clips.c.id)
        .where(ballots.c.guild_id == guild_id, ballots.c.subject_kind == CLIP)
    )
    found += [Posted(Stretch(*stretch), at.date(), daily=False) for *stretch, at in shown]
    return sorted(found, key=lambda one: (one.day, one.daily), reverse=True)


async def judged(connection: AsyncConnection, guild_id: int) -> list[Judged]:
    """The clips that members of the server voted on, in the order they were made."""
    up = func.sum(case((votes.c.value > 0, 1), else_=0))
    rows = await connection.execute(
        select(clips.c.episode_id, clips.c.first_word, clips.c.last_word, up, func.count())
        .join(votes, votes.c.subject_id == clips.c.id)
        .where(votes.c.guild_id == guild_id, votes.c.subject_kind == CLIP)
        .group_by(clips.c.id)
        .order_by(clips.c.id)
    )
    return [Judged(Stretch(*stretch), liked, every - liked) for *stretch, liked, every in rows]


async def decided(connection: AsyncConnection, guild_id: int) -> list[Decided]:
    """The duels of the server that anybody voted in, in the order they were opened."""
    left, right = clips.alias("left"), clips.alias("right")
    for_left = func.sum(case((duel_votes.c.clip_id == duels.c.left_id, 1), else_=0))
    rows = await connection.execute(
        select(
            left.c.episode_id,
            left.c.first_word,
            left.c.last_word,
            right.c.episode_id,
            right.c.first_word,
            right.c.last_word,
            for_left,
            func.count(),
        )
        .select_from(duels)
        .join(left, left.c.id == duels.c.left_id)
        .join(right, right.c.id == duels.c.right_id)
        .join(duel_votes, duel_votes.c.duel_id == duels.c.id)
        .where(duels.c.guild_id == guild_id)
        .group_by(duels.c.id, left.c.id, right.c.id)
        .order_by(duels.c.id)
    )
    return [Decided(Stretch(*row[:3]), Stretch(*row[3:6]), row[6], row[7] - row[6]) for row in rows]
