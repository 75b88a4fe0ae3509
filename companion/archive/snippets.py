"""What to show of a passage: the sentences of one turn that answer best, with the query's words marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from companion.archive.lexical import words
from companion.archive.results import Snippet
from companion.archive.stretches import Span, time_at
from companion.storage.episodes import Passage, Piece

LONGEST = 300
"""Characters that a snippet may have; one sentence longer than this is cut between words."""

_SENTENCE = re.compile(r"\S.*?(?:[.?!…]+[\"'”’)\]]*(?=\s)|$)", re.DOTALL)


def snippet(passage: Passage, weights: Mapping[str, float], focus: Span) -> Snippet:
    """The up to three sentences, in one turn, with the most of the query's weighted terms.

    ``weights`` say how much each term of the query counts (its rarity), and ``focus`` are the characters whose meaning
    is nearest: they break ties, and decide where no word matches.
    """
    best: tuple[float, int, int, Piece] | None = None
    for piece, first, last in _stretches(passage):
        for start, end in _windows(passage.text, first, last):
            found = {term for word in words(passage.text[start:end]) for term in word.terms if term in weights}
            score = sum(weights[term] for term in found)
            shared = max(min(end, focus[1]) - max(start, focus[0]), 0)
            # Among those with the same words the one in focus, and the shorter one, says it more plainly.
            score += (2 * shared - (end - start)) / LONGEST * 1e-3
            if best is None or score > best[0]:
                best = (score, start, end, piece)
    if best is None:
        raise ValueError("a passage has at least one piece with words")
    _, start, end, piece = best
    text = passage.text[start:end]
    time, approximate = time_at(passage, piece, start)
    return Snippet(text, _matches(text, weights), piece.speaker, time, approximate)


def _stretches(passage: Passage) -> list[tuple[Piece, int, int]]:
    """Each piece with the characters it covers."""
    bounds = [piece.offset for piece in passage.pieces] + [len(passage.text)]
    return [(piece, first, last) for piece, (first, last) in zip(passage.pieces, pairwise(bounds), strict=True)]


def _windows(text: str, first: int, last: int) -> list[tuple[int, int]]:
    """One to three sentences in a row that fit; a sentence that does not fit alone is cut."""
    sentences = [match.span() for match in _SENTENCE.finditer(text, first, last)]
    windows: list[tuple[int, int]] = []
    for index, (start, end) in enumerate(sentences):
        if end - start > LONGEST:
            windows += _cuts(text, start, end)
        for _, later in sentences[index : index + 3]:
            if later - start <= LONGEST:
                windows.append((start, later))
    return [(start, start + len(text[start:end].rstrip())) for start, end in windows]


def _cuts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Parts of a sentence that fit, each beginning some words after the one before."""
    starts = [match.start() for match in re.finditer(r"\S+", text[start:end])]
    cuts: list[tuple[int, int]] = []
    for begin in starts[::8] or [0]:
        stop = min(begin + LONGEST, end - start)
        if stop < end - start and (space := text.rfind(" ", start + begin, start + stop)) > start + begin:
            stop = space - start
        cuts.append((start + begin, start + stop))
    return cuts


def _matches(text: str, weights: Mapping[str, float]) -> tuple[tuple[int, int], ...]:
    return tuple((word.start, word.end) for word in words(text) if any(term in weights for term in word.terms))
