"""Words: how text becomes terms."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, NamedTuple, cast

import Stemmer

_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
_JOINT = re.compile(r"['’.\-_]")
_LETTERS_OR_DIGITS = re.compile(r"\d+|[^\W\d]+")
_SPACED_NUMBER = re.compile(r"(\d)(?:(, )(?=\d{3}\b)|\. (?=\d))")
_REMEMBERED = 1 << 14
"""Different words whose terms are kept: a vocabulary never stops growing, and what is rare is not worth its memory."""
_LATEST = 256
"""Texts whose matching words are kept: where a passage tells most, and what is marked there, is asked one after the
other."""
# Without a memory of its own: what stands in front of it remembers.
_stemmer = cast("Any", Stemmer).Stemmer("english", 0)
_stem_word: Callable[[str], str] = _stemmer.stemWord
_stem_words: Callable[[list[str]], list[str]] = _stemmer.stemWords


class Word(NamedTuple):
    """A word of a text: its terms and the characters ``text[start:end]`` it stands on."""

    terms: tuple[str, ...]
    start: int
    end: int


class PlacedTerms(NamedTuple):
    """The terms of a text, and at which character the word of each begins; no places where a number is spaced, which
    is several words there."""

    terms: list[str]
    starts: list[int]


@lru_cache(maxsize=_REMEMBERED)
def terms_of_word(word: str) -> tuple[str, ...]:
    """The terms of one of the words of `words`."""
    if word.isascii() and word.isalpha():  # as most are
        return (_stem_word(word.lower()),)
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


@lru_cache(maxsize=16)
def words(text: str) -> tuple[Word, ...]:
    """The words of a text with their places. Remembered, for a question is looked at from several sides."""
    return tuple([Word(terms_of_word(match[0]), *match.span()) for match in _WORD.finditer(text)])


def word_at(text: str, start: int) -> Word:
    """The word that begins at a character. Raises ValueError where none does."""
    match = _WORD.match(text, start)
    if match is None:
        raise ValueError("no word begins there")
    return Word(terms_of_word(match[0]), start, match.end())


@lru_cache(maxsize=_LATEST)
def words_with(text: str, wanted: frozenset[str]) -> tuple[Word, ...]:
    """Those of the text's words that have one of the wanted terms."""
    found: list[Word] = []
    end = 0
    # What stands between blanks comes again and again, so that its terms are known; few of them are looked for.
    for chunk in [chunk for chunk in text.split() if not wanted.isdisjoint(_terms_of_chunk(chunk))]:
        start = _place_of(chunk, text, end)
        end = start + len(chunk)
        if chunk.isalpha():  # it is one word
            found.append(Word(_terms_of_chunk(chunk), start, end))
            continue
        found += (
            Word(of_word, *match.span())
            for match in _WORD.finditer(text, start, end)
            if not wanted.isdisjoint(of_word := terms_of_word(match[0]))
        )
    return tuple(found)


@lru_cache(maxsize=_REMEMBERED)
def _terms_of_chunk(chunk: str) -> tuple[str, ...]:
    """The terms of what stands between blanks: a word with the marks about it, or several that are joined."""
    found = _WORD.findall(chunk)
    return terms_of_word(found[0]) if len(found) == 1 else tuple(chain(*map(terms_of_word, found)))


def _place_of(chunk: str, text: str, start: int) -> int:
    """Where a chunk that stands between blanks after ``start`` does so for the first time."""
    start = text.index(chunk, start)
    # What is beside it must be blank, or the text's edge.
    while not (text[start - 1 : start] + text[start + len(chunk) : start + len(chunk) + 1] or " ").isspace():
        start = text.index(chunk, start + 1)
    return start


def terms(text: str) -> list[str]:
    """The stemmed terms of a text, in order, repeats kept; a joined word gives its parts and the whole.

    A number that speech recognition spaced ("3, 000") is one word.
    """
    return list(chain.from_iterable(map(terms_of_word, _WORD.findall(_with_whole_numbers(text)))))


def placed_terms(text: str) -> PlacedTerms:
    """The same terms with their places."""
    if has_spaced_number(text):
        return PlacedTerms(terms(text), [])
    found = list(_WORD.finditer(text))
    starts = [match.start() for match in found]
    of_words = [terms_of_word(match[0]) for match in found]
    every = list(chain.from_iterable(of_words))
    if len(every) != len(starts):  # some words have several terms
        starts = list(chain.from_iterable(map(repeat, starts, map(len, of_words))))
    return PlacedTerms(every, starts)


def has_spaced_number(text: str) -> bool:
    """Is there a number that `terms` takes as one, and `words` as several?"""
    return _SPACED_NUMBER.search(text) is not None


def terms_of_parts(text: str, parts: Sequence[tuple[int, int]], wanted: frozenset[str]) -> list[frozenset[str]]:
    """Which of the wanted terms each part of a text has. Parts ascend, hold all words and cut none."""
    if has_spaced_number(text):
        return [wanted.intersection(terms(text[start:end])) for start, end in parts]
    return terms_by_part(words_with(text, wanted), parts, wanted)


def terms_by_part(
    found: Iterable[Word], parts: Sequence[tuple[int, int]], wanted: frozenset[str]
) -> list[frozenset[str]]:
    """Which of the wanted terms the words ``found`` bring to each part of their text."""
    held: list[set[str]] = [set() for _ in parts]
    starts = [start for start, _ in parts]
    for word in found:
        held[bisect_right(starts, word.start) - 1].update(word.terms)
    return [wanted & of_part for of_part in held]


def _with_whole_numbers(text: str) -> str:
    return _SPACED_NUMBER.sub(lambda match: match[1] if match[2] else f"{match[1]}.", text)


def term_counts(found: Iterable[str]) -> dict[str, float]:
    """How often each term occurs."""
    counts: dict[str, float] = {}
    for term in found:
        counts[term] = counts.get(term, 0.0) + 1.0
    return counts
