"""BM25F (Robertson, Zaragoza and Taylor, 2004): a term's frequencies in several fields, each discounted by its field's
length and weighted, are summed before they saturate.

Postings keep counts only. What depends on the whole archive, how rare a term is and how long documents are on average,
is applied when a question is asked. So postings of a part of the archive stay true whatever is added elsewhere, and
parts can be cut and joined without a look at the texts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

K1 = 0.9

MOST_COUNTED = 255
"""A count is kept in one byte; long before that more of the same word says no more."""

_REMEMBERED_TERMS = 20_000


@dataclass(frozen=True, slots=True)
class Field:
    """How much a field counts: ``weight`` multiplies its frequencies, ``b`` says how far its length discounts them."""

    weight: float
    b: float


@dataclass(frozen=True, slots=True)
class Postings:
    """Which terms stand how often in which field of which document. Arrays only, so they can lie in a file.

    ``documents[first[i]:first[i + 1]]``, ascending, are those with the term of digest ``terms[i]``, and ``counts``, of
    shape (fields, postings), says how often. ``lengths``, of shape (fields, documents), counts all terms.
    """

    terms: NDArray[np.uint64]
    first: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.uint8]
    lengths: NDArray[np.int32]

    @property
    def size(self) -> int:
        """How many documents there are."""
        return self.lengths.shape[1]

    @classmethod
    def of(cls, fields: Sequence[Sequence[Sequence[str]]]) -> Postings:
        """From the terms of each document in each field, ``fields[field][document]``."""
        size = max(len(fields[0]), 1)
        vocabulary: dict[str, int] = {}
        numbered = [
            np.array([vocabulary.setdefault(term, len(vocabulary)) for text in texts for term in text], np.int64)
            for texts in fields
        ]
        lengths = np.array([[len(text) for text in texts] for texts in fields], np.int32)
        digests = np.array([term_digest(term) for term in vocabulary], np.uint64)
        order = np.argsort(digests)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        keys = [
            place[numbers] * size + np.repeat(np.arange(len(count)), count)
            for numbers, count in zip(numbered, lengths, strict=True)
        ]
        pairs, inverse = np.unique(np.concatenate(keys), return_inverse=True)
        counts = np.zeros((len(fields), len(pairs)), np.uint8)
        begin = 0
        for field, key in enumerate(keys):
            found = np.bincount(inverse[begin : begin + len(key)], minlength=len(pairs))
            counts[field] = np.minimum(found, MOST_COUNTED)
            begin += len(key)
        first = np.searchsorted(pairs // size, np.arange(len(digests) + 1))
        return cls(digests[order], first.astype(np.int64), (pairs % size).astype(np.int32), counts, lengths)

    def part(self, begin: int, end: int) -> Postings:
        """The postings of the documents from ``begin`` to before ``end``, counted from 0."""
        kept = (self.documents >= begin) & (self.documents < end)
        return _grouped(
            self._terms_of_postings()[kept],
            self.documents[kept] - np.int32(begin),
            self.counts[:, kept],
            self.lengths[:, begin:end],
        )

    @classmethod
    def joined(cls, parts: Sequence[Postings]) -> Postings:
        """The postings of all parts, whose documents follow each other."""
        offsets = np.cumsum([0, *(part.size for part in parts)])
        terms = np.concatenate([part._terms_of_postings() for part in parts])
        order = np.argsort(terms, kind="stable")
        documents = [part.documents + np.int32(offset) for part, offset in zip(parts, offsets, strict=False)]
        return _grouped(
            terms[order],
            np.concatenate(documents)[order],
            np.concatenate([part.counts for part in parts], axis=1)[:, order],
            np.concatenate([part.lengths for part in parts], axis=1),
        )

    def _terms_of_postings(self) -> NDArray[np.uint64]:
        return np.repeat(self.terms, np.diff(self.first))


def _grouped(
    terms: NDArray[np.uint64], documents: NDArray[np.int32], counts: NDArray[np.uint8], lengths: NDArray[np.int32]
) -> Postings:
    """Postings that are in order already."""
    begins = np.flatnonzero(np.concatenate((np.ones(min(len(terms), 1), np.bool_), terms[1:] != terms[:-1])))
    return Postings(terms[begins], np.append(begins, len(terms)).astype(np.int64), documents, counts, lengths)


@lru_cache(maxsize=200_000)
def term_digest(term: str) -> int:
    """The 64 bits that stand for a term: among a million terms two share them once in forty million archives."""
    return _digest(term)


def _digest(term: str) -> int:
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class _Found:
    """A term's postings in every part, and in how many documents that is."""

    ranges: tuple[tuple[int, int], ...]
    holding: int


