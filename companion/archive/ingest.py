"""Making the vectors that the archive's texts lack.

It can be interrupted anywhere and run again: vectors are kept by what they are of, so that only missing ones are made.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from companion.archive.encoding import EncodingWorker
from companion.archive.grains import embedded_texts
from companion.storage import vectors
from companion.storage.engine import Database
from companion.storage.vectors import Embedding, Unembedded

TOGETHER = 32
"""Passages that are read and encoded together: enough for every text to find others of like length."""

COMMIT_EVERY = 128
"""Passages whose vectors are stored together: some seconds' work, which is what an interruption costs. More often, and
the searches of a running bot would mostly be renewing what they know of the archive."""

AHEAD = 3
"""Batches that are read or waiting at the encoder while the one before them comes back."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """So many of the passages that had no vectors have them now."""

    done: int
    total: int


Listener = Callable[[Embedded], None]


def silent(_event: Embedded) -> None:
    """The listener that listens to nothing."""


async def unembedded(database: Database, model_id: str) -> int:
    """How many texts have no vectors of this model."""
    async with database.read() as connection:
        return await vectors.count_missing(connection, model_id)


async def embed(database: Database, encoder: EncodingWorker, *, listener: Listener = silent) -> int:
    """Makes the vectors that are missing, of every podcast, and drops those of texts that are gone. Returns how many.

    Another process may embed at the same time: what both make is stored once.
    """
    total = await unembedded(database, encoder.model_id)
    done = 0
    kept: dict[str, Embedding] = {}

    async def store() -> None:
        nonlocal done
        async with database.write() as connection:
            await vectors.put(connection, encoder.model_id, kept)
        done += len(kept)
        kept.clear()
        listener(Embedded(done, max(done, total)))

    try:
        async with aclosing(_made(database, encoder)) as batches:
            async for batch in batches:
                kept |= batch
                if len(kept) >= COMMIT_EVERY:
                    await store()
    finally:
        encoder.rest()
    if kept:
        await store()
    async with database.write() as connection:
        await vectors.purge_orphans(connection)
    return done


async def _made(database: Database, encoder: EncodingWorker) -> AsyncGenerator[dict[str, Embedding]]:
    """The missing vectors, by digest. Some batches wait at the encoder, so that it goes on while one is stored."""
    waiting: deque[asyncio.Task[dict[str, Embedding]]] = deque()
    last = 0
    try:
        while True:
            while len(waiting) < AHEAD and (batch := await _missing(database, encoder.model_id, last)):
                last = batch[-1].id
                waiting.append(asyncio.create_task(_encoded(batch, encoder)))
            if not waiting:
                return
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _encoded(batch: Sequence[Unembedded], encoder: EncodingWorker) -> dict[str, Embedding]:
    texts = [embedded_texts(missing.passage) for missing in batch]
    whole, windows = await asyncio.gather(
        encoder.encode_passages_with_tokens([of_passage[0] for of_passage in texts]),
        encoder.encode_passages([text for of_passage in texts for text in of_passage[1:]]),
    )
    bounds = pairwise(accumulate((len(of_passage) - 1 for of_passage in texts), initial=0))
    return {
        missing.digest: Embedding(np.vstack([vector, windows[first:last]]), tokens)
        for missing, (vector, tokens), (first, last) in zip(batch, whole, bounds, strict=True)
    }


async def _missing(database: Database, model_id: str, after: int) -> list[Unembedded]:
    async with database.read() as connection:
        return await vectors.missing(connection, model_id, TOGETHER, after)
