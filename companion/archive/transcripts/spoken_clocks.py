"""Times that a page says twice, once in words for those who do not see it: `0:12` beside `12 seconds`, on a line of its
own or, where its text was copied, glued to it and to what is said (`0:1212 secondsSo`)."""

from __future__ import annotations

import re

_CLOCK = r"(?P<clock>(?:\d{1,2}:)?\d{1,3}:\d{2})"
_IN_WORDS = (
    r"(?P<words>(?:(?:1 hour|\d{1,2} hours)(?:, ?(?=\d)| (?=\d))?)?"
    r"(?:(?:1 minute|\d{1,2} minutes)(?:, ?(?=\d)| and (?=\d)| (?=\d))?)?(?:1 second|\d{1,2} seconds)?)"
)
_GLUED = re.compile(rf"^{_CLOCK}[^\S\n]?{_IN_WORDS}[^\S\n]*(?=\S|$)", re.MULTILINE)
_ABOVE = re.compile(rf"^(?=\d){_IN_WORDS}\n+(?={_CLOCK}(?:[^\S\n]*$|\s))", re.MULTILINE)
_NUMBER = re.compile(r"(\d{1,2}) (hour|minute|second)")
_UNITS = {"hour": 3600, "minute": 60, "second": 1}
_FEWEST = 3


def without_spoken_clocks(text: str) -> str:
    """The text with such times as clocks alone, each on a line of its own where it was glued to words."""
    if "second" not in text:
        return text
    for pattern, instead in ((_GLUED, "{}\n"), (_ABOVE, "")):
        same = sum(map(_says_the_same, pattern.finditer(text)))
        if same >= _FEWEST:
            text = pattern.sub(
                lambda match, instead=instead: instead.format(match["clock"]) if _says_the_same(match) else match[0],
                text,
            )
    return text


def _says_the_same(match: re.Match[str]) -> bool:
    """Do the clock and the words beside it name the same second?"""
    seconds = 0
    for part in match["clock"].split(":"):
        seconds = seconds * 60 + int(part)
    told = sum(int(number) * _UNITS[unit] for number, unit in _NUMBER.findall(match["words"]))
    return bool(match["words"]) and told == seconds
