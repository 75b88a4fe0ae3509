"""Guests who are heard at last, and what they say to the questions that members had for them.

After each change of the archive the guests who are expected are looked for among the people of the episodes that came
out since. Each question that has an episode then, or a session's recording, is looked for in that, once for each time
that it changes, and only where meanings can be compared: words alone would find something for any question. Whoever
asked is told once; the message is claimed before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.archive.answers import Answer, Quotation, Source
from companion.archive.people import people_in
from companion.archive.search import Searcher
from companion.community.guests import heard_since, is_among
from companion.community.member_questions import Addressee, MemberQuestions
from companion.community.nonces import nonce_of
from companion.community.places import Quoted
from companion.community.question_refusals import NobodyToAskError, NoQuestionError
from companion.community.questions import Questions
from companion.community.visibility import NoPodcastYetError
from companion.storage import guests, index_version, member_questions, vectors
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Kind, Reference
from companion.storage.guests import Guest
from companion.storage.member_questions import MemberQuestion, Unanswered
from companion.storage.names import folded, names_in

LOOKS = 5
"""Questions that are looked for in one go, so that members who ask meanwhile hardly wait."""
CLAIM_LASTS = timedelta(minutes=10)
"""After which a claim's sender is taken to have been stopped."""
_AT_A_LOOK = 100
"""Who is looked up in one go to be told: some cannot be, for now."""


@dataclass(frozen=True, slots=True)
class Tidings:
    """What a member is told: where their question was answered. ``question`` is as it was before it was claimed."""

    question: MemberQuestion
    to: Addressee
    answer: Quoted
    episode: Episode

    @property
    def nonce(self) -> str:
        return nonce_of("guest", self.question.id, self.question.asked_by)


