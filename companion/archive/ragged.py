"""Rows of different lengths, one after the other in one array, which can lie in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Ragged:
    """The i-th row is ``data[ends[i - 1]:ends[i]]``."""

    data: NDArray[Any]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, data: NDArray[Any], lengths: Sequence[int]) -> Ragged:
        """Rows of these lengths, which are all of ``data``."""
        return cls(data, np.cumsum(lengths, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.data[self.ends.item(row - 1) if row else 0 : self.ends.item(row)]

    def bounds(self, rows: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where some rows begin and end in ``data``."""
        begins = self.ends[rows - 1]
        begins[rows == 0] = 0
        return begins, self.ends[rows]

    def part(self, begin: int, end: int) -> Ragged:
        """The rows from ``begin`` to before ``end``."""
        first = int(self.ends[begin - 1]) if begin else 0
        ends = self.ends[begin:end]
        last = int(ends[-1]) if len(ends) else first
        return Ragged(self.data[first:last], ends - first)

    @classmethod
    def joined(cls, parts: Sequence[Ragged]) -> Ragged:
        """The rows of all parts."""
        starts = accumulate((len(part.data) for part in parts), initial=0)
        ends = [part.ends + start for part, start in zip(parts, starts, strict=False)]
        return cls(np.concatenate([part.data for part in parts]), np.concatenate(ends))
