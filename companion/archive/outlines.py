"""What is looked up in a passage's text whenever it is quoted, found once and kept: its windows, sentences and words.

Finding them takes longer than all that is chosen by them. Only where a block has few passages are they found anew each
time (`blocks.OUTLINED_FROM`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.archive.bm25 import term_digests
from companion.archive.compiling import compiled, read, types
from companion.archive.grains import windows, windows_of
from companion.archive.lexical import PlacedTerms, terms_of_parts, words_with
from companion.archive.ragged import Ragged
from companion.archive.sentences import sentence_spans
from companion.archive.stretches import Span, read_on, sentences_of_turns
from companion.storage.episodes import Passage

Pairs = NDArray[np.uint32]
ROWS_OF_PAIRS = read(types.uint32, 2)
_NO_WORDS: Pairs = np.zeros((0, 2), np.uint32)


@dataclass(frozen=True, slots=True)
class Outline:
    """Of one text: the windows that are embedded, the sentences of each turn, and the words as in `Outlines`."""

    text: str
    windows: Pairs
    sentences: Pairs
    _words: Pairs

    @classmethod
    def of(cls, passage: Passage) -> Outline:
        """Of a passage that is not kept."""
        spans = (_pairs(windows(passage.text)), _pairs(sentences_of_turns(passage)))
        return cls(passage.text, *spans, _NO_WORDS)

    def places_of(self, wanted: Collection[str]) -> Pairs:
        """The numbers of words' terms and the characters at which these begin, ascending: of those words at least that
        have one of the wanted terms."""
        if len(self._words):
            return self._words
        pairs = [(term, word.start) for word in words_with(self.text, frozenset(wanted)) for term in word.terms]
        numbers = _numbers([term for term, _ in pairs])
        return np.stack((numbers, np.fromiter((start for _, start in pairs), np.uint32, len(pairs))), axis=1)

    def weights_of_windows(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        """What the terms that each window has weigh together; shape (windows,)."""
        if not len(self._words):
            held = terms_of_parts(self.text, self.windows.tolist(), frozenset(weights))
            return np.array([sum([weight for term, weight in weights.items() if term in found]) for found in held])
        found = np.zeros(len(self.windows))
        weigh_parts(self._words, self.windows, *numbered(weights), found)
        return found


@dataclass(frozen=True, slots=True)
class Outlines:
    """Those of passages one after the other. Arrays only, so that they can lie in a file.

    Windows and sentences are the characters at which they begin and end. Words are the number of each of their terms,
    and the character at which they begin; a text with numbers that are spaced ("3, 000") has none, and is read.
    ``leads`` says how many characters of each are shown with the passage before it, if it goes on from that.
    """

    windows: Ragged
    sentences: Ragged
    words: Ragged
    leads: NDArray[np.int32]

    @classmethod
    def of(cls, passages: Sequence[Passage], said: Sequence[PlacedTerms], continues: Sequence[bool]) -> Outlines:
        """``said`` are the terms of the passages, and ``continues`` tells whether each goes on from the one before."""
        sentences = [sentence_spans(passage.text) for passage in passages]
        leads = [
            read_on(passages[row - 1], passage, spans) if goes_on else 0
            for row, (passage, spans, goes_on) in enumerate(zip(passages, sentences, continues, strict=True))
        ]
        return cls(
            _of_spans(windows_of(passage.text, spans) for passage, spans in zip(passages, sentences, strict=True)),
            _of_spans(
                spans if len(passage.pieces) == 1 else sentences_of_turns(passage)
                for passage, spans in zip(passages, sentences, strict=True)
            ),
            _of_words(said),
            np.array(leads, np.int32),
        )

    def of_row(self, row: int, text: str) -> Outline:
        """The outline of a row, whose text is this."""
        return Outline(text, self.windows[row], self.sentences[row], self.words[row])

    def part(self, begin: int, end: int) -> Outlines:
        """Those of the passages from ``begin`` to before ``end``."""
        return Outlines(
            self.windows.part(begin, end),
            self.sentences.part(begin, end),
            self.words.part(begin, end),
            self.leads[begin:end],
        )

    @classmethod
    def joined(cls, parts: Sequence[Outlines]) -> Outlines:
        """Those of all parts."""
        return cls(
            Ragged.joined([part.windows for part in parts]),
            Ragged.joined([part.sentences for part in parts]),
            Ragged.joined([part.words for part in parts]),
            np.concatenate([part.leads for part in parts]),
        )


class Numbered(NamedTuple):
    """Terms by their numbers, and what each weighs; both of shape (terms,)."""

    numbers: NDArray[np.uint32]
    weights: NDArray[np.float64]


def numbered(weights: Mapping[str, float]) -> Numbered:
    """Terms with weights, as loops take them."""
    return _numbered(tuple(weights.items()))


@lru_cache(maxsize=16)
def _numbered(weights: tuple[tuple[str, float], ...]) -> Numbered:
    return Numbered(_numbers([term for term, _ in weights]), np.array([weight for _, weight in weights]))


@compiled((ROWS_OF_PAIRS, ROWS_OF_PAIRS, read(types.uint32), read(types.float64), types.float64[::1]), in_order=True)
def weigh_parts(
    words: Pairs, parts: Pairs, numbers: NDArray[np.uint32], weights: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """What the terms weigh together that stand in each of the ``parts``, which hold all words; ``words`` are as
    `Outlines` keeps them. Two terms may share a number, which makes another of a million windows seem to tell more."""
    held = np.zeros((len(parts), len(numbers)), np.bool_)
    part = 0
    for word in range(len(words)):
        while part + 1 < len(parts) and parts[part + 1, 0] <= words[word, 1]:
            part += 1
        for term in range(len(numbers)):
            if words[word, 0] == numbers[term]:
                held[part, term] = True
    for part in range(len(parts)):
        for term in range(len(numbers)):
            if held[part, term]:
                out[part] += weights[term]


def _pairs(rows: Iterable[tuple[int, int]]) -> Pairs:
    return np.array(list(rows), np.uint32).reshape(-1, 2)


def _of_spans(rows: Iterable[Sequence[Span]]) -> Ragged:
    every = list(rows)
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(every)), np.uint32)
    return Ragged.of(flat.reshape(-1, 2), list(map(len, every)))


def _of_words(said: Sequence[PlacedTerms]) -> Ragged:
    terms = list(chain.from_iterable(found.terms for found in said if found.starts))
    vocabulary = dict.fromkeys(terms)
    number_of = dict(zip(vocabulary, _numbers(vocabulary).tolist(), strict=True))
    numbers = map(number_of.__getitem__, terms)
    starts = chain.from_iterable(found.starts for found in said)
    pairs = np.stack((np.fromiter(numbers, np.uint32), np.fromiter(starts, np.uint32)), axis=1)
    return Ragged.of(pairs, [len(found.starts) for found in said])


def _numbers(terms: Collection[str]) -> NDArray[np.uint32]:
    return term_digests(terms).astype(np.uint32)
