"""Vectors made small: one bit and one byte a number, for a first look at very many of them.

The bits are the signs of a vector's difference from the archive's mean; how many of them two vectors share estimates
the angle between them (Charikar, 2002), in a thirty-second of the memory and far less time than multiplying takes. The
bytes are the numbers themselves, rounded on each vector's own scale: they decide among what the bits let through. A
vector's codes are its own, so nothing has to be trained, and vectors can come and go at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from companion.archive.tokens import Vectors


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of n vectors of some dimension. Arrays only, so they can lie in a file.

    ``bits``, of shape (n, words), has the signs in words of 64; ``numbers``, of shape (n, dimension), times
    ``scales``, of shape (n,), are the rounded vectors. ``mean`` is what the signs are of the difference from, and
    ``radius``, of shape (1,), the usual length of that difference.
    """

    bits: NDArray[np.uint64]
    numbers: NDArray[np.int8]
    scales: NDArray[np.float32]
    mean: Vectors
    radius: NDArray[np.float32]

    @classmethod
    def of(cls, vectors: Vectors, like: Codes | None = None) -> Codes:
        """The codes of vectors, to be joined with others where ``like`` is one of those."""
        mean = vectors.mean(axis=0, dtype=np.float32) if like is None else like.mean
        centred = vectors - mean
        radius = np.array([np.linalg.norm(centred, axis=1).mean()], np.float32) if like is None else like.radius
        scales = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-9)) / np.float32(127)
        numbers = np.rint(vectors / scales[:, None]).astype(np.int8)
        return cls(signs(centred), numbers, scales, mean, radius)

    def part(self, begin: int, end: int) -> Codes:
        return Codes(self.bits[begin:end], self.numbers[begin:end], self.scales[begin:end], self.mean, self.radius)

    @classmethod
    def joined(cls, parts: Sequence[Codes]) -> Codes:
        """The codes of all parts, which must have one mean."""
        return cls(
            np.concatenate([part.bits for part in parts]),
            np.concatenate([part.numbers for part in parts]),
            np.concatenate([part.scales for part in parts]),
            parts[0].mean,
            parts[0].radius,
        )

    def signs(self, query: Vectors) -> NDArray[np.uint64]:
        """The query's bits; shape (words,)."""
        bits: NDArray[np.uint64] = signs(query[None] - self.mean)[0]
        return bits

    def estimates(self, query: Vectors) -> Vectors:
        """The cosines with the query that 0, 1, 2 … differing bits stand for; shape (dimension + 1,)."""
        length = self.radius[0] * np.linalg.norm(query - self.mean)
        estimates: Vectors = _cosines_of_counts(len(self.mean)) * length + self.mean @ query
        return estimates


class CodedQuery:
    """A query as codes see it. Most of an archive's parts have the codes' mean in common, so that it is coded once."""

    def __init__(self, query: Vectors) -> None:
        self._query = query
        self._like: Codes | None = None
        self._coded: tuple[NDArray[np.uint64], Vectors] | None = None

    def by(self, codes: Codes) -> tuple[NDArray[np.uint64], Vectors]:
        """The query's `Codes.signs` and `Codes.estimates`."""
        like = self._like
        alike = like is not None and codes.radius == like.radius and np.array_equal(codes.mean, like.mean)
        if self._coded is None or not alike:
            self._like, self._coded = codes, (codes.signs(self._query), codes.estimates(self._query))
        return self._coded


@lru_cache(maxsize=4)
def _cosines_of_counts(dimension: int) -> Vectors:
    """The cosines of two differences' angle of which 0, 1, 2 … of all signs differ; shape (dimension + 1,)."""
    cosines: Vectors = np.cos(np.linspace(0, np.pi, dimension + 1)).astype(np.float32)
    return cosines


def signs(centred: Vectors) -> NDArray[np.uint64]:
    """The signs of n vectors as rows of words of 64 bits, of shape (n, words)."""
    return words(np.packbits(centred > 0, axis=1))


def words(packed: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """n rows of packed bits as words of 64, of shape (n, words); what is missing to a whole word is 0."""
    missing = -packed.shape[1] % 8
    whole = np.pad(packed, ((0, 0), (0, missing))) if missing else np.ascontiguousarray(packed)
    return whole.view(np.uint64)


def by_bit(vectors: Vectors) -> Vectors:
    """The numbers of n vectors in the order of the bits of their `words`, the lowest first; shape (n, 64 · words)."""
    missing = -vectors.shape[1] % 64
    whole = np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors
    return np.ascontiguousarray(whole.reshape(len(vectors), -1, 8)[:, :, ::-1]).reshape(len(vectors), -1)
