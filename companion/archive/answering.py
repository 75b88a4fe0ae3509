"""Answering: rewrite → search → is it there at all → what to quote; and, with a language model, prose around that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from time import perf_counter

from companion.archive.answers import Answer, Asking, Exchange, Quotation, Source, Writing
from companion.archive.chapters import quoted_by_chapter
from companion.archive.conversation import Asked as AskedBefore
from companion.archive.conversation import Standing, standing
from companion.archive.evidence import around, covered, passages_meant
from companion.archive.extractive import Excerpt, quoted
from companion.archive.guards import Checked, checked, kinds_of
from companion.archive.language_model import NOTHING_USED, LanguageModel, LanguageModelError, Usage
from companion.archive.links import moment_url
from companion.archive.prompt import Prompt, prompt_for
from companion.archive.query import has_content
from companion.archive.results import Hit
from companion.archive.search import Found, Searcher
from companion.archive.snapshot import Snapshot
from companion.archive.stretches import time_at
from companion.storage import episodes, passages
from companion.storage.engine import Database
from companion.storage.episodes import Reference
from companion.storage.names import named_passage, names_in

log = logging.getLogger(__name__)

SOURCES = 8
"""Passages that search adds to an answer; pinned ones come on top."""
CITED_AGAIN = 2
"""Passages of the answer before that stay among the sources of a question that leans on it."""
PROMPT_TOKENS = 4_000

_DECLINED = "The language model finds no answer in these passages, so here is what was said."
_UNSUPPORTED = "Too little of what the language model wrote is borne out by the passages, so here is what was said."


class Answerer:
    """Answers questions from what was said, over one searcher. Without a ``model`` the quotations are the answer."""

    def __init__(self, database: Database, searcher: Searcher, model: LanguageModel | None = None) -> None:
        self._database = database
        self._searcher = searcher
        self._model = model

    async def find(self, asking: Asking) -> Answer:
        """The evidence and what to quote of it. Asks no model."""
        asked = await self._standing(asking)
        found = await self._searcher.find(replace(asking.query, text=asked.text), SOURCES)
        if asked.leans and not found.results.answerable and has_content(asking.text):
            # What the conversation added must not cost the answer.
            alone = await self._searcher.find(replace(asking.query, text=asking.text), SOURCES)
            if alone.results.answerable:
                asked, found = Standing(asking.text), alone
        kept = list(asking.pinned)
        if asked.leans and asking.earlier:
            kept = [*asking.earlier[-1].cited[:CITED_AGAIN], *kept]
        answer = await asyncio.to_thread(answered, asking, asked.text, found, kept)
        async with self._database.read() as connection:
            return await quoted_by_chapter(connection, answer)

    async def write(self, answer: Answer) -> AsyncGenerator[Answer]:
        """The same answer while a model's prose grows, sentence by sentence; the last one is final. The model is asked
        once; whatever goes wrong, the quotations stay, with one sentence why."""
        if self._model is None or not answer.results.answerable or not answer.sources:
            yield answer
            return
        model, prompt, began = self._model, prompt_for(answer, PROMPT_TOKENS), perf_counter()
        reply, shown, usage, problem = "", "", NOTHING_USED, ""
        try:
            async with aclosing(model.stream(prompt)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        usage = piece
                        continue
                    reply += piece
                    if not _may_end_a_sentence(piece):
                        continue
                    grown = checked(reply, answer.sources, answer.searched, finished=False).prose
                    if grown != shown:
                        shown = grown
                        yield replace(answer, prose=shown)
        except LanguageModelError as error:
            usage, problem = error.usage, str(error)
            log.warning("The language model did not answer: %s.", error.kind)
        yield _final(answer, model.name, prompt, reply, usage, perf_counter() - began, problem)

    async def _standing(self, asking: Asking) -> Standing:
        if not asking.earlier:
            return Standing(asking.text)
        podcasts = asking.query.podcasts
        earlier = [AskedBefore(one.question, await self._speakers(one, podcasts)) for one in asking.earlier]
        return standing(asking.text, earlier)

    async def _speakers(self, exchange: Exchange, podcasts: frozenset[int] | None) -> tuple[str, ...]:
        """Who says most of what was cited; nobody of podcasts that may not be seen."""
        speakers: dict[str, None] = {}
        async with self._database.read() as connection:
            known = await episodes.get(connection, {one.episode_id for one in exchange.cited})
            for reference in exchange.cited:
                episode = known.get(reference.episode_id)
                if episode is None or (podcasts is not None and episode.podcast_id not in podcasts):
                    continue
                names = await names_in(connection, frozenset({episode.podcast_id}))
                for stored in (await passages.at(connection, reference))[:1]:
                    passage = named_passage(stored.passage, names, episode.podcast_id, episode.id)
                    if passage.speaker:
                        speakers[passage.speaker] = None
        return tuple(speakers)


def answered(asking: Asking, searched: str, found: Found, kept: Sequence[Reference]) -> Answer:
    """What was found, as an answer: numbered sources, those that are quoted first, and the quotations.

    ``kept`` are passages that must be among the sources.
    """
    results, snapshot = found.results, found.snapshot
    hits = list(results.hits)
    hits += passages_meant(found, kept, hits)
    if not results.answerable:
        sources = tuple(_source(snapshot, number, hit) for number, hit in enumerate(hits, 1))
        covers = covered(snapshot, asking.query.podcasts, hits, asking.text)
        return Answer(asking, searched, results, sources, (), covers)
    chosen = quoted(found, hits)
    order = list(dict.fromkeys([*(one.hit for one in chosen), *range(len(hits))]))
    numbers = {place: number for number, place in enumerate(order, 1)}
    sources = tuple(_source(snapshot, numbers[place], hits[place]) for place in order)
    quotations = tuple(_quotation(numbers[one.hit], one, hits[one.hit]) for one in chosen)
    return Answer(asking, searched, results, sources, quotations)


def _source(snapshot: Snapshot, number: int, hit: Hit) -> Source:
    before, after = around(snapshot, hit)
    return Source(number, hit, before, after)


def _quotation(number: int, one: Excerpt, hit: Hit) -> Quotation:
    passage = hit.passage
    piece = passage.pieces[one.piece]
    start, approximate = time_at(passage, piece, one.start)
    url = moment_url(hit.episode.facts, start, hit.podcast)
    text = passage.text[one.start : one.end]
    return Quotation(number, text, piece.speaker, start, approximate, piece.uncertain, url, passage.chapter)


def _may_end_a_sentence(piece: str) -> bool:
    return any(mark in piece for mark in ".!?…。！？]\n")


def _final(
    answer: Answer, model: str, prompt: Prompt, reply: str, usage: Usage, seconds: float, problem: str
) -> Answer:
    """The answer as it stays, with what was done to the reply."""
    last = checked(reply, answer.sources, answer.searched, finished=True) if not problem else Checked("", (), False)
    if last.interventions:
        log.info("The language model's reply was corrected: %s.", kinds_of(last.interventions))
    if not problem and not last.enough:
        problem = _DECLINED if last.declined else _UNSUPPORTED
    writing = Writing(model, str(prompt), usage.prompt_tokens, usage.completion_tokens, seconds, last.interventions)
    return replace(answer, prose="" if problem else last.prose, problem=problem, writing=writing)
