"""The vectors of passages: of the whole of each, and of the windows in it, which vote for it.

What a passage's windows say together is that of the best of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.archive.codes import CodedQuery, Codes
from companion.archive.kernels import Places, estimate, estimate_highest, multiply, multiply_highest
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
        """Of ``size`` passages without vectors: 0, neither near nor far. Less would set what is still to be embedded
        behind passages that share no word with the question."""
        return cls(np.zeros(size, np.float32), np.zeros(size, np.float32))


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

    def numbers(self, *, exactly: bool) -> tuple[Vectors | NDArray[np.int8], Scores | None]:
        """The vectors, or the rounded ones with what to multiply them by."""
        return (self.matrix, None) if exactly else (self.codes.numbers, self.codes.scales)


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of a part of the archive: of the passages at ``rows``, whole, and of their windows.

    Rows ascend and count from the part's own beginning. The windows of ``rows[i]`` are those from ``first[i]`` to
    before ``first[i + 1]``; a passage that is its own window has none.
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
    def _complete(self) -> bool:
        """Has every passage vectors, from the first on? Then rows are places, too."""
        return int(self.rows[-1]) == len(self.rows) - 1

    @property
    def _places(self) -> Rows | slice:
        """The rows, or what is faster and means the same."""
        return slice(len(self.rows)) if self._complete else self.rows

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
        best = whole.copy()
        many = np.flatnonzero(self.first[1:] > self.first[:-1])
        if len(many):
            best[many] = np.maximum.reduceat(self.windows.matrix @ query, self.first[many])
        rows = self._places
        out.whole[rows], out.window[rows] = whole, best

    def estimated(self, query: CodedQuery, out: Similarities) -> None:
        """Writes what the codes say of all passages."""
        codes, size = self.whole.codes, len(self.rows)
        found = out.part(0, size) if self._complete else Similarities.none(size)
        # The estimates of both grains are one: a passage is among its windows' rivals where it has none.
        asked, estimates = query.by(codes)
        estimate(codes.bits, asked, estimates, found.whole)
        found.window[:] = found.whole
        estimate_highest(self.windows.codes.bits, self.first, asked, estimates, found.window)
        if not self._complete:
            out.whole[self.rows], out.window[self.rows] = found.whole, found.window

    def refine(self, query: Vectors, rows: Places, out: Similarities, *, exactly: bool) -> None:
        """Writes the cosines of some rows, by the vectors themselves or by their rounded numbers."""
        rows, places = self._placed(rows)
        whole = np.empty(len(rows), np.float32)
        multiply(*self.whole.numbers(exactly=exactly), query, places, whole)
        best = whole.copy()
        multiply_highest(*self.windows.numbers(exactly=exactly), self.first, query, places, best)
        out.whole[rows], out.window[rows] = whole, best

    def _placed(self, rows: Places) -> tuple[Places, Places]:
        """Those of some rows that have vectors, and their places among the vectors."""
        if self._complete:
            rows = rows[: rows.searchsorted(len(self.rows))]
            return rows, rows
        places = self.rows.searchsorted(rows)
        there = places < len(self.rows)
        there[there] = self.rows[places[there]] == rows[there]
        return rows[there], places[there]

    def of_row(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension): of the whole of it, then of its windows."""
        place = self._place_of(row)
        if place is None:
            return None
        return np.concatenate((self.whole.matrix[place : place + 1], self._windows_at(place)))

    def windows_of_row(self, row: int) -> Vectors | None:
        """Those of its windows alone; not copied."""
        place = self._place_of(row)
        return None if place is None else self._windows_at(place)

    def _place_of(self, row: int) -> int | None:
        place = int(self.rows.searchsorted(np.int32(row)))  # of another kind all rows would be converted
        return place if place < len(self.rows) and self.rows[place] == row else None

    def _windows_at(self, place: int) -> Vectors:
        return self.windows.matrix[self.first[place] : self.first[place + 1]]
