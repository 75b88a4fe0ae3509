"""Encoding off the event loop, in threads of its own, in which a member's query hardly waits for an ingest."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from companion.archive.encoders import Encoder, Encodes
from companion.archive.late_interaction import packed
from companion.archive.tokens import Tokens, Vectors

MICRO_BATCH = 4
"""Texts that are encoded at once: more are hardly any faster, and all are padded to the length of the longest."""

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
    """The threads that encode. Where the encoder has another for texts in numbers, passages have threads of their own;
    where it has none, one thread does it all: queries go first, and wait for the few passages in hand at most."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._bulk: Encodes = encoder.bulk or encoder
        self._changing = threading.Lock()
        self._closed = False
        self._queries = _Line(1)
        self._passages: _Line | None = None

    @property
    def model_id(self) -> str:
        return self._encoder.model_id

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    async def encode_query(self, text: str) -> tuple[Vectors, Tokens]:
        """The query's unit vector, of shape (dimension,), and its tokens."""
        self._require_open()
        [result] = await asyncio.wrap_future(
            self._queries.submit(_QUERY, partial(_with_tokens, self._encoder), (text,))
        )
        return result

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension), in the order of the texts. Cancelling leaves the rest undone."""
        rows: list[Vectors] = await self._in_order(self._bulk.encode, texts)
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    async def encode_passages_with_tokens(self, texts: Sequence[str]) -> list[tuple[Vectors, bytes]]:
        """Each text's unit vector and its packed tokens. Cancelling leaves the rest undone."""
        return await self._in_order(partial(_with_packed_tokens, self._bulk), texts)

    def rest(self) -> None:
        """There are no more passages for now: gives back the memory that only they need. Blocks for a moment."""
        if self._encoder.bulk is not None:
            self._encoder.bulk.rest()

    async def _in_order(self, encode: Encode, texts: Sequence[str]) -> list[Any]:
        """What is made of the texts, in their order."""
        line = self._line_of_passages()
        # Texts of like length in a batch: none is padded to the length of a far longer one.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        batches = [
            asyncio.wrap_future(
                line.submit(_PASSAGE, encode, tuple(texts[index] for index in order[first : first + MICRO_BATCH]))
            )
            for first in range(0, len(order), MICRO_BATCH)
        ]
        try:
            made = itertools.chain.from_iterable(await asyncio.gather(*batches))
        finally:
            for batch in batches:
                batch.cancel()
        return [one for _, one in sorted(zip(order, made, strict=True), key=lambda pair: pair[0])]

    def close(self) -> None:
        """Ends the threads after the batches in hand; what still waits is cancelled."""
        with self._changing:
            if self._closed:
                return
            self._closed = True
        if self._passages is not None and self._passages is not self._queries:
            self._passages.close()
        self._queries.close()

    def _line_of_passages(self) -> _Line:
        """Made for the first of them: how many lanes there are is known only when the encoder has them."""
        with self._changing:
            self._require_open()
            if self._passages is None:
                bulk = self._encoder.bulk
                # Two more than can be encoded at once: of one the texts are next, the other makes those after them
                # ready, so that no lane is ever empty.
                self._passages = self._queries if bulk is None else _Line(bulk.lanes + 2)
            return self._passages

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the encoding worker is closed")


class _Line:
    """Jobs that wait, and the threads that do them: the one of the highest priority first."""

    def __init__(self, threads: int) -> None:
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._asked_at = float("-inf")
        self._seconds_a_character = 0.0
        self._threads = [
            threading.Thread(target=self._work, name=f"encoding-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, priority: int, encode: Encode, texts: tuple[str, ...]) -> Future[list[Any]]:
        if priority == _QUERY:
            self._asked_at = time.monotonic()
        future: Future[list[Any]] = Future()
        self._jobs.put(_Job(priority, next(self._numbers), encode, texts, future))
        return future

    def close(self) -> None:
        """Ends the threads; jobs that wait are cancelled."""
        for _ in self._threads:
            self._jobs.put(_Job(_STOP, next(self._numbers), tuple, (), Future()))
        for thread in self._threads:
            thread.join()
        while not self._jobs.empty():
            self._jobs.get().results.cancel()

    def _work(self) -> None:
        while (job := self._jobs.get()).priority != _STOP:
            if not job.results.cancelled():
                self._go_on_with(job)

    def _go_on_with(self, job: _Job) -> None:
        """Encodes as many of the texts as may be at once; what is left comes after the queries that wait by then."""
        count = self._at_once(job.texts)
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
            return len(texts)
        ends = itertools.accumulate(map(len, texts))
        return max(1, sum(end * self._seconds_a_character <= PATIENCE for end in ends))


def _with_tokens(encoder: Encodes, texts: Sequence[str]) -> list[tuple[Vectors, Tokens]]:
    return list(zip(*encoder.encode_with_tokens(texts), strict=True))


def _with_packed_tokens(encoder: Encodes, texts: Sequence[str]) -> list[tuple[Vectors, bytes]]:
    return [(vector, packed(tokens)) for vector, tokens in _with_tokens(encoder, texts)]
