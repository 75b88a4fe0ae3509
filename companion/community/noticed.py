"""Where in what was said a mistake shows: the words to put before whoever decides on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from companion.archive.expansion import pattern
from companion.archive.quoting import narrowed
from companion.storage.episodes import Passage, Piece, Reference

AROUND = 20
"""Words that are shown on either side of those that are misheard, as far as the same voice says them."""
MOST_WORDS = 60
"""Words that are shown of somebody whose name is wrong."""


def labels_in(passages: Sequence[Passage], reference: Reference, quoted: tuple[int, int] | None) -> list[str]:
    """The speakers' labels in the passages that a reference means, that of the ``quoted`` words (counted from its
    first) before the others."""
    labels = [piece.speaker for passage in passages for piece in passage.pieces if piece.speaker]
    first = [
        piece.speaker
        for passage in passages
        for piece, words in _pieces(passage)
        if quoted is not None and reference.first_word + quoted[0] in words and piece.speaker
    ]
    return list(dict.fromkeys([*first, *labels]))


def misheard(passages: Sequence[Passage], reference: Reference, spelling: str) -> Reference | None:
    """The first place where the passages have the spelling, with some words around it; None where they don't."""
    for passage in passages:
        for _, words in _pieces(passage):
            said = [word for place, word in enumerate(_words(passage), passage.first_word) if place in words]
            if not said:
                continue
            match = pattern(spelling).search(passage.text, said[0].start(), said[-1].end())
            if match is None:
                continue
            having = [
                words.start + place
                for place, word in enumerate(said)
                if word.end() > match.start() and word.start() < match.end()
            ]
            first = max(words.start, having[0] - AROUND)
            return narrowed(passage, reference, first, min(words.stop, having[-1] + 1 + AROUND))
    return None


def spoken_by(
    passages: Sequence[Passage], reference: Reference, label: str, quoted: tuple[int, int] | None
) -> Reference | None:
    """Where a label speaks in the passages: at the ``quoted`` words, if they are its; None where it doesn't."""
    theirs = [
        (passage, words)
        for passage in passages
        for piece, words in _pieces(passage)
        if piece.speaker == label and words
    ]
    if not theirs:
        return None
    if quoted is not None:
        first, after = reference.first_word + quoted[0], reference.first_word + quoted[1]
        for passage, words in theirs:
            if first in words and after - 1 in words:
                return narrowed(passage, reference, first, after)
    passage, words = theirs[0]
    return narrowed(passage, reference, words.start, min(words.stop, words.start + MOST_WORDS))


def _pieces(passage: Passage) -> Iterator[tuple[Piece, range]]:
    """The pieces of a passage, with their words as they are counted in the episode."""
    bounds = [*(piece.offset for piece in passage.pieces), len(passage.text)]
    word = passage.first_word
    for piece, (start, end) in zip(passage.pieces, pairwise(bounds), strict=True):
        after = word + len(passage.text[start:end].split())
        yield piece, range(word, after)
        word = after


def _words(passage: Passage) -> Iterator[re.Match[str]]:
    return re.finditer(r"\S+", passage.text)
