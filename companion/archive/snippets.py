"""What to show of a passage: the sentences of one turn that answer best, with the query's words marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from companion.archive.lexical import Word, words_with
from companion.archive.results import Snippet
from companion.archive.sentences import sentence_spans
from companion.archive.stretches import Span, time_at
from companion.storage.episodes import Passage, Piece

LONGEST = 300
"""Characters that a snippet may have; one sentence longer than this is cut between words."""

SENTENCES = 3

_PLAINLY = 1e-3
"""What being in focus can add, against the weights of words."""


def snippet(
    passage: Passage, weights: Mapping[str, float], focus: Span, said_by: Collection[str | None] | None = None
) -> Snippet:
    """The up to three sentences, in one turn, with the most of the query's weighted terms.

    ``weights`` say how much each term of the query counts (its rarity), and ``focus`` are the characters whose meaning
    is nearest: they break ties, and decide where no word matches. With ``said_by`` only these speakers are quoted.
    """
    matching = words_with(passage.text, frozenset(weights))
    turns = _turns(passage, matching, weights, focus)
    quoted = turns if said_by is None else [turn for turn in turns if turn.piece.speaker in said_by]
    best = _best(passage.text, quoted, weights, focus) or _best(passage.text, turns, weights, focus)
    piece, (start, end) = best or (passage.pieces[0], (0, min(len(passage.text), LONGEST)))
    time, approximate = time_at(passage, piece, start)
    return Snippet(
        passage.text[start:end], _within(matching, start, end), piece.speaker, time, approximate, piece.uncertain
    )


class _Turn(NamedTuple):
    """What a passage has of one turn: the characters, the matching words, and what no part of it can tell more than."""

    piece: Piece
    span: Span
    matching: list[Word]
    most: float


def _turns(passage: Passage, matching: Sequence[Word], weights: Mapping[str, float], focus: Span) -> list[_Turn]:
    turns: list[_Turn] = []
    bounds = [*(piece.offset for piece in passage.pieces), len(passage.text)]
    for piece, (start, end) in zip(passage.pieces, pairwise(bounds), strict=True):
        words = [word for word in matching if start <= word.start < end]
        most = _worth(words, weights) + min(_shared((start, end), focus), LONGEST) / LONGEST * _PLAINLY
        turns.append(_Turn(piece, (start, end), words, most))
    return turns


def _best(text: str, turns: Iterable[_Turn], weights: Mapping[str, float], focus: Span) -> tuple[Piece, Span] | None:
    """The part that tells most, the first of equals; None where there is nothing but blanks."""
    best: tuple[float, int, Piece, Span] | None = None
    for turn in sorted(turns, key=lambda turn: -turn.most):
        if best is not None and turn.most < best[0]:
            break
        first, last = turn.span
        said = text[first:last]
        begins = [word.start for word in turn.matching]
        worth: dict[tuple[int, int], float] = {}
        for start, end in _runs(said, sentence_spans(said)):
            span = first + start, first + end
            words = bisect_left(begins, span[0]), bisect_left(begins, span[1])
            if words[0] == words[1] and best is not None and best[0] > _PLAINLY:
                continue
            # Among those with the same words the one in focus, and the shorter one, says it more plainly.
            plain = (2 * _shared(span, focus) - (end - start)) / LONGEST * _PLAINLY
            if words not in worth:  # several runs have the same words
                worth[words] = _worth(turn.matching[slice(*words)], weights)
            telling = worth[words] + plain
            if best is None or (telling, -first) > best[:2]:
                best = telling, -first, turn.piece, span
    return best and best[2:]


def _worth(words: Iterable[Word], weights: Mapping[str, float]) -> float:
    found = {term for word in words for term in word.terms}
    return sum(weight for term, weight in weights.items() if term in found) if found else 0.0


def _shared(one: Span, other: Span) -> int:
    """How many characters two spans share."""
    return max(min(one[1], other[1]) - max(one[0], other[0]), 0)


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


def _within(matching: Iterable[Word], start: int, end: int) -> tuple[Span, ...]:
    """The places of the matching words in the text between ``start`` and ``end``."""
    return tuple((word.start - start, word.end - start) for word in matching if start <= word.start and word.end <= end)
