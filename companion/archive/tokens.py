"""A text as a model sees it: unit vectors, of all of it and of its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text, and the parts of rare ones, as a model sees them where they stand; without punctuation.

    ``vectors`` are unit rows of shape (tokens, dimension), ``spans`` the characters of the text that each stands for,
    of shape (tokens, 2).
    """

    vectors: Vectors
    spans: NDArray[np.int64]

    @classmethod
    def of(cls, text: str, vectors: Vectors, spans: Sequence[tuple[int, int]]) -> Tokens:
        """From a vector of any length for each of the ``spans``, and for none of what comes after them."""
        kept = [place for place, (start, end) in enumerate(spans) if any(map(str.isalnum, text[start:end]))]
        return cls(unit_rows(vectors[kept]), np.array([spans[place] for place in kept], np.int64).reshape(-1, 2))


def unit_rows(vectors: Vectors) -> Vectors:
    """The rows, each of length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