class GuestAnswers:
    """Looks for guests and answers, over one database. ``turn`` is waited for before a question is looked for."""

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
        self._kept = MemberQuestions(database)
        self._recognised: object = None
        """The version of the archive in which guests were looked for, and who these were."""
        self._looked_at: dict[int, int] = {}
        """For each question that was not answered, the revision of the episode in which it was looked for."""

    async def recognise(self) -> list[Guest]:
        """The guests who are heard now, and were not before. Each has an episode from then on."""
        async with self._database.read() as connection:
            version = await index_version.current(connection)
            waited_for = await guests.expected(connection)
        state = version, frozenset((guest.id, guest.added_at) for guest in waited_for)
        if state == self._recognised:
            return []
        found: list[Guest] = []
        for guest in waited_for:
            episode = await self._episode_of(guest)
            if episode is not None:
                async with self._database.write() as connection:
                    if await guests.heard_in(connection, guest.id, episode.id):
                        found.append(guest)
        self._recognised = state
        return found

    async def look(self) -> list[MemberQuestion]:
        """Looks for the answers to some of the questions; returns those that were found."""
        model = self._searcher.model_id
        if self._asked.loading or model is None:
            return []
        async with self._database.read() as connection:
            waiting = await member_questions.unanswered(connection)
            late = await vectors.lacking(connection, model, {one.episode_id for one in waiting})
        known = {one.question.id for one in waiting}
        self._looked_at = {one: revision for one, revision in self._looked_at.items() if one in known}
        due = [one for one in waiting if one.episode_id not in late and self._is_new(one)][:LOOKS]
        if not due:
            return []
        # A load that goes on may have begun before an episode was there: the second one surely begins after that.
        await self._searcher.refresh()
        await self._searcher.refresh()
        found: list[MemberQuestion] = []
        for one in due:
            place = await self._place(one)
            self._looked_at[one.question.id] = one.revision
            if place is not None:
                async with self._database.write() as connection:
                    if await member_questions.answered(connection, one.question.id, place):
                        found.append(one.question)
        return found

    async def to_tell(self, guild_ids: Collection[int], now: datetime) -> list[MemberQuestion]:
        """The questions of these servers whose askers can be told now, who waited longest first. `claim` one before it
        is sent."""
        async with self._database.read() as connection:
            return await member_questions.to_tell(connection, guild_ids, now - CLAIM_LASTS, _AT_A_LOOK)

    async def claim(self, question: MemberQuestion, now: datetime) -> Tidings | None:
        """Takes it over from everybody else: what is to be sent now. None where others were quicker, the question was
        withdrawn, or what answered it is gone and has to be looked for again."""
        try:
            shown = await self._kept.shown(question.guild_id, question.id)
        except (NoQuestionError, NobodyToAskError):
            return None
        async with self._database.write() as connection:
            if shown.answer is None or shown.episode is None:
                await member_questions.lost(connection, question.id)
                self._looked_at.pop(question.id, None)
                return None
            claimed = await member_questions.claim(connection, question, now)
        return Tidings(question, shown.to, shown.answer, shown.episode) if claimed else None

    async def settle(self, question: MemberQuestion, now: datetime) -> None:
        """The asker was told, or cannot be."""
        async with self._database.write() as connection:
            await member_questions.settle(connection, question.id, now)

    def _is_new(self, one: Unanswered) -> bool:
        return self._looked_at.get(one.question.id) != one.revision

    async def _episode_of(self, guest: Guest) -> Episode | None:
        """The first episode since that has the guest among its people."""
        async with self._database.read() as connection:
            since = await guests.published_since(connection, guest.guild_id, heard_since(guest))
            labels = await guests.labels(connection, [one.id for one in since])
            names = await names_in(connection, frozenset({one.podcast_id for one in since}))
        for episode in since:
            spoken = {names.of(episode.podcast_id, episode.id, label) for label in labels.get(episode.id, ())}
            speakers = {name for label in spoken for name in people_in(label)}
            called = {guest.name, names.person(episode.podcast_id, guest.name)}
            if any(is_among(name, episode.facts, speakers) for name in called):
                return episode
        return None

    async def _place(self, one: Unanswered) -> Reference | None:
        """Where the episode answers the question; None where the evidence is too thin."""
        question = one.question
        try:
            shown = await self._kept.shown(question.guild_id, question.id)
            async with self._turn():
                answer = await self._asked.within(question.guild_id, question.text, one.episode_id)
        except (NoQuestionError, NobodyToAskError, NoPodcastYetError):
            return None  # withdrawn meanwhile, or the server left its podcasts
        guest = shown.to.name if question.of.guest_id is not None else None
        return answering_place(answer, guest)


def answering_place(answer: Answer, guest: str | None) -> Reference | None:
    """The words that answer best, of what somebody said: the guest's own words where there are any among those that
    answer. None for a refusal."""
    if not answer.results.answerable or not answer.results.hits:
        return None
    sources = {one.number: one for one in answer.sources}
    said = [
        (one, sources[one.number])
        for one in answer.quotations
        if one.number in sources and sources[one.number].hit.passage.kind is Kind.SPEECH
    ]
    best = answer.results.hits[0].passage_id
    return next(
        (_reference(quotation, source) for quotation, source in sorted(said, key=lambda one: _order(one, guest, best))),
        None,
    )


def _order(one: tuple[Quotation, Source], guest: str | None, best: int) -> tuple[bool, bool]:
    quotation, source = one
    theirs = guest is not None and _names(folded(guest), people_in(quotation.speaker or ""))
    return not theirs, source.hit.passage_id != best


def _names(wanted: str, people: Iterable[str]) -> bool:
    return any(folded(name) == wanted for name in people)


def _reference(quotation: Quotation, source: Source) -> Reference:
    """Where the quotation is in its episode."""
    passage = source.hit.passage
    begin = passage.text.index(quotation.text)
    first = passage.first_word + len(passage.text[:begin].split())
    last = first + len(quotation.text.split()) - 1
    return Reference(source.hit.episode.id, passage.kind, quotation.start, None, first, last)
