"""What to show of a passage: the sentences of one turn that answer best, with the query's words marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from companion.archive.lexical import Word, words_with
from companion.archive.results import Snippet
from companion.archive.sentences import sentence_spans
from companion.archive.stretches import Span, time_at
from companion.storage.episodes import Passage, Piece

LONGEST = 300
"""Characters that a snippet may have; one sentence longer than this is cut between words."""

SENTENCES = 3


def snippet(
    passage: Passage, weights: Mapping[str, float], focus: Span, said_by: Collection[str | None] | None = None
) -> Snippet:
    """The up to three sentences, in one turn, with the most of the query's weighted terms.

    ``weights`` say how much each term of the query counts (its rarity), and ``focus`` are the characters whose meaning
    is nearest: they break ties, and decide where no word matches. With ``said_by`` only these speakers are quoted.
    """
    matching = words_with(passage.text, weights.keys())

    def telling(candidate: tuple[Piece, Span]) -> float:
        start, end = candidate[1]
        found = {term for word in matching if start <= word.start < end for term in word.terms} & weights.keys()
        shared = max(min(end, focus[1]) - max(start, focus[0]), 0)
        # Among those with the same words the one in focus, and the shorter one, says it more plainly.
        return sum(weights[term] for term in found) + (2 * shared - (end - start)) / LONGEST * 1e-3

    candidates = _candidates(passage)
    if said_by is not None:
        candidates = [candidate for candidate in candidates if candidate[0].speaker in said_by] or candidates
    piece, (start, end) = max(candidates, key=telling)
    time, approximate = time_at(passage, piece, start)
    return Snippet(
        passage.text[start:end], _within(matching, start, end), piece.speaker, time, approximate, piece.uncertain
    )


def _candidates(passage: Passage) -> list[tuple[Piece, Span]]:
    """Every run of one to three sentences of one turn that fits."""
    bounds = [*(piece.offset for piece in passage.pieces), len(passage.text)]
    found: list[tuple[Piece, Span]] = []
    for piece, (first, last) in zip(passage.pieces, pairwise(bounds), strict=True):
        text = passage.text[first:last]
        found += [(piece, (first + start, first + end)) for start, end in _runs(text, sentence_spans(text))]
    return found or [(passage.pieces[0], (0, min(len(passage.text), LONGEST)))]


def _runs(text: str, sentences: list[Span]) -> list[Span]:
    """One to three sentences in a row that fit; a sentence that does not fit alone is cut."""
    runs: list[Span] = []
    for index, (start, end) in enumerate(sentences):
        if end - start > LONGEST:
            runs += _cuts(text, start, end)
        runs += [(start, later) for _, later in sentences[index : index + SENTENCES] if later - start <= LONGEST]
    return runs


def _cuts(text: str, start: int, end: int) -> list[Span]:
    """Parts of a long sentence that fit, each beginning some words after the one before."""
    cuts: list[Span] = []
    for begin in [match.start() for match in re.finditer(r"\S+", text[start:end])][::8]:
        first, last = start + begin, min(start + begin + LONGEST, end)
        if last < end and (space := text.rfind(" ", first, last)) > first:
            last = space
        cuts.append((first, last))
    return cuts


def _within(matching: list[Word], start: int, end: int) -> tuple[Span, ...]:
    """The places of the matching words in the text between ``start`` and ``end``."""
    return tuple((word.start - start, word.end - start) for word in matching if start <= word.start and word.end <= end)