class Bm25:
    """Scores all documents of postings that follow each other. Immutable once made, but for what it remembers."""

    def __init__(self, parts: Sequence[Postings], fields: Sequence[Field], k1: float = K1) -> None:
        self.size = sum(part.size for part in parts)
        self._parts = parts
        self._k1 = k1
        self._found: dict[str, _Found] = {}
        totals = np.zeros(len(fields))
        for part in parts:
            totals += part.lengths.sum(axis=1)
        means = totals / max(self.size, 1)
        self._factors = [_factors(part.lengths, means, fields) for part in parts]

    def scores(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """The score of every document for terms with their weights; shape (size,), 0 where no term is shared."""
        scores = np.zeros(self.size, np.float32)
        asked = [(self._find(term), np.float32(weight * self.idf(term))) for term, weight in query.items()]
        offset = 0
        for number, part in enumerate(self._parts):
            ranges = [(*found.ranges[number], weight) for found, weight in asked]
            held = [(first, last, weight) for first, last, weight in ranges if first < last]
            if held:
                scores[offset : offset + part.size] = self._scores_of_part(number, held)
            offset += part.size
        return scores

    def _scores_of_part(self, number: int, held: Sequence[tuple[int, int, np.float32]]) -> NDArray[np.float64]:
        part, factors = self._parts[number], self._factors[number]
        documents = np.concatenate([part.documents[first:last] for first, last, _ in held]).astype(np.intp)
        frequency = np.zeros(len(documents), np.float32)
        for counts, factor in zip(part.counts, factors, strict=True):
            of_field = np.concatenate([counts[first:last] for first, last, _ in held])
            stands = np.flatnonzero(of_field)
            if 4 * len(stands) > len(of_field):
                frequency += of_field * factor[documents]
            elif len(stands):  # titles and the like have few of a question's words
                frequency[stands] += of_field[stands] * factor[documents[stands]]
        weights = np.repeat(np.array([weight for *_, weight in held]), [last - first for first, last, _ in held])
        gains = weights * (frequency * np.float32(self._k1 + 1)) / (frequency + np.float32(self._k1))
        totals: NDArray[Any] = np.bincount(documents, gains, part.size)
        return totals

    def best_score(self, query: Mapping[str, float]) -> float:
        """The score that a document full of all the terms would come near to: no score exceeds it."""
        return (self._k1 + 1) * sum(weight * self.idf(term) for term, weight in query.items())

    def documents_with(self, term: str) -> NDArray[np.int32]:
        """The documents that hold a term in any field, ascending."""
        documents: list[NDArray[np.int32]] = []
        offset = 0
        for part, (first, last) in zip(self._parts, self._find(term).ranges, strict=True):
            documents.append(part.documents[first:last] + np.int32(offset))
            offset += part.size
        return np.concatenate(documents) if documents else np.zeros(0, np.int32)

    def is_held(self, term: str, among: NDArray[np.bool_]) -> bool:
        """Does any of the documents of a mask hold a term in any field?"""
        offset = 0
        for part, (first, last) in zip(self._parts, self._find(term).ranges, strict=True):
            if among[offset : offset + part.size][part.documents[first:last]].any():
                return True
            offset += part.size
        return False

    def holding(self, term: str, documents: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of these documents hold a term in any field."""
        there = np.zeros(len(documents), np.bool_)
        offset = 0
        for part, (first, last) in zip(self._parts, self._find(term).ranges, strict=True):
            # A document of another part is found nowhere, for it has another number here.
            there |= _among(part.documents[first:last], documents - np.int32(offset))
            offset += part.size
        return there

    def held(self, terms: Sequence[str]) -> NDArray[np.bool_]:
        """Which of these terms any document holds, many asked at once; shape (terms,)."""
        digests = np.array([_digest(term) for term in terms], np.uint64)
        found = np.zeros(len(terms), np.bool_)
        for part in self._parts:
            found |= _among(part.terms, digests)
        return found

    def idf(self, term: str) -> float:
        """How rare a term is; a term that no document holds is the rarest of all."""
        holding = self._find(term).holding
        return math.log1p((self.size - holding + 0.5) / (holding + 0.5))

    def _find(self, term: str) -> _Found:
        found = self._found.get(term)
        if found is None:
            digest = np.uint64(term_digest(term))
            ranges = tuple(_range(part, digest) for part in self._parts)
            found = _Found(ranges, sum(last - first for first, last in ranges))
            if len(self._found) >= _REMEMBERED_TERMS:
                self._found.clear()
            self._found[term] = found
        return found


def _among(held: NDArray[Any], wanted: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of the wanted are among the held, which ascend."""
    places = np.searchsorted(held, wanted)
    there = places < len(held)
    there[there] = held[places[there]] == wanted[there]
    return there


def _range(part: Postings, digest: np.uint64) -> tuple[int, int]:
    place = int(np.searchsorted(part.terms, digest))
    if place == len(part.terms) or part.terms[place] != digest:
        return 0, 0
    return int(part.first[place]), int(part.first[place + 1])


def _factors(lengths: NDArray[np.int32], means: NDArray[np.float64], fields: Sequence[Field]) -> NDArray[np.float32]:
    """What one occurrence in each field of each document counts; shape (fields, documents)."""
    factors = np.empty(lengths.shape, np.float32)
    for field, of_field, mean, out in zip(fields, lengths, means, factors, strict=True):
        discount = 1.0 - field.b + field.b * of_field / max(mean, 1e-9)
        out[:] = field.weight / np.maximum(discount, 1e-9)
    return factors
