"""Stretches of an episode: passages joined with the ones that follow, and cut to what is worth showing.

A stretch is a `Passage` like any other: verbatim, with its pieces, times and word positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from companion.archive.passages import MOST_WORDS
from companion.archive.sentences import sentence_spans
from companion.storage.episodes import Passage, Piece

Span = tuple[int, int]
"""The first character and the one after the last."""


def turns(passage: Passage) -> list[tuple[Piece, Span]]:
    """The pieces of a passage, each with its characters."""
    return _placed(passage.pieces, len(passage.text))


def sentences_of_turns(passage: Passage) -> list[Span]:
    """The sentences of each turn, one turn after the other: none goes on in the next turn."""
    return [
        (first + start, first + end)
        for _, (first, last) in turns(passage)
        for start, end in sentence_spans(passage.text[first:last])
    ]


def joined(earlier: Passage, later: Passage) -> tuple[Passage, int]:
    """Two passages of which one follows the other as one, and where the later one begins in it."""
    text, pieces, shift = _together(earlier, later)
    return _passage(earlier, text, pieces, earlier.first_word, later.last_word), shift


def cut(passage: Passage, start: int, end: int) -> Passage:
    """The characters from ``start`` to ``end`` as a passage. Times within a piece are interpolated."""
    text = passage.text[start:end]
    first_word = passage.first_word + len(passage.text[:start].split())
    pieces = _cut_pieces(passage.pieces, len(passage.text), start, end)
    return _passage(passage, text, pieces, first_word, first_word + len(text.split()) - 1)


def read_on(passage: Passage, following: Passage, sentences: Iterable[Span]) -> int:
    """How many characters of the next passage, which has these sentences, are shown with a passage: as many whole
    sentences as 180 words allow, for an answer tends to go on."""
    room = MOST_WORDS - len(passage.text.split())
    end = 0
    for first, last in sentences if room > 0 else ():
        room -= len(following.text[first:last].split())
        if room < 0:
            break
        end = last
    return end


def extended(passage: Passage, following: Passage, end: int) -> Passage:
    """The passage and the characters up to ``end`` of the next one."""
    text, pieces, shift = _together(passage, following)
    pieces = _cut_pieces(pieces, len(text), 0, shift + end)
    text = text[: shift + end]
    return _passage(passage, text, pieces, passage.first_word, passage.first_word + len(text.split()) - 1)


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
    return _time_in(passage.pieces, len(passage.text), piece, position)


def _time_in(pieces: Sequence[Piece], length: int, piece: Piece, position: int) -> tuple[float | None, bool]:
    """The same, of a text that has these pieces and this length."""
    if position <= piece.offset or piece.start is None or piece.end is None:
        return piece.start, piece.approximate
    after = min((other.offset for other in pieces if other.offset > piece.offset), default=length)
    share = min((position - piece.offset) / max(after - piece.offset, 1), 1.0)
    return piece.start + share * (piece.end - piece.start), True


def _together(earlier: Passage, later: Passage) -> tuple[str, list[Piece], int]:
    """The text and the pieces of two passages that follow each other, and where the later one begins."""
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
    return f"{earlier.text}{' ' if goes_on else chr(10)}{later.text}", pieces, shift


def _placed(pieces: Sequence[Piece], length: int) -> list[tuple[Piece, Span]]:
    """The pieces of a text of this length, each with its characters."""
    begins = [piece.offset for piece in pieces]
    return list(zip(pieces, zip(begins, [*begins[1:], length], strict=True), strict=True))


def _cut_pieces(pieces: Sequence[Piece], length: int, start: int, end: int) -> list[Piece]:
    """What lies between two characters of a text that has these pieces and this length."""
    found: list[Piece] = []
    for piece, (first, after) in _placed(pieces, length):
        if after <= start or first >= end:
            continue
        if start == 0 and after <= end:
            found.append(piece)
            continue
        begins, approximate = _time_in(pieces, length, piece, max(first, start))
        ends = piece.end if end >= after else _time_in(pieces, length, piece, end)[0]
        found.append(_piece(piece, max(first - start, 0), begins, ends, approximate))
    return found


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
    for piece, (start, end) in _placed(pieces, len(text)):
        said[piece.speaker] = said.get(piece.speaker, 0) + end - start
    return max(said, key=lambda speaker: said[speaker])
