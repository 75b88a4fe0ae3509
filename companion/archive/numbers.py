"""Numbers, however they are written: who asks for 100k means a hundred thousand, and 100,000.

A recogniser writes some numbers as digits and others as words, and whoever asks cannot know which.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from companion.archive.expansion import Expansion, Spelling, parts_of, pattern
from companion.archive.lexical import Word, term_counts, words
from companion.archive.snapshot import Rows, Snapshot

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: number for number, word in enumerate(_ONES)} | {word: 20 + 10 * n for n, word in enumerate(_TENS)}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_BEGINS = frozenset((*_SMALL, "a", "half"))
_ONE_SCALE = [[scale] for scale in _SCALES]
_LETTERS = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion", "t": "trillion"}
_DIGITS = re.compile(r"(\d+(?:\.\d+)?)(k|m|bn?|t)?", re.IGNORECASE)
_EVERYDAY = 12
"""Up to here words for numbers are everyday words, which tell little, and digits are parts of names (GPT 4)."""
_MOST_DECIMALS = 2
_LOOKED_AT = 200
"""Passages that have all words of a spelling and are looked at for whether they stand together."""


class _Number(NamedTuple):
    """A number of a text: the places of its first word and of the one after its last, and its value."""

    first: int
    after: int
    value: Decimal


def numbers(
    snapshot: Snapshot, text: str, terms: Mapping[str, float], known: Collection[str] = ()
) -> tuple[Expansion, ...]:
    """How else the numbers of a question with these weighted terms stand in the archive.

    ``known`` are terms that other spellings were found for already.
    """
    found: list[Expansion] = []
    every = words(text)
    for number in _numbers_in(text, every):
        written = [term for word in every[number.first : number.after] for term in word.terms]
        replaced = {term: terms[term] for term in written if term in terms and term not in known}
        spellings = tuple(_standing(snapshot, written, number.value)) if replaced else ()
        if spellings:
            own = snapshot.lexical.best_score(replaced)
            other = max(snapshot.lexical.best_score(spelling.terms) for spelling in spellings)
            # In another spelling it gains no more than if it had been asked for in that.
            found.append(Expansion(replaced, spellings, min(1.0, other / own), told=False))
    return tuple(found)


def _standing(snapshot: Snapshot, written: Sequence[str], value: Decimal) -> Iterator[Spelling]:
    """The spellings of a number that stand in the archive, but for the one that was ``written``, given by its terms."""
    for spelling in spellings_of(value):
        terms = [term for word in words(spelling) for term in word.terms]
        if terms != written and (rows := _rows(snapshot, spelling)).size:
            yield Spelling(spelling, term_counts(terms), rows)


def _rows(snapshot: Snapshot, spelling: str) -> Rows:
    """The passages in which all words of a spelling stand together."""
    parts = sorted(set(parts_of(spelling)), key=snapshot.lexical.idf, reverse=True)
    rows = snapshot.lexical.documents_with(parts[0])
    for part in parts[1:]:
        rows = rows[snapshot.lexical.holding(part, rows)]
    if len(parts) == 1:
        return rows
    looked_at: list[int] = rows[:_LOOKED_AT].tolist()
    alone = _alone(spelling)
    said = [row for row in looked_at if alone.search(snapshot.passages[row].passage.text)]
    return np.array(said, np.int32)


@lru_cache(maxsize=256)
def _alone(spelling: str) -> re.Pattern[str]:
    """Finds a spelling where it is not the beginning of a larger number: a hundred, and no hundred thousand."""
    return re.compile(rf"{pattern(spelling).pattern}(?!\W*(?:{'|'.join(_SCALES)})\b)", re.IGNORECASE)


def _numbers_in(text: str, every: Sequence[Word]) -> Iterator[_Number]:
    """The numbers of a text that are worth looking for in other spellings."""
    typed = [text[word.start : word.end].casefold() for word in every]
    place = 0
    while place < len(typed):
        number = _digits_at(text, every, typed, place) or _words_at(typed, place)
        if number is not None and number.value > _EVERYDAY:
            yield number
        place = number.after if number is not None else place + 1


def _digits_at(text: str, every: Sequence[Word], typed: Sequence[str], place: int) -> _Number | None:
    """A number that begins with digits: 250, 2.5, 25,000, 100k, 7 billion."""
    match = _DIGITS.fullmatch(typed[place]) if typed[place][0].isdigit() else None
    if match is None:
        return None
    digits, after = match[1], place + 1
    while (
        not match[2]
        and after < len(typed)
        and re.fullmatch(r"\d{3}", typed[after])
        and text[every[after - 1].end : every[after].start] in (",", ", ")
    ):
        digits, after = digits + typed[after], after + 1
    scale = _LETTERS.get((match[2] or "").casefold())
    if scale is None and after < len(typed) and typed[after] in (*_SCALES, "k"):
        scale, after = _LETTERS.get(typed[after], typed[after]), after + 1
    return _Number(place, after, Decimal(digits) * _SCALES.get(scale or "", 1))


def _words_at(typed: Sequence[str], place: int) -> _Number | None:
    """A number in words, of which each has its own: six thousand, a hundred and twenty, two and a half million."""
    if typed[place].partition("-")[0] not in _BEGINS:
        return None
    said = [part for word in typed[place:] for part in word.split("-")]
    if said[:3] == ["half", "a", "million"]:
        return _Number(place, place + 3, Decimal(500_000))
    whole = part = Decimal(0)
    read = int(said[:1] == ["a"] and said[1:2] in (["hundred"], *_ONE_SCALE))
    part += read
    while read < len(said):
        word, following = said[read], said[read + 1] if read + 1 < len(said) else ""
        if word in _SMALL and (joined := _with_small(part, _SMALL[word])):
            part = joined
        elif word == "hundred" and 0 < part < 100:
            part *= 100
        elif word in _SCALES and part:
            whole, part = whole + part * _SCALES[word], Decimal(0)
        elif said[read : read + 3] == ["and", "a", "half"] and said[read + 3 : read + 4] in _ONE_SCALE and part:
            part, read = part + Decimal("0.5"), read + 2
        elif not (word == "and" and following in _SMALL and said[read - 1] in ("hundred", *_SCALES)):
            break
        read += 1
    ends = [0]
    for word in typed[place:]:
        ends.append(ends[-1] + len(word.split("-")))
    return _Number(place, place + ends.index(read), whole + part) if whole + part and read in ends else None


def _with_small(part: Decimal, small: int) -> Decimal | None:
    """What is read so far with a number below a hundred after it: 100 and 20, 20 and 3, or 20 and 17 as of years."""
    if part % 100 == 0 or (part % 10 == 0 and part % 100 >= 20 and 0 < small < 10):
        return part + small
    return part * 100 + small if 11 <= part <= 20 and small >= 10 else None


def spellings_of(value: Decimal) -> list[str]:
    """The ways to write a number: digits, digits with a scale, and words."""
    found: list[str] = []
    if value == int(value):
        whole = int(value)
        found += [str(whole)] if whole < 1_000 else [str(whole), f"{whole:,}"]
        if whole < 1_000:
            found += _in_words(whole)
        elif 1_100 <= whole < 2_100 and whole % 100:  # as years are said
            found.append(f"{_below_hundred(whole // 100)} {'oh ' * (whole % 100 < 10)}{_below_hundred(whole % 100)}")
        elif 1_100 <= whole < 10_000 and whole % 100 == 0 and whole % 1_000:
            found.append(f"{_below_hundred(whole // 100)} hundred")
    for scale, size in _SCALES.items():
        share = (value / size).normalize()
        if not 1 <= share < 1_000 or -int(share.as_tuple().exponent) > _MOST_DECIMALS:
            continue
        digits = f"{share:f}"
        found += [f"{digits} {scale}", *(f"{digits}{letter}" for letter, name in _LETTERS.items() if name == scale)]
        found += [f"{said} {scale}" for said in _in_words(share)]
        if share == 1:
            found.append(f"a {scale}")
    return found


def _in_words(value: Decimal | int) -> list[str]:
    """A number below a thousand in words, in the ways it is said."""
    whole, rest = int(value), value - int(value)
    hundreds, below = divmod(whole, 100)
    if not hundreds:
        said = [_below_hundred(below)]
    elif not below:
        said = [f"{_ONES[hundreds]} hundred", *(["a hundred"] if hundreds == 1 else [])]
    else:
        said = [f"{_ONES[hundreds]} hundred {link}{_below_hundred(below)}" for link in ("", "and ")]
    if not rest:
        return said
    if rest == Decimal("0.5"):
        return [f"{one} and a half" for one in said] + [f"{one} point five" for one in said]
    after = " ".join(_ONES[int(digit)] for digit in str(rest)[2:])
    return [f"{one} point {after}" for one in said]


def _below_hundred(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens - 2]} {_ONES[ones]}" if ones else _TENS[tens - 2]
