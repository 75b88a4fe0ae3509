"""Vectors of passages, kept by the digest of what was embedded: the same text never has to be embedded twice.

A passage has one vector for each text that is embedded for it, the vectors of the words of the first of these, packed,
and one digest of all of the texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import index_version, passages, schema
from companion.storage.among import among
from companion.storage.episodes import Passage
from companion.storage.upsert import insert_or_keep

Matrix = NDArray[np.float32]
"""One unit vector a row."""

_STORED_TYPE = np.dtype("<f4")


def digest_of(texts: Sequence[str]) -> str:
    """The key of the vectors of these texts: their SHA-256."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Embedding:
    """What is kept of a passage's texts: a vector for each, and the tokens of the first, packed."""

    matrix: Matrix
    tokens: bytes


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A passage whose texts have no vectors yet."""

    id: int
    digest: str
    passage: Passage


async def put(connection: AsyncConnection, model: str, embeddings: Mapping[str, Embedding]) -> None:
    """Stores what was made of texts, by digest; what is stored already stays. Raises the index version."""
    if not embeddings:
        return
    vectors = [
        {
            "digest": digest,
            "model": model,
            "dimension": made.matrix.shape[1],
            "rows": made.matrix.shape[0],
            "data": packed(made.matrix),
        }
        for digest, made in embeddings.items()
    ]
    tokens = [{"digest": digest, "model": model, "data": made.tokens} for digest, made in embeddings.items()]
    await connection.execute(insert_or_keep(schema.vectors, ["digest", "model"]), vectors)
    await connection.execute(insert_or_keep(schema.token_vectors, ["digest", "model"]), tokens)
    columns = schema.passages.c
    owners = await connection.execute(select(columns.episode_id).distinct().where(among(columns.digest, embeddings)))
    await index_version.raise_version(connection, owners.scalars().all())


def packed(matrix: Matrix) -> bytes:
    """Little-endian float32, row after row."""
    return np.ascontiguousarray(matrix, _STORED_TYPE).tobytes()


def unpacked(data: bytes, dimension: int) -> Matrix:
    """The matrix, of shape (rows, dimension), read-only."""
    return np.frombuffer(data, _STORED_TYPE).reshape(-1, dimension)


def _lacks(model: str) -> ColumnElement[bool]:
    """Has a passage no vectors of this model, or no tokens?"""
    return or_(
        *(
            ~exists().where(made.c.digest == schema.passages.c.digest, made.c.model == model)
            for made in (schema.vectors, schema.token_vectors)
        )
    )


async def models(connection: AsyncConnection) -> list[str]:
    """The models that there are vectors of."""
    columns = schema.vectors.c
    return list((await connection.execute(select(columns.model).distinct().order_by(columns.model))).scalars())


async def count_missing(connection: AsyncConnection, model: str) -> int:
    """How many different texts have no vectors of this model."""
    columns = schema.passages.c
    return (await connection.execute(select(func.count(columns.digest.distinct())).where(_lacks(model)))).scalar_one()


async def lacking(connection: AsyncConnection, model: str, episode_ids: Collection[int]) -> frozenset[int]:
    """Which of these episodes have passages without vectors of this model."""
    columns = schema.passages.c
    wanted = select(columns.episode_id).distinct().where(among(columns.episode_id, episode_ids), _lacks(model))
    return frozenset((await connection.execute(wanted)).scalars())


async def missing(connection: AsyncConnection, model: str, limit: int, after: int = 0) -> list[Unembedded]:
    """The first ``limit`` passages behind the one of id ``after`` whose texts lack vectors of this model.

    Of passages with the same texts one is given. New passages always come behind all others.
    """
    columns = schema.passages.c
    wanted = passages.SELECTED.add_columns(columns.digest).where(columns.id > after, _lacks(model))
    rows = await connection.execute(wanted.order_by(columns.id).limit(limit))
    first: dict[str, Unembedded] = {}
    for row in rows:
        stored = passages.from_row(row[:-1])
        first.setdefault(row.digest, Unembedded(stored.id, row.digest, stored.passage))
    return list(first.values())


async def drop_all_but(connection: AsyncConnection, kept: Collection[str]) -> None:
    """Deletes the vectors of every model but these."""
    for made in (schema.vectors, schema.token_vectors):
        await connection.execute(delete(made).where(made.c.model.not_in(kept)))


async def purge_orphans(connection: AsyncConnection) -> int:
    """Deletes the vectors that no passage needs any more, of every model. Returns how many texts they were of."""
    needed = select(schema.passages.c.digest)
    await connection.execute(delete(schema.token_vectors).where(schema.token_vectors.c.digest.not_in(needed)))
    deleted = await connection.execute(delete(schema.vectors).where(schema.vectors.c.digest.not_in(needed)))
    return deleted.rowcount
