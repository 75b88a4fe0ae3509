"""What to show of a passage: the sentences of one turn that answer best, with the query's words marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.archive.compiling import compiled, inlined, read, types
from companion.archive.lexical import word_at
from companion.archive.outlines import ROWS_OF_PAIRS, Outline, Pairs, numbered
from companion.archive.results import Snippet
from companion.archive.stretches import Span, time_at
from companion.storage.episodes import Passage, Piece

Places = NDArray[np.int64]

LONGEST = 300
"""Characters that a snippet may have; one sentence longer than this is cut between words."""

SENTENCES = 3

_PLAINLY = 1e-3
"""What being in focus can add, against the weights of words."""

_NO_CUTS: Places = np.zeros((0, 3), np.int64)


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
    every = np.ones(len(passage.pieces), np.bool_)
    quoted = every
    if said_by is not None:
        quoted = np.array([piece.speaker in said_by for piece in passage.pieces])
    best = _best(passage, outline, weights, focus, quoted)
    if best is None and said_by is not None:
        best = _best(passage, outline, weights, focus, every)
    piece, start, end, begins = best or (passage.pieces[0], 0, min(len(passage.text), LONGEST), [])
    time, approximate = time_at(passage, piece, start)
    marked = [word_at(passage.text, begin) for begin in begins]
    return Snippet(
        passage.text[start:end],
        tuple(
            (word.start - start, word.end - start)
            for word in marked
            if word.end <= end and any(term in weights for term in word.terms)  # two terms may share a number
        ),
        piece.speaker,
        time,
        approximate,
        piece.uncertain,
    )


def _best(
    passage: Passage, outline: Outline, weights: Mapping[str, float], focus: Span, quoted: NDArray[np.bool_]
) -> tuple[Piece, int, int, list[int]] | None:
    """The part of the ``quoted`` turns that tells most: its turn, its characters, and where its matching words begin;
    None where there is nothing but blanks."""
    sentences: list[Span] = outline.sentences.tolist()
    cuts = [
        (place, *cut)
        for place, (start, end) in enumerate(sentences)
        if end - start > LONGEST
        for cut in _cuts(passage.text, start, end)
    ]
    words = outline.places_of(weights)
    turns = np.array([*(piece.offset for piece in passage.pieces), len(passage.text)])
    placed = np.array(cuts, np.int64).reshape(-1, 3) if cuts else _NO_CUTS
    found, matching = np.full(4, -1), np.empty(len(words), np.int64)
    numbers, values = numbered(weights)
    choose_run(words, outline.sentences, placed, turns, quoted, *focus, numbers, values, found, matching)
    chosen: list[int] = found.tolist()
    turn, start, end, count = chosen
    return None if turn < 0 else (passage.pieces[turn], start, end, matching[:count].tolist())


@inlined
def _end_of_turn(sentences: Any, place: Any, begin: Any, end: Any) -> Any:
    """The place after the last of the sentences that from ``place`` on follow each other within a turn."""
    while place < len(sentences) and begin <= sentences[place, 0] and sentences[place, 1] <= end:
        begin = np.int64(sentences[place, 1])
        place += 1
    return place


@inlined
def _telling(
    starts: Any, terms: Any, weights: Any, held: Any, begin: Any, end: Any, until: Any, focus_begin: Any, focus_end: Any
) -> Any:
    """What the terms weigh that stand from ``begin`` to before ``until``, and how plainly it is said."""
    held[:] = False
    for word in range(len(starts)):
        if begin <= starts[word] and starts[word] < until:
            held[terms[word]] = True
    worth = 0.0
    for term in range(len(weights)):
        if held[term]:
            worth += weights[term]
    shared = max(min(end, focus_end) - max(begin, focus_begin), 0)
    if worth == 0.0 and shared == 0:
        # Of what speaks for itself by nothing the longest tells most: not "Thanks for having me."
        return ((end - begin) / LONGEST - 2.0) * _PLAINLY
    # Among those with the same words the one in focus, and the shorter one, says it more plainly.
    return worth + (2 * shared - (end - begin)) / LONGEST * _PLAINLY


@compiled(
    (
        *(ROWS_OF_PAIRS, ROWS_OF_PAIRS, read(types.int64, 2), read(types.int64), read(types.boolean)),
        *(types.int64, types.int64, read(types.uint32), read(types.float64), types.int64[::1], types.int64[::1]),
    ),
    in_order=True,
)
def choose_run(
    words: Pairs,
    sentences: Pairs,
    cuts: Places,
    turns: Places,
    quoted: NDArray[np.bool_],
    focus_begin: int,
    focus_end: int,
    numbers: NDArray[np.uint32],
    weights: NDArray[np.float64],
    out: Places,
    matching: Places,
) -> None:
    """Of runs of up to three sentences of one turn, and of cuts of long sentences, the first of those that tell most.

    ``words`` and ``sentences`` are an outline's, ``cuts`` rows of a sentence's place and two characters, ``turns`` the
    characters at which turns begin, and the text's length; only turns that are ``quoted`` count. ``out`` gets the turn,
    the first character and the one after the last, and how many words match there, which ``matching`` gets: the
    characters at which they begin. It stays where there is no sentence.
    """
    starts, terms = np.empty(len(words), np.int64), np.empty(len(words), np.int64)
    count = 0
    for word in range(len(words)):
        for term in range(len(numbers)):
            if words[word, 0] == numbers[term]:
                starts[count], terms[count] = words[word, 1], term
                count += 1
                break
    starts, terms = starts[:count], terms[:count]
    held = np.empty(len(weights), np.bool_)
    most = -np.inf
    first = cut = 0
    for turn in range(len(quoted)):
        after = _end_of_turn(sentences, first, turns[turn], turns[turn + 1])
        for place in range(first, after):
            begin = np.int64(sentences[place, 0])
            while cut < len(cuts) and cuts[cut, 0] == place:
                telling = _telling(
                    starts, terms, weights, held, cuts[cut, 1], cuts[cut, 2], cuts[cut, 2], focus_begin, focus_end
                )
                if quoted[turn] and telling > most:
                    most = telling
                    out[0], out[1], out[2] = turn, cuts[cut, 1], cuts[cut, 2]
                cut += 1
            for last in range(place, min(place + SENTENCES, after)):
                end = np.int64(sentences[last, 1])
                if end - begin > LONGEST:
                    break
                # Between two sentences there are only blanks.
                until = np.int64(sentences[last + 1, 0]) if last + 1 < after else turns[turn + 1]
                telling = _telling(starts, terms, weights, held, begin, end, until, focus_begin, focus_end)
                if quoted[turn] and telling > most:
                    most = telling
                    out[0], out[1], out[2] = turn, begin, end
        first = after
    if out[0] >= 0:
        out[3] = 0
        for word in range(count):
            start = starts[word]
            if out[1] <= start and start < out[2] and (out[3] == 0 or matching[out[3] - 1] != start):
                matching[out[3]] = start
                out[3] += 1


def _cuts(text: str, start: int, end: int) -> list[Span]:
    """Parts of a long sentence that fit, each beginning some words after the one before."""
    cuts: list[Span] = []
    for begin in [match.start() for match in re.finditer(r"\S+", text[start:end])][::8]:
        first, last = start + begin, min(start + begin + LONGEST, end)
        if last < end and (space := text.rfind(" ", first, last)) > first:
            last = space
        cuts.append((first, last))
    return cuts
