"""What was said around a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from companion.storage.episodes import Passage, Piece, Turn

AROUND = 3
"""Turns shown on either side, at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words of one speaker: a whole turn, or the part of one before, in or after a passage."""

    speaker: str | None
    start: float | None
    approximate: bool
    text: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The passage turn by turn, with what came before and after it, in the order it was said."""

    before: tuple[Line, ...]
    passage: tuple[Line, ...]
    after: tuple[Line, ...]


def surroundings(turns: Sequence[Turn], passage: Passage, around: int = AROUND) -> Surroundings:
    """The passage amid the episode's turns, with the rest of the turns it is cut from.

    A passage of show notes, or one whose turns are gone, stands alone.
    """
    said = _said(passage)
    first, last = passage.pieces[0], passage.pieces[-1]
    if first.turn is None or last.turn is None or last.turn >= len(turns):
        return Surroundings((), tuple(line for _, line in said), ())
    before = [_line(turn) for turn in turns[max(0, first.turn - around) : first.turn]]
    after = [_line(turn) for turn in turns[last.turn + 1 : last.turn + 1 + around]]
    opening = _line(turns[first.turn], turns[first.turn].text.partition(said[0][1].text)[0])
    rest = _line(turns[last.turn], turns[last.turn].text.rpartition(said[-1][1].text)[2], start=last.end)
    # partition() gives the whole turn as "before" where the words are not found in it: then they are all there is.
    if opening.text and opening.text != turns[first.turn].text.strip():
        before = [*before, opening][-around:]
    if rest.text and rest.text != turns[last.turn].text.strip():
        after = [rest, *after][:around]
    return Surroundings(tuple(before), tuple(line for _, line in said), tuple(after))


def _said(passage: Passage) -> list[tuple[Piece, Line]]:
    bounds = [*(piece.offset for piece in passage.pieces), len(passage.text)]
    return [
        (piece, Line(piece.speaker, piece.start, piece.approximate, passage.text[start:end].strip(), piece.uncertain))
        for piece, (start, end) in zip(passage.pieces, pairwise(bounds), strict=True)
    ]


def _line(turn: Turn, text: str | None = None, start: float | None = None) -> Line:
    """The turn, or the part of it that is ``text``; a part that begins in mid-turn has an interpolated ``start``."""
    part = turn.text if text is None else text
    if start is None:
        return Line(turn.speaker, turn.start, turn.approximate, part.strip(), turn.uncertain)
    return Line(turn.speaker, start, True, part.strip(), turn.uncertain)
