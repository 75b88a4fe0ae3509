"""What is looked up in a passage's text whenever it is quoted, found once and kept: its windows, sentences and words.

Finding them takes longer than all that is chosen by them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from companion.archive.bm25 import term_digest
from companion.archive.grains import windows
from companion.archive.lexical import (
    Word,
    has_spaced_number,
    spelled,
    terms_by_part,
    terms_of_parts,
    terms_of_word,
    word_at,
    words_with,
)
from companion.archive.ragged import Ragged
from companion.archive.stretches import Span, sentences_of_turns
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
    """

    windows: Ragged
    sentences: Ragged
    words: Ragged

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> Outlines:
        return cls(
            _of_spans(windows(passage.text) for passage in passages),
            _of_spans(map(sentences_of_turns, passages)),
            _of_words(passage.text for passage in passages),
        )

    def of_row(self, row: int, text: str) -> Outline:
        """The outline of a row, whose text is this."""
        return Outline(text, _spans(self.windows[row]), _spans(self.sentences[row]), self.words[row])

    def part(self, begin: int, end: int) -> Outlines:
        """Those of the passages from ``begin`` to before ``end``."""
        return Outlines(*(rows.part(begin, end) for rows in (self.windows, self.sentences, self.words)))

    @classmethod
    def joined(cls, parts: Sequence[Outlines]) -> Outlines:
        """Those of all parts."""
        return cls(
            Ragged.joined([part.windows for part in parts]),
            Ragged.joined([part.sentences for part in parts]),
            Ragged.joined([part.words for part in parts]),
        )


def _spans(pairs: Pairs) -> list[Span]:
    return [(start, end) for start, end in pairs.tolist()]


def _of_spans(rows: Iterable[Sequence[Span]]) -> Ragged:
    every = list(rows)
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(every)), np.uint32)
    return Ragged.of(flat.reshape(-1, 2), list(map(len, every)))


def _of_words(texts: Iterable[str]) -> Ragged:
    numbers, places, ends = array("I"), array("I"), array("Q")
    for text in texts:
        if not has_spaced_number(text):
            spellings, starts = spelled(text)
            of_words = list(map(_numbers_of_word, spellings))
            before = len(numbers)
            numbers.extend(chain.from_iterable(of_words))
            if len(numbers) - before != len(starts):  # some words have several terms
                starts = chain.from_iterable(map(repeat, starts, map(len, of_words)))
            places.extend(starts)
        ends.append(len(numbers))
    return Ragged(np.array((numbers, places), np.uint32).T.copy(), np.array(ends, np.int64))


def _number(term: str) -> int:
    return term_digest(term) & 0xFFFF_FFFF


@lru_cache(maxsize=1 << 14)
def _numbers_of_word(word: str) -> tuple[int, ...]:
    return tuple(map(_number, terms_of_word(word)))


@lru_cache(maxsize=16)
def _numbers(terms: frozenset[str]) -> NDArray[np.uint32]:
    return np.array([_number(term) for term in terms], np.uint32)
