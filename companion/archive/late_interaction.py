"""A question compared with a passage word by word, where one vector for all of it drowns what tells.

Late interaction (Khattab and Zaharia, 2020, ColBERT): each token of the question meets the one token of the passage
or of those beside it that is nearest, in the model's view of both where they stand. The mean of these cosines, weighted
by how rare the question's words are, is how closely the two meet.

Of a passage's tokens only the signs are kept, one bit a dimension (Charikar, 2002): 48 bytes a token in place of 1,536,
which changed no measured result (docs/search.md). The question's stay as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.archive import codes
from companion.archive.bm25 import Bm25
from companion.archive.kernels import multiply_nearest
from companion.archive.lexical import Word, words
from companion.archive.tokens import Tokens, Vectors

Weights = NDArray[np.float32]

NEGLIGIBLE = 0.15
"""The share of a question's weight that its commonest words may have and be left out, which saves half of the time and
more."""

_OWN = 0.1
"""What a passage's own words count, beside the nearest of its own and its neighbours': of two that meet a question by
the same words the one that says them comes first."""

_NEAREST = 12
"""A passage's tokens that differ from one of the question in so many bits more than the nearest are multiplied with it:
some nine of 170, and seven times in ten thousand one that is nearer still is missed (docs/search.md)."""


class AtHand(NamedTuple):
    """Packed tokens that need not be read: of the passages at ``places`` among those asked for, ascending, the bytes of
    ``data`` from ``begins`` to before ``ends``, as `packed` makes them: one token at least."""

    places: NDArray[np.int64]
    data: NDArray[np.uint8]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def joined(cls, held: Mapping[int, bytes]) -> AtHand:
        """Those of passages by their places."""
        lengths = np.array(list(map(len, held.values())))
        ends = np.cumsum(lengths)
        return cls(np.array(list(held)), np.frombuffer(b"".join(held.values()), np.uint8), ends - lengths, ends)


TokenSource = Callable[[Sequence[int]], Mapping[int, bytes]]
"""The packed tokens of passages, by id; those that have none are left out."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a model makes of a question's text: a unit vector, its tokens, and where those of passages are."""

    vector: Vectors
    tokens: Tokens
    source: TokenSource


@dataclass(frozen=True, slots=True)
class WordByWord:
    """What a question is compared by: unit rows of shape (tokens, dimension), how much each counts, which adds up to
    1, and where the passages' tokens are."""

    vectors: Vectors
    weights: Weights
    source: TokenSource

    def nearness(
        self, passage_ids: Sequence[int], continues: NDArray[np.bool_], at_hand: Iterable[AtHand] = ()
    ) -> NDArray[np.float32]:
        """How closely the talk at each of the passages meets the question, as a cosine; NaN where there are no tokens.

        A token of the question may meet one of the passages before and after as well, where ``continues`` says that
        a passage goes on from the one before it: what is talked of was often named a minute ago. The packed tokens of
        passages that are not ``at_hand`` are read.
        """
        sums = np.full((len(passage_ids), len(self.weights)), np.nan, np.float32)
        absent = np.ones(len(passage_ids), np.bool_)
        meet = _meeting(self.vectors, sums)
        for held in at_hand:
            meet(held)
            absent[held.places] = False
        if absent.any() and (read := self._read(passage_ids, np.flatnonzero(absent))):
            meet(read)
        met = _cosines(self.vectors, sums)
        after = np.flatnonzero(continues[1:]) + 1
        around = met.copy()
        around[after] = np.fmax(around[after], met[after - 1])
        around[after - 1] = np.fmax(around[after - 1], met[after])
        around += np.float32(_OWN) * (met - around)
        return around @ self.weights

    def _read(self, passage_ids: Sequence[int], places: NDArray[np.int64]) -> AtHand | None:
        """The packed tokens of those of the passages at some places that have any; None where none has."""
        wanted: list[int] = places.tolist()
        found = self.source([passage_ids[place] for place in wanted])
        held = {place: data for place in wanted if (data := found.get(passage_ids[place]))}
        return AtHand.joined(held) if held else None


def word_by_word(text: str, meaning: Meaning, lexical: Bm25) -> WordByWord | None:
    """The question ``text``, which has this meaning, to be compared; None where it has no tokens."""
    tokens = meaning.tokens
    if not len(tokens.vectors):
        return None
    weights = _rarity(text, tokens, lexical)
    telling = _telling(weights / weights.sum())
    return WordByWord(tokens.vectors[telling], weights[telling] / weights[telling].sum(), meaning.source)


def _telling(weights: Weights) -> NDArray[np.intp]:
    """The places of those that weigh the most and are not, all together, negligible; in order."""
    order = np.argsort(-weights, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    return np.sort(order[before < 1 - NEGLIGIBLE])


def packed(tokens: Tokens) -> bytes:
    """The signs of the tokens, row after row: (dimension + 7) // 8 bytes each."""
    return np.packbits(tokens.vectors > 0, axis=1).tobytes()


def _meeting(query: Vectors, out: Vectors) -> Callable[[AtHand], None]:
    """What writes the products of each token of the query with the nearest of each passage; ``out`` is of shape
    (passages, tokens)."""
    width = (query.shape[1] + 7) // 8
    asked, numbers = codes.signs(query), codes.by_bit(query)

    def meet(held: AtHand) -> None:
        if width % 8:  # words are made of all rows, so there should be no others
            parts = zip(held.places.tolist(), held.begins.tolist(), held.ends.tolist(), strict=True)
            held = AtHand.joined({place: held.data[begin:end].tobytes() for place, begin, end in parts})
        bits = codes.words(held.data.reshape(-1, width))
        multiply_nearest(bits, held.begins // width, held.ends // width, held.places, numbers, asked, _NEAREST, out)

    return meet


def _cosines(query: Vectors, sums: Vectors) -> Vectors:
    """The cosines that products of unit vectors with bits of others stand for; both of shape (…, tokens).

    A unit vector's product with the signs of another, over the root of the dimension, is on average √(2/π) of their
    cosine.
    """
    # With bits of 0 and 1 in place of signs: Σ ±q = 2 Σ bit·q − Σ q.
    return (2.0 * sums - query.sum(axis=1)) * np.float32(sqrt(pi / 2) / sqrt(query.shape[1]))


def _rarity(text: str, tokens: Tokens, lexical: Bm25) -> Weights:
    """How rare each token's word is in the archive. A word's tokens share its weight: a model takes rare words apart,
    and they would count several times."""
    found = words(text)
    begins = [word.start for word in found]
    owners = [_owner(found, bisect_right(begins, start) - 1, start) for start in tokens.spans[:, 0].tolist()]
    count = Counter(owners)
    rarity = [
        max((lexical.idf(term) for term in found[owner].terms), default=0.0) / count[owner]
        if owner is not None
        else 0.0
        for owner in owners
    ]
    return np.array(rarity if any(rarity) else [1.0] * len(owners), np.float32)


def _owner(found: Sequence[Word], place: int, character: int) -> int | None:
    """The place, if there is a word that has the character in it."""
    return place if place >= 0 and character < found[place].end else None
