"""Time marks in text: `[00:05:53]`, `(1:02)`, `0:53` on its own or at the start of a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLOCK = r"(?:\d{1,2}:\d{2}:\d{2}|\d{1,3}:\d{1,2})(?:[.,]\d{1,3})?"
_BRACKETED = re.compile(rf"[\[(](?P<clock>{_CLOCK})(?:\s?(?:-->|[-–—])\s?{_CLOCK})?[\])]")
_BARE = re.compile(rf"(?:^|(?<=\n))[^\S\n]{{0,4}}(?:[*•-] )?(?P<clock>{_CLOCK})(?=[\s\])-]|\Z)")
_LINE_END = re.compile(rf"(?<=[^\S\n])(?P<clock>{_CLOCK})(?=[^\S\n]{{0,4}}(?:\n|\Z))")


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
    """All marks of the text, in order: bracketed ones anywhere, bare ones only at the start or end of a line."""
    found: dict[int, Mark] = {}
    for pattern in (_BRACKETED, _BARE, _LINE_END):
        for match in pattern.finditer(text):
            start = match.start() if pattern is _BRACKETED else match.start("clock")
            seconds = seconds_of(match["clock"])
            if seconds is not None and not any(start - back in found for back in (0, 1)):
                found[start] = Mark(start, match.end(), seconds)
    return [found[start] for start in sorted(found)]
