"""Questions as members ask them: in public, in a conversation, varied; answered, logged, and looked into afterwards.

Everything here checks that what a member names or presses belongs to the member's own server.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from time import perf_counter
from typing import Any, Protocol

from companion.archive.answers import Answer, Asking
from companion.archive.results import Query
from companion.community.conversations import Conversations
from companion.community.searches import Asker
from companion.community.visibility import visible_podcasts
from companion.community.wishes import Wish, checked_query, looked_up
from companion.storage import episodes, index_version, questions
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.errors import NotFoundError
from companion.storage.questions import CitedSource, Outcome, Question
from companion.storage.searches import Filters

SAME_FOR = timedelta(days=30)
"""How long what a model wrote is shown again to whoever asks the same of the same archive."""
_CITATION = re.compile(r"\[(\d{1,3})\]")


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
    is deleted. ``episode`` is what it was limited to. ``writing``: a model's prose is still to come. ``loading``: asked
    again in a few seconds, it would be searched by meaning too. ``again``: the prose was written before, for the same
    question.
    """

    question: Question
    answer: Answer
    origin: Question | None = None
    parent: Question | None = None
    episode: Episode | None = None
    writing: bool = False
    loading: bool = False
    again: bool = False


class Questions:
    """What members do with questions, over one database. ``model`` is the name of what writes prose; None: nothing."""

    def __init__(
        self, database: Database, answers: Answers, *, model: str | None = None, loading: bool = False
    ) -> None:
        self.loading = loading
        """Will meanings be compared soon?"""
        self.model = model
        self.conversations = Conversations(database)
        self._database = database
        self._answers = answers

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
        return await self._answer(self._question(asker, wish.text, filters, follows_id=follows), podcasts)

    async def riff(self, asker: Asker, question_id: int, text: str) -> Answered:
        """A variation of somebody's question, with its filters, in its conversation, and with credit to it."""
        origin = await self.get(question_id, asker.guild_id)
        podcasts = await visible_podcasts(self._database, asker.guild_id)
        varied = self._question(
            asker, checked_query(text), origin.filters, follows_id=origin.follows_id, riff_on=origin.id
        )
        return await self._answer(varied, podcasts)

    async def dated(self, asker: Asker, question_id: int, after: date | None, before: date | None) -> Answered:
        """The same question, asked of the episodes of other days (inclusive)."""
        origin = await self.get(question_id, asker.guild_id)
        podcasts = await visible_podcasts(self._database, asker.guild_id)
        filters = replace(origin.filters, after=after, before=before)
        same = self._question(asker, origin.text, filters, follows_id=origin.follows_id, riff_on=origin.id)
        return await self._answer(same, podcasts)

    async def write(self, shown: Answered) -> AsyncGenerator[Answered]:
        """The answer while a model's prose grows; the last one is final, and logged.

        Of a reply that nobody waits for any more, nothing is kept.
        """
        began = perf_counter()
        asked_for = shown.question.outcome
        found_in = asked_for.seconds if asked_for else 0.0
        async with aclosing(self._answers.write(shown.answer)) as growing:
            async for answer in growing:
                shown = replace(shown, answer=answer)
                yield shown
        outcome = outcome_of(shown.answer, found_in + perf_counter() - began, self.model)
        question = replace(shown.question, outcome=outcome)
        await self._log(question)
        yield replace(shown, question=question, writing=False)

    async def again(self, question: Question) -> Answer:
        """What answers a recorded question now, for what the bot does by itself. Nothing is recorded of that."""
        podcasts = await visible_podcasts(self._database, question.guild_id)
        return await self._answers.find(await self._asking(question, podcasts))

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

    async def posted(self, question_id: int, message_id: int) -> None:
        """Remembers the message that shows the answer."""
        async with self._database.write() as connection:
            await questions.attach_message(connection, question_id, message_id)

    async def _answer(self, question: Question, podcasts: frozenset[int]) -> Answered:
        began = perf_counter()
        asking = await self._asking(question, podcasts)
        key = await self._cache_key(asking)
        async with self._database.write() as connection:
            question_id = await questions.record(connection, replace(question, cache_key=key))
        question = replace(question, id=question_id, cache_key=key)
        found = await self._answers.find(asking)
        shown = await self._with_circumstances(question, found, podcasts)
        same = await self._same(question, found)
        if same is not None and same.outcome is not None:
            written = replace(found, prose=same.outcome.answer)
            outcome = replace(
                outcome_of(written, perf_counter() - began, same.outcome.model),
                prompt=same.outcome.prompt,
                interventions=same.outcome.interventions,
            )
            shown = replace(shown, answer=written, again=True)
        else:
            outcome = outcome_of(found, perf_counter() - began, None)
            shown = replace(shown, writing=self.model is not None and found.results.answerable)
        question = replace(question, outcome=outcome)
        # Logged before the prose is there too: what is asked next may go on from it already.
        await self._log(question)
        return replace(shown, question=question)

    async def _asking(self, question: Question, podcasts: frozenset[int]) -> Asking:
        filters = question.filters
        query = Query(question.text, podcasts, filters.episode_id, filters.speaker, filters.after, filters.before)
        earlier = await self.conversations.before(question.follows_id, podcasts) if question.follows_id else ()
        pinned = await self.conversations.pinned(question.channel_id, podcasts)
        return Asking(question.text, query, earlier, pinned)

    async def _cache_key(self, asking: Asking) -> str:
        """The same for what would be answered the same: question, podcasts, conversation, archive and model."""
        async with self._database.read() as connection:
            version = await index_version.current(connection)
        query = replace(asking.query, podcasts=None, text="")
        parts: list[Any] = [
            asking.text.casefold(),
            sorted(asking.query.podcasts or ()),
            asdict(query),
            [asdict(exchange) for exchange in asking.earlier],
            [asdict(pin) for pin in asking.pinned],
            version,
            self.model,
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()

    async def _same(self, question: Question, found: Answer) -> Question | None:
        """An earlier question that the model has answered from the very same passages."""
        if self.model is None or question.cache_key is None or not found.results.answerable:
            return None
        async with self._database.read() as connection:
            same = await questions.answered_same(
                connection, question.guild_id, question.cache_key, question.asked_at, SAME_FOR
            )
        if same is None or same.outcome is None:
            return None
        before = [source.reference for source in same.outcome.sources]
        return same if before == [source.hit.reference for source in found.sources] else None

    async def _with_circumstances(self, question: Question, answer: Answer, podcasts: frozenset[int]) -> Answered:
        episode_id = question.filters.episode_id
        async with self._database.read() as connection:
            origin = await questions.get(connection, question.riff_on) if question.riff_on else None
            parent = await questions.get(connection, question.follows_id) if question.follows_id else None
            episode = (await episodes.get(connection, [episode_id])).get(episode_id) if episode_id else None
        if episode is not None and episode.podcast_id not in podcasts:
            episode = None  # the server has left the podcast since
        loading = self.loading and not answer.results.semantic
        return Answered(question, answer, origin, parent, episode, loading=loading)

    async def _log(self, question: Question) -> None:
        if question.outcome is not None:
            async with self._database.write() as connection:
                await questions.answered(connection, question.id, question.outcome)

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


def cited_in(answer: Answer) -> frozenset[int]:
    """The numbers of the sources that the answer quotes or refers to."""
    if answer.prose:
        return frozenset(int(number) for number in _CITATION.findall(answer.prose))
    return frozenset(quotation.number for quotation in answer.quotations)


def outcome_of(answer: Answer, seconds: float, model: str | None) -> Outcome:
    """What is logged of an answer. ``model`` is what wrote its prose, or was to."""
    writing = answer.writing
    cited = cited_in(answer)
    quoted = "\n".join(f"[{quotation.number}] {quotation.text}" for quotation in answer.quotations)
    return Outcome(
        searched=answer.searched,
        answerable=answer.results.answerable,
        answer=answer.prose or quoted,
        sources=tuple(
            CitedSource(source.hit.reference, source.hit.score, source.number in cited) for source in answer.sources
        ),
        seconds=seconds,
        prompt=writing.prompt if writing else None,
        model=writing.model if writing else model,
        interventions=tuple((one.kind, one.sentence) for one in writing.interventions) if writing else (),
        problem=answer.problem or None,
        prompt_tokens=writing.prompt_tokens if writing else None,
        completion_tokens=writing.completion_tokens if writing else None,
    )
