"""Passages kept small: as bytes, which cost the garbage collector nothing and can lie in a file, read one at a time."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import overload

import numpy as np

from companion.archive.ragged import Ragged
from companion.storage import passages
from companion.storage.passages import StoredPassage

_REMEMBERED = 1_000
"""Passages that are kept as read."""


@dataclass(frozen=True, slots=True)
class PackedPassages:
    """Passages one after the other, as rows of bytes."""

    packed: Ragged
    _read: dict[int, StoredPassage] = field(default_factory=dict[int, StoredPassage], compare=False, repr=False)

    @classmethod
    def of(cls, stored: Iterable[StoredPassage]) -> PackedPassages:
        packed = [_packed(one) for one in stored]
        return cls(Ragged.of(np.frombuffer(b"".join(packed), np.uint8), list(map(len, packed))))

    def __len__(self) -> int:
        return len(self.packed)

    def __getitem__(self, index: int) -> StoredPassage:
        found = self._read.get(index)
        if found is None:
            found = _unpacked(self.packed[index].tobytes())
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            self._read[index] = found
        return found

    def part(self, begin: int, end: int) -> PackedPassages:
        """The passages from ``begin`` to before ``end``."""
        return PackedPassages(self.packed.part(begin, end))

    @classmethod
    def joined(cls, parts: Sequence[PackedPassages]) -> PackedPassages:
        """The passages of all parts."""
        return cls(Ragged.joined([part.packed for part in parts]))


class PassageRows(Sequence[StoredPassage]):
    """The passages of packed parts that follow each other, as one sequence."""

    def __init__(self, parts: Sequence[PackedPassages]) -> None:
        self._parts = parts
        self._ends = list(accumulate(len(part) for part in parts))
        self._size = self._ends[-1] if self._ends else 0

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> StoredPassage: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[StoredPassage, ...]: ...
    def __getitem__(self, index: int | slice) -> StoredPassage | tuple[StoredPassage, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        if not -self._size <= index < self._size:
            raise IndexError(index)
        index %= self._size
        number = bisect_right(self._ends, index)
        return self._parts[number][index - (self._ends[number - 1] if number else 0)]


def _packed(stored: StoredPassage) -> bytes:
    passage = stored.passage
    pieces = [
        [piece.offset, piece.turn, piece.speaker, piece.start, piece.end, piece.approximate, piece.uncertain]
        for piece in passage.pieces
    ]
    row = (
        *(stored.id, stored.episode_id, passage.ordinal, passage.kind.value, passage.speaker, passage.start),
        *(passage.end, passage.approximate, passage.first_word, passage.last_word, passage.chapter, passage.text),
        pieces,
    )
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _unpacked(data: bytes) -> StoredPassage:
    return passages.from_row(json.loads(data.decode("utf-8", "surrogatepass")))
