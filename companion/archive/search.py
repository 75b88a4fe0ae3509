"""Search: retrieve → filter → rank → serve, over a snapshot that follows the archive."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import replace
from datetime import date
from functools import partial
from time import perf_counter
from typing import NamedTuple

import numpy as np

from companion.archive.answerable import Phrased, is_answered, named_terms
from companion.archive.arrangement import Matter, arranged
from companion.archive.encoding import EncodingWorker
from companion.archive.expansion import added, expansions
from companion.archive.hits import hit_of
from companion.archive.intent import intent_of
from companion.archive.known_names import KnownNames, names_in
from companion.archive.late_interaction import Meaning, word_by_word
from companion.archive.latest import SinceChange
from companion.archive.numbers import numbers
from companion.archive.query import Question, content_terms, question_like
from companion.archive.ranking import allowed, compared, rank, retrieve, talks
from companion.archive.results import Asked, Group, Intent, Query, Results
from companion.archive.retellings import resolved
from companion.archive.serving import PAGE, episodes_meant
from companion.archive.snapshot import Mask, Snapshot, renewed, renewed_without_vectors
from companion.archive.spelling import corrections
from companion.archive.tokens import Vectors
from companion.archive.topics import Trace, traced
from companion.storage import index_version, token_vectors, vectors
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.passages import covering

PATIENCE = 0.5
"""Seconds that a search waits for the snapshot of a changed archive before it answers from the one before."""

QUICK, FLUX, REST = 0.025, 10.0, 4.0
"""While an archive goes on changing nobody waits: for so many seconds after a renewal that was not quick (in seconds),
searches answer from what there is, and the next renewal begins after so many times what the last one took."""

_REMEMBERED = 32
"""Sets of podcasts, as servers see them, whose names are kept at hand: to gather them takes milliseconds."""


class OtherModelError(CompanionError):
    """The archive's vectors are not of the model that was chosen."""


class Found(NamedTuple):
    """Results, and what they were found by: for whoever looks at them more closely."""

    results: Results
    snapshot: Snapshot
    question: Question


