"""Quoting again what was quoted before: a stretch of words in the passage that holds it now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from companion.archive.results import Snippet
from companion.archive.snippets import LONGEST
from companion.archive.stretches import Span, time_at
from companion.storage.episodes import Passage, Piece, Reference


def words_of(passage: Passage, first: int, after: int) -> Span | None:
    """The characters between two words, counted in the episode; None where they are not all in the passage."""
    words = list(re.finditer(r"\S+", passage.text))[max(first - passage.first_word, 0) : after - passage.first_word]
    inside = passage.first_word <= first < after and len(words) == after - first
    return (words[0].start(), words[-1].end()) if inside else None


def quotations_of(found: Sequence[Passage], reference: Reference) -> list[Snippet]:
    """The words of the reference, verbatim, each turn's for themselves, for another may speak in the next.

    ``found`` are the passages that it means now, the nearest first. Where they have its words no more, the beginning of
    what was said then in the nearest.
    """
    first, after = reference.first_word, reference.last_word + 1
    said: list[Snippet] = []
    quoted = 0
    for passage in sorted(found, key=lambda one: one.first_word):
        begins, ends = max(first, passage.first_word), min(after, passage.last_word + 1)
        if span := words_of(passage, begins, ends):
            said += _by_turn(passage, span)
            quoted += ends - begins
    return said if said and quoted == after - first else list(_by_turn(found[0], _said_then(found[0], reference.start)))


def _said_then(passage: Passage, start: float | None) -> Span:
    offset = _piece_then(passage, start).offset
    room = passage.text[offset : offset + LONGEST]
    return offset, offset + (len(room) if len(room) < LONGEST else max(room.rfind(" "), 1))


def _by_turn(passage: Passage, span: Span) -> Iterator[Snippet]:
    ends = [piece.offset for piece in passage.pieces[1:]] + [len(passage.text)]
    for piece, end in zip(passage.pieces, ends, strict=True):
        begin, end = max(piece.offset, span[0]), min(end, span[1])
        if words := passage.text[begin:end].strip():
            time, approximate = time_at(passage, piece, begin)
            yield Snippet(words, (), piece.speaker, time, approximate, piece.uncertain)


def narrowed(passage: Passage, reference: Reference, first: int, after: int) -> Reference:
    """The reference to some words of the passage only, counted in the episode; as it was where they are not in it."""
    span = words_of(passage, first, after)
    if span is None:
        return reference
    begins, ends = (time_at(passage, _piece_at(passage, at), at)[0] for at in span)
    return replace(reference, start=begins, end=ends, first_word=first, last_word=after - 1)


def _piece_at(passage: Passage, position: int) -> Piece:
    return [piece for piece in passage.pieces if piece.offset <= position][-1]


def _piece_then(passage: Passage, start: float | None) -> Piece:
    """The piece in which that second lies; the first one where none is known to."""
    if start is None:
        return passage.pieces[0]
    begun = [piece for piece in passage.pieces if piece.start is not None and piece.start <= start]
    return begun[-1] if begun else passage.pieces[0]
