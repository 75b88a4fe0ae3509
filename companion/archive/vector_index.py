"""How near every passage is to a question: exactly while that is fast, else by a first look at codes.

The first look estimates all passages from their codes. Those that stand best with it, *among the ones that were asked
for* and with all else that speaks for them, are compared again by their rounded vectors, and the best of those by the
vectors themselves. So what ends up on a page has exact scores.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from companion.archive.codes import Codes, Indices
from companion.archive.encoders import Vectors

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int32]

COMPRESSED_FROM = 20_000
"""Vectors from which on the first look is at codes: below it comparing exactly is as fast (benchmarks/speed.md)."""

_SHARE, _LEAST, _EXACT = 96, 6_000, 150
"""What is compared again: by rounded vectors one in so many, and at least so many; exactly so many passages."""

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
class Coded:
    """Vectors, one a row, and their codes."""

    matrix: Vectors
    codes: Codes

    def part(self, begin: int, end: int) -> Coded:
        return Coded(self.matrix[begin:end], self.codes.part(begin, end))

    @classmethod
    def joined(cls, parts: Sequence[Coded], like: Codes) -> Coded:
        """The vectors of all parts, with codes that can be compared with those of ``like``."""
        matrix = np.concatenate([part.matrix for part in parts])
        alike = all(np.array_equal(part.codes.mean, like.mean) for part in parts)
        return cls(matrix, Codes.joined([part.codes for part in parts]) if alike else Codes.of(matrix, like))

    def cosines(self, query: Vectors, indices: Indices, *, exactly: bool) -> Vectors:
        """Of some of the vectors with a unit vector."""
        return self.matrix[indices] @ query if exactly else self.codes.cosines(query, indices)


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of a part of the archive: of the passages at ``rows``, whole, and of their windows.

    Rows ascend and count from the part's own beginning. ``windows.matrix[first[i]:first[i + 1]]`` are of ``rows[i]``;
    a passage that is its own window has none.
    """

    rows: Rows
    first: NDArray[np.int64]
    whole: Coded
    windows: Coded

    @classmethod
    def of(cls, matrices: Mapping[int, Vectors], like: Codes | None = None) -> PassageVectors | None:
        """From the vectors by row, of which the first is the whole passage's; None without any.

        ``like`` are codes of vectors that these may be joined with.
        """
        if not matrices:
            return None
        rows = sorted(matrices)
        whole = np.stack([matrices[row][0] for row in rows])
        windows = np.concatenate([matrices[row][1:] for row in rows])
        first = np.cumsum([0, *(len(matrices[row]) - 1 for row in rows)], dtype=np.int64)
        codes = Codes.of(whole, like)
        return cls(np.array(rows, np.int32), first, Coded(whole, codes), Coded(windows, Codes.of(windows, codes)))

    @property
    def size(self) -> int:
        """Vectors, not passages."""
        return len(self.whole.matrix) + len(self.windows.matrix)

    @property
    def _places(self) -> Rows | slice:
        """The rows, or what is faster and means the same: all from the first on."""
        size = len(self.rows)
        return slice(size) if self.rows[-1] == size - 1 else self.rows

    def part(self, begin: int, end: int) -> PassageVectors | None:
        """Those of the rows from ``begin`` to before ``end``."""
        low, high = np.searchsorted(self.rows, (begin, end)).tolist()
        if low == high:
            return None
        first = self.first[low : high + 1]
        windows = self.windows.part(int(first[0]), int(first[-1]))
        return PassageVectors(
            self.rows[low:high] - np.int32(begin), first - first[0], self.whole.part(low, high), windows
        )

    @classmethod
    def joined(cls, parts: Sequence[tuple[int, PassageVectors]]) -> PassageVectors:
        """The vectors of all parts, each with the row at which it begins in the whole."""
        starts = np.cumsum([0, *(int(part.first[-1]) for _, part in parts)])
        firsts = [part.first[:-1] + start for (_, part), start in zip(parts, starts, strict=False)]
        like = parts[0][1].whole.codes
        return cls(
            np.concatenate([part.rows + np.int32(offset) for offset, part in parts]),
            np.concatenate([*firsts, starts[-1:]]),
            Coded.joined([part.whole for _, part in parts], like),
            Coded.joined([part.windows for _, part in parts], like),
        )

    def exact(self, query: Vectors, out: Similarities) -> None:
        """Writes the cosines of all passages into ``out``, which is of this part alone."""
        whole = self.whole.matrix @ query
        rows = self._places
        out.whole[rows] = whole
        out.window[rows] = _best_windows(whole, self.windows.matrix @ query, self.first)

    def estimated(self, query: Vectors, out: Similarities) -> None:
        """Writes what the codes say of all passages."""
        whole = self.whole.codes
        rows = self._places
        out.whole[rows] = out.window[rows] = whole.estimates(query, whole.differing(query))
        many = np.flatnonzero(self.first[1:] > self.first[:-1])
        if len(many):
            # The fewer bits differ the higher the cosine: the best window is found among whole numbers.
            fewest = np.minimum.reduceat(self.windows.codes.differing(query), self.first[many])
            out.window[many if isinstance(rows, slice) else rows[many]] = whole.estimates(query, fewest)

    def refine(self, query: Vectors, rows: Indices, out: Similarities, *, exactly: bool) -> None:
        """Writes the cosines of some rows, by the vectors themselves or by their rounded numbers."""
        groups = np.searchsorted(self.rows, rows)
        there = groups < len(self.rows)
        there[there] = self.rows[groups[there]] == rows[there]
        rows, groups = rows[there], groups[there]
        if len(rows):
            begins = self.first[groups]
            lengths = self.first[groups + 1] - begins
            first = np.concatenate(([0], np.cumsum(lengths)))
            indices = np.arange(int(first[-1])) + np.repeat(begins - first[:-1], lengths)
            whole = self.whole.cosines(query, groups, exactly=exactly)
            out.whole[rows] = whole
            out.window[rows] = _best_windows(whole, self.windows.cosines(query, indices, exactly=exactly), first)

    def of_row(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension): of the whole of it, then of its windows."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return None
        windows = self.windows.matrix[self.first[place] : self.first[place + 1]]
        return np.concatenate((self.whole.matrix[place : place + 1], windows))


