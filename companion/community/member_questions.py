"""Questions that members have for a guest, or for whoever presents in a session: asked, voted on, put by a host."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from companion.community.hosts import Host
from companion.community.places import GonePassageError, Quoted, quoted_at
from companion.community.question_refusals import (
    MOST,
    EnoughQuestionsError,
    NobodyToAskError,
    NoQuestionError,
    NothingToAskError,
    NotTheirQuestionError,
    TooLateError,
)
from companion.community.ranked_votes import Placed, by_votes
from companion.community.visibility import NoPodcastYetError, OutsideServersError
from companion.community.wishes import has_words
from companion.storage import ballots, episodes, guests, member_questions, papers, series, sessions, votes
from companion.storage.ballots import QUESTION, Subject
from companion.storage.engine import AsyncConnection, Database
from companion.storage.episodes import Episode
from companion.storage.member_questions import AskedOf, MemberQuestion, State
from companion.storage.sessions import Session
from companion.storage.sessions import State as SessionState

LONGEST = 300
"""Characters of a question: more is a speech."""
_AFTERWARDS = timedelta(days=1)
"""So long after a session began, questions to its presenter are still taken."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom questions are for: a guest, who may be expected on a ``day``, or whoever presents in a session, which starts
    at an instant, on a ``day`` of the club's clocks. ``name`` is the guest's, or the club's; ``paper`` is the title of
    what the session is about.

    ``over``: no more questions are taken.
    """

    of: AskedOf
    name: str
    day: date | None = None
    starts_at: datetime | None = None
    paper: str | None = None
    presented_by: int | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A question, whom it is for, its votes, and where it was answered: in that ``episode``, with those words."""

    question: MemberQuestion
    to: Addressee
    tally: votes.Tally
    answer: Quoted | None = None
    episode: Episode | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: a new question, or the one that somebody had in the same words."""

    shown: Shown
    new: bool


@dataclass(frozen=True, slots=True)
class Top:
    """The questions for somebody that were not put yet, by votes, and how many were. ``voters``: members who voted.
    ``posted``: where each was posted last, a channel and a message, by the question's id."""

    to: Addressee
    ranked: tuple[Placed[MemberQuestion], ...]
    put: int
    voters: int
    posted: Mapping[int, tuple[int, int]]


