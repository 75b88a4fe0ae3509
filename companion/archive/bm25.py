"""BM25F (Robertson, Zaragoza and Taylor, 2004): a term's frequencies in several fields, each discounted by its field's
length and weighted, are summed before they saturate.

Postings keep counts only. What depends on the whole archive, how rare a term is and how long documents are on average,
is applied when a question is asked. So postings of a part of the archive stay true whatever is added elsewhere, and
parts can be cut and joined without a look at the texts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, count
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.archive.kernels import add_gains, hash_texts, weigh_frequencies

K1 = 0.9

MOST_COUNTED = 255
"""A count is kept in one byte; long before that more of the same word says no more."""

_REMEMBERED_TERMS = 20_000
_REMEMBERED_POSTINGS = 1_000
"""Terms whose postings of all parts are kept put together, eight bytes a posting: ten megabytes of 40,000 passages.
Most of the work is with common terms, which are asked for again and again."""


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
        vocabulary = defaultdict[str, int](count().__next__)
        numbered = [np.fromiter(map(vocabulary.__getitem__, chain.from_iterable(texts)), np.int64) for texts in fields]
        lengths = np.array([[len(text) for text in texts] for texts in fields], np.int32)
        digests = term_digests(vocabulary)
        order = np.argsort(digests)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        keys = [
            place[numbers] * size + np.repeat(np.arange(len(of_field)), of_field)
            for numbers, of_field in zip(numbered, lengths, strict=True)
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


def term_digests(terms: Collection[str]) -> NDArray[np.uint64]:
    """The 64 bits that stand for each term: among a million terms two share them once in forty million archives."""
    text = "".join(terms)
    data = text.encode("utf-8", "surrogatepass")
    lengths = map(len, terms)
    if len(data) > len(text):  # some letters take several bytes
        lengths = (len(term.encode("utf-8", "surrogatepass")) for term in terms)
    ends = np.cumsum(np.fromiter(lengths, np.int64, len(terms)))
    digests = np.empty(len(terms), np.uint64)
    hash_texts(np.frombuffer(data, np.uint8), ends, digests)
    return digests


class _Found(NamedTuple):
    """Where a term's postings are in every part, and how many documents hold it."""

    ranges: tuple[tuple[int, int], ...]
    holding: int


class _Held(NamedTuple):
    """The documents that hold a term, ascending, and how often: all fields together, discounted and weighted."""

    documents: NDArray[np.int32]
    frequencies: NDArray[np.float32]


class Bm25:
    """Scores all documents of postings that follow each other. Immutable once made, but for what it remembers."""

    def __init__(self, parts: Sequence[Postings], fields: Sequence[Field], k1: float = K1) -> None:
        self.size = sum(part.size for part in parts)
        self._parts = parts
        self._k1 = k1
        totals = np.zeros(len(fields))
        for part in parts:
            totals += part.lengths.sum(axis=1)
        means = totals / max(self.size, 1)
        lengths = [np.zeros((len(fields), 0), np.int32), *(part.lengths for part in parts)]
        factors = _factors(np.concatenate(lengths, axis=1), means, fields)
        # Not of methods: what refers to itself stays in memory until the garbage collector comes by.
        self._find = lru_cache(_REMEMBERED_TERMS)(partial(_found, parts))
        self._held = lru_cache(_REMEMBERED_POSTINGS)(partial(_held, parts, factors, self._find))

    def scores(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """The score of every document for terms with their weights; shape (size,), 0 where no term is shared."""
        scores = np.zeros(self.size, np.float32)
        for term, weight in query.items():
            held = self._held(term)
            add_gains(held.documents, held.frequencies, (self._k1 + 1) * weight * self.idf(term), self._k1, scores)
        return scores

    def best_score(self, query: Mapping[str, float]) -> float:
        """The score that a document full of all the terms would come near to: no score exceeds it."""
        return (self._k1 + 1) * sum(weight * self.idf(term) for term, weight in query.items())

    def documents_with(self, term: str) -> NDArray[np.int32]:
        """The documents that hold a term in any field, ascending. Not to be written to."""
        return self._held(term).documents

    def documents_in(self, term: str, field: int) -> NDArray[np.int32]:
        """The documents that hold a term in one field, by its place among the fields; ascending."""
        documents = [np.zeros(0, np.int32)]
        offset = 0
        for part, (first, last) in zip(self._parts, self._find(term).ranges, strict=True):
            documents.append(part.documents[first:last][part.counts[field, first:last] > 0] + np.int32(offset))
            offset += part.size
        return np.concatenate(documents)

    def is_held(self, term: str, among: NDArray[np.bool_]) -> bool:
        """Does any of the documents of a mask hold a term in any field?"""
        offset = 0
        for part, (first, last) in zip(self._parts, self._find(term).ranges, strict=True):
            # Most often the first one is.
            if first < last and (
                among[offset + part.documents[first]]
                or among[offset : offset + part.size][part.documents[first:last]].any()
            ):
                return True
            offset += part.size
        return False

    def holding(self, term: str, documents: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of these documents hold a term in any field."""
        return _among(self._held(term).documents, documents)

    def held(self, terms: Sequence[str]) -> NDArray[np.bool_]:
        """Which of these terms any document holds, many asked at once; shape (terms,)."""
        digests = term_digests(terms)
        order = digests.argsort()
        ascending = digests[order]  # so that each is looked for near the one before
        found = np.zeros(len(terms), np.bool_)
        for part in self._parts:
            found[order] |= _among(part.terms, ascending)
        return found

    def idf(self, term: str) -> float:
        """How rare a term is; a term that no document holds is the rarest of all."""
        holding = self._find(term).holding
        return math.log1p((self.size - holding + 0.5) / (holding + 0.5))


def _found(parts: Sequence[Postings], term: str) -> _Found:
    digest = term_digests((term,))[0]
    ranges = tuple(_range(part, digest) for part in parts)
    return _Found(ranges, sum(last - first for first, last in ranges))


def _held(parts: Sequence[Postings], factors: NDArray[np.float32], find: Callable[[str], _Found], term: str) -> _Held:
    """A term's postings of all parts, put together. ``factors`` are those of all documents."""
    ranges, holding = find(term)
    held = _Held(np.empty(holding, np.int32), np.empty(holding, np.float32))
    begin = offset = 0
    for part, (first, last) in zip(parts, ranges, strict=True):
        if first < last:
            found, out = held.documents[begin:], held.frequencies[begin:]
            weigh_frequencies(part.documents, part.counts, first, last, offset, factors, found, out)
        begin += last - first
        offset += part.size
    return held


def _among(held: NDArray[Any], wanted: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of the wanted are among the held, which ascend."""
    places = held.searchsorted(wanted)
    there = places < len(held)
    there[there] = held[places[there]] == wanted[there]
    return there


def _range(part: Postings, digest: np.uint64) -> tuple[int, int]:
    place = int(part.terms.searchsorted(digest))
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
