"""Encoding off the event loop: one worker thread, in which a member's query never waits for an ingest."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from companion.archive.encoders import Encoder, Vectors

MICRO_BATCH = 4
"""Texts that a query may have to wait behind: with 32 it waited a second, with one 50 ms, at equal throughput."""

_STOP, _QUERY, _PASSAGE = range(3)


@dataclass(frozen=True, order=True, slots=True)
class _Job:
    priority: int
    number: int
    texts: tuple[str, ...] = field(compare=False)
    vectors: Future[Vectors] = field(compare=False)


class EncodingWorker:
    """The one thread that encodes. Queries go first, and passages come in micro-batches: a query waits for one."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="encoding", daemon=True)
        self._thread.start()

    @property
    def model_id(self) -> str:
        return self._encoder.model_id

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    async def encode_query(self, text: str) -> Vectors:
        """The query's unit vector, of shape (dimension,)."""
        vectors = await asyncio.wrap_future(self._submit(_QUERY, (text,)))
        return vectors[0]

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension), in the order of the texts. Cancelling leaves the rest undone."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        # Texts of like length in a batch: none is padded to the length of a far longer one.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        batches = [order[first : first + MICRO_BATCH] for first in range(0, len(order), MICRO_BATCH)]
        futures = [
            asyncio.wrap_future(self._submit(_PASSAGE, tuple(texts[index] for index in batch))) for batch in batches
        ]
        try:
            for batch, future in zip(batches, futures, strict=True):
                vectors[batch] = await future
        finally:
            for future in futures:
                future.cancel()
        return vectors

    def close(self) -> None:
        """Ends the thread after the batch in hand; what still waits is cancelled."""
        if not self._closed:
            self._closed = True
            self._jobs.put(_Job(_STOP, next(self._numbers), (), Future()))
            self._thread.join()

    def _submit(self, priority: int, texts: tuple[str, ...]) -> Future[Vectors]:
        if self._closed:
            raise RuntimeError("the encoding worker is closed")
        future: Future[Vectors] = Future()
        self._jobs.put(_Job(priority, next(self._numbers), texts, future))
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()).priority != _STOP:
            if not job.vectors.set_running_or_notify_cancel():
                continue
            try:
                job.vectors.set_result(self._encoder.encode(job.texts))
            except Exception as error:  # goes to whoever awaits the vectors
                job.vectors.set_exception(error)
        while not self._jobs.empty():
            self._jobs.get().vectors.cancel()
