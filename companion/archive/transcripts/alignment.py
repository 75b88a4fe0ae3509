"""Words with times aligned with the same words as a text writes them: punctuated, joined, or in other figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
"""Words; single characters in scripts that put no blanks between words."""
_UNSPOKEN = re.compile(r"[\W_]+")
_REACH = 24
"""Tokens that either side may have more than the other before both meet again."""


class Token(NamedTuple):
    """A word of a text: ``text[start:end]``, and what is left of it when nothing but letters and digits counts."""

    start: int
    end: int
    letters: str


def tokens_of(text: str) -> list[Token]:
    """The words of a text, in order."""
    return [Token(*match.span(), _letters(match.group())) for match in _TOKEN.finditer(text)]


def letters_of(text: str) -> list[str]:
    """What is left of each word of a text when nothing but letters and digits counts, where anything is."""
    if text.isalnum() and text.isascii():
        return [text.lower()]
    return [letters for word in _TOKEN.findall(text) if (letters := _letters(word))]


def _letters(word: str) -> str:
    if word.isalnum() or (word := word.rstrip(".,?!")).isalnum():
        return word.casefold()
    return _UNSPOKEN.sub("", word).casefold()


def aligned(left: Sequence[str], right: Sequence[str]) -> list[int | None]:
    """For each word of ``left`` the index of the same word in ``right``, or None; indices grow.

    Where the two differ, both skip as few words as possible to meet again, at most ``_REACH`` each, so that the time
    taken grows with the length of the texts and no faster.
    """
    found: list[int | None] = [None] * len(left)
    here, there = 0, 0
    while here < len(left) and there < len(right):
        if left[here] == right[there]:
            found[here] = there
            here, there = here + 1, there + 1
            continue
        ahead, beyond = _meeting(left, right, here, there)
        here, there = here + ahead, there + beyond
    return found


def _meeting(left: Sequence[str], right: Sequence[str], here: int, there: int) -> tuple[int, int]:
    """How many words to skip on either side until two in a row are the same; one on each where they never are."""
    for skipped in range(1, 2 * _REACH):
        for ahead in range(max(0, skipped - _REACH), min(skipped, _REACH) + 1):
            i, j = here + ahead, there + skipped - ahead
            if i >= len(left) or j >= len(right) or left[i] != right[j]:
                continue
            if i + 1 >= len(left) or j + 1 >= len(right) or left[i + 1] == right[j + 1]:
                return ahead, skipped - ahead
    return 1, 1
