"""Making the vectors that the archive's texts lack.

It can be interrupted anywhere and run again: vectors are kept by what they are of, so that only missing ones are made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from companion.archive.encoding import EncodingWorker
from companion.archive.grains import embedded_texts
from companion.storage import vectors
from companion.storage.engine import Database
from companion.storage.vectors import Unembedded

COMMIT_EVERY = 16
"""Passages whose vectors are stored together: what an interruption costs is less than that, a second or two."""


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
    while batch := await _missing(database, encoder.model_id):
        texts = [embedded_texts(missing.passage) for missing in batch]
        rows = await encoder.encode_passages([text for of_passage in texts for text in of_passage])
        matrices: dict[str, vectors.Matrix] = {}
        first = 0
        for missing, of_passage in zip(batch, texts, strict=True):
            matrices[missing.digest] = rows[first : first + len(of_passage)]
            first += len(of_passage)
        async with database.write() as connection:
            await vectors.put(connection, encoder.model_id, matrices)
        done += len(batch)
        listener(Embedded(done, max(done, total)))
    async with database.write() as connection:
        await vectors.purge_orphans(connection)
    return done


async def _missing(database: Database, model_id: str) -> list[Unembedded]:
    async with database.read() as connection:
        return await vectors.missing(connection, model_id, COMMIT_EVERY)
