"""How near every passage is to a question: exactly while that is fast, else by a first look at codes.

The first look estimates all passages from their codes. Those that stand best with it, *among the ones that were asked
for* and with all else that speaks for them, are compared again by their rounded vectors, and the best of those by the
vectors themselves. So what ends up on a page has exact scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.archive.codes import Codes, Indices
from companion.archive.encoders import Vectors

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

COMPRESSED_FROM = 20_000
"""Vectors from which on the first look is at codes: below it comparing exactly is as fast (benchmarks/speed.md)."""

_ROUNDED_SHARE, _LEAST_ROUNDED, _EXACT = 64, 1_000, 120
"""Passages compared again: by rounded vectors one in so many, and at least so many; by exact ones so many."""

_PARALLEL_FROM = 300_000
"""Vectors from which on two threads share the first look."""

_SAMPLE = 20_000
"""Scores that tell how high the highest are."""

_threads = ThreadPoolExecutor(2, "first-look")


@dataclass(frozen=True, slots=True)
class Similarities:
    """The cosine of every passage, whole, and of its best window, with a question."""

    whole: Scores
    window: Scores


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the similarities are for: each passage's score is ``prior`` + ``whole`` × its cosine + ``window`` × its best
    window's, and the best are sought under each of the masks.
    """

    prior: Scores
    whole: float
    window: float
    masks: Sequence[Mask]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of a part of the archive, grouped by passage: ``matrix[first[i]:first[i + 1]]`` are of ``rows[i]``.

    The first of a group is the whole passage's, the others are its windows'. Rows ascend and count from the part's own
    beginning.
    """

    matrix: Vectors
    rows: NDArray[np.int32]
    first: NDArray[np.int64]
    codes: Codes

    @classmethod
    def of(cls, matrices: Mapping[int, Vectors], like: Codes | None = None) -> PassageVectors | None:
        """From the vectors by row; ``like`` are codes that these may be joined with. None without any."""
        if not matrices:
            return None
        rows = sorted(matrices)
        matrix = np.concatenate([matrices[row] for row in rows])
        first = np.cumsum([0, *(len(matrices[row]) for row in rows)])
        return cls(matrix, np.array(rows, np.int32), first.astype(np.int64), Codes.of(matrix, like))

    def part(self, begin: int, end: int) -> PassageVectors | None:
        """Those of the rows from ``begin`` to before ``end``."""
        groups = slice(*np.searchsorted(self.rows, (begin, end)).tolist())
        if groups.start == groups.stop:
            return None
        first = self.first[groups.start : groups.stop + 1]
        low, high = int(first[0]), int(first[-1])
        rows = self.rows[groups] - np.int32(begin)
        return PassageVectors(self.matrix[low:high], rows, first - low, self.codes.part(low, high))

    @classmethod
    def joined(cls, parts: Sequence[tuple[int, PassageVectors]]) -> PassageVectors:
        """The vectors of all parts, each with the row at which it begins in the whole."""
        starts = np.cumsum([0, *(len(part.matrix) for _, part in parts)])
        matrix = np.concatenate([part.matrix for _, part in parts])
        firsts = [part.first[:-1] + start for (_, part), start in zip(parts, starts, strict=False)]
        codes = [part.codes for _, part in parts]
        alike = all(np.array_equal(code.mean, codes[0].mean) for code in codes)
        return cls(
            matrix,
            np.concatenate([part.rows + np.int32(offset) for offset, part in parts]),
            np.concatenate([*firsts, [len(matrix)]]).astype(np.int64),
            Codes.joined(codes) if alike else Codes.of(matrix, codes[0]),
        )

    def exact(self, query: Vectors, out: Similarities) -> None:
        """Writes the cosines of all passages into ``out``, which is of this part alone."""
        out.whole[self.rows], out.window[self.rows] = _grouped_by_passage(self.matrix @ query, self.first)

    def estimated(self, query: Vectors, out: Similarities) -> None:
        """Writes what the codes say of all passages."""
        differing, cosines = self.codes.differing(query), self.codes.estimates(query)
        whole = differing[self.first[:-1]]
        differing[self.first[:-1][np.diff(self.first) > 1]] = len(cosines) - 1
        out.whole[self.rows] = cosines[whole]
        out.window[self.rows] = cosines[np.minimum.reduceat(differing, self.first[:-1])]

    def refine(self, query: Vectors, rows: Indices, out: Similarities, *, exactly: bool) -> None:
        """Writes the cosines of some rows, by the vectors themselves or by their rounded numbers."""
        groups = np.searchsorted(self.rows, rows)
        there = groups < len(self.rows)
        there[there] = self.rows[groups[there]] == rows[there]
        rows, groups = rows[there], groups[there]
        if len(rows):
            begins, lengths = self.first[groups], np.diff(self.first)[groups]
            first = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
            indices = np.arange(int(first[-1])) + np.repeat(begins - first[:-1], lengths)
            cosines = self.matrix[indices] @ query if exactly else self.codes.cosines(query, indices)
            out.whole[rows], out.window[rows] = _grouped_by_passage(cosines, first)

    def of_row(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension)."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return None
        return self.matrix[self.first[place] : self.first[place + 1]]


_Write = Callable[[PassageVectors, Similarities], None]


class VectorIndex:
    """All vectors of a snapshot, in parts that follow each other; None for a part that has no vectors."""

    def __init__(self, parts: Sequence[PassageVectors | None], sizes: Sequence[int]) -> None:
        self._parts = parts
        self._ends = np.cumsum(sizes)
        self._begins = self._ends - np.asarray(sizes)
        self.size = sum(len(part.matrix) for part in parts if part is not None)
        """Vectors, not passages."""

    def similarities(self, query: Vectors, size: int, wanted: Wanted | None = None) -> Similarities:
        """The cosines of ``size`` passages with a unit vector; -1 for a passage without vectors.

        Where there are very many, and something is ``wanted`` of them, only those matter that may be among the best:
        the others' are estimates.
        """
        similar = Similarities(np.full(size, -1.0, np.float32), np.full(size, -1.0, np.float32))
        if wanted is None or self.size < COMPRESSED_FROM:
            self._each(lambda part, out: part.exact(query, out), similar)
            return similar
        self._each(lambda part, out: part.estimated(query, out), similar)
        for mask in wanted.masks:
            # The cut comes after the mask: what may not be seen takes no place from what may.
            asked = np.flatnonzero(mask)
            for count, exactly in ((max(size // _ROUNDED_SHARE, _LEAST_ROUNDED), False), (_EXACT, True)):
                asked = asked[highest(_scores(wanted, similar, asked), count)]
                # A passage's neighbours count for it too.
                refined = np.unique(np.concatenate((asked - 1, asked, asked + 1))) if exactly else np.sort(asked)
                self._refine(query, refined[(refined >= 0) & (refined < size)], similar, exactly=exactly)
        return similar

    def of(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension)."""
        number = int(np.searchsorted(self._ends, row, side="right"))
        part = self._parts[number] if number < len(self._parts) else None
        return None if part is None else part.of_row(row - int(self._begins[number]))

    def _each(self, write: _Write, similar: Similarities) -> None:
        work = [(part, _slice(similar, begin, end)) for part, begin, end in self._placed()]
        if self.size < _PARALLEL_FROM:
            for part, out in work:
                write(part, out)
        else:
            for done in [_threads.submit(write, part, out) for part, out in work]:
                done.result()

    def _refine(self, query: Vectors, rows: Indices, similar: Similarities, *, exactly: bool) -> None:
        for part, begin, end in self._placed():
            first, last = np.searchsorted(rows, (begin, end)).tolist()
            if first < last:
                part.refine(query, rows[first:last] - begin, _slice(similar, begin, end), exactly=exactly)

    def _placed(self) -> Iterator[tuple[PassageVectors, int, int]]:
        for part, begin, end in zip(self._parts, self._begins.tolist(), self._ends.tolist(), strict=True):
            if part is not None:
                yield part, begin, end


