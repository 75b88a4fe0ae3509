"""Time marks in text: `[00:05:53]`, `(1:02)`, `[5m53s]`, `0:53` on its own, around a line, or before a colon."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLOCK = r"(?:\d{1,2}:\d{2}:\d{2}|\d{1,3}:\d{1,2})(?:[.,]\d{1,3})?"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_FRAMES = r"(?:(?<=:\d\d:\d\d)[:;]\d{2})?"
_UNTIL = rf"(?:\s?(?:-->|[-–—])\s?{_CLOCK}{_FRAMES})?"
_UNITS = r"(?:\d{1,2}\s?h\s?)?\d{1,3}\s?m\s?\d{1,2}\s?s"
_LINK = r"(?:\(https?://[^()\s]{1,500}\))?"
_BRACKETED = re.compile(rf"[\[(<](?P<clock>{_CLOCK}|{_UNITS}){_FRAMES}{_UNTIL}[\])>]{_LINK}")
_BARE = re.compile(rf"(?:^|(?<=\n))[^\S\n]{{0,4}}(?:[*•-] )?(?P<clock>{_CLOCK}){_FRAMES}{_UNTIL}(?=[\s\])-]|\Z)")
_LINE_END = re.compile(
    rf"(?<=[^\S\n])(?P<stars>[*_]{{0,2}})(?P<clock>{_CLOCK}){_FRAMES}(?P=stars)(?=[^\S\n]{{0,4}}(?:\n|\Z))"
)
_BEFORE_COLON = re.compile(rf"(?:^|\n)[^\n:\[(]{{1,48}}[^\S\n](?P<clock>{_CLOCK})(?=:\s)")


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
    start or end of a line, or between a name and a colon."""
    found: list[Mark] = []
    for pattern in (_BRACKETED, _BARE, _LINE_END, _BEFORE_COLON):
        for match in pattern.finditer(text):
            start = match.start() if pattern is _BRACKETED else match.start("clock")
            seconds = seconds_of(":".join(_NUMBER.findall(match["clock"])))
            if seconds is not None:
                found.append(Mark(start, match.end(), seconds))
    apart: list[Mark] = []
    for mark in sorted(found, key=lambda mark: mark.start):
        if not apart or apart[-1].end <= mark.start:
            apart.append(mark)
    return apart
