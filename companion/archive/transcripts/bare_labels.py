"""Labels behind times that nothing sets off from the words: `[00:00:12] Ann Lee So it goes`, `0:12 SPEAKER_01 So`.

Only what nearly all lines share tells them from speech: two names at least, of several words or of a recogniser.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from companion.archive.transcripts.labels import is_generic

_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
_LINE = re.compile(
    rf"^(?P<mark>(?:\[{_CLOCK}\]|\({_CLOCK}\)|{_CLOCK})[^\S\n\t]+)(?P<words>[^\W\d_][^\n\t]*)$", re.MULTILINE
)
_WORD = re.compile(r"[^\W\d_a-z][\w.'’-]*(?<![.'’-])|(?:[^\W\d_a-z]|Dr|Mr|Mrs|Ms|Prof|St)\.")
_SIGNS = ":：,;!?"
"""What sets a label off, or is none of it."""
_FEWEST = 6
_SAMPLE = 20
"""Lines that show whether any of the others need be looked at."""
_NEARLY_ALL = 0.9


def with_labels_apart(text: str) -> str:
    """The text with a colon behind such labels."""
    first = [match["words"].split(maxsplit=3) for match in islice(_LINE.finditer(text), _SAMPLE)]
    opened = sum(any(_opening(words, size) for size in (1, 2)) for words in first)
    if len(first) < _FEWEST or 2 * opened < len(first):
        return text
    lines = [match["words"].split(maxsplit=3) for match in _LINE.finditer(text)]
    names = _names(lines)
    labelled = sum(_name_of(words, names) is not None for words in lines)
    if len(names) < 2 or labelled < _NEARLY_ALL * len(lines):
        return text

    def apart(match: re.Match[str]) -> str:
        name = _name_of(match["words"].split(maxsplit=3), names)
        if name is None:
            return match[0]
        return f"{match['mark']}{name}: {match['words'].split(maxsplit=len(name.split()))[-1]}"

    return _LINE.sub(apart, text)


def _names(lines: list[list[str]]) -> set[str]:
    """What repeats at the beginning of lines that go on: two capitalised words, three where nearly all with these two
    have the same third, or a recogniser's label."""
    counted = {size: Counter(name for words in lines if (name := _opening(words, size))) for size in (1, 2, 3)}
    names = {name for name, count in counted[1].items() if count > 1 and is_generic(name)}
    for name, count in counted[2].items():
        longer = (long for long, often in counted[3].items() if often >= _NEARLY_ALL * count and long.startswith(name))
        if count > 1 and name.split()[0] not in names:
            names.add(next(longer, name))
    return names


def _opening(words: list[str], size: int) -> str | None:
    """The first words of a line, if they may be a name, and others follow."""
    name = " ".join(words[:size])
    if len(words) <= size or not words[size][0].isalpha() or any(sign in name for sign in _SIGNS):
        return None
    if is_generic(name):
        return name
    return name if size > 1 and all(map(_WORD.fullmatch, words[:size])) else None


def _name_of(words: list[str], names: set[str]) -> str | None:
    return next((name for size in (3, 2, 1) if (name := " ".join(words[:size])) in names and len(words) > size), None)
