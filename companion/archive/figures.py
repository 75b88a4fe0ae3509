"""Numbers as they are written and as they are said: “34”, “3, 000”, “$5M”, “thirty-four”, “nineteen ninety-five”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

_SCALES = {
    "hundred": 100,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
    "t": 10**12,
    "trillion": 10**12,
}
_SAID = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * tens
    for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}  # fmt: skip
_SAID_SCALES = {word: scale for word, scale in _SCALES.items() if len(word) > len("mn")}
_WRITTEN = re.compile(
    r"(?<![\w.])(\d+(?:[.,]\d+)*)(?:[\s-]?(k|m|mn|b|bn|t|hundred|thousand|million|billion|trillion)s?\b)?(?![\w])",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<=\d)(?:, (?=\d{3}\b)|(\.) (?=\d))")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIGIT_BEFORE = re.compile(r"\d[\s-]?\Z")
_WORD = re.compile(r"[^\W\d_]+")
_LITTLE = 12
"""Numbers up to this one are also words of another kind: “one of them”, “a second or two”."""
_TEN, _TENS = 10, 20
_CENTURIES = (19, 20)
_HUNDRED = 100


class Figure(NamedTuple):
    """A number: its value with its scale, and without where it has one (“5” of “5 million”)."""

    value: Decimal
    plain: Decimal | None = None


class _Said(NamedTuple):
    """A number in words, and how many words it takes."""

    value: Decimal
    words: int


def figures_stated(text: str, above: int = _LITTLE) -> Iterator[Decimal]:
    """The numbers that a text states: all that are written in digits, and of those in words the ones ``above`` this."""
    yield from (figure.value for figure in _written(text))
    for run in _runs(text):
        said = list(_values(run))
        years = _years(said)
        yield from years or [one.value for one in said if one.value > above or one.words > 1]


def figures_known(text: str) -> frozenset[Decimal]:
    """Every number that a text can be understood to hold."""
    found: set[Decimal] = set()
    # Speech recognition spaces numbers; what is no such number is read as it stands, too.
    for reading in {text, _SPACED.sub(lambda match: match[1] or "", text)}:
        for figure in _written(reading):
            found.update(value for value in figure if value is not None)
    for run in _runs(text):
        said = list(_values(run))
        found.update(one.value for one in said)
        found.update(_years(said))
    return frozenset(found)


def _written(text: str) -> Iterator[Figure]:
    for match in _WRITTEN.finditer(text):
        digits = match[1]
        if _THOUSANDS.fullmatch(digits):
            digits = digits.replace(",", "")
        elif digits.count(".") + digits.count(",") > 1:  # a version, a date: its parts
            yield from (Figure(Decimal(part)) for part in re.findall(r"\d+", digits))
            continue
        value = Decimal(digits.replace(",", "."))
        if match[2]:
            yield Figure(value * _SCALES[match[2].lower()], value)
        else:
            yield Figure(value)


def _runs(text: str) -> Iterator[list[str]]:
    """Number words that stand next to each other."""
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if run and text[end : match.start()].strip(" -‐‑\n"):
            yield run
            run = []
        end = match.end()
        scale = word in _SAID_SCALES and (bool(run) or not _DIGIT_BEFORE.search(text, 0, match.start()))
        if word in _SAID or scale or (word == "and" and run):
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _values(run: list[str]) -> Iterator[_Said]:
    """The numbers that a run of number words makes: “twenty four seven” is 24 and 7."""
    whole, part, words, last = 0, 0, 0, 0
    for word in run:
        if word == "and":
            goes_on = last >= _HUNDRED  # a hundred and twelve; but: ten, and twelve
        elif word in _SAID_SCALES:
            goes_on = True
        else:
            goes_on = words == 0 or last >= _HUNDRED or (last >= _TENS and 0 < _SAID[word] < _TEN)
        if not goes_on:
            if words:
                yield _Said(Decimal(whole + part), words)
            whole, part, words, last = 0, 0, 0, 0
        if word == "and":
            continue
        words += 1
        if word in _SAID:
            last = _SAID[word]
            part += last
            continue
        last = _SAID_SCALES[word]
        if last == _HUNDRED:
            part = max(part, 1) * last
        else:
            whole, part = whole + max(part, 1) * last, 0
    if words:
        yield _Said(Decimal(whole + part), words)


def _years(said: Sequence[_Said]) -> list[Decimal]:
    """The years among numbers that follow each other: 19 and 95."""
    return [
        century.value * _HUNDRED + year.value
        for century, year in pairwise(said)
        if century.value in _CENTURIES and 0 < year.value < _HUNDRED
    ]
