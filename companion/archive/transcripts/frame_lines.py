"""Subtitles of one line each that begins with two numbers: MicroDVD counts frames (`{50}{175}So`), MPL2 tenths of a
second (`[20][70]So`)."""

from __future__ import annotations

import re

from companion.archive.transcripts.caption import Caption

_FRAMES = re.compile(r"\{(?P<start>\d{1,7})\}\{(?P<end>\d{0,7})\}(?P<text>.*)", re.ASCII)
_TENTHS = re.compile(r"\[(?P<start>\d{1,7})\]\[(?P<end>\d{0,7})\](?P<text>.*)", re.ASCII)
_STYLE = re.compile(r"\{[a-zA-Z]:[^{}]{0,40}\}|(?:^|(?<=\|))/")
_RATE = re.compile(r"\s*\d{1,3}[.,]\d{1,4}\s*", re.ASCII)
_USUAL_RATES = {_FRAMES: 24000 / 1001, _TENTHS: 10.0}
"""What they count a second: of frames where the first line does not say how many."""
_FEWEST = 3


def captions_of_frames(text: str) -> list[Caption]:
    """The captions of such a file, `|` being the end of a line; none where any line is something else. Times are
    approximate where nobody says how many frames a second has."""
    stripped = text.lstrip("\ufeff \n")
    pattern = {"{": _FRAMES, "[": _TENTHS}.get(stripped[:1])
    if pattern is None or not pattern.match(stripped):
        return []
    lines = [line for line in stripped.split("\n") if line.strip()]
    found = [match for line in lines if (match := pattern.match(line.strip()))]
    if len(found) < max(_FEWEST, len(lines)):
        return []
    told = _RATE.fullmatch(found[0]["text"]) if pattern is _FRAMES else None
    rate = float(told[0].replace(",", ".")) if told else _USUAL_RATES[pattern]
    if not rate:
        return []
    return [
        Caption(
            int(match["start"]) / rate,
            int(match["end"]) / rate if match["end"] else None,
            None,
            words,
            approximate=pattern is _FRAMES and not told,
        )
        for match in found[1 if told else 0 :]
        if (words := _STYLE.sub("", match["text"]).replace("|", "\n").strip())
    ]
