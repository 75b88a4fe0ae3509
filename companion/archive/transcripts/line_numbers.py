"""Numbers before lines, as minutes of courts and of parliaments have them: no part of what was said."""

from __future__ import annotations

import re
from itertools import pairwise

_NUMBERED = re.compile(r"^(\d{1,5})[^\S\n]+(?=\D)", re.MULTILINE)
_FEWEST = 8
_LEAST_SHARE = 0.9


def without_line_numbers(text: str) -> str:
    """The text without the numbers that its lines begin with, if nearly all do and count up, or begin anew at 1."""
    numbers = [int(match[1]) for match in _NUMBERED.finditer(text)]
    lines = sum(map(bool, text.split("\n"))) if len(numbers) >= _FEWEST else 0
    counted = sum(after in (before + 1, 1) for before, after in pairwise(numbers))
    if not lines or counted < _LEAST_SHARE * (lines - 1):
        return text
    return _NUMBERED.sub("", text)