class Searcher:
    """Answers queries from an in-memory snapshot of the archive, by words alone until an encoder is attached.

    With ``vectors_elsewhere`` the vectors are no part of it: PostgreSQL is asked for them (`NearVectorIndex`).
    """

    def __init__(
        self, database: Database, encoder: EncodingWorker | None = None, *, vectors_elsewhere: bool = False
    ) -> None:
        self._database = database
        self._vectors_elsewhere = vectors_elsewhere
        self._encoder = encoder
        self._snapshot: Snapshot | None = None
        self._loading: asyncio.Task[None] | None = None
        self._renewed_at = self._renewal_took = 0.0
        self._known: SinceChange[frozenset[int] | None, KnownNames] = SinceChange(_REMEMBERED)

    @property
    def semantic(self) -> bool:
        """Is there a model to compare meanings with?"""
        return self._encoder is not None

    @property
    def model_id(self) -> str | None:
        """The name and fingerprint of the model that meanings are compared with; None while there is none."""
        return self._encoder.model_id if self._encoder else None

    @property
    def passages(self) -> int | None:
        """How many passages searches look through; None until the archive was opened."""
        return None if self._snapshot is None else len(self._snapshot)

    def attach(self, encoder: EncodingWorker) -> None:
        """From now on meanings are compared too, with this encoder's vectors."""
        self._encoder = encoder

    async def vector_of(self, text: str) -> Vectors | None:
        """The text's unit vector, of shape (dimension,); None while there is no model."""
        return (await self._encoder.encode_query(text))[0] if self._encoder else None

    async def refresh(self) -> None:
        """Loads the archive as it is now, if it changed; searches go on meanwhile. One load at a time."""
        await asyncio.shield(self._begin_to_load())

    def _begin_to_load(self) -> asyncio.Task[None]:
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load())
        return self._loading

    async def require_vectors(self) -> None:
        """Raises `OtherModelError` when the archive was embedded, but never with the attached encoder's model."""
        async with self._database.read() as connection:
            known = await vectors.models(connection)
        if self.model_id is not None and known and self.model_id not in known:
            raise OtherModelError(
                f"The archive was embedded with {' and '.join(known)}, not with {self.model_id}, and vectors of"
                " different models cannot be compared: run `companion ingest` on a source again to embed it with this"
                " model, or set EMBEDDING_MODEL back."
            )

    async def search(self, query: Query, limit: int = PAGE, offset: int = 0, *, version: int | None = None) -> Results:
        """``limit`` results from the ``offset``-th place on.

        ``version`` is the archive's, where the caller has just read it.
        """
        return (await self.find(query, limit, offset, version=version)).results

    async def find(self, query: Query, limit: int = PAGE, offset: int = 0, *, version: int | None = None) -> Found:
        """The same results, with the snapshot that they are from and the question as it was asked of it."""
        snapshot = await self._current_snapshot(version)
        meaning = intent = None
        if query.like is None:
            intent = intent_of(query.text, await self._names(snapshot, query), self._today)
            if query.newest_first:
                intent = replace(intent, newest_first=True)
            meaning = await self._meaning(snapshot, intent.words if intent else query.text)
        return await asyncio.to_thread(found, snapshot, query, meaning, limit, offset, intent)

    async def trace(self, query: Query) -> Trace:
        """Where in the archive a topic, the query's text, comes up."""
        snapshot = await self._current_snapshot()
        meaning = await self._meaning(snapshot, query.text)
        return await asyncio.to_thread(traced, snapshot, query, None if meaning is None else meaning.vector)

    async def _meaning(self, snapshot: Snapshot, text: str) -> Meaning | None:
        """The text's meaning, to be compared with the snapshot's; None while there is no model, or no vectors of it."""
        encoder = self._encoder
        if encoder is None or snapshot.vectors is None or snapshot.model_id != encoder.model_id:
            return None
        vector, tokens = await encoder.encode_query(text)
        return Meaning(vector, tokens, partial(token_vectors.tokens_of, self._database.address, encoder.model_id))

    async def _names(self, snapshot: Snapshot, query: Query) -> KnownNames:
        """The names that the query may use: of its podcasts, and of no other."""
        known = self._known.at(snapshot.version)
        names = known.get(query.podcasts)
        if names is None:
            names = await asyncio.to_thread(names_in, snapshot, query.podcasts)
            known.put(query.podcasts, names)
        return names

    @property
    def _today(self) -> date:
        return self._database.clock.now().date()

    async def _current_snapshot(self, version: int | None = None) -> Snapshot:
        """The snapshot; loaded first if there is none, and renewed when the archive or the model changed."""
        if self._snapshot is None:
            await self.refresh()
        elif not await self._is_current(self._snapshot, version):
            now = perf_counter()
            if self._renewal_took < QUICK or now > self._renewed_at + FLUX:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.refresh(), PATIENCE)
            elif now > self._renewed_at + REST * self._renewal_took:
                self._begin_to_load()
        if self._snapshot is None:
            raise RuntimeError("a finished load leaves a snapshot")
        return self._snapshot

    async def _is_current(self, snapshot: Snapshot, version: int | None = None) -> bool:
        if version is None:
            async with self._database.read() as connection:
                version = await index_version.current(connection)
        return snapshot.version == version and snapshot.model_id == self.model_id

    async def _load(self) -> None:
        if self._snapshot is None or not await self._is_current(self._snapshot):
            before, begun = self._snapshot, perf_counter()
            if self._vectors_elsewhere and self.model_id is not None:
                renew = partial(renewed_without_vectors, model_id=self.model_id)
            else:
                renew = partial(renewed, model_id=self.model_id)
            self._snapshot = await asyncio.to_thread(renew, self._database.address, before)
            if before is not None:
                self._renewed_at = perf_counter()
                self._renewal_took = self._renewed_at - begun


def answer(
    snapshot: Snapshot,
    query: Query,
    meaning: Meaning | None,
    limit: int = PAGE,
    offset: int = 0,
    intent: Intent | None = None,
) -> Results:
    """The whole way from a query, what it asks for, and its meaning where there is a model, to results."""
    return found(snapshot, query, meaning, limit, offset, intent).results


