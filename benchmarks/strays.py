"""Vectors like real ones, as many as wanted.

Each is x + (y - z) / 2, made unit again, where x, y and z are real vectors drawn by chance: its cosine with x is some
0.84, and directions are as common among these vectors as among the real ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from companion.archive.tokens import Vectors

STRAYING = 0.5
AT_ONCE = 50_000


def strayed(matrix: Vectors, pool: Vectors, random: np.random.Generator) -> Vectors:
    """The vectors of one passage, each moved by the same difference of two others."""
    one, other = pool[random.integers(len(pool), size=2)]
    moved = matrix + np.float32(STRAYING) * (one - other)
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def strayed_alone(pool: Vectors, size: int, seed: int = 0) -> Iterator[Vectors]:
    """``size`` single vectors in pieces, each moved by a difference of its own."""
    random = np.random.default_rng(seed)
    for first in range(0, size, AT_ONCE):
        width = min(AT_ONCE, size - first)
        original, one, other = (pool[random.integers(len(pool), size=width)] for _ in range(3))
        moved = original + np.float32(STRAYING) * (one - other)
        yield (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
