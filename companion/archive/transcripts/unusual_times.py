"""Times at the beginning of lines that are written as nothing else is read: with a date or `AM`, hence of a day
(`[04/03/2024, 10:00:02] Ann: So`, also behind a name above the words, `Ann  10:02 AM`), with semicolons, as
`start=2.0s stop=9.1s`, as `2.0-9.1 | Ann | So`, as `2min05`, or as seconds alone, `(125) Ann: So`. They count where
several lines begin so, and they grow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from companion.archive.transcripts.timing import growth

_OPENS = r"(?m:^)(?P<before>[^\S\n]{0,4}(?:[-*>•] )?[*_]{0,2})"
_DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
_OF_A_DAY = r"(?P<h>\d{1,2}):(?P<m>\d{2}):(?P<s>\d{2}(?:\.\d{1,6})?)"
_MINUTE = r"(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?"
_DAY = rf"(?:(?:{_DATE}|(?i:today|yesterday))(?:,? (?:at )?|,))"
_BEHIND_NAME = r"(?m:^)(?P<before>[*_]{0,2}[^\W\d_][^\n:\[(]{0,60}?(?:[^\S\n]*[,·|—–-])?[^\S\n]+[*_]{0,2})"
"""A name on a line that a time of a day ends."""
_SPAN = r"(?P<s>\d{1,5}\.\d{1,3})(?:s? ?[-–—,] ?|s?[^\S\n]+)(?P<until>\d{1,5}\.\d{1,3})s?"
_HALF = r"[ \u202f]?(?P<half>[AaPp])\.?[Mm]\b\.?"
_CODE = r"\d{1,2};\d{2};\d{2}[;.]\d{2}"
_HALF_A_DAY = 12 * 3600
_FEWEST = 4
_FEWEST_WORDS = 0.05
"""Words in a second of what is said, pauses and all: the plan of a day has fewer."""
_LEAST_GROWTH = 0.9
_LEAST_SPAN = 0.3
"""Of the text, which they stand in all through: years of the books below it (`(1987) Levi: …`) are none."""
_OPENING = re.compile(r"(?m:^)[^\w\n]{0,6}(?:\d|start ?[=:])[^\n]{0,90}")
_NAMED = re.compile(r"^[^\n:\[(]{1,64}[\[(]?(?:[^\n:\[(]{6,14} )?\d{1,2}:\d{2}[^\n]{0,8}$", re.MULTILINE)
"""A line that a time may end."""
_LONGEST_NAMED = 120


@dataclass(frozen=True, slots=True)
class _Way:
    """How times are written, the seconds of one, whether they are counted from the first, and may have no seconds."""

    pattern: re.Pattern[str]
    seconds: Callable[[re.Match[str]], float]
    of_a_day: bool = False
    to_the_minute: bool = False


def _clock(match: re.Match[str]) -> float:
    hours = int(match["h"] or 0)
    half = match.groupdict().get("half")
    if half:
        hours = hours % 12 + 12 * (half in "Pp")
    return hours * 3600 + int(match["m"]) * 60 + float(match["s"] or 0)


_WAYS = (
    _Way(re.compile(rf"{_OPENS}[\[(]?{_DATE}(?:, ?|[ T]){_OF_A_DAY}(?:{_HALF})?Z?[\])]?"), _clock, of_a_day=True),
    _Way(re.compile(rf"{_OPENS}[\[(]?{_OF_A_DAY}{_HALF}[\])]?"), _clock, of_a_day=True),
    _Way(
        re.compile(
            rf"{_OPENS}(?:\d{{1,6}} )?(?P<h>\d{{1,2}});(?P<m>\d{{2}});(?P<s>\d{{2}})[;.]\d{{2}}"
            rf"(?:[ -]{{1,3}}{_CODE})?(?=\s)"
        ),
        _clock,
    ),
    _Way(
        re.compile(
            rf"{_OPENS}(?:(?P<h>\d{{1,2}}) ?h ?)?(?P<m>\d{{1,3}}) ?min ?(?P<s>\d{{2}})(?=[\s:,])(?! ?s(?:ec|\b))"
        ),
        _clock,
    ),
    _Way(
        re.compile(rf"{_OPENS}start ?[=:] ?(?P<s>\d{{1,6}}(?:\.\d{{1,6}})?)s?,? (?:stop|end) ?[=:] ?[\d.]{{1,12}}s?"),
        lambda match: float(match["s"]),
    ),
    _Way(re.compile(rf"{_OPENS}\((?P<s>\d{{1,5}})\)(?= [^\n:：]{{1,48}}[:：]\s)"), lambda match: float(match["s"])),
    _Way(
        re.compile(rf"{_OPENS}[\[(]?{_DAY}{_MINUTE}(?:{_HALF})?[\])]?(?=[\s,:-])"),
        _clock,
        of_a_day=True,
        to_the_minute=True,
    ),
    _Way(re.compile(rf"{_OPENS}[\[(]?{_MINUTE}{_HALF}[\])]?(?=[\s,:-])"), _clock, of_a_day=True, to_the_minute=True),
    _Way(re.compile(rf"{_OPENS}{_SPAN}(?: :(?=\s))?(?=\s)"), lambda match: float(match["s"])),
)
_WAYS_BEHIND_NAMES = (
    _Way(
        re.compile(rf"{_BEHIND_NAME}[\[(]?{_DAY}{_MINUTE}(?:{_HALF})?[\])]?(?=[^\S\n]*$)", re.MULTILINE),
        _clock,
        of_a_day=True,
        to_the_minute=True,
    ),
    _Way(
        re.compile(rf"{_BEHIND_NAME}[\[(]?{_MINUTE}{_HALF}[\])]?(?=[^\S\n]*$)", re.MULTILINE),
        _clock,
        of_a_day=True,
        to_the_minute=True,
    ),
)


def with_usual_times(text: str) -> str:
    """The text with such times as `[0:02:05]`; those of a day are counted from the first."""
    openings = _OPENING.findall(text)
    if len(openings) >= _FEWEST and (rewritten := _in_one_way(_WAYS, text, "\n".join(openings))):
        return rewritten
    named = [line for line in text.split("\n") if len(line) <= _LONGEST_NAMED and ":" in line and _NAMED.match(line)]
    return (len(named) >= _FEWEST and _in_one_way(_WAYS_BEHIND_NAMES, text, "\n".join(named))) or text


def _in_one_way(ways: Sequence[_Way], text: str, opened: str) -> str | None:
    """The text with the times that are written in the first of the ways in which there are some; ``opened`` are the
    lines that may have them."""
    for way in ways:
        if not way.pattern.search(opened):
            continue
        found = list(way.pattern.finditer(text))
        times = [way.seconds(match) for match in found]
        times = _since_the_first(times) if way.of_a_day else times
        if len(times) < _FEWEST or growth(times) < _LEAST_GROWTH or _number_lines(times):
            continue
        if found[-1].end() - found[0].start() < _LEAST_SPAN * len(text):
            continue
        if way.to_the_minute and len(text.split()) < _FEWEST_WORDS * (times[-1] - times[0]):
            continue
        return _rewritten(way.pattern, text, times)
    return None


def _rewritten(pattern: re.Pattern[str], text: str, times: Sequence[float]) -> str:
    given = iter(times)
    return pattern.sub(lambda match: f"{match['before']}{_written(next(given))}", text)


def _number_lines(times: Sequence[float]) -> bool:
    """Do they count the lines, but for those that are left out?"""
    return 2 * sum(after - before == 1 for before, after in pairwise(times)) >= len(times)


def _since_the_first(times: Sequence[float]) -> list[float]:
    """The times of a day, or of two, from the first on."""
    result: list[float] = []
    days = 0.0
    for nth, time in enumerate(times):
        if nth and time < times[nth - 1] - _HALF_A_DAY:
            days += 2 * _HALF_A_DAY
        result.append(max(0.0, time + days - times[0]))
    return result


def _written(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"[{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}]"