def highest(scores: Scores, count: int) -> Indices:
    """The places of the ``count`` highest scores, in no order."""
    if len(scores) <= count:
        return np.arange(len(scores))
    places = np.arange(0)
    if (step := len(scores) // _SAMPLE) > 1:
        # A bar that a sample says some more than enough will clear spares sorting the rest.
        sample = np.sort(scores[::step])
        bar = sample[-min(int(1.5 * count / step) + 20, len(sample))]
        places = np.flatnonzero(scores >= bar)
    if len(places) < count:
        places = np.arange(len(scores))
    return places[np.argpartition(-scores[places], count - 1)[:count]]


def _scores(wanted: Wanted, similar: Similarities, rows: Indices) -> Scores:
    prior, whole, window = wanted.prior, similar.whole, similar.window
    if len(rows) < len(prior):
        prior, whole, window = prior[rows], whole[rows], window[rows]
    scores: Scores = (prior + np.float32(wanted.whole) * whole).astype(np.float32, copy=False)
    scores += np.float32(wanted.window) * window
    return scores


def _grouped_by_passage(cosines: Vectors, first: NDArray[np.int64]) -> tuple[Scores, Scores]:
    """The cosine of each whole passage and of its best window, from those of all vectors in groups."""
    begins = first[:-1]
    whole = cosines[begins]
    # The first vector is the whole passage's; where it is the only one, the passage is its own window.
    cosines[begins[np.diff(first) > 1]] = -1.0
    return whole, np.maximum.reduceat(cosines, begins)


def _slice(similar: Similarities, begin: int, end: int) -> Similarities:
    return Similarities(similar.whole[begin:end], similar.window[begin:end])
