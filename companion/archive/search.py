"""Search: retrieve → filter → rank → serve, over a snapshot that follows the archive."""

from __future__ import annotations

import asyncio
import contextlib

import numpy as np

from companion.archive.encoding import EncodingWorker
from companion.archive.links import moment_url
from companion.archive.query import Question, content_terms, question_like
from companion.archive.ranking import allowed, rank, retrieve
from companion.archive.results import Hit, Query, Results
from companion.archive.serving import PAGE, Pick, serve
from companion.archive.snapshot import Snapshot
from companion.archive.snippets import snippet
from companion.storage import corpus, index_version, passages
from companion.storage.engine import Database
from companion.storage.passages import StoredPassage

PATIENCE = 0.5
"""Seconds that a search waits for the snapshot of a changed archive before it answers from the one before."""


class Searcher:
    """Answers queries from an in-memory snapshot of the archive, by words alone until an encoder is attached."""

    def __init__(self, database: Database, encoder: EncodingWorker | None = None) -> None:
        self._database = database
        self._encoder = encoder
        self._snapshot: Snapshot | None = None
        self._loading: asyncio.Task[None] | None = None

    @property
    def semantic(self) -> bool:
        """Is there a model to compare meanings with?"""
        return self._encoder is not None

    def attach(self, encoder: EncodingWorker) -> None:
        """From now on meanings are compared too, with this encoder's vectors."""
        self._encoder = encoder

    async def refresh(self) -> None:
        """Loads the archive as it is now, if it changed; searches go on meanwhile. One load at a time."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load())
        await asyncio.shield(self._loading)

    async def search(self, query: Query, limit: int = PAGE, offset: int = 0) -> Results:
        """``limit`` results from the ``offset``-th on."""
        snapshot = await self._current_snapshot()
        question = await self._question(query, snapshot)
        evidence = retrieve(snapshot, question.terms, question.vector)
        mask = allowed(snapshot, query) & ~np.isin(snapshot.passage_ids, sorted(question.excluded))
        picks = serve(snapshot, rank(evidence, mask), one_episode=len(np.unique(snapshot.episode_ids[mask])) == 1)
        weights = {term: snapshot.lexical.idf(term) for term in question.terms}
        hits = await self._hits(snapshot, picks[offset : offset + limit], weights)
        return Results(query, hits, bool(hits), evidence.dense is not None, len(picks) > offset + limit)

    async def _current_snapshot(self) -> Snapshot:
        """The snapshot; loaded first if there is none, and renewed when the archive or the model changed."""
        if self._snapshot is None:
            await self.refresh()
        elif not await self._is_current(self._snapshot):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.refresh(), PATIENCE)
        if self._snapshot is None:
            raise RuntimeError("a finished load leaves a snapshot")
        return self._snapshot

    async def _is_current(self, snapshot: Snapshot) -> bool:
        async with self._database.read() as connection:
            version = await index_version.current(connection)
        return snapshot.version == version and snapshot.model_id == self._model_id

    @property
    def _model_id(self) -> str | None:
        return self._encoder.model_id if self._encoder else None

    async def _load(self) -> None:
        if self._snapshot is None or not await self._is_current(self._snapshot):
            model_id = self._model_id
            loaded = await corpus.load(self._database, model_id)
            self._snapshot = await asyncio.to_thread(Snapshot.build, loaded, model_id)

    async def _question(self, query: Query, snapshot: Snapshot) -> Question:
        """What to look for: the query's words and meaning, or those of the passage it wants more like."""
        if query.like is not None:
            async with self._database.read() as connection:
                examples = await passages.at(connection, query.like)
            return question_like(snapshot, examples)
        vector = None
        if self._encoder is not None and snapshot.vectors is not None:
            vector = await self._encoder.encode_query(query.text)
        return Question(content_terms(query.text), vector, frozenset())

    async def _hits(self, snapshot: Snapshot, picks: list[Pick], weights: dict[str, float]) -> tuple[Hit, ...]:
        """The picked passages with their texts. One that was deleted since the snapshot is left out."""
        ids = [int(snapshot.passage_ids[pick.row]) for pick in picks]
        async with self._database.read() as connection:
            stored = await passages.get(connection, ids)
        hits: list[Hit] = []
        for pick, passage_id in zip(picks, ids, strict=True):
            if passage_id in stored:
                hits.append(_hit(snapshot, stored[passage_id], pick.score, weights))
        return tuple(hits)


def _hit(snapshot: Snapshot, stored: StoredPassage, score: float, weights: dict[str, float]) -> Hit:
    episode = snapshot.episodes[stored.episode_id]
    shown = snippet(stored.passage, weights)
    return Hit(
        passage_id=stored.id,
        passage=stored.passage,
        episode=episode,
        podcast=snapshot.podcasts[episode.podcast_id],
        score=score,
        snippet=shown,
        url=moment_url(episode.facts, shown.start),
    )
