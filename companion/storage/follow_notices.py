"""What became of new episodes for the members who follow something. Every row names a member.

A row is claimed by who tells the member, and finalised with the message, so that nobody is told of an episode twice,
whoever else tries and whenever the sender is stopped. An episode that holds nothing of what is followed is looked at
again when it changes: a transcript often comes later than its episode.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import follows
from companion.storage.among import among
from companion.storage.follows import Follow
from companion.storage.saved import Owner
from companion.storage.schema import episodes, follow_notices, subscriptions
from companion.storage.schema import follows as follows_table
from companion.storage.upsert import upsert


class Outcome(StrEnum):
    """What became of an episode. ``REFUSED``: Discord would not have the message, which is not tried again."""

    CLAIMED = "claimed"
    NOTHING = "nothing"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of which nobody knows what came of it: when it was made, and the mark of its message."""

    at: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class Unlooked:
    """An episode that a member is to be told of, if it holds what they follow: ``follows`` are those that may.

    It came into the archive after they followed that, and after the server subscribed to its podcast. ``published`` is
    when the feed says that it came out, or when it came into the archive, which was at ``stored``. ``revision`` changes
    with what is known of it.
    """

    owner: Owner
    episode_id: int
    podcast_id: int
    revision: int
    published: datetime
    stored: datetime
    subscribed: datetime
    follows: tuple[Follow, ...]
    claim: Claim | None


async def unlooked(connection: AsyncConnection, since: datetime, expired: datetime) -> list[Unlooked]:
    """The episodes published ``since`` of which it is not settled whether a member is told, each member's oldest first.

    One that was claimed is its claimer's, unless that was before ``expired``.
    """
    published = func.coalesce(episodes.c.published_at, episodes.c.created_at, type_=episodes.c.created_at.type)
    followed, known = follows_table.c, follow_notices.c
    rows = await connection.execute(
        follows.SELECTED.add_columns(
            episodes.c.id.label("looked_at"),
            episodes.c.podcast_id.label("of"),
            episodes.c.revision,
            published.label("published"),
            episodes.c.created_at.label("stored"),
            subscriptions.c.subscribed_at,
            known.outcome,
            known.claimed_at,
            known.mark,
        )
        .select_from(follows_table)
        .join(subscriptions, subscriptions.c.guild_id == followed.guild_id)
        .join(episodes, episodes.c.podcast_id == subscriptions.c.podcast_id)
        .outerjoin(
            follow_notices,
            and_(
                known.guild_id == followed.guild_id,
                known.member_id == followed.member_id,
                known.episode_id == episodes.c.id,
            ),
        )
        .where(
            or_(followed.podcast_id.is_(None), followed.podcast_id == episodes.c.podcast_id),
            episodes.c.created_at > followed.created_at,
            episodes.c.created_at > subscriptions.c.subscribed_at,
            published >= since,
            or_(
                known.outcome.is_(None),
                and_(known.outcome == Outcome.NOTHING.value, known.revision != episodes.c.revision),
                and_(known.outcome == Outcome.CLAIMED.value, known.claimed_at < expired),
            ),
        )
        .order_by(followed.guild_id, followed.member_id, published, episodes.c.id, followed.id)
    )
    by_episode = groupby(rows, key=lambda row: (row.guild_id, row.member_id, row.looked_at))
    return [_from_rows(list(some)) for _, some in by_episode]


def _from_rows(rows: Sequence[Any]) -> Unlooked:
    """The episode in rows of one each thing that is followed."""
    first = rows[0]
    return Unlooked(
        Owner(first.guild_id, first.member_id),
        first.looked_at,
        first.of,
        first.revision,
        first.published,
        first.stored,
        first.subscribed_at,
        tuple(follows.from_row(row[: len(follows.SELECTED.selected_columns)]) for row in rows),
        Claim(first.claimed_at, first.mark) if first.outcome == Outcome.CLAIMED.value else None,
    )


async def settle_nothing(
    connection: AsyncConnection, owner: Owner, revisions: Mapping[int, int], now: datetime, expired: datetime
) -> None:
    """The episodes hold nothing of what the owner follows, as of these revisions."""
    await _take(connection, owner, revisions, Outcome.NOTHING, "", now, expired)


async def claim(
    connection: AsyncConnection, owner: Owner, revisions: Mapping[int, int], mark: str, now: datetime, expired: datetime
) -> list[int]:
    """Claims those of the episodes of which nobody told the owner, or is about to. ``mark`` is the message's."""
    return await _take(connection, owner, revisions, Outcome.CLAIMED, mark, now, expired)


async def _take(
    connection: AsyncConnection,
    owner: Owner,
    revisions: Mapping[int, int],
    outcome: Outcome,
    mark: str,
    now: datetime,
    expired: datetime,
) -> list[int]:
    known = {
        row.episode_id: row
        for row in await connection.execute(
            select(follow_notices).where(*_of(owner), among(follow_notices.c.episode_id, revisions))
        )
    }
    free = [
        episode_id
        for episode_id in revisions
        if episode_id not in known
        or known[episode_id].outcome == Outcome.NOTHING.value
        or (known[episode_id].outcome == Outcome.CLAIMED.value and known[episode_id].claimed_at < expired)
    ]
    rows = [
        {
            "guild_id": owner.guild_id,
            "member_id": owner.member_id,
            "episode_id": episode_id,
            "outcome": outcome.value,
            "revision": revisions[episode_id],
            "claimed_at": now,
            "mark": mark,
        }
        for episode_id in free
    ]
    if rows:
        replaced = ["outcome", "revision", "claimed_at", "mark"]
        await connection.execute(upsert(follow_notices, ["guild_id", "member_id", "episode_id"], replaced), rows)
    return free


async def finalise(
    connection: AsyncConnection, owner: Owner, episode_ids: Collection[int], place: tuple[int, int] | None
) -> None:
    """The claimed episodes are settled: told of in a channel by a message, or refused where ``place`` is None."""
    outcome = Outcome.REFUSED if place is None else Outcome.SENT
    channel_id, message_id = place or (None, None)
    await connection.execute(
        update(follow_notices)
        .where(
            *_of(owner),
            among(follow_notices.c.episode_id, episode_ids),
            follow_notices.c.outcome == Outcome.CLAIMED.value,
        )
        .values(outcome=outcome.value, channel_id=channel_id, message_id=message_id)
    )


async def forget(connection: AsyncConnection, owner: Owner) -> None:
    """Keeps nothing of what the owner was told of. Of what they follow from then on only later episodes count."""
    await connection.execute(delete(follow_notices).where(*_of(owner)))


def _of(owner: Owner) -> tuple[ColumnElement[bool], ...]:
    return follow_notices.c.guild_id == owner.guild_id, follow_notices.c.member_id == owner.member_id
