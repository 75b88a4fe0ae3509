"""Papers that a server's members want to read together: proposed, voted on, scheduled, covered.

A paper is in a server once. Who proposes it again, under whatever name or version, is a second voice for it. Where it
stands among the others, and how long it waits: `community/paper_queue.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from companion.archive.paper_facts import NotInCatalogueError, PaperFacts, UnreachableError, facts
from companion.archive.paper_lookup import LooksUp
from companion.archive.paper_references import Kind, PaperReference, reference_to
from companion.community.club_sessions import Meeting
from companion.community.paper_refusals import (
    MOST_OPEN,
    GonePaperError,
    NotWaitingError,
    NotYoursError,
    TooManyProposalsError,
    UnknownPaperError,
)
from companion.community.visibility import OutsideServersError
from companion.storage import paper_metadata, papers, series, sessions, votes
from companion.storage.ballots import PAPER, Subject
from companion.storage.engine import AsyncConnection, Database
from companion.storage.paper_metadata import PaperMetadata
from companion.storage.papers import Paper, State, Voice
from companion.storage.sessions import State as Held
from companion.storage.votes import Tally

LONGEST_WHY = 300
ASKED_FOR = timedelta(days=3)
"""For so long after a proposal what it is is asked again, where arXiv did not answer."""
_AT_ONCE = 5
_BETWEEN_NAMES = re.compile(r"(?:[;\n]|,(?!\s*(?:jr|sr|ii|iii)\b)|\band\b|&)", re.IGNORECASE)


class Came(Enum):
    """What a proposal came to."""

    NEW = auto()
    SECONDED = auto()
    KNOWN = auto()
    """By who had proposed it before."""
    AGAIN = auto()
    """It had been withdrawn, or had expired."""
    COVERED = auto()


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper with who wants it, its votes, and the sessions that it is in: planned or held, the earliest first.

    ``newest`` is the newest version that is known of, where versions are counted.
    """

    paper: Paper
    voices: tuple[Voice, ...]
    tally: Tally
    meetings: tuple[Meeting, ...]
    newest: int | None = None

    @property
    def subject(self) -> Subject:
        return Subject(PAPER, self.paper.id)

    @property
    def reference(self) -> PaperReference:
        return reference_to(self.paper.canonical, self.paper.version)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """``gone``: the paper is in the queue no more; else somebody else wants it still."""

    paper: Paper
    gone: bool


