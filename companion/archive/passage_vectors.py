"""The vectors of passages: of the whole of each, and of the windows in it, which vote for it.

What a passage's windows say together is that of the best of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from companion.archive.codes import Codes, Indices, products
from companion.archive.tokens import Vectors

Scores = NDArray[np.float32]
Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Similarities:
    """The cosine of every passage, whole, and of its best window, with a question."""

    whole: Scores
    window: Scores

    def part(self, begin: int, end: int) -> Similarities:
        """Those of the rows from ``begin`` to before ``end``; what is written there is written here."""
        return Similarities(self.whole[begin:end], self.window[begin:end])

    @classmethod
    def none(cls, size: int) -> Similarities:
        """Of ``size`` passages without vectors: -1."""
        return cls(np.full(size, -1.0, np.float32), np.full(size, -1.0, np.float32))


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
        return products(self.matrix, query, indices) if exactly else self.codes.cosines(query, indices)


class Groups:
    """Which windows are of which passage: ``first[i]`` to before ``first[i + 1]``, none where these are equal."""

    def __init__(self, first: NDArray[np.int64]) -> None:
        self.first = first

    def __len__(self) -> int:
        return len(self.first) - 1

    def places(self, passages: Indices) -> tuple[Indices, Groups]:
        """The places of all windows of some passages, in order, and which of those are of which passage."""
        begins = self.first[passages]
        lengths = self.first[passages + 1] - begins
        first = np.concatenate(([0], np.cumsum(lengths)))
        return np.arange(int(first[-1])) + np.repeat(begins - first[:-1], lengths), Groups(first)

    def highest(self, whole: Scores, windows: Scores) -> Scores:
        """The highest score of each passage's windows; where it has none, that of the ``whole`` of it."""
        found = whole.copy()
        many = np.flatnonzero(self.first[1:] > self.first[:-1])
        if len(many):
            found[many] = np.maximum.reduceat(windows, self.first[many])
        return found

    def lowest(self, whole: NDArray[np.uint16], windows: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """The lowest count likewise. Made for being asked again and again: all passages at once, a window each."""
        found = whole.copy()
        many, everywhere, elsewhere = self._turns
        if len(many):
            counts = windows.take(everywhere[0])
            for places in everywhere[1:]:
                np.minimum(counts, windows.take(places), out=counts)
            for some, places in elsewhere:
                counts[some] = np.minimum(counts[some], windows.take(places))
            found[many] = counts
        return found

    @cached_property
    def _turns(self) -> tuple[Indices, list[Indices], list[tuple[Indices, Indices]]]:
        """The passages that have windows; places of one window of each of these, as often as most have another; and
        what is left: which of these have still more, and where."""
        lengths = np.diff(self.first)
        many = np.flatnonzero(lengths)
        lengths, begins = lengths[many], self.first[:-1][many]
        everywhere: list[Indices] = []
        elsewhere: list[tuple[Indices, Indices]] = []
        for turn in range(int(lengths.max(initial=0))):
            some = np.flatnonzero(lengths > turn)
            if 2 * len(some) > len(many):
                everywhere.append(begins + np.minimum(turn, lengths - 1))
            else:
                elsewhere.append((some, begins[some] + turn))
        return many, everywhere, elsewhere


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of a part of the archive: of the passages at ``rows``, whole, and of their windows.

    Rows ascend and count from the part's own beginning. ``groups`` says which windows are of ``rows[i]``; a passage
    that is its own window has none.
    """

    rows: Rows
    groups: Groups
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
        return cls(
            np.array(rows, np.int32), Groups(first), Coded(whole, codes), Coded(windows, Codes.of(windows, codes))
        )

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
        first = self.groups.first[low : high + 1]
        windows = self.windows.part(int(first[0]), int(first[-1]))
        return PassageVectors(
            self.rows[low:high] - np.int32(begin), Groups(first - first[0]), self.whole.part(low, high), windows
        )

    @classmethod
    def joined(cls, parts: Sequence[tuple[int, PassageVectors]]) -> PassageVectors:
        """The vectors of all parts, each with the row at which it begins in the whole."""
        starts = np.cumsum([0, *(int(part.groups.first[-1]) for _, part in parts)])
        firsts = [part.groups.first[:-1] + start for (_, part), start in zip(parts, starts, strict=False)]
        like = parts[0][1].whole.codes
        return cls(
            np.concatenate([part.rows + np.int32(offset) for offset, part in parts]),
            Groups(np.concatenate([*firsts, starts[-1:]])),
            Coded.joined([part.whole for _, part in parts], like),
            Coded.joined([part.windows for _, part in parts], like),
        )

    def exact(self, query: Vectors, out: Similarities) -> None:
        """Writes the cosines of all passages into ``out``, which is of this part alone."""
        whole = self.whole.matrix @ query
        rows = self._places
        out.whole[rows] = whole
        out.window[rows] = self.groups.highest(whole, self.windows.matrix @ query)

    def estimated(self, query: Vectors, out: Similarities) -> None:
        """Writes what the codes say of all passages."""
        # The fewer bits differ the higher the cosine: the best window is found among whole numbers.
        whole = self.whole.codes.differing(query)
        cosines = self.whole.codes.estimates(query)
        rows = self._places
        out.whole[rows] = estimates = cosines.take(whole)
        if len(self.windows.matrix):
            estimates = cosines.take(self.groups.lowest(whole, self.windows.codes.differing(query)))
        out.window[rows] = estimates

    def refine(self, query: Vectors, rows: Indices, out: Similarities, *, exactly: bool) -> None:
        """Writes the cosines of some rows, by the vectors themselves or by their rounded numbers."""
        passages = np.searchsorted(self.rows, rows)
        there = passages < len(self.rows)
        there[there] = self.rows[passages[there]] == rows[there]
        rows, passages = rows[there], passages[there]
        if len(rows):
            whole = self.whole.cosines(query, passages, exactly=exactly)
            places, groups = self.groups.places(passages)
            out.whole[rows] = whole
            out.window[rows] = groups.highest(whole, self.windows.cosines(query, places, exactly=exactly))

    def of_row(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension): of the whole of it, then of its windows."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return None
        windows = self.windows.matrix[self.groups.first[place] : self.groups.first[place + 1]]
        return np.concatenate((self.whole.matrix[place : place + 1], windows))
