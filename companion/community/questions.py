"""Questions as members ask them: in public, in a conversation, varied; answered, logged, and looked into afterwards.

Everything here checks that what a member names or presses belongs to the member's own server.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import Protocol

from companion.archive.answers import Answer, Asking
from companion.archive.language_model import NOTHING_USED
from companion.archive.results import Query
from companion.community import logged_texts
from companion.community.budgets import Budgets, Reservation
from companion.community.conversations import Conversations
from companion.community.faq import Faq, Precedent
from companion.community.outcomes import cache_key, outcome_of, rests_on, usage_of
from companion.community.searches import Asker
from companion.community.visibility import visible_podcasts
from companion.community.wishes import Wish, checked_query, looked_up
from companion.storage import episodes, index_version, questions, retractions
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.errors import NotFoundError
from companion.storage.questions import Outcome, Question
from companion.storage.retractions import Retraction
from companion.storage.searches import Filters

SAME_FOR = timedelta(days=30)
"""How long what a model wrote is shown again to whoever asks the same of the same archive."""
_UNFINISHED = "The answer is not finished."
"""The problem of an answer that is being written, until it is."""
_BROKEN_OFF = "I was stopped while this answer was being written."
_LONGEST_WRITING = timedelta(minutes=20)


class Answers(Protocol):
    """What finds and writes answers."""

    async def find(self, asking: Asking) -> Answer:
        """The evidence and the quotations; no model."""
        ...

    def write(self, answer: Answer) -> AsyncGenerator[Answer]:
        """The same answer while a model's prose grows, the last one final."""
        ...


