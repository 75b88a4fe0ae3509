"""Vectors made small: one bit and one byte a number, for a first look at very many of them.

The bits are the signs of a vector's difference from the archive's mean; how many of them two vectors share estimates
the angle between them (Charikar, 2002), in a thirty-second of the memory and far less time than multiplying takes. The
bytes are the numbers themselves, rounded on each vector's own scale: they decide among what the bits let through. A
vector's codes are its own, so nothing has to be trained, and vectors can come and go at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.archive.tokens import Vectors

Indices = NDArray[np.intp]

_CHUNK = 16_384
"""Vectors whose bits are compared at once: what that takes stays in the processor's cache."""

_ROWS = 256
"""Vectors that are multiplied at once, for the same reason."""

_SUMMED_IN_BYTES = 3
"""Words of 64 bits whose counts fit into a byte together."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of n vectors of some dimension. Arrays only, so they can lie in a file.

    ``bits``, of shape (words, n), has the signs in planes of 64; ``numbers``, of shape (n, dimension), times
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
        return cls(_signs(centred), numbers, scales, mean, radius)

    def part(self, begin: int, end: int) -> Codes:
        return Codes(self.bits[:, begin:end], self.numbers[begin:end], self.scales[begin:end], self.mean, self.radius)

    @classmethod
    def joined(cls, parts: Sequence[Codes]) -> Codes:
        """The codes of all parts, which must have one mean."""
        return cls(
            np.concatenate([part.bits for part in parts], axis=1),
            np.concatenate([part.numbers for part in parts]),
            np.concatenate([part.scales for part in parts]),
            parts[0].mean,
            parts[0].radius,
        )

    def differing(self, query: Vectors) -> NDArray[np.uint16]:
        """In how many bits each vector differs from the query; shape (n,)."""
        return differing(self.bits, _signs((query - self.mean)[None])[:, 0])

    def estimates(self, query: Vectors) -> Vectors:
        """The cosines with the query that 0, 1, 2 … differing bits stand for; shape (dimension + 1,)."""
        angles = np.arange(len(self.mean) + 1, dtype=np.float32) * np.float32(np.pi / len(self.mean))
        length = self.radius[0] * np.linalg.norm(query - self.mean)
        estimates: Vectors = (np.cos(angles) * length + self.mean @ query).astype(np.float32)
        return estimates

    def cosines(self, query: Vectors, indices: Indices) -> Vectors:
        """The cosines of some vectors with the query, from the rounded numbers: true to some 0.003."""
        return products(self.numbers, query, indices) * self.scales[indices]


def products(matrix: NDArray[np.float32] | NDArray[np.int8], query: Vectors, indices: Indices) -> Vectors:
    """The scalar products of some rows of a matrix with the query, by one thread and little memory at a time."""
    found = np.empty(len(indices), np.float32)
    rows = np.empty((min(_ROWS, len(indices)), matrix.shape[1]), matrix.dtype)
    for begin in range(0, len(indices), _ROWS):
        part = indices[begin : begin + _ROWS]
        # Without "clip" the rows would be copied twice.
        taken = np.take(matrix, part, axis=0, out=rows[: len(part)], mode="clip")
        np.matmul(taken.astype(np.float32, copy=False), query, out=found[begin : begin + len(part)])
    return found


def planes(packed: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """n rows of packed bits as planes of 64, of shape (words, n); what is missing to a whole word is 0."""
    words = -(-packed.shape[1] // 8)
    padded = np.zeros((len(packed), 8 * words), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return np.ascontiguousarray(padded.view(np.uint64).T)


def differing(bits: NDArray[np.uint64], asked: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """In how many bits, in planes of shape (words, n), each row differs from that of shape (words,); shape (n,)."""
    size = bits.shape[1]
    found = np.empty(size, np.uint16)
    words = np.empty(_CHUNK, np.uint64)
    ones, total = np.empty(_CHUNK, np.uint8), np.empty(_CHUNK, np.uint8)
    for begin in range(0, size, _CHUNK):
        end = min(begin + _CHUNK, size)
        word, one, sums = words[: end - begin], ones[: end - begin], total[: end - begin]
        for number, plane in enumerate(asked):
            np.bitwise_xor(bits[number, begin:end], plane, out=word)
            # A byte holds the sum of three words' counts, and adding bytes is fast.
            if number % _SUMMED_IN_BYTES == 0:
                if number:
                    _add(found[begin:end], sums, first=number == _SUMMED_IN_BYTES)
                np.bitwise_count(word, out=sums)
            else:
                np.bitwise_count(word, out=one)
                np.add(sums, one, out=sums)
        _add(found[begin:end], sums, first=len(asked) <= _SUMMED_IN_BYTES)
    return found


def _add(total: NDArray[np.uint16], sums: NDArray[np.uint8], *, first: bool) -> None:
    if first:
        total[:] = sums
    else:
        total += sums


def _signs(centred: Vectors) -> NDArray[np.uint64]:
    """The signs of n vectors as planes of 64 bits, of shape (words, n)."""
    return planes(np.packbits(centred > 0, axis=1))
