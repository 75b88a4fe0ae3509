"""Questions that found nothing: asked again whenever the archive changes, and told once to those who wait for them.

A message is claimed before it is sent, so that nobody is told twice. Who waits for a deleted question, has left the
server or is blocked there is told nothing, and nothing is kept of their waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from companion.archive.answers import Answer
from companion.archive.search import Searcher
from companion.community.feedback import of_server
from companion.community.nonces import nonce_of
from companion.community.questions import Questions
from companion.community.visibility import NoPodcastYetError
from companion.storage import awaited, index_version, questions, second_looks
from companion.storage.awaited import Awaited
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.questions import Question

LOOKS = 5
"""Questions that are asked again in one go, so that members who ask meanwhile hardly wait."""
RECENT = timedelta(days=30)
"""For so long a question is asked again for which nobody waits: `/asked` shows what it finds."""
LONGEST = timedelta(days=365)
"""For so long a member waits."""
MOST = 25
"""Questions that a member may wait for in one server."""
CLAIM_LASTS = timedelta(minutes=10)
"""After which a claim's sender is taken to have been stopped."""
_AT_A_LOOK = 200
"""Who is looked up in one go to be told: some cannot be, for now."""


class NothingToWaitForError(CompanionError):
    """A question that found something."""

    def __init__(self) -> None:
        super().__init__("This question is answered already, so there is nothing to wait for.")


class EnoughAwaitedError(CompanionError):
    """The member waits for as much as they may."""

    def __init__(self) -> None:
        super().__init__(
            f"You wait for {MOST} answers here, which is all there is room for: press “Tell me” again under one that"
            " you need no more."
        )


class NotToldError(CompanionError):
    """A message that told somebody else, or nobody any more."""

    def __init__(self) -> None:
        super().__init__(
            "Only who was told here can delete this message with its button, as long as their question is there;"
            " whoever may manage messages can delete it in its menu."
        )


class Wanted(Enum):
    """What became of a press on *Tell me*."""

    WAITING = auto()
    NO_LONGER = auto()
    TOLD = auto()


@dataclass(frozen=True, slots=True)
class Tidings:
    """What a member is told: their question is answered by now. ``awaited`` is as it was before it was claimed."""

    awaited: Awaited
    question: Question
    answer: Answer

    @property
    def nonce(self) -> str:
        return nonce_of("told", self.awaited.question_id, self.awaited.member_id)


class AwaitedAnswers:
    """Who waits for what, over one database. ``turn`` is waited for before a question is asked again."""

    def __init__(
        self,
        database: Database,
        asked: Questions,
        searcher: Searcher,
        turn: Callable[[], AbstractAsyncContextManager[None]],
    ) -> None:
        self._database = database
        self._asked = asked
        self._searcher = searcher
        self._turn = turn
        self._looked_through: int | None = None
        """The version of the archive in which nothing was left to be asked again."""

    async def want(self, guild_id: int | None, question_id: int, member_id: int) -> Wanted:
        """The member wants to be told once the question finds something; pressed again, they want it no longer.

        Raises `GoneQuestionError`, `NothingToWaitForError` and `EnoughAwaitedError`.
        """
        async with self._database.write() as connection:
            question = of_server(await questions.get(connection, question_id), guild_id)
            known = await awaited.get(connection, question_id, member_id)
            if known is not None:
                if known.told_message_id is not None:
                    return Wanted.TOLD
                await awaited.remove(connection, question_id, member_id)
                return Wanted.NO_LONGER
            if question.outcome is None or question.outcome.answerable:
                raise NothingToWaitForError
            if await awaited.count(connection, question.guild_id, member_id) >= MOST:
                raise EnoughAwaitedError
            await awaited.add(connection, question_id, member_id, self._database.clock.now())
        return Wanted.WAITING

    async def look(self, now: datetime) -> None:
        """Asks some of the questions again that found nothing, if the archive has changed since they were asked."""
        if self._asked.loading:
            return  # what would be found by words alone is not all there is
        async with self._database.read() as connection:
            version = await index_version.current(connection)
            if version == self._looked_through:
                return
            due = await second_looks.due(connection, version, now - RECENT, LOOKS)
        if not due:
            async with self._database.write() as connection:
                await awaited.forget_older(connection, now - LONGEST)
            self._looked_through = version
            return
        # The archive may have changed once more since then: what counts is that this is no older.
        await self._searcher.refresh()
        for question_id in due:
            question = await self._asked.find(question_id)
            answer = await self._answer(question) if question else None
            await self._looked(question_id, version, found=answer is not None, now=now)

    async def to_tell(self, guild_ids: Collection[int], now: datetime) -> list[tuple[Awaited, Question]]:
        """Who can be told now in these servers, and of what, who waited longest first. `claim` it before it is sent."""
        async with self._database.read() as connection:
            found = await awaited.found(connection, guild_ids, now - CLAIM_LASTS, _AT_A_LOOK)
            pairs = [(one, await questions.get(connection, one.question_id)) for one in found]
        return [(one, question) for one, question in pairs if question is not None]

    async def claim(self, one: Awaited, question: Question, now: datetime) -> Tidings | None:
        """Takes it over from everybody else: what is to be sent now. None where others were quicker, the member waits
        no more, or the question finds nothing after all."""
        async with self._database.read() as connection:
            version = await index_version.current(connection)
        answer = await self._answer(question)
        if answer is None:
            await self._looked(question.id, version, found=False, now=now)
            return None
        async with self._database.write() as connection:
            claimed = await awaited.claim(connection, one, now)
        return Tidings(one, question, answer) if claimed else None

    async def told(self, tidings: Tidings, message_id: int) -> None:
        """The message was sent."""
        one = tidings.awaited
        async with self._database.write() as connection:
            await awaited.finalise(connection, one.question_id, one.member_id, message_id)

    async def drop(self, one: Awaited) -> None:
        """The member cannot be told, or must not: nothing is kept of their waiting."""
        async with self._database.write() as connection:
            await awaited.remove(connection, one.question_id, one.member_id)

    async def message_deleted(self, message_ids: Collection[int]) -> None:
        """Of who was told in these messages nothing is kept any more."""
        async with self._database.read() as connection:
            told = await awaited.told_by(connection, message_ids)
        for one in told:
            await self.drop(one)

    async def require_told(self, question_id: int, member_id: int, message_id: int) -> Awaited:
        """The waiting that this message put an end to. Raises `NotToldError`."""
        async with self._database.read() as connection:
            known = await awaited.get(connection, question_id, member_id)
        if known is None or known.told_message_id != message_id:
            raise NotToldError
        return known

    async def _answer(self, question: Question) -> Answer | None:
        """The answer to a question as the archive is now; None where it is a refusal."""
        try:
            async with self._turn():
                answer = await self._asked.again(question)
        except NoPodcastYetError:
            return None  # the server left its podcasts
        return answer if answer.results.answerable else None

    async def _looked(self, question_id: int, version: int, *, found: bool, now: datetime) -> None:
        async with self._database.write() as connection:
            # It may be deleted meanwhile, but its row stays.
            await second_looks.record(connection, question_id, version, found, now)
