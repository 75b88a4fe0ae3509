"""How long turns last, where a transcript says it behind their words: `[0:12] Ann: So it goes. [9.2s]`."""

from __future__ import annotations

import re

from companion.archive.transcripts.timing import growth

_LENGTH = re.compile(
    r"(?<=[^\s\d:])[^\S\n]+[\[(](?P<seconds>\d{1,4}(?:\.\d{1,3})?)(?P<unit> ?s(?:ec)?)?[\])](?=[^\S\n]*$)", re.MULTILINE
)
_CLOCK = re.compile(r"\d:\d{2}")
_FEWEST = 4
_MOSTLY = 0.8
_MOST_GROWTH = 0.7
"""Share of them that may grow: what all grows is a time, or the number of a note."""


def without_turn_lengths(text: str) -> str:
    """The text without such lengths, if as many stand there as times that are written as clocks, and they do not grow.
    Those without a unit need a fraction (`[9.2]`)."""
    if sum(line.rstrip()[-1:] in ("]", ")") for line in text.split("\n")) < _FEWEST:
        return text
    found = [match for match in _LENGTH.finditer(text) if match["unit"] or "." in match["seconds"]]
    if len(found) < _FEWEST or growth([float(match["seconds"]) for match in found]) > _MOST_GROWTH:
        return text
    clocks = len(_CLOCK.findall(text))
    if not _MOSTLY * len(found) <= clocks or len(found) < _MOSTLY * text.count("\n") / 4:
        return text
    return _LENGTH.sub(lambda match: "" if match["unit"] or "." in match["seconds"] else match[0], text)
