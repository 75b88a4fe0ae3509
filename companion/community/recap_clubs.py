"""What a recap tells of paper clubs: what was read together, and what comes next, as far as everybody may know it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from companion.community.club_sessions import Meeting, paper_of
from companion.storage import series, sessions
from companion.storage.engine import AsyncConnection

READ = 3
NEXT = 2


@dataclass(frozen=True, slots=True)
class ClubNews:
    """The sessions that took place with a paper, the latest first, of which ``more`` are left out; and those that come
    next, the earliest first."""

    read: tuple[Meeting, ...] = ()
    more: int = 0
    coming: tuple[Meeting, ...] = ()


async def club_news(
    connection: AsyncConnection,
    guild_id: int,
    since: datetime,
    until: datetime,
    now: datetime,
    public: Callable[[int], bool],
) -> ClubNews:
    """What the clubs whose channels everybody can read did from ``since`` to ``until``, and do after ``now``."""
    known = {one.id: one for one in await series.of_guild(connection, guild_id, ended=True)}
    open_ones = {one.id for one in known.values() if public(one.channel_id)}
    held = [one for one in await sessions.held(connection, guild_id) if since <= one.starts_at < until]
    read = [one for one in held if one.series_id in open_ones and one.paper_id is not None]
    coming = [one for one in await sessions.coming(connection, guild_id, now) if one.series_id in open_ones]
    told = [
        [Meeting(known[one.series_id], one, await paper_of(connection, one)) for one in some]
        for some in (read[:READ], coming[:NEXT])
    ]
    return ClubNews(tuple(told[0]), max(0, len(read) - READ), tuple(told[1]))
