"""Times that lost what parted them from a name or from words: `Ann Lee0:12So it goes`, `Ann Lee0:12` on its line,
`0:12So it goes`. A page whose styles set them apart leaves nothing else when its text is copied."""

from __future__ import annotations

import re

from companion.archive.transcripts.marks import seconds_of
from companion.archive.transcripts.timing import growth

_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:\d{2}"
_GLUED = re.compile(
    rf"(?P<before>(?<=[^\W\d_]))(?P<inside>{_CLOCK})(?P<behind>(?=[^\W\d_])|(?=\n|\Z))"
    rf"|(?m:^)(?P<opening>{_CLOCK})(?=[^\W\d_])(?!(?:am|pm|AM|PM|h|s|Uhr)\b)"
)
_END_OF_CLOCK = re.compile(r"\d:\d{2}")
_LONGEST = 6
"""Digits and colons of a clock before its last minute's digit."""
_FEWEST = 3
_MOSTLY = 0.9


def with_clocks_apart(text: str) -> str:
    """The text with blanks and line ends around times that are glued to letters, if several are, and they grow."""
    if not any(_touches_a_letter(text, match) for match in _END_OF_CLOCK.finditer(text)):
        return text  # as in most texts, where every place would be looked at
    found = list(_GLUED.finditer(text))
    if len(found) < _FEWEST or growth([seconds_of(match["inside"] or match["opening"]) for match in found]) < _MOSTLY:
        return text
    return _GLUED.sub(lambda match: f" {match['inside']}\n" if match["inside"] else f"{match['opening']} ", text)


def _touches_a_letter(text: str, clock: re.Match[str]) -> bool:
    """May a letter stand right before a clock, or right behind it?"""
    at = clock.start()
    low = max(0, at - _LONGEST)
    while at > low and (text[at - 1].isdigit() or text[at - 1] == ":"):
        at -= 1
    return text[at - 1 : at].isalnum() or text[clock.end() : clock.end() + 1].isalnum()
