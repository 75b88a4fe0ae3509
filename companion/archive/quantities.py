"""Quantities without digits: “half of”, “two thirds”, “twice as many”, “two dozen”, “thousands”, “five months”, 三十.

Each states a figure, so that what is cited must hold it in some form: in the same words, in digits, in percent, or as
two numbers that make it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from companion.archive.figures import figures_known, figures_stated
from companion.archive.sentences import sentence_spans

_REMEMBERED = 64
_COUNTED = 6
"""Numbers in words up to this one may count what a sentence lists: “three reasons”."""
_SMALL = {word: number for number, word in enumerate("two three four five six seven eight nine ten".split(), 2)}
_N = "|".join((*_SMALL, r"\d{1,3}"))
_HALF = re.compile(
    r"(?<!first )(?<!second )(?<!latter )(?<!better )\b(?:half|halves|halved|halving)\b"
    r"(?!-| a century| the battle| the story| of the story)(?: an? (?P<unit>[a-z]+))?",
    re.IGNORECASE,
)
_PARTS = {"third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_NAMED_PARTS = "|".join(_PARTS)
_SHARE = re.compile(
    rf"\b(?:(?P<one>an?|one)[ -](?P<part>{_NAMED_PARTS}) of(?: an? (?P<unit>[a-z]+))?"
    rf"|(?P<many>{_N})[ -](?P<parts>{_NAMED_PARTS})s)\b",
    re.IGNORECASE,
)
_SHARE_SAID = re.compile(
    rf"\b(?:(?:an?|one|by|{_N})[ -](?P<part>{_NAMED_PARTS})s?|(?P<of>{_NAMED_PARTS})s? of|(?P<quarter>quarter)s?)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\b([\w.-]{1,30}) ?(?:%|percent|per cent)", re.IGNORECASE)
_WHOLES = {"hour": 60, "year": 12, "day": 24, "dozen": 12, "thousand": 10**3, "million": 10**6,
           "billion": 10**9}  # fmt: skip
_MULTIPLE = re.compile(
    r"\b(?:(?P<two>twice (?:as|the|that|those|what|its|their|more)|doubl(?:e|es|ed|ing)\b"
    r"(?!-| (?:check|down|standard|blind|digit|act|bass)))|(?P<three>thrice|tripl(?:e|es|ed|ing))"
    r"|(?P<four>quadrupl(?:e|es|ed|ing))"
    rf"|(?P<many>{_N})(?:[ -]?fold| times (?:as|the|that|what|its|their|more|less|fewer|\w+er)))\b",
    re.IGNORECASE,
)
_FAMILIES = {2: r"\b(?:twice|doubl)", 3: r"\b(?:thrice|tripl)", 4: r"\bquadrupl"}
_DOZEN = re.compile(rf"\b(half a|an?|{_N}) dozen\b", re.IGNORECASE)
_SCORES = re.compile(
    r"\b(dozen|hundred|thousand|million|billion)s\b(?! of (?:thousand|million|billion))", re.IGNORECASE
)
_SIZES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_UNITS = (
    "second minute hour day week month year decade degree percent euro dollar pound cent kilo kilogram gram ton tonne"
    " kilometre kilometer mile metre meter litre liter"
).split()
_MEASURED = re.compile(
    r"(?<![\w-])(?<!ty )(?<!hundred )(?<!thousand )(?<!hundred and )(?<!point )"
    rf"({'|'.join(_SMALL)})(?: more| full| whole| long)? ({'|'.join(_UNITS)})s?\b",
    re.IGNORECASE,
)
_IN_SMALLER = {"minute": {"second": 60}, "hour": {"minute": 60}, "day": {"hour": 24}, "week": {"day": 7},
               "month": {"week": 4, "day": 30}, "year": {"month": 12, "week": 52, "day": 365},
               "decade": {"year": 10}}  # fmt: skip
_MORE_OR_LESS = re.compile(
    r"\b(?:about|almost|around|nearly|over|roughly|some|than|under|close to|just|up to)(?: the)?\W*\Z", re.IGNORECASE
)
_JUST_BEFORE = 20
"""Characters."""
_EXACTLY = Decimal("0.04")
_NEAR = Decimal("0.1")
_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8}
_HAN_NUMBER = re.compile(rf"[{''.join((*_HAN_DIGITS, *_HAN_SCALES))}]{{2,}}")
_HAN_BESIDE = re.compile(r"(?<![\d.,])(\d{1,15}(?:[.,]\d{1,15})?)([百千万亿萬億]?)(?=[^\W\d_a-zA-Z])")
_HAN_IDIOMS = frozenset(("千万", "万一", "一一", "百万", "万万", "十万"))


def has_unknown_quantity(sentence: str, said: str, known: Collection[Decimal]) -> bool:
    """Does the sentence state a quantity that is not in what was said, nor among its ``known`` numbers?"""
    numbers = _numbers_of(said)
    every = numbers | frozenset(known)
    counted = sentence
    for other in (_MULTIPLE, _SHARE, _MEASURED):  # what has its own rule: seven decades are seventy years
        counted = other.sub(" ", counted)
    return (
        any(number not in every for number in (*figures_stated(counted, above=_COUNTED), *_han_stated(counted)))
        or any(not _holds_measured(match, said, numbers) for match in _MEASURED.finditer(sentence))
        or any(not _holds_share(share, said, numbers) for share in _shares(sentence))
        or any(not _holds_multiple(*one, said, numbers) for one in _multiples(sentence))
        or any(not any(abs(one - dozens) <= _NEAR * dozens for one in numbers) for dozens in _dozens(sentence))
        or any(not _holds_score(match[1].lower(), said, numbers) for match in _SCORES.finditer(sentence))
    )


@lru_cache(_REMEMBERED)
def _numbers_of(said: str) -> frozenset[Decimal]:
    return figures_known(said) | _dozens(said) | frozenset(_han_known(said))


class _Share(NamedTuple):
    """A share, of what unit (half an hour), and how far it may be from what was said (“nearly half”)."""

    value: Decimal
    unit: str
    leeway: Decimal


def _shares(sentence: str) -> Iterator[_Share]:
    """The shares that a sentence states."""
    for match in _HALF.finditer(sentence):
        yield _Share(Decimal("0.5"), (match["unit"] or "").lower(), _leeway(sentence, match))
    for match in _SHARE.finditer(sentence):
        part = (match["part"] or match["parts"]).lower()
        value = Decimal(_number(match["many"] or "1")) / _PARTS[part]
        yield _Share(value, (match["unit"] or "").lower(), _leeway(sentence, match))


def _leeway(sentence: str, match: re.Match[str]) -> Decimal:
    return _NEAR if _MORE_OR_LESS.search(sentence[max(match.start() - _JUST_BEFORE, 0) : match.start()]) else _EXACTLY


def _holds_share(stated: _Share, said: str, numbers: frozenset[Decimal]) -> bool:
    share, unit, leeway = stated
    if share == Decimal("0.5") and (re.search(r"\bhal(?:f|ves|ved|ving)\b", said, re.IGNORECASE) or share in numbers):
        return True
    if any(
        _is_multiple(share, Decimal(1) / _PARTS[match[match.lastgroup or 0].lower()])
        for match in _SHARE_SAID.finditer(said)
    ):
        return True
    if unit in _WHOLES and share * _WHOLES[unit] in numbers:
        return True
    # What is left of a whole is said by what is gone, and neither needs to be exact.
    return any(min(abs(ratio - share), abs(1 - ratio - share)) <= leeway for ratio in _ratios_of(said))


@lru_cache(_REMEMBERED)
def _ratios_of(said: str) -> tuple[Decimal, ...]:
    """Percentages, and what any two numbers of a sentence make: “eleven of twenty-six”."""
    ratios = [one / 100 for match in _PERCENT.finditer(said) for one in figures_known(match[1])]
    for start, end in sentence_spans(said):
        ratios += [part / whole for part, whole in permutations(figures_known(said[start:end]), 2) if 0 < part < whole]
    return tuple(ratios)


def _is_multiple(share: Decimal, part: Decimal) -> bool:
    """Is a share some of these parts: three quarters, or two quarters?"""
    return abs(share / part - round(share / part)) < Decimal("0.001")


def _multiples(sentence: str) -> Iterator[tuple[int, Decimal]]:
    """How many times as much the sentence states, and how far that may be from what was said."""
    for match in _MULTIPLE.finditer(sentence):
        times = 2 if match["two"] else 3 if match["three"] else 4 if match["four"] else _number(match["many"])
        yield times, _leeway(sentence, match)


@lru_cache(_REMEMBERED)
def _holds_multiple(times: int, leeway: Decimal, said: str, numbers: frozenset[Decimal]) -> bool:
    inverse = [part for part, parts in _PARTS.items() if parts == times] or (["half", "halv"] if times == 2 else [])
    words = [word for word, value in _SMALL.items() if value == times]
    told = [rf"\b(?:{'|'.join((*words, str(times)))})(?:[ -]?times\b|[ -]?fold\b|x\b)", rf"\b{times}x\b"]
    told += [_FAMILIES[times]] if times in _FAMILIES else []
    told += [rf"\b{word}" for word in inverse]
    if re.search("|".join(told), said, re.IGNORECASE):
        return True
    percents = {one for found in _PERCENT.finditer(said) for one in figures_known(found[1])}
    if percents & {Decimal(100 * times), Decimal(100 * (times - 1))}:
        return True
    pairs = permutations([number for number in numbers if number > 1], 2)
    return any(abs(one / other - times) <= leeway * times for one, other in pairs)


def _dozens(text: str) -> frozenset[Decimal]:
    counts = ("0.5" if match[1].lower() == "half a" else match[1] for match in _DOZEN.finditer(text))
    return frozenset(12 * (Decimal(one) if one == "0.5" else Decimal(_number(one))) for one in counts)


def _holds_score(word: str, said: str, numbers: frozenset[Decimal]) -> bool:
    """“Thousands”: said so, or some number of at least two of them."""
    enough = any(2 * _SIZES[word] <= number < 1000 * _SIZES[word] for number in numbers)
    return enough or re.search(rf"\b{word}s?\b", said, re.IGNORECASE) is not None


def _holds_measured(match: re.Match[str], said: str, numbers: frozenset[Decimal]) -> bool:
    """The number, or the same time in smaller units: two weeks are fourteen days."""
    number, unit = _number(match[1]), match[2].lower()
    if number in numbers or (re.search(r"\bhalf an?\b", said, re.IGNORECASE) and number == _WHOLES["year"] // 2):
        return True
    for smaller, size in _IN_SMALLER.get(unit, {}).items():
        for found in re.finditer(rf"\b([\w-]{{1,30}}(?: [\w-]{{1,30}}){{0,3}})[ -]{smaller}s?\b", said, re.IGNORECASE):
            if any(number <= one / size < number + 1 for one in figures_known(found[1])):
                return True
    return False


def _number(word: str) -> int:
    return _SMALL.get(word.lower()) or (int(word) if word.isdigit() else 1)


def _han_stated(text: str) -> Iterator[Decimal]:
    """The numbers of a text in Chinese characters, and in digits beside them."""
    for match in _HAN_NUMBER.finditer(text):
        scaled = any(sign in _HAN_SCALES for sign in match[0])
        # “Seven or eight” is written 七八, and some numbers mean “by all means”.
        if match[0] not in _HAN_IDIOMS and (scaled or len(match[0]) == len("二零二四")):
            yield _han_value(match[0])
    for match in _HAN_BESIDE.finditer(text):
        yield Decimal(match[1].replace(",", "")) * _HAN_SCALES.get(match[2], 1)


def _han_known(text: str) -> Iterator[Decimal]:
    yield from _han_stated(text)
    yield from (_han_value(match[0]) for match in _HAN_NUMBER.finditer(text))


def _han_value(signs: str) -> Decimal:
    if not any(sign in _HAN_SCALES for sign in signs):
        return Decimal("".join(str(_HAN_DIGITS[sign]) for sign in signs))
    whole = part = digit = 0
    for sign in signs:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        elif (scale := _HAN_SCALES[sign]) < _HAN_SCALES["万"]:
            part, digit = part + (digit or 1) * scale, 0
        else:
            whole, part, digit = (whole + part + digit or 1) * scale, 0, 0
    return Decimal(whole + part + digit)
