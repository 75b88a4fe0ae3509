"""Which passages' vectors are near to a question's, asked of PostgreSQL (pgvector), for archives whose codes no process
has the memory for.

The first look is at one vector for each passage, of `near_middles`: the passages nearest by that are nearest by all
their vectors, too, and there is a fifth as much to look at. `near_tables` says what the tables have, and fills them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from companion.storage.address import Address
from companion.storage.near_connections import connected
from companion.storage.vectors import Matrix, unpacked

_NEAREST = """\
SELECT passage_id FROM near_middles WHERE model = {model}
ORDER BY embedding::halfvec({dimension}) <#> {query}::halfvec({dimension}) LIMIT {count}"""
# The index has no part in it: it would miss some. OFFSET 0 keeps the planner, which takes ranges of ids for wide ones,
# from comparing and sorting all that there are first: that takes up to a hundred times as long.
_NEAREST_AMONG = """\
SELECT passage_id FROM unnest({firsts}::bigint[], {lasts}::bigint[]) AS wanted (first, last)
CROSS JOIN LATERAL (
    SELECT passage_id, embedding <#> {query}::halfvec AS distance FROM near_middles
    WHERE passage_id BETWEEN wanted.first AND wanted.last AND model = {model} OFFSET 0
) AS near
ORDER BY distance LIMIT {count}"""
_COSINES = """\
SELECT passages.id,
    max(-(near.embedding <#> {query}::halfvec)) FILTER (WHERE near.ordinal = 0),
    max(-(near.embedding <#> {query}::halfvec)) FILTER (WHERE near.ordinal > 0)
FROM {passages}
JOIN near_vectors AS near ON near.digest = passages.digest AND near.model = {model}
GROUP BY passages.id"""
_MATRICES = """\
SELECT passages.id, vectors.data, vectors.dimension FROM {passages}
JOIN vectors ON vectors.digest = passages.digest AND vectors.model = {model}"""
_WANTED = "unnest({ids}::bigint[]) AS wanted (id) JOIN passages ON passages.id = wanted.id"


class Cosines(NamedTuple):
    """Of passages with one vector, as good as halves of numbers give them: of the whole of each, and of its best
    window, which is the same where it has none."""

    passage_ids: NDArray[np.int64]
    whole: NDArray[np.float32]
    window: NDArray[np.float32]


class NearVectors:
    """The vectors of one model, asked from threads, once `near_tables.bring_up_to_date` has filled the tables.
    Whatever is asked raises `StorageError`."""

    def __init__(self, address: Address, model: str) -> None:
        self._address = address
        # Written into the statements: by a parameter the planner would not know the index to be of this model.
        self._model = sql.Literal(model)

    def nearest(self, query: Matrix, count: int, at_once: int) -> Generator[NDArray[np.int64]]:
        """The ids of ``count`` passages whose middles are nearest to a unit vector, but for some that the index misses:
        so many at once, about in that order. It goes on looking as it is asked for more; is to be closed."""
        statement = sql.SQL(_NEAREST).format(
            model=self._model,
            dimension=sql.Literal(len(query)),
            query=sql.Literal(_written(query.tolist())),
            count=sql.Literal(count),
        )
        with connected(self._address) as connection, connection.cursor(binary=True) as cursor:
            cursor.execute(sql.SQL("DECLARE near NO SCROLL CURSOR FOR ") + statement)
            fetched = sql.SQL("FETCH FORWARD {} FROM near").format(sql.Literal(at_once))
            while rows := cursor.execute(fetched).fetchall():
                yield _ids(rows)

    def nearest_among(self, query: Matrix, ranges: Sequence[tuple[int, int]], count: int) -> NDArray[np.int64]:
        """The ids of the passages whose middles are nearest to a unit vector, of those whose ids are in the ranges,
        each from its first to its last: all of these are compared."""
        firsts, lasts = ([one[end] for one in ranges] for end in (0, 1))
        statement = sql.SQL(_NEAREST_AMONG).format(
            firsts=sql.Literal(firsts),
            lasts=sql.Literal(lasts),
            model=self._model,
            query=sql.Literal(_written(query.tolist())),
            count=sql.Literal(count),
        )
        return _ids(self._rows(statement))

    def cosines(self, query: Matrix, passage_ids: Sequence[int] | None = None) -> Cosines:
        """Of these passages, or of all; those without vectors are left out."""
        statement = sql.SQL(_COSINES).format(
            query=sql.Literal(_written(query.tolist())), model=self._model, passages=_among(passage_ids)
        )
        rows = self._rows(statement)
        whole = np.array([row[1] for row in rows], np.float32)
        window = np.array([row[1] if row[2] is None else row[2] for row in rows], np.float32)
        return Cosines(np.array([row[0] for row in rows], np.int64), whole, window)

    def matrices(self, passage_ids: Sequence[int]) -> dict[int, Matrix]:
        """The vectors themselves, by passage id: of the whole passage first, then of its windows."""
        statement = sql.SQL(_MATRICES).format(model=self._model, passages=_among(passage_ids))
        return {passage_id: unpacked(data, dimension) for passage_id, data, dimension in self._rows(statement)}

    def _rows(self, statement: sql.Composed) -> list[tuple[Any, ...]]:
        # Vectors come as they are stored, not as text.
        with connected(self._address) as connection, connection.cursor(binary=True) as cursor:
            rows = cursor.execute(statement).fetchall()
            connection.rollback()
            return rows


def _ids(rows: Iterable[tuple[Any, ...]]) -> NDArray[np.int64]:
    return np.array([passage_id for (passage_id,) in rows], np.int64)


def _among(passage_ids: Sequence[int] | None) -> sql.Composable:
    if passage_ids is None:
        return sql.SQL("passages")
    return sql.SQL(_WANTED).format(ids=sql.Literal(list(passage_ids)))


def _written(vector: Iterable[float]) -> str:
    """As PostgreSQL reads it; six digits are more than halves of numbers have."""
    return f"[{','.join(f'{number:.6g}' for number in vector)}]"
