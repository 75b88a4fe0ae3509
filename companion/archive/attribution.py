"""Who is said to have said something: the speakers that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from companion.archive.answers import Source

_WORD = re.compile(r"[^\W\d_]+")
_LEAST = 3
"""Letters of a part of a name that names its bearer alone."""


def speakers_of(source: Source) -> frozenset[str]:
    """Who speaks in a source, by their labels."""
    passage = source.hit.passage
    labels = (passage.speaker, *(piece.speaker for piece in passage.pieces))
    return frozenset(label for label in labels if label)


def named_in(sentence: str, speakers: Iterable[str]) -> frozenset[str]:
    """Those of the speakers whom a sentence names, by the whole of their name or a part of it.

    Labels with a number (“Speaker 2”) name nobody.
    """
    words = {word.casefold() for word in _WORD.findall(sentence) if word[0].isupper()}
    return frozenset(
        label for label in speakers if not any(map(str.isdigit, label)) and not words.isdisjoint(_parts(label))
    )


def _parts(label: str) -> frozenset[str]:
    parts = [part.casefold() for part in _WORD.findall(label)]
    return frozenset(part for part in parts if len(part) >= _LEAST or len(parts) == 1)
