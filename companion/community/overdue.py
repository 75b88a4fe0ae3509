"""How much waits to be posted by itself, for those who watch over the bot: counts only, whatever the servers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from companion.archive.recordings import is_recordings
from companion.community import daily
from companion.community.daily import LATE, LOOKED_BACK, Due, Task
from companion.community.news import CLAIM_LASTS, STALE, is_news
from companion.community.winners import WinnerPosts
from companion.storage import announcements, episodes, highlight_rules, highlight_slots, outbox, podcasts
from companion.storage.engine import AsyncConnection, Database

_FARTHEST = max(LOOKED_BACK, WinnerPosts.looked_back)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many posts of a kind are due and not sent, and how many of them for longer than `LATE`."""

    due: int
    late: int


class Overdue:
    """Counts over one database. ``knows`` says whether the bot is in a server: of those that it left nothing waits."""

    def __init__(self, database: Database, knows: Callable[[int], bool]) -> None:
        self._database = database
        self._knows = knows
        self._winners = WinnerPosts(database)

    async def count(self, now: datetime) -> dict[str, Waiting]:
        """What waits now, by kind: highlight, winner, episode, session."""
        async with self._database.read() as connection:
            rules = [rule for rule in await highlight_rules.running(connection) if self._knows(rule.guild_id)]
            ids = [rule.guild_id for rule in rules]
            found = await highlight_slots.of_servers(connection, ids, (now - _FARTHEST).date())
            notices = await outbox.unsettled(connection, now)
            untold = await self._untold(connection, now)
        slots = {guild_id: list(some) for guild_id, some in groupby(found, key=lambda slot: slot.guild_id)}
        highlights: list[Due] = []
        winners: list[Due] = []
        for rule in rules:
            of_server = slots.get(rule.guild_id, ())
            highlights += daily.due(now, rule, of_server)
            winners += self._winners.due(now, rule, of_server)
        sessions = [one.due_at for one in notices if one.stale_at > now and self._knows(one.guild_id)]
        return {
            "highlight": _posts(highlights, now),
            "winner": _posts(winners, now),
            "episode": _waiting(untold, now),
            "session": _waiting(sessions, now),
        }

    async def _untold(self, connection: AsyncConnection, now: datetime) -> list[datetime]:
        """When the episodes came into the archive of which servers are to be told."""
        found = await announcements.unannounced(connection, now - STALE, now - CLAIM_LASTS)
        found = [one for one in found if is_news(one, now) and self._knows(one.guild_id)]
        known = await episodes.get(connection, {one.episode_id for one in found})
        of = await podcasts.by_ids(connection, {episode.podcast_id for episode in known.values()})
        # What clubs record is told by their command.
        return [one.stored for one in found if not is_recordings(of[known[one.episode_id].podcast_id])]


def _posts(found: Iterable[Due], now: datetime) -> Waiting:
    return _waiting([one.at for one in found if one.task is Task.POST], now)


def _waiting(since: Iterable[datetime], now: datetime, late: timedelta = LATE) -> Waiting:
    ages = [now - at for at in since]
    return Waiting(len(ages), sum(age > late for age in ages))
