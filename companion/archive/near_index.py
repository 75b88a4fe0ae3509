"""How near passages are to a question, where the vectors are in PostgreSQL alone: asked of its index (pgvector).

It stands in for `VectorIndex`, whose first look at codes takes memory for every vector there is. The first look here is
at one vector for each passage: at all that may be seen where these are few, else by the index. What that finds, and
what has the question's words, is compared by all vectors in the database, and the best of that by the vectors
themselves, as there: so what ends up on a page has exact scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from companion.archive.passage_vectors import Rows, Similarities
from companion.archive.tokens import Vectors
from companion.archive.vector_index import Mask, Wanted, highest, with_neighbours
from companion.storage.near_vectors import NearVectors

NEAREST = 240
"""Passages with the nearest middles, which are compared by all their vectors: among 200 are 99 of 100 of the best ten
(benchmarks/speed.md)."""
_MOST = 8_000
"""Passages that the index is asked for until so many of them may be seen."""
_ENOUGH = 100
"""Passages that may be seen, below which what the index found is too little to go by."""
_WORDED = 200
"""Passages that stand best by all but their vectors, which are compared too."""
_ALL = 500
"""Passages that are compared by all their vectors, without a look at their middles."""
_FEW, _MANY = 80_000, 400_000
"""Passages whose middles are all compared, which misses none of them: as fast as the index; and where it would miss
what is farther away, as some of the nearest may not be seen, or has found too few."""
_NEARLY_ALL = 0.95
"""Of all passages, so many that may be seen."""
_RANGE = 7
"""Passages that are compared while one more stretch of them is looked up."""
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
        if len(left) <= _ALL:
            return left
        worded = left[highest(wanted.prior[left], _WORDED)]
        return np.union1d(self._near(query, mask, len(left)), worded)

    def _near(self, query: Vectors, mask: Mask, left: int) -> NDArray[np.int64]:
        """The rows of the passages under the mask, ``left`` of them, that have the nearest middles."""
        stretches = self._stretches(mask)
        work = left + _RANGE * len(stretches)
        if work > (_FEW if left >= _NEARLY_ALL * len(mask) else _MANY):
            found = self._by_index(query, mask, left)
            if len(found) >= _ENOUGH or work > _MANY:
                return found
        return self._rows_of(self.vectors.nearest_among(query, stretches, NEAREST))

    def _by_index(self, query: Vectors, mask: Mask, left: int) -> NDArray[np.int64]:
        found = np.empty(0, np.int64)
        at_once = min(NEAREST * len(mask) // left, _MOST)
        with closing(self.vectors.nearest(query, _MOST, at_once)) as batches:
            for passage_ids in batches:
                rows = self._rows_of(passage_ids)
                found = np.concatenate((found, rows[mask[rows]]))
                if len(found) >= NEAREST:
                    break
        return found[:NEAREST]

    def _stretches(self, mask: Mask) -> list[tuple[int, int]]:
        """The ids of the passages under the mask: the first and the last of each stretch without others."""
        edges = np.diff(mask[self._order].astype(np.int8), prepend=0, append=0)
        firsts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        return list(zip(self._sorted[firsts].tolist(), self._sorted[ends - 1].tolist(), strict=True))

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
