"""How near every passage is to a question: exactly while that is fast, else by a first look at codes.

The first look estimates all passages from their codes. Those that stand best with it, *among the ones that were asked
for* and with all else that speaks for them, are compared again by their rounded vectors, and the best of those by the
vectors themselves. So what ends up on a page has exact scores.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from companion.archive.codes import CodedQuery
from companion.archive.kernels import Places
from companion.archive.passage_vectors import PassageVectors, Rows, Scores, Similarities
from companion.archive.tokens import Vectors

Mask = NDArray[np.bool_]

COMPRESSED_FROM = 20_000
"""Vectors from which on the first look is at codes: below it comparing exactly is as fast (benchmarks/speed.md)."""

_SHARE, _LEAST = 150, 4_000
"""What is compared again: one vector in so many, and at least so many."""

_EXACT = 100
"""Passages that are compared exactly after that, with those beside them: without these one in fifteen of the best ten
was another."""

_SAMPLE = 1_000
"""Scores that tell how high the highest are."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the similarities are for: each passage's score is ``prior`` + ``whole`` × its cosine + ``window`` × its best
    window's, and the best are sought under each of the masks.
    """

    prior: Scores
    whole: float
    window: float
    masks: Sequence[Mask]

    def scores(self, similar: Similarities, rows: Places | slice = slice(None)) -> Scores:
        """Of some rows, or of all."""
        scores = similar.whole[rows] * np.float32(self.whole)
        if self.window:
            scores += np.float32(self.window) * similar.window[rows]
        scores += self.prior[rows]
        return scores


class VectorIndex:
    """All vectors of a snapshot, in parts that follow each other; None for a part that has no vectors."""

    def __init__(self, parts: Sequence[PassageVectors | None], sizes: Sequence[int]) -> None:
        self._parts = parts
        self._ends = list(accumulate(sizes))
        self._begins = [0, *self._ends[:-1]]
        self.size = sum(part.size for part in parts if part is not None)
        """Vectors, not passages."""

    @property
    def compressed(self) -> bool:
        """Are there so many that the first look is at codes?"""
        return self.size >= COMPRESSED_FROM

    def similarities(self, query: Vectors, size: int) -> Similarities:
        """The cosines of ``size`` passages with a unit vector; 0 for a passage without vectors."""
        similar = Similarities.none(size)
        for part, begin, end in self._placed():
            part.exact(query, similar.part(begin, end))
        return similar

    def best_similarities(self, query: Vectors, size: int, wanted: Wanted) -> tuple[Similarities, Rows]:
        """The same, as far as it matters for what is wanted, and the rows for which it may matter, ascending.

        Those that are not among them are estimates, and most often too high where they are high.
        """
        similar = Similarities.none(size)
        coded = CodedQuery(query)
        for part, begin, end in self._placed():
            part.estimated(coded, similar.part(begin, end))
        scores = wanted.scores(similar)
        again = max(self.size // _SHARE, _LEAST) * size // self.size
        likely = np.zeros(size, np.bool_)
        for mask in wanted.masks:
            # The cut comes after the mask: what may not be seen takes no place from what may.
            asked = _highest_under(mask, scores, again)
            self._refine(query, asked, similar, exactly=False)
            likely[asked] = True
            first = asked[highest(wanted.scores(similar, asked), _EXACT)]
            best = np.flatnonzero(with_neighbours(first, size))
            self._refine(query, best, similar, exactly=True)
            likely[best] = True
        return similar, np.flatnonzero(likely).astype(np.int32)

    def of(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension)."""
        number = bisect_right(self._ends, row)
        part = self._parts[number] if number < len(self._parts) else None
        return None if part is None else part.of_row(row - self._begins[number])

    def windows_of(self, row: int) -> Vectors | None:
        """The vectors of one passage's windows alone, shape (n, dimension); not copied."""
        number = bisect_right(self._ends, row)
        part = self._parts[number] if number < len(self._parts) else None
        return None if part is None else part.windows_of_row(row - self._begins[number])

    def _refine(self, query: Vectors, rows: Places, similar: Similarities, *, exactly: bool) -> None:
        for part, begin, end in self._placed():
            first, last = rows.searchsorted((begin, end)).tolist()
            if first < last:
                part.refine(query, rows[first:last] - begin, similar.part(begin, end), exactly=exactly)

    def _placed(self) -> Iterator[tuple[PassageVectors, int, int]]:
        for part, begin, end in zip(self._parts, self._begins, self._ends, strict=True):
            if part is not None:
                yield part, begin, end


def highest(scores: Scores, count: int) -> Places:
    """The places of the ``count`` highest scores, ascending; of equal ones the first."""
    if len(scores) <= count:
        return np.arange(len(scores))
    places = np.arange(0)
    if (step := len(scores) // _SAMPLE) > 1:
        # A bar that a sample says some more than enough will clear spares a look at the rest.
        sample = scores[::step]
        places = np.flatnonzero(scores >= _lowest_of(sample, min(int(1.5 * count / step) + 20, len(sample))))
    if len(places) < count:
        places = np.arange(len(scores))
    likely = scores[places]
    bar = _lowest_of(likely, count)
    kept = likely >= bar
    surplus = np.count_nonzero(kept) - count
    if surplus:
        kept[np.flatnonzero(likely == bar)[-surplus:]] = False
    return places[kept]


def _lowest_of(scores: Scores, count: int) -> np.float32:
    """The lowest of the ``count`` highest scores."""
    return np.partition(scores, len(scores) - count)[len(scores) - count]


def _highest_under(mask: Mask, scores: Scores, count: int) -> Places:
    """The rows of the highest scores among those that the mask leaves."""
    if mask.all():
        return highest(scores, count)
    rows = np.flatnonzero(mask)
    return rows[highest(scores[rows], count)]


def with_neighbours(rows: Places, size: int) -> Mask:
    """The rows and those beside them, which count for them too."""
    near = np.zeros(size + 2, np.bool_)
    for shift in range(3):
        near[rows + shift] = True
    return near[1:-1]