_Write = Callable[[PassageVectors, Similarities], None]


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
        """The cosines of ``size`` passages with a unit vector; -1 for a passage without vectors."""
        similar = _unlike(size)
        self._each(lambda part, out: part.exact(query, out), similar)
        return similar

    def best_similarities(self, query: Vectors, size: int, wanted: Wanted) -> tuple[Similarities, Rows]:
        """The same, as far as it matters for what is wanted, and the rows for which it may matter, ascending.

        Those that are not among them are estimates.
        """
        similar = _unlike(size)
        self._each(lambda part, out: part.estimated(query, out), similar)
        again = max(self.size // _SHARE, _LEAST) * size // self.size
        likely: list[Indices] = []
        for mask in wanted.masks:
            # The cut comes after the mask: what may not be seen takes no place from what may.
            asked = None if mask.all() else np.flatnonzero(mask)
            first = highest(_scores(wanted, similar, asked), again)
            asked = np.sort(first if asked is None else asked[first])
            self._refine(query, asked, similar, exactly=False)
            best = _with_neighbours(asked[highest(_scores(wanted, similar, asked), _EXACT)], size)
            self._refine(query, best, similar, exactly=True)
            likely += [_with_neighbours(asked, size), best]
        return similar, _ascending(np.concatenate(likely), size).astype(np.int32)

    def of(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension)."""
        number = bisect_right(self._ends, row)
        part = self._parts[number] if number < len(self._parts) else None
        return None if part is None else part.of_row(row - self._begins[number])

    def _each(self, write: _Write, similar: Similarities) -> None:
        work = [partial(write, part, _slice(similar, begin, end)) for part, begin, end in self._placed()]
        _do(work, shared=self.size >= _PARALLEL_FROM)

    def _refine(self, query: Vectors, rows: Indices, similar: Similarities, *, exactly: bool) -> None:
        work: list[Callable[[], None]] = []
        for part, begin, end in self._placed():
            first, last = np.searchsorted(rows, (begin, end)).tolist()
            if first < last:
                out = _slice(similar, begin, end)
                work.append(partial(part.refine, query, rows[first:last] - begin, out, exactly=exactly))
        _do(work, shared=self.size >= _PARALLEL_FROM and not exactly)

    def _placed(self) -> Iterator[tuple[PassageVectors, int, int]]:
        for part, begin, end in zip(self._parts, self._begins, self._ends, strict=True):
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


def _do(work: Sequence[Callable[[], None]], *, shared: bool) -> None:
    if shared:
        for done in [_threads.submit(job) for job in work]:
            done.result()
    else:
        for job in work:
            job()


def _scores(wanted: Wanted, similar: Similarities, rows: Indices | None) -> Scores:
    """Of some rows, or of all."""
    prior, whole, window = wanted.prior, similar.whole, similar.window
    if rows is not None:
        prior, whole, window = prior[rows], whole[rows], window[rows]
    scores: Scores = (prior + np.float32(wanted.whole) * whole).astype(np.float32, copy=False)
    scores += np.float32(wanted.window) * window
    return scores


def _best_windows(whole: Scores, windows: Scores, first: NDArray[np.int64]) -> Scores:
    """The cosine of each passage's best window, from those of all windows in groups; where it has none, the whole's."""
    best = whole.copy()
    many = np.flatnonzero(first[1:] > first[:-1])
    if len(many):
        best[many] = np.maximum.reduceat(windows, first[many])
    return best


def _unlike(size: int) -> Similarities:
    return Similarities(np.full(size, -1.0, np.float32), np.full(size, -1.0, np.float32))


def _with_neighbours(rows: Indices, size: int) -> Indices:
    """The rows and those beside them, which count for them too; ascending."""
    return _ascending(np.concatenate((rows - 1, rows, rows + 1)), size)


def _ascending(rows: Indices, size: int) -> Indices:
    """Each of the rows once."""
    every = np.sort(rows)
    every = every[(every >= 0) & (every < size)]
    return every[np.diff(every, prepend=-1) > 0]


def _slice(similar: Similarities, begin: int, end: int) -> Similarities:
    return Similarities(similar.whole[begin:end], similar.window[begin:end])
