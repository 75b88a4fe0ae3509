"""Quotations held against what was said: found by their letters and digits alone, given back as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_MARKS = ('"＂″', "“”„‟〝〞〟", "«»", "‹›", "「」", "『』", "《》")
"""Marks of one kind open and close by turns, so that it does not matter which of them a language opens with."""
_SINGLE = re.compile(r"(?:(?<=[\s(\[:—–])|^)[‘'‚](?=\S)([^‘'’‚\n]*(?:(?<=\w)['’](?=\w)[^‘'’‚\n]*)*)[’'‘](?!\w)")
_OPENS_SINGLE = re.compile(
    r"(?:(?<=[\s(\[:—–])|^)(?:[‘‚]|'(?!(?:em|cause|til|till|tis|twas|n|round|bout|\d0s)\b))(?=\S)", re.IGNORECASE
)
"""Not the sign of what is left out: 'em, '90s."""
_JOINERS = "'’-‐‑.,/"
_STOPS = ".,!?…;:"
_REMEMBERED = 64
_LEAST_SINGLE = 2
"""Words between single marks that are a quotation: a single word may be anything."""


class _Letters(NamedTuple):
    """The letters and digits of a text, and where each of them stands."""

    letters: str
    places: tuple[int, ...]


def is_closed(text: str) -> bool:
    """Is every quotation that the text opens closed in it, those between single marks left aside?"""
    return all(sum(map(text.count, kind)) % 2 == 0 for kind in _MARKS)


def single_is_closed(text: str) -> bool:
    """Is every quotation between single marks that the text opens closed in it?"""
    closed = [match.span() for match in _SINGLE.finditer(text)]
    openings = (match.start() for match in _OPENS_SINGLE.finditer(text))
    return all(any(start <= opening < end for start, end in closed) for opening in openings)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """What stands between quotation marks, without them; spans of different kinds may lie in one another."""
    spans: list[tuple[int, int]] = []
    for kind in _MARKS:
        places = [place for place, character in enumerate(text) if character in kind]
        spans += [(opening + 1, closing) for opening, closing in zip(places[::2], places[1::2], strict=False)]
    spans += [match.span(1) for match in _SINGLE.finditer(text) if len(match[1].split()) >= _LEAST_SINGLE]
    return sorted(span for span in spans if any(map(str.isalnum, text[slice(*span)])))


def outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the sorted spans that lie in no other and cut none, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def without_quotations(text: str) -> str:
    """The text without what stands between quotation marks; the marks stay."""
    parts: list[str] = []
    end = 0
    for start, stop in outermost(quoted_spans(text)):
        parts.append(text[end:start])
        end = stop
    return "".join((*parts, text[end:]))


def as_said(quotation: str, said: str) -> str | None:
    """The words of the quotation as they stand in what was said, on one line; None where they do not stand there.

    Spacing and punctuation may differ, and the capital at the beginning: what is given back has those of the original.
    Words are not cut: neither “can” nor “trivial” stands in “can't be non-trivial”.
    """
    wanted = _letters(quotation).letters
    if not wanted:
        return None
    letters, places = _letters(said)
    for first in (wanted[0], wanted[0].swapcase()):
        for start in _occurrences(first + wanted[1:], letters):
            begin, end = places[start], places[start + len(wanted) - 1] + 1
            if _starts_word(said, begin) and _ends_word(said, end):
                return " ".join(said[begin : _with_stop(quotation, said, end)].split())
    return None


def _occurrences(wanted: str, letters: str) -> Iterator[int]:
    start = letters.find(wanted)
    while start >= 0:
        yield start
        start = letters.find(wanted, start + 1)


@lru_cache(_REMEMBERED)
def _letters(text: str) -> _Letters:
    places = tuple(place for place, character in enumerate(text) if character.isalnum())
    return _Letters("".join(text[place] for place in places), places)


def _starts_word(text: str, place: int) -> bool:
    before = text[:place][-2:]
    if not before or before[-1].isspace():
        return True
    return not before[-1].isalnum() and not (before[-1] in _JOINERS and before[0].isalnum() and len(before) > 1)


def _ends_word(text: str, place: int) -> bool:
    after = text[place : place + 2]
    if not after or after[0].isspace():
        return True
    return not after[0].isalnum() and not (after[0] in _JOINERS and after[1:].isalnum())


def _with_stop(quotation: str, said: str, end: int) -> int:
    """Where the quotation ends with a stop that was there, after it."""
    last = quotation.rstrip()[-1:]
    return end + 1 if last in _STOPS and last and said[end : end + 1] == last else end
