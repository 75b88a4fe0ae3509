"""Words: how text becomes terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import Stemmer

_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
_JOINT = re.compile(r"['’.\-_]")
_LETTERS_OR_DIGITS = re.compile(r"\d+|[^\W\d]+")
_SPACED_NUMBER = re.compile(r"(?<=\d)(?:, (?=\d{3}\b)|\. (?=\d))")
_REMEMBERED = 1 << 13
"""Different words whose terms are kept: a vocabulary never stops growing, and what is rare is not worth its memory."""
# Without a memory of its own: what stands in front of it remembers.
_stemmer = cast("Any", Stemmer).Stemmer("english", 0)
_stem_word: Callable[[str], str] = _stemmer.stemWord
_stem_words: Callable[[list[str]], list[str]] = _stemmer.stemWords


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its terms and the characters ``text[start:end]`` it stands on."""

    terms: tuple[str, ...]
    start: int
    end: int


@lru_cache(maxsize=_REMEMBERED)
def _terms_of_word(word: str) -> tuple[str, ...]:
    word = word.casefold().replace("’", "'")
    word = word.removesuffix("'s")
    parts = [part for joint in _JOINT.split(word) for part in _LETTERS_OR_DIGITS.findall(joint)]
    if len(parts) < 2:
        return tuple(_stem_word(part) for part in parts)
    if "'" in word:  # don't, they'll: one word
        return (_stem_word("".join(parts)),)
    # GPT-2, gpt2 and "gpt 2" must find each other: the parts, and all of them as one.
    return (*(_stem_word(part) for part in parts), "".join(parts))


def stems(found: Iterable[str]) -> list[str]:
    """The terms of words that are folded letters and nothing else, many at once: nothing is remembered of them."""
    return _stem_words(list(found))


def words(text: str) -> list[Word]:
    """The words of a text with their places. A number that speech recognition spaced ("3, 000") is one word."""
    return [Word(_terms_of_word(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]


def words_with(text: str, wanted: Collection[str]) -> list[Word]:
    """Those of the text's words that have one of the wanted terms."""
    wanted = frozenset(wanted)
    return [
        Word(found, match.start(), match.end())
        for match in _WORD.finditer(text)
        if not wanted.isdisjoint(found := _terms_of_word(match.group()))
    ]


def terms(text: str) -> list[str]:
    """The stemmed terms of a text, in order, repeats kept; a joined word gives its parts and the whole."""
    text = _SPACED_NUMBER.sub(lambda match: "" if match.group().startswith(",") else ".", text)
    return [term for word in _WORD.findall(text) for term in _terms_of_word(word)]


def term_counts(found: Iterable[str]) -> dict[str, float]:
    """How often each term occurs."""
    counts: dict[str, float] = {}
    for term in found:
        counts[term] = counts.get(term, 0.0) + 1.0
    return counts
