"""Which of a server's papers is next: proposals by their votes, what is scheduled, and what waited too long.

Proposals that no session took up are carried over, with their votes. What nobody votes for or proposes anew in
`EXPIRES_AFTER` expires, and comes back, with its votes, when it is proposed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from companion.community.papers import ShownPaper, server_of, shown_paper
from companion.community.ranked_votes import by_votes
from companion.storage import ballots, papers, votes
from companion.storage.ballots import PAPER, Subject
from companion.storage.engine import AsyncConnection, Database
from companion.storage.papers import Paper, State, Voice
from companion.storage.sessions import State as Held
from companion.storage.votes import Tally

EXPIRES_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Queued:
    """A proposal in the queue. ``score`` is from 0 to 1; ``rank`` counts from 1, and proposals of the same score share
    it and are ``tied``; ``too_few``: there were too few votes to say anything."""

    paper: Paper
    voices: tuple[Voice, ...]
    tally: Tally
    score: float
    rank: int
    tied: bool
    too_few: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A server's proposals, the best first; what is scheduled, the earliest first; how many were covered. ``voters``
    are members who voted on any of the proposals. ``posted`` is where a proposal's card stands: channel and message."""

    entries: tuple[Queued, ...]
    voters: int
    scheduled: tuple[ShownPaper, ...]
    covered: int
    posted: Mapping[int, tuple[int, int]]


class PaperQueue:
    """The queues of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def queue(self, guild_id: int | None) -> Queue:
        """The server's queue."""
        server = server_of(guild_id)
        async with self._database.read() as connection:
            known = await papers.of_guild(connection, server, [State.PROPOSED, State.SCHEDULED, State.COVERED])
            entries, voters = await _ranked(connection, [one for one in known if one.state is State.PROPOSED])
            subjects = [Subject(PAPER, one.paper.id) for one in entries]
            posted = await ballots.posted(connection, subjects)
            scheduled = [await shown_paper(connection, server, one.id) for one in known if one.state is State.SCHEDULED]
        scheduled.sort(key=_next_meeting)
        covered = sum(one.state is State.COVERED for one in known)
        return Queue(tuple(entries), voters, tuple(scheduled), covered, posted)

    async def top(self, guild_id: int) -> list[Queued]:
        """The server's proposals, the best first."""
        async with self._database.read() as connection:
            known = await papers.of_guild(connection, guild_id, [State.PROPOSED])
            return (await _ranked(connection, known))[0]

    async def expire(self) -> list[Paper]:
        """Lets the proposals of all servers expire that nobody voted for or proposed anew in `EXPIRES_AFTER`."""
        before = self._database.clock.now() - EXPIRES_AFTER
        async with self._database.read() as connection:
            if not await papers.idle(connection, before):
                return []  # as on most days
        async with self._database.write() as connection:
            idle = await papers.idle(connection, before)
            for one in idle:
                await papers.set_state(connection, one.guild_id, one.id, State.EXPIRED, [State.PROPOSED])
        return idle


async def _ranked(connection: AsyncConnection, open_ones: Sequence[Paper]) -> tuple[list[Queued], int]:
    voices = await papers.voices(connection, [one.id for one in open_ones])
    # Of equal ones, those that more members proposed come first.
    in_order = sorted(open_ones, key=lambda one: (-len(voices.get(one.id, ())), one.id))
    subjects = {Subject(PAPER, one.id): one for one in in_order}
    voters = await votes.voters(connection, subjects)
    placed = by_votes(subjects, await votes.tallies(connection, list(subjects)), voters)
    # A score never falls below that of no votes: what most are against comes last of those that have it.
    placed.sort(key=lambda one: (one.rank, one.tally.down > one.tally.up))
    entries = [
        Queued(
            one.thing,
            tuple(voices.get(one.thing.id, ())),
            one.tally,
            one.score,
            one.rank,
            one.tied,
            one.too_few,
        )
        for one in placed
    ]
    return entries, voters


def _next_meeting(shown: ShownPaper) -> tuple[float, int]:
    planned = [one.session.starts_at for one in shown.meetings if one.session.state is Held.PLANNED]
    return (planned[0].timestamp() if planned else float("inf"), shown.paper.id)
