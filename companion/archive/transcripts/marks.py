"""Time marks in text: `[00:05:53]`, `(1:02)`, `[5m53s]`, `0:53` on its own, around a line, or before a colon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from companion.archive.transcripts.dotted import dotted_times
from companion.archive.transcripts.labels import PICTURE

_CLOCK = r"(?:\d{1,2}[:：]\d{2}[:：]\d{2}|\d{1,3}[:：]\d{1,2})(?:[.,]\d{1,3})?"
"""Also in the digits of other scripts, and with their colon (`００：１２`)."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MOST_PARTS = 3
_FRAMES = r"(?:(?<=:\d\d:\d\d)[:;]\d{2}|-\d(?=#))?"
_TO = r"[^\S\n]?(?:-{1,2}>|→|[-–—]|to)[^\S\n]?"
_UNTIL = rf"(?:{_TO}{_CLOCK}{_FRAMES}|(?<=:\d\d[:;]\d\d) (?:, )?{_CLOCK}{_FRAMES}(?: ,(?= ))?)?"
"""Where a time has hours or frames, a blank or a comma may part it from the next, and from words."""
_UNITS = (
    r"(?:\d{1,2}\s?h(?:(?:ou)?rs?)?,?\s?)?\d{1,3}\s?m(?:in(?:ute)?s?)?\.?,?\s?"
    r"\d{1,2}\s?s(?:ec(?:ond)?s?)?\.?"
)
_PRIMES = r"\d{1,3}['’′]\s?\d{2}(?:[\"”″]|''|’’)"
_SECONDS = (
    rf"\d{{1,5}}(?:\.\d{{1,3}})? ?s(?:ec(?:ond)?s?)?\.?(?:{_TO}\d{{1,5}}(?:\.\d{{1,3}})?s)?|"
    rf"\d{{1,5}}\.\d{{1,3}}{_TO}\d{{1,5}}\.\d{{1,3}}"
)
_SPOKEN = r"(?:\n(?:\d{1,2} hours?,? ?)?(?:\d{1,2} minutes?,? ?)?(?:\d{1,2} seconds?)?(?<=[rsde])(?=\n))?"
"""The same time in words on the next line, as a page says it to those who do not see it."""
_LINK = r"(?:\(https?://[^()\s]{1,500}\)[\])]?)?"
_BEFORE = r"(?:(?:TC|Time(?:code|stamp)?):?[^\S\n])?"
_LABEL_INSIDE = r"[^\W\d_][^\n:：\[\](){}<>]{0,47}?"
_DOUBT = r"(?: ?\(?\?\)?)?"
_APART = r"[^\S\n]?[,/|·•–—-]?[^\S\n]"
"""What parts a name from a time in the same brackets."""
_LONE_SECONDS = r"\d{1,5}(?:\.\d{1,3})? ?s(?:ec)?"
_RULES = r"[*_=#> ]{0,4}"
_BRACKETED = re.compile(
    rf"[\[(<{{【（#`]{{1,2}}(?:at |@ ?|{_BEFORE})"
    rf"(?P<clock>{_CLOCK}|{_UNITS}){_FRAMES}{_UNTIL}[\])>}}】）#`]{{1,2}}{_LINK}"
    rf"|[\[(](?P<seconds>{_SECONDS})[\])]|[\[(](?P<minutes>\d{{1,3}}) ?min(?:utes?)?[\])]"
)
_BARE = re.compile(
    rf"(?m:^)[^\S\n]{{0,4}}(?:{PICTURE.pattern}{{1,3}} ?)?(?:(?:[*•-]|#{{1,6}}) |[*_]{{1,2}}(?=\d))?"
    rf"(?P<mark>(?:T?[@~+]|{_BEFORE})"
    rf"(?P<stars>[*_]{{0,2}})(?P<clock>{_CLOCK}|{_UNITS}|{_PRIMES}){_FRAMES}{_UNTIL}(?P=stars){_SPOKEN})(?=[\s\])|,-]|\Z)"
)
_LINE_END = re.compile(
    rf"(?<=[^\S\n])(?P<stars>[*_]{{0,2}})(?P<clock>{_CLOCK}){_FRAMES}{_UNTIL}(?P=stars)(?=[^\S\n]{{0,4}}(?:\n|\Z))"
)
_BEFORE_COLON = re.compile(rf"(?:^|\n)[^\n:\[(]{{1,48}}(?:\(\?\))?[^\S\n](?P<clock>{_CLOCK})(?=:\s)")
_COLON_BEHIND = re.compile(r"\d:\s")
"""What a text has in it that has a clock before a colon: few have."""
_BRACKET_OPENED = re.compile(
    rf"(?m:^){_RULES}(?P<mark>[\[(](?P<clock>{_CLOCK}|{_LONE_SECONDS})){_APART}(?={_LABEL_INSIDE}{_DOUBT}[\])])"
)
_BRACKET_CLOSED = re.compile(
    rf"(?m:^){_RULES}[\[(](?P<inside>{_LABEL_INSIDE}){_DOUBT}{_APART}(?P<mark>(?P<clock>{_CLOCK}|{_LONE_SECONDS})[\])])"
)
_WORD_BEFORE = re.compile(r"(?<![^\s])([a-z]{1,24})[^\S\n][*_]{0,2}\Z")
_LONGEST_WORD = 28
_GOES_ON_BELOW = re.compile(r"[^\S\n]{0,4}\n[a-z]")
_FEW = 4
"""Marks, below which times may be written otherwise."""
_BETWEEN_ENDS = frozenset(("", " ", "-", " - ", "–", " – ", " --> ", " → "))
"""What stands between the beginning of something and its end."""
_SOUNDS = frozenset(
    "inaudible unintelligible indiscernible crosstalk overlapping laughter laughs music applause silence pause "
    "foreign phonetic noise sic".split()
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A time mark: where it stands in the text, and the seconds it names."""

    start: int
    end: int
    seconds: float


def seconds_of(clock: str) -> float | None:
    """Seconds of `mm:ss`, `hh:mm:ss` (with `.` or `,` before thousandths), or plain seconds; None for anything else.

    >>> seconds_of("01:02:03,500")
    3723.5
    """
    parts = clock.strip().replace(",", ".").split(":")
    if len(parts) > 3 or not all(re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", part, re.ASCII) for part in parts):
        return None
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + float(part)
    return seconds


def marks_in(text: str) -> list[Mark]:
    """All marks of the text, in order: bracketed ones anywhere, with the link that they may be; bare ones only at the
    start or end of a line, or between a name and a colon; those that share their brackets with a name only where a
    line begins, and not where the name is that of a sound (`[inaudible 00:12:33]`)."""
    apart: list[Mark] = []
    for mark in sorted(_found(text), key=lambda mark: mark.start):
        if not apart or apart[-1].end <= mark.start:
            apart.append(mark)
    if len(apart) < _FEW:
        taken = [(mark.start, mark.end) for mark in apart]
        for start, end, seconds in dotted_times(text):
            if all(end <= first or last <= start for first, last in taken):
                apart.append(Mark(start, end, seconds))
    return _without_ends(text, sorted(apart, key=lambda mark: mark.start))


def _without_ends(text: str, marks: list[Mark]) -> list[Mark]:
    """The marks; of two right behind each other where lines begin, if that is a habit, the second is an end, or a
    length, and joins the first."""
    seconds = {
        nth
        for nth, (first, second) in enumerate(pairwise(marks), 1)
        if text[first.end : second.start] in _BETWEEN_ENDS and text[max(0, first.start - 1) : first.start] in ("", "\n")
    }
    if len(seconds) < _FEW or 3 * len(seconds) < len(marks):
        return marks
    joined: list[Mark] = []
    for nth, mark in enumerate(marks):
        if nth in seconds:
            joined[-1] = Mark(joined[-1].start, mark.end, joined[-1].seconds)
        else:
            joined.append(mark)
    return joined


def is_sound(words: str) -> bool:
    """Do the words name what is heard besides speech (`inaudible`, `laughter`)?"""
    return any(word.strip(".,").lower() in _SOUNDS for word in words.split())


def _found(text: str) -> Iterator[Mark]:
    for match in _BRACKETED.finditer(text):
        if match["seconds"]:
            first = _NUMBER.match(match["seconds"])
            yield from _mark(match.start(), match.end(), first.group() if first else "")
        else:
            yield from _mark(match.start(), match.end(), match["clock"] or f"{match['minutes']}:00")
    for pattern in (_BARE, _LINE_END, *([_BEFORE_COLON] if _COLON_BEHIND.search(text) else [])):
        found = list(pattern.finditer(text))
        for match in found if pattern is not _LINE_END else _without_what_is_said(text, found):
            yield from _mark(match.start("mark" if pattern is _BARE else "clock"), match.end(), match["clock"])
    for pattern in (_BRACKET_OPENED, _BRACKET_CLOSED):
        for match in pattern.finditer(text):
            if not ("inside" in match.groupdict() and is_sound(match["inside"])):
                yield from _mark(*match.span("mark"), match["clock"])


def _without_what_is_said(text: str, ends: list[re.Match[str]]) -> list[re.Match[str]]:
    """The clocks that end lines, without those in a sentence that goes on below (`we stop at 3:15` / `and go home`)."""
    before = [_WORD_BEFORE.search(text, max(0, match.start() - _LONGEST_WORD), match.start()) for match in ends]
    words = Counter(word[1] for word in before if word)
    return [
        match
        for match, word in zip(ends, before, strict=True)
        if word is None or words[word[1]] > 1 or not _GOES_ON_BELOW.match(text, match.end())
    ]


def _mark(start: int, end: int, clock: str) -> Iterator[Mark]:
    parts = [float(number.replace(",", ".")) for number in _NUMBER.findall(clock)]
    if 0 < len(parts) <= _MOST_PARTS:
        yield Mark(start, end, sum(part * 60**nth for nth, part in enumerate(reversed(parts))))
