"""SubRip and WebVTT files as captions."""

from __future__ import annotations

import html
import re

from companion.archive.transcripts.captions import Caption
from companion.archive.transcripts.marks import seconds_of

_CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{2}(?:[.,]\d{1,6})?"
TIMING = re.compile(rf"^[ \t]*(?P<start>{_CLOCK})[ \t]*-->[ \t]*(?P<end>{_CLOCK})[^\n]*$", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,40})?\s+(?P<name>[^<>\n]{1,80})>")
_TAG = re.compile(r"</?(?:[a-zA-Z][^<>\n]{0,80}|\d[\d:.]{0,15})>|\{\\[^{}\n]{0,40}\}")
_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|\Z)")


def is_subtitles(text: str) -> bool:
    """Does the text hold a line that times a caption (`00:01.000 --> 00:02.000`)?"""
    return TIMING.search(text) is not None


def captions_of(text: str) -> list[Caption]:
    """The captions of a SubRip or WebVTT file, in the order of the file; voice spans give the speaker."""
    timings = list(TIMING.finditer(text))
    captions: list[Caption] = []
    for nth, timing in enumerate(timings):
        final = nth + 1 == len(timings)
        payload = _payload(text[timing.end() : len(text) if final else timings[nth + 1].start()], final=final)
        start, end = seconds_of(timing["start"]), seconds_of(timing["end"])
        for speaker, words in _voices(payload):
            captions.append(Caption(start, end, speaker, words))
    return captions


def _payload(block: str, *, final: bool) -> str:
    """A caption's own lines: without the next caption's number or name, and without comments and styles."""
    lines = block.strip("\n").split("\n") if final else block.lstrip("\n").removesuffix("\n").split("\n")
    if (
        not final
        and lines[-1].strip()
        and (lines[-1].strip().isdecimal() or (len(lines) > 1 and not lines[-2].strip()))
    ):
        lines.pop()
    kept: list[str] = []
    in_comment = False
    for nth, line in enumerate(lines):
        if not line.strip():
            in_comment = False
        elif _COMMENT.match(line) and (nth == 0 or not lines[nth - 1].strip()):
            in_comment = True
        elif not in_comment:
            kept.append(line.strip())
    return "\n".join(kept)


def _voices(payload: str) -> list[tuple[str | None, str]]:
    """The parts of a caption by voice, without tags."""
    parts: list[tuple[str | None, str]] = []
    speaker: str | None = None
    position = 0
    for match in [*_VOICE.finditer(payload), None]:
        words = html.unescape(_TAG.sub("", payload[position : match.start() if match else len(payload)])).strip()
        if words:
            parts.append((speaker, words))
        if match:
            speaker, position = html.unescape(match["name"]).strip(), match.end()
    return parts
