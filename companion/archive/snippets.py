"""What to show of a passage: the sentences of one turn that answer best, with the query's words marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from companion.archive.lexical import Word
from companion.archive.outlines import Outline
from companion.archive.results import Snippet
from companion.archive.stretches import Span, time_at, turns
from companion.storage.episodes import Passage, Piece

LONGEST = 300
"""Characters that a snippet may have; one sentence longer than this is cut between words."""

SENTENCES = 3

_PLAINLY = 1e-3
"""What being in focus can add, against the weights of words."""


def snippet(
    passage: Passage,
    weights: Mapping[str, float],
    focus: Span,
    said_by: Collection[str | None] | None = None,
    outline: Outline | None = None,
) -> Snippet:
    """The up to three sentences, in one turn, with the most of the query's weighted terms.

    ``weights`` say how much each term of the query counts (its rarity), and ``focus`` are the characters whose meaning
    is nearest: they break ties, and decide where no word matches. With ``said_by`` only these speakers are quoted.
    ``outline`` is the passage's, where it is at hand.
    """
    outline = outline or Outline.of(passage)
    matching = outline.words_with(frozenset(weights))
    told = _turns(passage, outline.sentences, matching, weights, focus)
    quoted = told if said_by is None else [turn for turn in told if turn.piece.speaker in said_by]
    best = _best(passage.text, quoted, weights, focus) or _best(passage.text, told, weights, focus)
    piece, (start, end) = best or (passage.pieces[0], (0, min(len(passage.text), LONGEST)))
    time, approximate = time_at(passage, piece, start)
    return Snippet(
        passage.text[start:end], _within(matching, start, end), piece.speaker, time, approximate, piece.uncertain
    )


class _Turn(NamedTuple):
    """What a passage has of one turn: its beginning, sentences, matching words, and what no part of it can tell more
    than."""

    piece: Piece
    first: int
    sentences: Sequence[Span]
    matching: Sequence[Word]
    most: float


def _turns(
    passage: Passage, sentences: Sequence[Span], matching: Sequence[Word], weights: Mapping[str, float], focus: Span
) -> list[_Turn]:
    found: list[_Turn] = []
    begins = [word.start for word in matching]
    first = 0
    for piece, span in turns(passage):
        after = _end_of(span, sentences, first)
        words = matching[bisect_left(begins, span[0]) : bisect_left(begins, span[1])]
        most = _worth(words, weights) + min(_shared(span, focus), LONGEST) / LONGEST * _PLAINLY
        found.append(_Turn(piece, span[0], sentences[first:after], words, most))
        first = after
    return found


def _end_of(turn: Span, sentences: Sequence[Span], place: int) -> int:
    """The place after the last of the sentences that from ``place`` on follow each other within a turn."""
    begin, end = turn
    while place < len(sentences) and begin <= sentences[place][0] and sentences[place][1] <= end:
        begin, place = sentences[place][1], place + 1
    return place


def _best(text: str, told: Iterable[_Turn], weights: Mapping[str, float], focus: Span) -> tuple[Piece, Span] | None:
    """The part that tells most, the first of equals; None where there is nothing but blanks."""
    best: tuple[float, int, Piece, Span] | None = None
    for turn in sorted(told, key=lambda turn: -turn.most):
        if best is not None and turn.most < best[0]:
            break
        worth: dict[Span, float] = {}
        for span, words in _runs(text, turn):
            if words not in worth:  # several runs have the same words
                worth[words] = _worth(turn.matching[slice(*words)], weights)
            if best is not None and worth[words] + _PLAINLY < best[0]:
                continue
            # Among those with the same words the one in focus, and the shorter one, says it more plainly.
            plain = (2 * _shared(span, focus) - (span[1] - span[0])) / LONGEST * _PLAINLY
            telling = worth[words] + plain
            if best is None or (telling, -turn.first) > best[:2]:
                best = telling, -turn.first, turn.piece, span
    return best and best[2:]


def _worth(words: Iterable[Word], weights: Mapping[str, float]) -> float:
    found = {term for word in words for term in word.terms}
    return sum([weight for term, weight in weights.items() if term in found]) if found else 0.0


def _shared(one: Span, other: Span) -> int:
    """How many characters two spans share."""
    return max(min(one[1], other[1]) - max(one[0], other[0]), 0)


def _runs(text: str, turn: _Turn) -> Iterator[tuple[Span, Span]]:
    """One to three sentences in a row that fit, a sentence that does not fit alone cut; each with the places of its
    words among the matching ones."""
    begins = [word.start for word in turn.matching]
    # Between two sentences there are only blanks: the words before the one are those before the end of the other.
    places = [*(bisect_left(begins, start) for start, _ in turn.sentences), len(begins)]
    for index, (start, end) in enumerate(turn.sentences):
        if end - start > LONGEST:
            for first, last in _cuts(text, start, end):
                yield (first, last), (bisect_left(begins, first), bisect_left(begins, last))
        for after, (_, later) in enumerate(turn.sentences[index : index + SENTENCES], index + 1):
            if later - start > LONGEST:
                break
            yield (start, later), (places[index], places[after])


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