class Papers:
    """The papers of all servers, over one database, with what catalogues say of them by ``lookup``."""

    def __init__(self, database: Database, lookup: LooksUp) -> None:
        self._database = database
        self._lookup = lookup

    async def wants_words(self, guild_id: int | None, reference: PaperReference) -> bool:
        """Will nobody be able to say what this is but who proposes it? Asks no catalogue."""
        if self._lookup.has(reference):
            return False
        return await self._known(server_of(guild_id), reference) is None

    async def propose(
        self,
        guild_id: int | None,
        member_id: int,
        reference: PaperReference,
        why: str = "",
        written: PaperFacts | None = None,
    ) -> tuple[Came, ShownPaper]:
        """Proposes a paper, or is a second voice for it. ``written`` is what the member says of it, and is used where
        nothing else is known.

        Raises `UnknownPaperError` and `UnreachableError` where the member has to say it, `NotInCatalogueError` where
        there is no such paper, `TooManyProposalsError`.
        """
        server = server_of(guild_id)
        described = await self._known(server, reference) or written or await self._looked_up(reference)
        now = self._database.clock.now()
        voice = Voice(member_id, " ".join(why.split())[:LONGEST_WHY], now)
        async with self._database.write() as connection:
            paper = await papers.by_canonical(connection, server, reference.canonical)
            waiting = await papers.count_open(connection, server, member_id)
            if waiting >= MOST_OPEN and (paper is None or paper.state in (State.WITHDRAWN, State.EXPIRED)):
                raise TooManyProposalsError
            if paper is None:
                made = _proposed(server, reference, described, voice)
                paper_id, came = await papers.add(connection, made), Came.NEW
                if paper_id is None:
                    raise AssertionError("nobody else writes meanwhile")
            else:
                paper_id, came = paper.id, await _voiced_again(connection, paper, voice)
                if reference.version is not None:
                    await papers.name_version(connection, paper_id, reference.version)
            if came is Came.NEW:
                await papers.add_voice(connection, paper_id, voice)
            return came, await shown_paper(connection, server, paper_id)

    async def shown(self, guild_id: int | None, paper_id: int) -> ShownPaper:
        """A paper of the server. Raises `GonePaperError`."""
        async with self._database.read() as connection:
            return await shown_paper(connection, server_of(guild_id), paper_id)

    async def withdraw(self, guild_id: int | None, member_id: int, paper_id: int, *, moderates: bool) -> Withdrawn:
        """Takes back the member's voice. The paper leaves the queue when that was the last one, or a moderator's who
        had none. Raises `GonePaperError`, `NotYoursError` and `NotWaitingError`."""
        server = server_of(guild_id)
        async with self._database.write() as connection:
            paper = await papers.get(connection, server, paper_id)
            if paper is None:
                raise GonePaperError
            if paper.state is not State.PROPOSED:
                raise NotWaitingError(paper.state)
            if not await papers.remove_voice(connection, paper_id, member_id):
                if not moderates:
                    raise NotYoursError
                await papers.clear_voices(connection, paper_id)
            left = (await papers.voices(connection, [paper_id])).get(paper_id, [])
            if left and paper.proposed_by == member_id:
                await papers.hand_on(connection, paper_id, left[0].member_id)
            if not left:
                await papers.set_state(connection, server, paper_id, State.WITHDRAWN)
        return Withdrawn(paper, gone=not left)

    async def like(
        self, guild_id: int | None, typed: str, limit: int, states: Sequence[State], member_id: int | None = None
    ) -> list[Paper]:
        """The server's papers in these states with what was typed in their title or id; those that the member proposed
        or seconded only, where one is given."""
        async with self._database.read() as connection:
            found = await papers.like(connection, server_of(guild_id), typed, states)
            if member_id is not None:
                voices = await papers.voices(connection, [one.id for one in found])
                found = [one for one in found if member_id in {voice.member_id for voice in voices.get(one.id, ())}]
        return found[:limit]

    async def learn(self) -> int:
        """Asks arXiv of papers that members had to describe because it did not answer; returns how many it described.

        They are given up after `ASKED_FOR`: then arXiv has none of that id.
        """
        since = self._database.clock.now() - ASKED_FOR
        async with self._database.read() as connection:
            unasked = await paper_metadata.unasked(connection, Kind.ARXIV, since, _AT_ONCE)
        learnt = 0
        for canonical in unasked:
            try:
                await self._looked_up(reference_to(canonical))
            except UnreachableError:
                break
            except NotInCatalogueError:
                continue
            learnt += 1
        return learnt

    async def _known(self, guild_id: int, reference: PaperReference) -> PaperFacts | None:
        async with self._database.read() as connection:
            paper = await papers.by_canonical(connection, guild_id, reference.canonical)
            known = await paper_metadata.get(connection, reference.canonical)
        found = known or paper
        return None if found is None else PaperFacts(found.title, found.authors, found.abstract, found.published)

    async def _looked_up(self, reference: PaperReference) -> PaperFacts:
        found = await self._lookup.look_up(reference)
        if found is None:
            raise UnknownPaperError
        known = PaperMetadata(
            reference.canonical,
            found.title,
            found.authors,
            found.abstract,
            found.published,
            found.version,
            self._database.clock.now(),
        )
        async with self._database.write() as connection:
            await paper_metadata.keep(connection, known)
            await sessions.touch_paper(connection, known.canonical, known.title, known.authors, known.fetched_at)
            await paper_metadata.describe(connection, known)
        return found


def written_facts(title: str, authors: str) -> PaperFacts | None:
    """What a member says of a paper; None without a title. Authors are parted by commas, semicolons or "and"."""
    return facts(title, [name for part in _BETWEEN_NAMES.split(authors) if (name := part.strip())], None, None)


def _proposed(guild_id: int, reference: PaperReference, described: PaperFacts, voice: Voice) -> Paper:
    return Paper(
        0,
        guild_id,
        reference.canonical,
        reference.version,
        described.title,
        described.authors,
        described.abstract,
        described.published,
        voice.member_id,
        voice.at,
        State.PROPOSED,
        voice.at,
    )


async def _voiced_again(connection: AsyncConnection, paper: Paper, voice: Voice) -> Came:
    """Takes in that somebody proposes a paper that the server has."""
    if paper.state is State.COVERED:
        return Came.COVERED
    if paper.state in (State.WITHDRAWN, State.EXPIRED):
        await papers.propose_anew(connection, paper.id, voice.member_id, voice.at)
        await papers.add_voice(connection, paper.id, voice)
        return Came.AGAIN
    await papers.renew(connection, paper.id, voice.at)
    return Came.SECONDED if await papers.add_voice(connection, paper.id, voice) else Came.KNOWN


async def shown_paper(connection: AsyncConnection, guild_id: int, paper_id: int) -> ShownPaper:
    """A paper of the server. Raises `GonePaperError`."""
    paper = await papers.get(connection, guild_id, paper_id)
    if paper is None:
        raise GonePaperError
    subject = Subject(PAPER, paper_id)
    voices = (await papers.voices(connection, [paper_id])).get(paper_id, [])
    tally = (await votes.tallies(connection, [subject])).get(subject, Tally())
    meetings = [
        Meeting(club, session, paper)
        for session in await sessions.of_paper(connection, paper_id)
        if session.state in (Held.PLANNED, Held.HELD)
        and (club := await series.get(connection, guild_id, session.series_id)) is not None
    ]
    known = await paper_metadata.get(connection, paper.canonical)
    return ShownPaper(paper, tuple(voices), tally, tuple(meetings), known.version if known else None)


def server_of(guild_id: int | None) -> int:
    """The server. Raises `OutsideServersError` where there is none."""
    if guild_id is None:
        raise OutsideServersError
    return guild_id