class MemberQuestions:
    """The questions of all servers' members, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, guild_id: int | None, of: AskedOf, member_id: int, text: str) -> Asked:
        """Asks a guest who is expected, or whoever presents in a session until that is over. The same words are one
        question: whoever has it too votes for it.

        Raises `NobodyToAskError`, `TooLateError`, `NothingToAskError` and `EnoughQuestionsError`.
        """
        if guild_id is None:
            raise OutsideServersError
        words = _checked(text)
        now = self._database.clock.now()
        async with self._database.write() as connection:
            to = await _addressee(connection, guild_id, of, now)
            if to.over:
                raise TooLateError(_too_late(to))
            known = await member_questions.same(connection, of, words)
            if known is None and await member_questions.count_open(connection, guild_id, member_id) >= MOST:
                raise EnoughQuestionsError
            question = known or MemberQuestion(0, guild_id, of, words, member_id, now)
            if known is None:
                question = replace(question, id=await member_questions.add(connection, question))
        return Asked(await self.shown(guild_id, question.id), known is None)

    async def shown(self, guild_id: int | None, question_id: int) -> Shown:
        """All that is shown of a question. Raises `NoQuestionError` for one that was withdrawn, or is another
        server's."""
        question = await self._get(guild_id, question_id)
        subject = Subject(QUESTION, question.id)
        async with self._database.read() as connection:
            to = await _addressee(connection, question.guild_id, question.of, self._database.clock.now())
            tally = (await votes.tallies(connection, [subject])).get(subject, votes.Tally())
        shown = Shown(question, to, tally)
        if question.answer is None:
            return shown
        try:
            answer = await quoted_at(self._database, guild_id, question.answer)
        except (GonePassageError, NoPodcastYetError):
            return shown  # the server sees it no more
        async with self._database.read() as connection:
            episode = (await episodes.get(connection, [question.answer.episode_id])).get(question.answer.episode_id)
        return replace(shown, answer=answer, episode=episode)

    async def top(self, guild_id: int | None, of: AskedOf) -> Top:
        """The questions that were not put yet. Raises `NobodyToAskError`."""
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            to = await _addressee(connection, guild_id, of, self._database.clock.now())
            every = await member_questions.of_one(connection, of)
            things = {Subject(QUESTION, one.id): one for one in every if one.state is State.OPEN}
            tallies = await votes.tallies(connection, things)
            voters = await votes.voters(connection, things)
            posted = await ballots.posted(connection, things)
        return Top(to, tuple(by_votes(things, tallies, voters)), len(every) - len(things), voters, posted)

    async def put(self, host: Host, question_ids: Collection[int]) -> list[MemberQuestion]:
        """A host put these to whom they are for: returns those of them that were open. Raises `NoQuestionError` where
        one is not the server's."""
        async with self._database.write() as connection:
            known = [await member_questions.get(connection, host.guild_id, one) for one in question_ids]
            moved: list[MemberQuestion] = []
            for question in known:
                if question is None:
                    raise NoQuestionError
                if await member_questions.move(connection, question.id, {State.OPEN}, State.ASKED):
                    moved.append(replace(question, state=State.ASKED))
        return moved

    async def take_back(self, host: Host, question_id: int) -> MemberQuestion:
        """A question was not put after all. Raises `NoQuestionError`."""
        question = await self._get(host.guild_id, question_id)
        async with self._database.write() as connection:
            await member_questions.move(connection, question.id, {State.ASKED}, State.OPEN)
        return await self._get(host.guild_id, question_id)

    async def withdraw(
        self, guild_id: int | None, member_id: int, question_id: int, *, moderates: bool
    ) -> MemberQuestion:
        """Forgets a question, for who asked it and those who moderate. Raises `NoQuestionError` and
        `NotTheirQuestionError`."""
        question = await self._get(guild_id, question_id)
        if not moderates and question.asked_by != member_id:
            raise NotTheirQuestionError
        async with self._database.write() as connection:
            await member_questions.remove(connection, question.guild_id, question.id)
        return question

    async def addressee(self, guild_id: int | None, of: AskedOf) -> Addressee:
        """Whom a question would be for. Raises `NobodyToAskError` and `TooLateError`."""
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            to = await _addressee(connection, guild_id, of, self._database.clock.now())
        if to.over:
            raise TooLateError(_too_late(to))
        return to

    async def to_ask(self, guild_id: int | None, typed: str, limit: int) -> list[Addressee]:
        """Who can be asked now and has every typed word in their name: the guests who are expected, and the coming
        sessions."""
        if guild_id is None:
            return []
        now = self._database.clock.now()
        async with self._database.read() as connection:
            expected = [
                AskedOf(one.id) for one in await guests.of_guild(connection, guild_id) if one.episode_id is None
            ]
            coming = [
                AskedOf(session_id=one.id) for one in await sessions.coming(connection, guild_id, now - _AFTERWARDS)
            ]
            every = [await _addressee(connection, guild_id, of, now) for of in [*expected, *coming]]
        return [one for one in every if has_words(f"{one.name} {one.paper or ''}", typed)][:limit]

    async def in_thread(self, guild_id: int | None, thread_id: int) -> AskedOf | None:
        """The session that is, or was, discussed in a thread; None for any other."""
        if guild_id is None:
            return None
        async with self._database.read() as connection:
            session = await sessions.by_thread(connection, guild_id, thread_id)
        return None if session is None else AskedOf(session_id=session.id)

    async def _get(self, guild_id: int | None, question_id: int) -> MemberQuestion:
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            question = await member_questions.get(connection, guild_id, question_id)
        if question is None:
            raise NoQuestionError
        return question


async def _addressee(connection: AsyncConnection, guild_id: int, of: AskedOf, now: datetime) -> Addressee:
    """Whom a question of the server would be for. Raises `NobodyToAskError`."""
    if of.guest_id is not None:
        guest = await guests.get(connection, guild_id, of.guest_id)
        if guest is None:
            raise NobodyToAskError
        return Addressee(of, guest.name, day=guest.day, over=guest.episode_id is not None)
    session = await sessions.get(connection, guild_id, of.session_id or 0)
    club = await series.get(connection, guild_id, session.series_id) if session is not None else None
    if session is None or club is None:
        raise NobodyToAskError
    paper = await papers.get(connection, guild_id, session.paper_id) if session.paper_id is not None else None
    return Addressee(
        of,
        club.name,
        day=session.day,
        starts_at=session.starts_at,
        paper=paper.title if paper is not None else None,
        presented_by=session.presented_by,
        over=_is_over(session, now),
    )


def _is_over(session: Session, now: datetime) -> bool:
    takes_place = session.state in (SessionState.PLANNED, SessionState.HELD)
    return not takes_place or session.starts_at + _AFTERWARDS < now or session.episode_id is not None


def _too_late(to: Addressee) -> str:
    if to.of.guest_id is not None:
        return f"{to.name} was heard already: `/ask` looks for what they said, and hosts can expect them once more."
    return f"This session of {to.name} is over: `/club next` tells when the next one is."


def _checked(text: str) -> str:
    """The question on one line. Raises `NothingToAskError`."""
    line = " ".join(text.split())[:LONGEST].strip()
    if not re.search(r"\w", line):
        raise NothingToAskError
    return line
