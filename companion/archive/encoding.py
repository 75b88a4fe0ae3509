"""Encoding off the event loop: one worker thread, in which a member's query hardly waits for an ingest."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from companion.archive.encoders import Encoder
from companion.archive.late_interaction import packed
from companion.archive.tokens import Tokens, Vectors

MICRO_BATCH = 4
"""Texts that a query may have to wait behind: more at once are hardly any faster."""

PATIENCE = 0.025
"""Seconds that a query waits, as far as one text alone takes no longer, while members are asking."""

ASKING = 10.0
"""Seconds after a query in which another is likely."""

_STOP, _QUERY, _PASSAGE = range(3)


Encode = Callable[[Sequence[str]], Iterable[Any]]
"""Makes one result of each text."""


@dataclass(frozen=True, order=True, slots=True)
class _Job:
    """Texts to encode, and what was ``made`` of those before them."""

    priority: int
    number: int
    encode: Encode = field(compare=False)
    texts: tuple[str, ...] = field(compare=False)
    results: Future[list[Any]] = field(compare=False)
    made: tuple[Any, ...] = field(default=(), compare=False)


class EncodingWorker:
    """The one thread that encodes. Queries go first, and passages come in micro-batches: a query waits for one."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closed = False
        self._asked_at = float("-inf")
        self._seconds_a_character = 0.0
        self._thread = threading.Thread(target=self._work, name="encoding", daemon=True)
        self._thread.start()

    @property
    def model_id(self) -> str:
        return self._encoder.model_id

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    async def encode_query(self, text: str) -> tuple[Vectors, Tokens]:
        """The query's unit vector, of shape (dimension,), and its tokens."""
        self._asked_at = time.monotonic()
        [result] = await asyncio.wrap_future(self._submit(_QUERY, self._with_tokens, (text,)))
        return result

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension), in the order of the texts. Cancelling leaves the rest undone."""
        rows: list[Vectors] = await self._in_order(self._encoder.encode, texts)
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    async def encode_passages_with_tokens(self, texts: Sequence[str]) -> list[tuple[Vectors, bytes]]:
        """Each text's unit vector and its packed tokens. Cancelling leaves the rest undone."""
        return await self._in_order(self._with_packed_tokens, texts)

    async def _in_order(self, encode: Encode, texts: Sequence[str]) -> list[Any]:
        """What is made of the texts, in their order."""
        # Texts of like length in a batch: none is padded to the length of a far longer one.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        if not order:
            return []
        made = await asyncio.wrap_future(self._submit(_PASSAGE, encode, tuple(texts[index] for index in order)))
        return [one for _, one in sorted(zip(order, made, strict=True), key=lambda pair: pair[0])]

    def _with_tokens(self, texts: Sequence[str]) -> list[tuple[Vectors, Tokens]]:
        return list(zip(*self._encoder.encode_with_tokens(texts), strict=True))

    def _with_packed_tokens(self, texts: Sequence[str]) -> list[tuple[Vectors, bytes]]:
        return [(vector, packed(tokens)) for vector, tokens in self._with_tokens(texts)]

    def close(self) -> None:
        """Ends the thread after the batch in hand; what still waits is cancelled."""
        if not self._closed:
            self._closed = True
            self._jobs.put(_Job(_STOP, next(self._numbers), self._encoder.encode, (), Future()))
            self._thread.join()

    def _submit(self, priority: int, encode: Encode, texts: tuple[str, ...]) -> Future[list[Any]]:
        if self._closed:
            raise RuntimeError("the encoding worker is closed")
        future: Future[list[Any]] = Future()
        self._jobs.put(_Job(priority, next(self._numbers), encode, texts, future))
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()).priority != _STOP:
            if not job.results.cancelled():
                self._go_on_with(job)
        while not self._jobs.empty():
            self._jobs.get().results.cancel()

    def _go_on_with(self, job: _Job) -> None:
        """Encodes as many of the texts as may be at once; what is left comes after the queries that wait by then."""
        count = 1 if job.priority == _QUERY else self._at_once(job.texts)
        try:
            made = (*job.made, *self._encoded(job.encode, job.texts[:count]))
        except Exception as error:  # goes to whoever awaits the results
            if job.results.set_running_or_notify_cancel():
                job.results.set_exception(error)
            return
        if count < len(job.texts):
            self._jobs.put(replace(job, texts=job.texts[count:], made=made))
        elif job.results.set_running_or_notify_cancel():
            job.results.set_result(list(made))

    def _encoded(self, encode: Encode, texts: tuple[str, ...]) -> Iterable[Any]:
        begun = time.perf_counter()
        made = encode(texts)
        took = (time.perf_counter() - begun) / max(sum(map(len, texts)), 1)
        self._seconds_a_character = (self._seconds_a_character + took) / 2 if self._seconds_a_character else took
        return made

    def _at_once(self, texts: Sequence[str]) -> int:
        """How many of the texts, at least one, are encoded before another look at the queries."""
        if time.monotonic() > self._asked_at + ASKING:
            return MICRO_BATCH
        ends = itertools.accumulate(len(text) for text in texts[:MICRO_BATCH])
        return max(1, sum(end * self._seconds_a_character <= PATIENCE for end in ends))