def found(
    snapshot: Snapshot,
    query: Query,
    meaning: Meaning | None,
    limit: int = PAGE,
    offset: int = 0,
    intent: Intent | None = None,
) -> Found:
    """The same, with what the results were found by."""
    if query.like is None and not re.search(r"\w", query.text):
        nothing = Results(query, (), answerable=False, semantic=meaning is not None, more=False)
        return Found(nothing, snapshot, Question({}, None, frozenset()))
    visible = allowed(snapshot, Query("", podcasts=query.podcasts))
    question = _question(snapshot, query, intent, meaning, visible)
    narrowed = _narrowed(query, intent)
    mask = allowed(snapshot, narrowed)
    mask[list(question.excluded)] = False
    people = intent.people if intent and intent.kind is Asked.COMPARE else ()
    theirs = [mask & talks(snapshot, name) for name in people]
    filtered = not np.array_equal(mask, visible)
    evidence = retrieve(snapshot, question, [mask, *([visible] if filtered else []), *theirs])
    at_first = rank(snapshot, evidence, mask)
    told = Phrased(intent.topic if intent else query.text, query.text)
    if intent is not None and narrowed != query:
        if not is_answered(snapshot, told, question, evidence, at_first, at_first):
            # What was read into the words must not cost the answer.
            return found(snapshot, query, meaning, limit, offset, _widened(intent))
        answerable = True
    else:
        among = rank(snapshot, evidence, visible) if filtered else at_first
        answerable = query.like is not None or is_answered(snapshot, told, question, evidence, at_first, among)
    # What comes near word by word is the likeliest answer if there is one, and says little of whether there is.
    evidence = compared(snapshot, question, evidence, [at_first, *(rank(snapshot, evidence, one) for one in theirs)])
    ranking = rank(snapshot, evidence, mask)
    weights = {term: snapshot.lexical.idf(term) for term in question.terms}
    shown_for = resolved(snapshot, ranking, question.excluded)
    meant = episodes_meant(snapshot, named_terms(query.text) if query.like is None else (), mask)
    matter = Matter(snapshot, question, evidence, mask, shown_for, weights, meant)
    sections, more = arranged(matter, intent, limit, offset)
    groups = tuple(
        Group(
            section.name or "",
            section.relevant,
            tuple(
                hit_of(snapshot, pick, question, weights, query.speaker or section.speaker) for pick in section.picks
            ),
        )
        for section in sections
    )
    hits = tuple(hit for group in groups for hit in group.hits)
    named = tuple(group for group in groups if group.name)
    also = added(question.expansions)
    semantic = evidence.similarities is not None
    # Of what was told of somebody in notes alone, they themselves said nothing.
    answerable = answerable and (bool(hits) or offset > 0)
    results = Results(query, hits, answerable, semantic, more, intent, named, also)
    return Found(results, snapshot, question)


def _narrowed(query: Query, intent: Intent | None) -> Query:
    """The query, narrowed to what its words place it in where no filter says otherwise."""
    if intent is None:
        return query
    undated = query.after is None and query.before is None
    return replace(
        query,
        episode_id=query.episode_id or intent.episode_id,
        after=intent.after if undated else query.after,
        before=intent.before if undated else query.before,
    )


def _widened(intent: Intent) -> Intent:
    """The intent without what it was narrowed to."""
    return replace(intent, episode_id=None, after=None, before=None, widened=True)


def _question(
    snapshot: Snapshot, query: Query, intent: Intent | None, meaning: Meaning | None, visible: Mask
) -> Question:
    if query.like is None:
        text = intent.words if intent else query.text
        terms = content_terms(text)
        expanded = expansions(snapshot, text, terms, query.podcasts)
        expanded += numbers(snapshot, text, terms, {term for expansion in expanded for term in expansion.replaced})
        named = {term for expansion in expanded for term in expansion.replaced}
        expanded += corrections(snapshot, text, terms, visible, named)
        if meaning is None:
            return Question(terms, None, frozenset(), expanded)
        closer = word_by_word(text, meaning, snapshot.lexical)
        return Question(terms, meaning.vector, frozenset(), expanded, closer)
    reference = query.like
    rows = np.flatnonzero(visible & (snapshot.episode_ids == reference.episode_id)).tolist()
    by_id = {snapshot.passages[row].id: row for row in rows}
    covered = [by_id[stored.id] for stored in covering(reference, [snapshot.passages[row] for row in rows])]
    if not covered:
        return Question(content_terms(query.text), None, frozenset())
    return question_like(snapshot, covered[0], frozenset(covered))
