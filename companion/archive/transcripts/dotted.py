"""Times that are written as numbers are, `[00.12.05]`, `12.05 Ann:`, as seconds, `[725.20]`, `725s Ann:`, or where
somebody may speak of one, `Ann: 12:05 So`.

One alone cannot be told from a version, a price or a section. All of them together can: they stand where times do, and
grow.
"""

from __future__ import annotations

import re

from companion.archive.transcripts.timing import growth

_NUMBER = re.compile(r"\d(?:[.:]\d| ?s\b)")
_DOTTED = r"\d{1,5}\.\d{1,3}(?:\.\d{2}(?:\.\d{1,3})?)?"
_UNTIL = rf"(?:s?[^\S\n](?:(?:-{{1,2}}>|→|[-–—]|to)[^\S\n])?{_DOTTED}s?)?"
_OPENS_LINE = r"(?:\A|(?<=\n))(?:[-*>#] ?)?[*_]{0,2}"
_PLACES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[\[(<{{【（](?P<clock>{_DOTTED})(?:, ?{_DOTTED})?[\])>}}】）]",
        rf"{_OPENS_LINE}(?P<clock>{_DOTTED})(?: ?s(?:ec)?)?[*_]{{0,2}}(?=[^\S\n][^\n:：]{{1,48}}[:：]\s)",
        rf"{_OPENS_LINE}(?P<clock>\d{{1,2}}\.\d{{2}}\.\d{{2}}(?:\.\d{{1,3}})?)[*_]{{0,2}}(?=\s)",
        rf"{_OPENS_LINE}[^\W\d_][^\n:：.!?]{{0,40}}[^\S\n](?P<clock>{_DOTTED}){_UNTIL}[*_]{{0,2}}(?=\n|:\s)",
        rf"{_OPENS_LINE}(?P<clock>\d{{1,5}}) ?s[:,]?(?=[^\S\n])",
        rf"{_OPENS_LINE}[^\W\d_][^\n:：.!?]{{0,40}}[:：][*_]{{0,2}}[^\S\n](?P<clock>(?:\d{{1,2}}:)?\d{{1,3}}:\d{{2}})(?=[^\S\n])",
    )
)
_FEWEST = 4
_FEWEST_TIMES = 3
_LEAST_GROWTH = 0.9
_MOST = 60


def dotted_times(text: str) -> list[tuple[int, int, float]]:
    """Where such times begin and end, with their seconds, in order; none where what there is may be other numbers."""
    if len(_NUMBER.findall(text)) < _FEWEST:
        return []
    found = {
        match.start("clock") if nth else match.start(): (
            match.end(),
            re.split("[.:]", match["clock"]),
        )
        for nth, place in enumerate(_PLACES)
        for match in place.finditer(text)
    }
    minutes = all(len(parts) != 2 or (len(parts[1]) == 2 and int(parts[1]) < _MOST) for _, parts in found.values())
    marks = [(start, end, _seconds(parts, minutes=minutes)) for start, (end, parts) in sorted(found.items())]
    times = [seconds for _, _, seconds in marks]
    return (
        marks if len(times) >= _FEWEST and len(set(times)) >= _FEWEST_TIMES and growth(times) >= _LEAST_GROWTH else []
    )


def _seconds(parts: list[str], *, minutes: bool) -> float:
    """Hours, minutes, seconds and their fraction, minutes and seconds, or else seconds, maybe with their fraction."""
    if len(parts) == 1:
        return float(parts[0])
    if len(parts) == 2:
        return 60.0 * int(parts[0]) + int(parts[1]) if minutes else float(".".join(parts))
    whole = (int(parts[0]) * 60 + int(parts[1])) * 60 + int(parts[2])
    return whole + (float(f"0.{parts[3]}") if parts[3:] else 0.0)
