"""How near passages are to a question, where the vectors are in PostgreSQL alone: asked of its index (pgvector).

It stands in for `VectorIndex`, whose first look at codes takes memory for every vector there is. What the index finds,
and what has the question's words, is compared again in the database, and the best of that by the vectors themselves, as
there: so what ends up on a page has exact scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from companion.archive.passage_vectors import Rows, Similarities
from companion.archive.tokens import Vectors
from companion.archive.vector_index import Mask, Wanted, highest, with_neighbours
from companion.storage.near_vectors import NearVectors

_SHARE, _LEAST, _MOST = 400, 400, 8_000
"""What the index is asked for: one vector in so many, within these bounds. It misses some of the nearest, and fewer
the further it looks (benchmarks/speed.md)."""
NEAREST = 320
"""Passages of these that are compared."""
_ENOUGH = 100
"""Passages that may be seen, below which what the index found is too little to go by."""
_WORDED = 200
"""Passages that stand best by all but their vectors, which are compared too."""
_FEW, _MANY = 4_000, 40_000
"""Passages that are all compared, as fast as the index would find some of them; and that are where it found too few,
since what may be seen is about other things than the question."""
_EXACT = 100
"""Passages that are compared exactly, with those beside them."""
_REMEMBERED = 2_000
"""Passages whose vectors are kept at hand."""


class NearVectorIndex:
    """The vectors of a snapshot's passages; ``size`` is how many vectors there are."""

    compressed = True

    def __init__(self, vectors: NearVectors, passage_ids: NDArray[np.int64], size: int) -> None:
        self.size = size
        self.vectors = vectors
        self._ids = passage_ids
        self._order = np.argsort(passage_ids)
        self._sorted = passage_ids[self._order]
        self._read: dict[int, Vectors] = {}

    def similarities(self, query: Vectors, size: int) -> Similarities:
        """The cosines of ``size`` passages with a unit vector; 0 for a passage without vectors. Looks at all."""
        similar = Similarities.none(size)
        self._compare(query, None, similar)
        return similar

    def best_similarities(self, query: Vectors, size: int, wanted: Wanted) -> tuple[Similarities, Rows]:
        """The same, as far as it matters for what is wanted, and the rows for which it may matter, ascending; 0 for
        all others."""
        similar = Similarities.none(size)
        likely = np.zeros(size, np.bool_)
        for mask in wanted.masks:
            rows = self._candidates(query, wanted, mask)
            self._compare(query, rows, similar)
            likely[rows] = True
            first = rows[highest(wanted.scores(similar, rows), _EXACT)]
            best = np.flatnonzero(with_neighbours(first, size))
            self._compare_exactly(query, best, similar)
            likely[best] = True
        return similar, np.flatnonzero(likely).astype(np.int32)

    def of(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension)."""
        passage_id = int(self._ids[row])
        return self._matrices([passage_id]).get(passage_id)

    def windows_of(self, row: int) -> Vectors | None:
        """The vectors of one passage's windows alone, shape (n, dimension)."""
        matrix = self.of(row)
        return None if matrix is None else matrix[1:]

    def _candidates(self, query: Vectors, wanted: Wanted, mask: Mask) -> NDArray[np.int64]:
        left = np.flatnonzero(mask)
        if len(left) <= _FEW:
            return left
        count = max(self.size // _SHARE, _LEAST, 2 * _ENOUGH * len(mask) // len(left))
        near = self._rows_of(self.vectors.nearest(query, min(count, _MOST)))
        near = near[mask[near]][:NEAREST]
        if len(near) < _ENOUGH and len(left) <= _MANY:
            return left
        worded = left[highest(wanted.prior[left], _WORDED)]
        return np.union1d(near, worded)

    def _compare(self, query: Vectors, rows: NDArray[np.int64] | None, similar: Similarities) -> None:
        found = self.vectors.cosines(query, None if rows is None else self._ids[rows].tolist())
        known = np.isin(found.passage_ids, self._ids)
        places = self._rows_of(found.passage_ids)
        similar.whole[places] = found.whole[known]
        similar.window[places] = found.window[known]

    def _compare_exactly(self, query: Vectors, rows: NDArray[np.int64], similar: Similarities) -> None:
        matrices = self._matrices(self._ids[rows].tolist())
        for row, passage_id in zip(rows.tolist(), self._ids[rows].tolist(), strict=True):
            if (matrix := matrices.get(passage_id)) is not None:
                cosines = matrix @ query
                similar.whole[row] = cosines[0]
                similar.window[row] = cosines[1:].max() if len(cosines) > 1 else cosines[0]

    def _rows_of(self, passage_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where those of the passages are that the snapshot has: others came after it was made."""
        if not len(self._sorted):
            return self._order
        places = np.minimum(self._sorted.searchsorted(passage_ids), len(self._sorted) - 1)
        return self._order[places[self._sorted[places] == passage_ids]]

    def _matrices(self, passage_ids: Sequence[int]) -> Mapping[int, Vectors]:
        read = self._read
        lacking = [passage_id for passage_id in passage_ids if passage_id not in read]
        if lacking:
            found = self.vectors.matrices(lacking)
            read = read | found
            # Others may be reading from the one before.
            self._read = found if len(read) > _REMEMBERED else read
        return read
