"""What speaks for a moment in what it means: how much of the episode's other talk comes near it, and its title.

Meanings are those of short windows, whose vectors search has made already; a moment's is that of the windows in it,
each by the words it has there. Where there is no model, a window is its telling words, hashed into few numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.archive.grains import windows
from companion.archive.lexical import terms
from companion.archive.moment_words import MOST, Vocabulary
from companion.archive.moments import Moment
from companion.archive.query import tells
from companion.archive.tokens import Vectors, unit_rows
from companion.storage.episodes import Passage

NEAREST = 10
"""Windows elsewhere in the episode by which a moment is judged: what it says is said again so often, or prepared."""
ELSEWHERE = 100
"""Words that part them from the moment at least: what stands beside it is near it anyway."""
_HASHED = 256


@dataclass(frozen=True, slots=True)
class Windows:
    """Short windows that cover an episode's speech: the words from ``first`` to ``last`` of each, and their unit
    vectors, one a row."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    vectors: Vectors

    def behind(self, word: int) -> Windows | None:
        """Those that begin with this word of the speech or later; None where none does."""
        kept = self.first >= word
        return Windows(self.first[kept], self.last[kept], self.vectors[kept]) if kept.any() else None

    def meanings(self, moments: Sequence[Moment]) -> Vectors:
        """The moments' unit vectors, one a row."""
        first = np.array([one.first_word for one in moments])[:, None]
        last = np.array([one.last_word for one in moments])[:, None]
        shared = np.clip(np.minimum(self.last, last) - np.maximum(self.first, first) + 1, 0, None)
        return unit_rows(shared.astype(np.float32) @ self.vectors)


def windows_of(passages: Sequence[Passage], matrices: Sequence[Vectors | None]) -> Windows | None:
    """The windows of an episode's spoken passages, with the vectors that are stored of each passage (of the whole of
    it, then of its windows). None where not every passage has them."""
    first: list[int] = []
    last: list[int] = []
    rows: list[Vectors] = []
    for passage, matrix in zip(passages, matrices, strict=True):
        spans = windows(passage.text)
        if matrix is None or len(matrix) != (1 if len(spans) == 1 else 1 + len(spans)):
            return None
        at = passage.first_word
        for span in spans:
            words = len(passage.text[slice(*span)].split())
            first.append(at)
            last.append(at + words - 1)
            at += words
        rows.append(matrix if len(spans) == 1 else matrix[1:])
    if not rows:
        return None
    return Windows(np.array(first), np.array(last), np.concatenate(rows))


def hashed_windows(passages: Sequence[Passage], vocabulary: Vocabulary) -> Windows | None:
    """The same windows by their words alone; None where nothing was said."""
    texts = [[passage.text[slice(*span)] for span in windows(passage.text)] for passage in passages]
    vectors = [np.concatenate([hashed(text, vocabulary)[None] for text in of_passage]) for of_passage in texts]
    whole = [np.concatenate([rows[:1], rows]) if len(rows) > 1 else rows for rows in vectors]
    return windows_of(passages, whole)


def hashed(text: str, vocabulary: Vocabulary) -> Vectors:
    """A unit vector of the terms that tell something, each by how much: texts that share such terms are near."""
    vector = np.zeros(_HASHED, np.float32)
    for term in set(terms(text)):
        if tells(term):
            digest = hashlib.blake2b(term.encode(), digest_size=8).digest()
            vector[int.from_bytes(digest[:4], "big") % _HASHED] += vocabulary.bits(term) * (1 if digest[4] % 2 else -1)
    return unit_rows(vector[None])[0]


def meaning_signals(
    moments: Sequence[Moment], spoken: Windows, title: Vectors | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each moment, how near the nearest talk elsewhere comes, and how near the ``title``, a unit vector.

    Both are standard deviations from what is usual in the episode, since cosines of different models, and of words, are
    on different scales. What cannot be told is 0.
    """
    vectors = spoken.meanings(moments)
    cosines = vectors @ spoken.vectors.T
    first = np.array([one.first_word for one in moments])[:, None]
    last = np.array([one.last_word for one in moments])[:, None]
    elsewhere = (spoken.last < first - ELSEWHERE) | (spoken.first > last + ELSEWHERE)
    density = np.array(
        [
            np.sort(row[apart])[-NEAREST:].mean() if apart.any() else np.nan
            for row, apart in zip(cosines, elsewhere, strict=True)
        ]
    )
    near_title = np.full(len(moments), np.nan) if title is None else vectors @ title
    return _standardised(density), _standardised(near_title)


def _standardised(values: NDArray[np.floating]) -> NDArray[np.float64]:
    known = ~np.isnan(values)
    deviations = np.zeros(len(values))
    if known.any() and (spread := float(values[known].std())) > 1e-6:
        deviations[known] = np.clip((values[known] - values[known].mean()) / spread, -MOST, MOST)
    return deviations
