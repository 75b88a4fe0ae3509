"""What is looked up in a passage's text whenever it is quoted, found once and kept: its windows, sentences and words.

Finding them takes longer than all that is chosen by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from companion.archive.bm25 import term_digest
from companion.archive.grains import windows, windows_of
from companion.archive.lexical import (
    PlacedTerms,
    Word,
    terms_by_part,
    terms_of_parts,
    word_at,
    words_with,
)
from companion.archive.ragged import Ragged
from companion.archive.sentences import sentence_spans
from companion.archive.stretches import Span, read_on, sentences_of_turns
from companion.storage.episodes import Passage

Pairs = NDArray[np.uint32]


@dataclass(slots=True)
class Outline:
    """Of one text: the windows that are embedded, the sentences of each turn, and the words as in `Outlines`."""

    text: str
    windows: Sequence[Span]
    sentences: Sequence[Span]
    _words: Pairs
    _found: dict[frozenset[str], Sequence[Word]] = field(
        default_factory=dict[frozenset[str], Sequence[Word]], init=False, compare=False, repr=False
    )

    @classmethod
    def of(cls, passage: Passage) -> Outline:
        """Of a passage that is not kept."""
        return cls(passage.text, windows(passage.text), sentences_of_turns(passage), np.zeros((0, 2), np.uint32))

    def words_with(self, wanted: frozenset[str]) -> Sequence[Word]:
        """Those of the words that have one of the wanted terms, in order."""
        if not len(self._words):
            return words_with(self.text, wanted)
        if wanted not in self._found:
            self._found[wanted] = self._words_with(wanted)
        return self._found[wanted]

    def terms_of_windows(self, wanted: frozenset[str]) -> list[frozenset[str]]:
        """Which of the wanted terms each window has."""
        if len(self._words):
            return terms_by_part(self.words_with(wanted), self.windows, wanted)
        return terms_of_parts(self.text, self.windows, wanted)

    def _words_with(self, wanted: frozenset[str]) -> Sequence[Word]:
        places = (self._words[:, 0] == _numbers(wanted)[:, None]).any(axis=0).nonzero()[0]
        starts: list[int] = self._words[places, 1].tolist()
        likely = [word_at(self.text, start) for start in dict.fromkeys(starts)]
        # Two terms may share a number.
        return [word for word in likely if not wanted.isdisjoint(word.terms)]


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
        return Outline(text, _spans(self.windows[row]), _spans(self.sentences[row]), self.words[row])

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


def _spans(pairs: Pairs) -> list[Span]:
    return [(start, end) for start, end in pairs.tolist()]


def _of_spans(rows: Iterable[Sequence[Span]]) -> Ragged:
    every = list(rows)
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(every)), np.uint32)
    return Ragged.of(flat.reshape(-1, 2), list(map(len, every)))


def _of_words(said: Sequence[PlacedTerms]) -> Ragged:
    numbers = map(_number, chain.from_iterable(found.terms for found in said if found.starts))
    starts = chain.from_iterable(found.starts for found in said)
    pairs = np.stack((np.fromiter(numbers, np.uint32), np.fromiter(starts, np.uint32)), axis=1)
    return Ragged.of(pairs, [len(found.starts) for found in said])


@lru_cache(maxsize=200_000)
def _number(term: str) -> int:
    return term_digest(term) & 0xFFFF_FFFF


@lru_cache(maxsize=16)
def _numbers(terms: frozenset[str]) -> NDArray[np.uint32]:
    return np.array([_number(term) for term in terms], np.uint32)