class GoneQuestionError(NotFoundError):
    """A question that this server never asked, or whose record is deleted."""

    def __init__(self) -> None:
        super().__init__("I don't know this question any more. Ask again with `/ask`.")


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with everything that is shown with it.

    ``origin`` is the question that it varies, ``parent`` the one that it goes on from: None where there is none, or it
    is deleted. ``episode`` is what it was limited to, ``precedent`` an answer to the same that a host marked right.
    ``writing``: a model's prose is still to come. ``loading``: asked again in a few seconds, it would be searched by
    meaning too. ``again``: the prose was written before, for the same question. ``writes_again``: when the model may be
    asked again, whose budget is used up. ``reserved`` is what is set aside for the prose.
    """

    question: Question
    answer: Answer
    origin: Question | None = None
    parent: Question | None = None
    episode: Episode | None = None
    precedent: Precedent | None = None
    writing: bool = False
    loading: bool = False
    again: bool = False
    writes_again: datetime | None = None
    reserved: Reservation | None = None


class Questions:
    """What members do with questions, over one database. ``model`` is the name of what writes prose; None: nothing."""

    def __init__(
        self,
        database: Database,
        answers: Answers,
        budgets: Budgets,
        faq: Faq,
        *,
        model: str | None = None,
        loading: bool = False,
    ) -> None:
        self.loading = loading
        """Will meanings be compared soon?"""
        self.model = model
        self.conversations = Conversations(database)
        self._database = database
        self._answers = answers
        self._budgets = budgets
        self._faq = faq

    async def ask(self, asker: Asker, wish: Wish, *, follows: int | None = None) -> Answered:
        """Records a question and answers it from what was said; a model's prose comes with `write`.

        In a conversation's thread it goes on from what was asked there, and anywhere from the question that it
        ``follows``. Raises `CompanionError` for names that nothing has.
        """
        podcasts = await visible_podcasts(self._database, asker.guild_id)
        filters = await looked_up(self._database, wish, podcasts)
        guild_id = asker.guild_id or 0
        if follows is None:
            follows = await self.conversations.goes_on_from(guild_id, asker.channel_id)
        return await self._answer(
            self._question(asker, wish.text, filters, follows_id=follows), podcasts, asker.role_ids
        )

    async def riff(self, asker: Asker, question_id: int, text: str) -> Answered:
        """A variation of somebody's question, with its filters, in its conversation, and with credit to it."""
        origin = await self.get(question_id, asker.guild_id)
        podcasts = await visible_podcasts(self._database, asker.guild_id)
        varied = self._question(
            asker, checked_query(text), origin.filters, follows_id=origin.follows_id, riff_on=origin.id
        )
        return await self._answer(varied, podcasts, asker.role_ids)

    async def dated(self, asker: Asker, question_id: int, after: date | None, before: date | None) -> Answered:
        """The same question, asked of the episodes of other days (inclusive)."""
        origin = await self.get(question_id, asker.guild_id)
        podcasts = await visible_podcasts(self._database, asker.guild_id)
        filters = replace(origin.filters, after=after, before=before)
        same = self._question(asker, origin.text, filters, follows_id=origin.follows_id, riff_on=origin.id)
        return await self._answer(same, podcasts, asker.role_ids)

    async def write(self, shown: Answered) -> AsyncGenerator[Answered]:
        """The answer while a model's prose grows; the last one is final, and logged.

        Of a reply that nobody waits for any more, nothing is kept.
        """
        began = perf_counter()
        before = shown.question.outcome.seconds if shown.question.outcome else 0.0
        async with aclosing(self._answers.write(shown.answer)) as growing:
            async for answer in growing:
                shown = replace(shown, answer=answer)
                yield shown
        used = usage_of(shown.answer)
        # Where nobody waited for the end, what was reserved stays spent.
        micros = await self._budgets.settle(shown.reserved, used) if shown.reserved else None
        outcome = replace(outcome_of(shown.answer, before + perf_counter() - began), cost_micros=micros)
        yield replace(await self._logged(shown, outcome), writing=False, reserved=None)

    async def broken_off(self, now: datetime) -> list[int]:
        """Questions whose answers nobody writes any more, since whoever did was stopped: each is returned once."""
        async with self._database.write() as connection:
            return await questions.break_off(connection, _UNFINISHED, _BROKEN_OFF, now - _LONGEST_WRITING)

    async def again(self, question: Question) -> Answer:
        """What answers a recorded question now, for what the bot does by itself. Nothing is recorded of that."""
        podcasts = await visible_podcasts(self._database, question.guild_id)
        return await self._answers.find(await self._asking(question, podcasts))

    async def within(self, guild_id: int, text: str, episode_id: int) -> Answer:
        """What one episode says to a question, for what the bot does by itself. Nothing is recorded of that."""
        podcasts = await visible_podcasts(self._database, guild_id)
        return await self._answers.find(Asking(text, Query(text, podcasts, episode_id)))

    async def get(self, question_id: int, guild_id: int | None) -> Question:
        """A question of this server. Raises `GoneQuestionError` for any other."""
        question = await self.find(question_id)
        if question is None or question.guild_id != guild_id:
            raise GoneQuestionError
        return question

    async def find(self, question_id: int) -> Question | None:
        """A question of any server, for what the bot does by itself."""
        async with self._database.read() as connection:
            return await questions.get(connection, question_id)

    async def shown_by(self, guild_id: int, message_id: int) -> Question | None:
        """The question whose answer a message shows."""
        async with self._database.read() as connection:
            return await questions.shown_by(connection, guild_id, message_id)

    async def posted(self, question_id: int, message: Retraction) -> None:
        """Remembers the message that shows the answer. It is taken back where its question was deleted meanwhile."""
        async with self._database.write() as connection:
            if not await questions.attach_message(connection, question_id, message.message_id):
                await retractions.put(connection, [message], self._database.clock.now())

    async def _answer(self, question: Question, podcasts: frozenset[int], role_ids: tuple[int, ...]) -> Answered:
        began = perf_counter()
        asking = await self._asking(question, podcasts)
        question = replace(question, cache_key=await self._cache_key(asking))
        same = await self._same(question)
        # What was written before costs nothing, so that it is answered whatever is left of a budget.
        reserved = await self._reserve(question, role_ids) if same is None else None
        try:
            async with self._database.write() as connection:
                question = replace(question, id=await questions.record(connection, question))
            logged_texts.asked("question", question.id, question.guild_id, question.text)
            found = await self._answers.find(asking)
            if same is not None and not rests_on(same, found):
                same, reserved = None, await self._reserve(question, role_ids)
            shown = await self._with_circumstances(question, found, podcasts)
        except BaseException:  # what was reserved is free for others
            if reserved is not None:
                await self._budgets.release(reserved)
            raise
        shown = _written_before(shown, same) if same is not None else self._to_be_written(shown, reserved)
        if reserved is not None and not shown.writing:
            await self._budgets.settle(reserved, NOTHING_USED)
        outcome = outcome_of(shown.answer, perf_counter() - began)
        if same is not None and same.outcome is not None:
            outcome = replace(outcome, model=same.outcome.model, prompt=same.outcome.prompt, cost_micros=0)
        if shown.writing:
            outcome = replace(outcome, problem=_UNFINISHED)
        # Logged before the prose is there too: what is asked next may go on from it already.
        return await self._logged(shown, outcome)

    async def _reserve(self, question: Question, role_ids: tuple[int, ...]) -> Reservation:
        return await self._budgets.reserve(question.guild_id, question.member_id, role_ids)

    def _to_be_written(self, shown: Answered, reserved: Reservation | None) -> Answered:
        """Whether a model writes now, or why it doesn't."""
        if self.model is None or reserved is None or not shown.answer.results.answerable:
            return shown
        if not reserved.may_write:
            refused = replace(shown.answer, problem=reserved.problem)
            return replace(shown, answer=refused, writes_again=reserved.again)
        return replace(shown, writing=True, reserved=reserved)

    async def _asking(self, question: Question, podcasts: frozenset[int]) -> Asking:
        filters = question.filters
        query = Query(question.text, podcasts, filters.episode_id, filters.speaker, filters.after, filters.before)
        earlier = await self.conversations.before(question.follows_id, podcasts) if question.follows_id else ()
        pinned = await self.conversations.pinned(question.channel_id, podcasts)
        return Asking(question.text, query, earlier, pinned)

    async def _cache_key(self, asking: Asking) -> str:
        async with self._database.read() as connection:
            return cache_key(asking, await index_version.current(connection), self.model)

    async def _same(self, question: Question) -> Question | None:
        """An earlier question to which the model has written what would answer this one."""
        if self.model is None or question.cache_key is None:
            return None
        async with self._database.read() as connection:
            return await questions.answered_same(
                connection, question.guild_id, question.cache_key, question.asked_at, SAME_FOR
            )

    async def _with_circumstances(self, question: Question, answer: Answer, podcasts: frozenset[int]) -> Answered:
        episode_id = question.filters.episode_id
        async with self._database.read() as connection:
            origin = await questions.get(connection, question.riff_on) if question.riff_on else None
            parent = await questions.get(connection, question.follows_id) if question.follows_id else None
            episode = (await episodes.get(connection, [episode_id])).get(episode_id) if episode_id else None
        if episode is not None and episode.podcast_id not in podcasts:
            episode = None  # the server has left the podcast since
        loading = self.loading and not answer.results.semantic
        precedent = await self._faq.asked_before(question)
        return Answered(question, answer, origin, parent, episode, precedent, loading=loading)

    async def _logged(self, shown: Answered, outcome: Outcome) -> Answered:
        question = replace(shown.question, outcome=outcome)
        async with self._database.write() as connection:
            await questions.answered(connection, question.id, outcome)
        return replace(shown, question=question)

    def _question(
        self,
        asker: Asker,
        text: str,
        filters: Filters,
        *,
        follows_id: int | None = None,
        riff_on: int | None = None,
    ) -> Question:
        return Question(
            guild_id=asker.guild_id or 0,
            channel_id=asker.channel_id,
            member_id=asker.member_id,
            member_name=asker.member_name,
            text=text,
            asked_at=self._database.clock.now(),
            filters=filters,
            follows_id=follows_id,
            riff_on=riff_on,
        )


def _written_before(shown: Answered, earlier: Question) -> Answered:
    prose = earlier.outcome.answer if earlier.outcome else ""
    return replace(shown, answer=replace(shown.answer, prose=prose), again=True)
