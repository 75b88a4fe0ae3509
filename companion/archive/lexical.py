"""Words and BM25: how text becomes terms, and an in-memory index that scores passages by the terms they share.

The score is BM25F (Robertson, Zaragoza and Taylor, 2004): a term's frequencies in several fields, each discounted
by its field's length and weighted, are summed before they saturate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import numpy as np
import Stemmer
from numpy.typing import NDArray

_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
_JOINT = re.compile(r"['’.\-_]")
_LETTERS_OR_DIGITS = re.compile(r"\d+|[^\W\d]+")
_SPACED_NUMBER = re.compile(r"(?<=\d)(?:, (?=\d{3}\b)|\. (?=\d))")
_stemmer = cast("Any", Stemmer).Stemmer("english")
_stem_word: Callable[[str], str] = _stemmer.stemWord


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its terms and the characters ``text[start:end]`` it stands on."""

    terms: tuple[str, ...]
    start: int
    end: int


@lru_cache(maxsize=200_000)
def _terms_of_word(word: str) -> tuple[str, ...]:
    word = word.casefold().replace("’", "'")
    word = word.removesuffix("'s")
    parts = [part for joint in _JOINT.split(word) for part in _LETTERS_OR_DIGITS.findall(joint)]
    if len(parts) < 2:
        return tuple(_stem_word(part) for part in parts)
    if "'" in word:  # don't, they'll: one word
        return (_stem_word("".join(parts)),)
    # GPT-2, gpt2 and "gpt 2" must find each other: the parts, and all of them as one.
    return (*(_stem_word(part) for part in parts), "".join(parts))


def words(text: str) -> list[Word]:
    """The words of a text with their places. A number that speech recognition spaced ("3, 000") is one word."""
    return [Word(_terms_of_word(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]


def terms(text: str) -> list[str]:
    """The stemmed terms of a text, in order, repeats kept; a joined word gives its parts and the whole."""
    text = _SPACED_NUMBER.sub(lambda match: "" if match.group().startswith(",") else ".", text)
    return [term for word in _WORD.findall(text) for term in _terms_of_word(word)]


@dataclass(frozen=True, slots=True)
class Field:
    """How much a field counts: ``weight`` multiplies its frequencies, ``b`` says how far its length discounts them."""

    weight: float
    b: float


class Bm25:
    """BM25F over documents of several fields. Immutable once built.

    ``documents`` maps each field's name to one sequence of terms per document; all fields have the same length.
    """

    def __init__(
        self, documents: Mapping[str, Sequence[Sequence[str]]], fields: Mapping[str, Field], k1: float = 0.9
    ) -> None:
        self.size = len(next(iter(documents.values()), ()))
        self._k1 = k1
        self._vocabulary: dict[str, int] = {}
        term_ids: list[NDArray[np.int64]] = []
        document_ids: list[NDArray[np.int64]] = []
        amounts: list[NDArray[np.float64]] = []
        for name, texts in documents.items():
            field = fields[name]
            ids, lengths = self._term_ids(texts)
            mean = lengths.mean() if self.size else 1.0
            discount = 1.0 - field.b + field.b * lengths / max(mean, 1e-9)
            owners = np.repeat(np.arange(self.size), lengths)
            term_ids.append(ids)
            document_ids.append(owners)
            amounts.append(field.weight / np.maximum(discount, 1e-9)[owners])
        self._build(np.concatenate(term_ids), np.concatenate(document_ids), np.concatenate(amounts), k1)

    def _term_ids(self, texts: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        vocabulary = self._vocabulary
        ids = [vocabulary.setdefault(term, len(vocabulary)) for text in texts for term in text]
        return np.array(ids, np.int64), np.array([len(text) for text in texts], np.int64)

    def _build(
        self, term_ids: NDArray[np.int64], document_ids: NDArray[np.int64], amounts: NDArray[np.float64], k1: float
    ) -> None:
        size = max(self.size, 1)
        pairs, inverse = np.unique(term_ids * size + document_ids, return_inverse=True)
        frequency = np.bincount(inverse, weights=amounts, minlength=len(pairs))
        terms_of_pairs = pairs // size
        self._documents = (pairs % size).astype(np.int32)
        self._first = np.searchsorted(terms_of_pairs, np.arange(len(self._vocabulary) + 1))
        holding = np.diff(self._first)
        self._idf = np.log1p((self.size - holding + 0.5) / (holding + 0.5)).astype(np.float32)
        saturated = frequency * (k1 + 1) / (frequency + k1)
        self._impacts = (saturated * self._idf[terms_of_pairs]).astype(np.float32)

    def scores(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """The score of every document for terms with their weights; shape (size,), 0 where no term is shared."""
        scores = np.zeros(self.size, np.float32)
        for term, weight in query.items():
            if (term_id := self._vocabulary.get(term)) is not None:
                postings = slice(self._first[term_id], self._first[term_id + 1])
                scores[self._documents[postings]] += weight * self._impacts[postings]
        return scores

    def best_score(self, query: Mapping[str, float]) -> float:
        """The score that a document full of all the terms would come near to: no score exceeds it."""
        return (self._k1 + 1) * sum(weight * self.idf(term) for term, weight in query.items())

    def documents_with(self, term: str) -> NDArray[np.int32]:
        """The documents that hold a term in any field, ascending."""
        if (term_id := self._vocabulary.get(term)) is None:
            return np.zeros(0, np.int32)
        return self._documents[self._first[term_id] : self._first[term_id + 1]]

    def idf(self, term: str) -> float:
        """How rare a term is; a term that no document holds is the rarest of all."""
        term_id = self._vocabulary.get(term)
        return float(self._idf[term_id]) if term_id is not None else math.log1p((self.size + 0.5) / 0.5)


def term_counts(found: Iterable[str]) -> dict[str, float]:
    """How often each term occurs."""
    counts: dict[str, float] = {}
    for term in found:
        counts[term] = counts.get(term, 0.0) + 1.0
    return counts
