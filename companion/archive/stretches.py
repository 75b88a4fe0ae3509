"""Stretches of an episode: passages joined with the ones that follow, and cut to what is worth showing.

A stretch is a `Passage` like any other: verbatim, with its pieces, times and word positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from companion.archive.passages import MOST_WORDS
from companion.archive.sentences import sentences
from companion.storage.episodes import Passage, Piece

Span = tuple[int, int]
"""The first character and the one after the last."""


def joined(earlier: Passage, later: Passage) -> tuple[Passage, int]:
    """Two passages of which one follows the other as one, and where the later one begins in it."""
    last, first = earlier.pieces[-1], later.pieces[0]
    goes_on = first.turn is not None and first.turn == last.turn
    shift = len(earlier.text) + 1
    pieces = list(earlier.pieces)
    if goes_on:
        pieces[-1] = _piece(last, last.offset, last.start, first.end, last.approximate)
    pieces += [
        _piece(piece, piece.offset + shift, piece.start, piece.end, piece.approximate)
        for piece in later.pieces[goes_on:]
    ]
    text = f"{earlier.text}{' ' if goes_on else chr(10)}{later.text}"
    return _passage(earlier, text, pieces, earlier.first_word, later.last_word), shift


def cut(passage: Passage, start: int, end: int) -> Passage:
    """The characters from ``start`` to ``end`` as a passage. Times within a piece are interpolated."""
    bounds = [*(piece.offset for piece in passage.pieces), len(passage.text)]
    pieces: list[Piece] = []
    for piece, (first, after) in zip(passage.pieces, pairwise(bounds), strict=True):
        if after <= start or first >= end:
            continue
        if start == 0 and after <= end:
            pieces.append(piece)
            continue
        begins, approximate = time_at(passage, piece, max(first, start))
        ends = piece.end if end >= after else time_at(passage, piece, end)[0]
        pieces.append(_piece(piece, max(first - start, 0), begins, ends, approximate))
    text = passage.text[start:end]
    first_word = passage.first_word + len(passage.text[:start].split())
    return _passage(passage, text, pieces, first_word, first_word + len(text.split()) - 1)


def extended(passage: Passage, following: Passage) -> Passage:
    """The passage and as many whole sentences of the next one as 180 words allow: an answer tends to go on."""
    room = MOST_WORDS - len(passage.text.split())
    if room <= 0:
        return passage
    end = 0
    for first, last in sentences(following.text):
        room -= len(following.text[first:last].split())
        if room < 0:
            break
        end = last
    if not end:
        return passage
    whole, offset = joined(passage, following)
    return cut(whole, 0, offset + end)


def spanning(better: Passage, neighbour: Passage, found: Span, *, neighbour_follows: bool) -> Passage | None:
    """The better passage, whole, with as much of its neighbour as holds the characters ``found`` there.

    None where that takes more than 180 words.
    """
    if neighbour_follows:
        whole, offset = joined(better, neighbour)
        return _within_limit(whole, 0, offset + found[1])
    whole, offset = joined(neighbour, better)
    return _within_limit(whole, found[0], len(whole.text))


def _within_limit(passage: Passage, start: int, end: int) -> Passage | None:
    return cut(passage, start, end) if len(passage.text[start:end].split()) <= MOST_WORDS else None


def time_at(passage: Passage, piece: Piece, position: int) -> tuple[float | None, bool]:
    """When a character of a piece was said, in seconds, and whether that is approximate: it is, within a piece."""
    if position <= piece.offset or piece.start is None or piece.end is None:
        return piece.start, piece.approximate
    after = min((other.offset for other in passage.pieces if other.offset > piece.offset), default=len(passage.text))
    share = min((position - piece.offset) / max(after - piece.offset, 1), 1.0)
    return piece.start + share * (piece.end - piece.start), True


def _piece(of: Piece, offset: int, start: float | None, end: float | None, approximate: bool) -> Piece:
    # `replace` takes several times as long, and pieces are made for every result.
    return Piece(offset, of.turn, of.speaker, start, end, approximate, of.uncertain)


def _passage(of: Passage, text: str, pieces: Sequence[Piece], first_word: int, last_word: int) -> Passage:
    first, last = pieces[0], pieces[-1]
    speaker = _main_speaker(text, pieces)
    times = first.start, last.end, first.approximate
    return Passage(of.ordinal, of.kind, speaker, *times, first_word, last_word, of.chapter, text, tuple(pieces))


def _main_speaker(text: str, pieces: Sequence[Piece]) -> str | None:
    """Who says most of it."""
    if len(pieces) == 1:
        return pieces[0].speaker
    said: dict[str | None, int] = {}
    for piece, (start, end) in zip(pieces, pairwise([*(piece.offset for piece in pieces), len(text)]), strict=True):
        said[piece.speaker] = said.get(piece.speaker, 0) + end - start
    return max(said, key=lambda speaker: said[speaker])
