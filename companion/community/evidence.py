"""What an answer rests on, for whoever asks to see it: its passages as they are now, and what a model was told."""

from __future__ import annotations

from dataclasses import dataclass

from companion.archive.results import Snippet
from companion.community.places import GonePassageError, passages_at, quoted_at
from companion.community.questions import Questions
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Passage, Reference
from companion.storage.errors import NotFoundError
from companion.storage.questions import CitedSource, Question

PER_PAGE = 3


class NoPromptError(NotFoundError):
    """An answer that no model had a part in, or whose prompt this server may see no more."""

    def __init__(self) -> None:
        super().__init__("There is no prompt to show for this answer.")


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source with its number; all about its passage is None where it is not in the archive any more, or not in this
    server's."""

    number: int
    source: CitedSource
    episode: Episode | None = None
    passage: Passage | None = None
    url: str | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Pin:
    """A passage that is pinned to the thread; all but its reference is None where it is in the archive no more."""

    reference: Reference
    episode: Episode | None = None
    passage: Passage | None = None
    quote: Snippet | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Some of the sources of an answer; ``page`` counts from 0. ``pinnable``: is it looked at in the thread of a
    conversation? ``pins`` are what is pinned there. ``prompt``: is there one to be shown?"""

    question: Question
    sources: tuple[ShownSource, ...]
    page: int
    pages: int
    pinnable: bool
    prompt: bool
    pins: tuple[Pin, ...] = ()


class Evidence:
    """The sources of answers, over one database."""

    def __init__(self, database: Database, questions: Questions) -> None:
        self._database = database
        self._questions = questions
        self._conversations = questions.conversations

    async def page(self, question_id: int, guild_id: int | None, channel_id: int, page: int) -> SourcesPage:
        """A page of the sources of a question of this server, the last one for a page behind it."""
        question = await self._questions.get(question_id, guild_id)
        every = question.outcome.sources if question.outcome else ()
        numbered = list(enumerate(every, start=1))
        pages = max(1, -(-len(numbered) // PER_PAGE))
        page = min(page, pages - 1)
        conversation = await self._conversations.get(question.guild_id, channel_id)
        pins = await self._conversations.pins(channel_id) if conversation else ()
        places = {(pin.episode_id, pin.kind, pin.first_word) for pin in pins}
        shown: list[ShownSource] = []
        for number, source in numbered[page * PER_PAGE : (page + 1) * PER_PAGE]:
            place = source.reference
            pinned = (place.episode_id, place.kind, place.first_word) in places
            shown.append(await self._shown(guild_id, number, source, pinned=pinned))
        has_prompt = bool(question.outcome and question.outcome.prompt)
        pinned_there = tuple([await self._pin(guild_id, pin) for pin in pins])
        return SourcesPage(question, tuple(shown), page, pages, conversation is not None, has_prompt, pinned_there)

    async def prompt(self, question_id: int, guild_id: int | None) -> str:
        """What the model was told. Raises `NoPromptError`, also where one of its passages is gone from the server."""
        question = await self._questions.get(question_id, guild_id)
        if question.outcome is None or not question.outcome.prompt:
            raise NoPromptError
        for source in question.outcome.sources:
            try:
                await passages_at(self._database, guild_id, source.reference)
            except GonePassageError:
                raise NoPromptError from None
        return question.outcome.prompt

    async def _pin(self, guild_id: int | None, reference: Reference) -> Pin:
        try:
            _, episode = await passages_at(self._database, guild_id, reference)
            quoted = await quoted_at(self._database, guild_id, reference)
        except GonePassageError:
            return Pin(reference)
        return Pin(reference, episode, quoted.passage, quoted.quote, quoted.url)

    async def _shown(self, guild_id: int | None, number: int, source: CitedSource, *, pinned: bool) -> ShownSource:
        try:
            _, episode = await passages_at(self._database, guild_id, source.reference)
            quoted = await quoted_at(self._database, guild_id, source.reference)
        except GonePassageError:
            return ShownSource(number, source)
        return ShownSource(number, source, episode, quoted.passage, quoted.url, pinned)
