"""SubRip, WebVTT and SubViewer files as captions."""

from __future__ import annotations

import html
import re

from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.marks import seconds_of

_CLOCK = r"(?:\d{1,4}:\d{1,2}:\d{1,2}|\d{1,2}:\d{2})(?:[.,:]\d{1,6})?"
_TIMING = re.compile(
    rf"^[ \t]*(?P<start>-?{_CLOCK})[ \t]*(?:-{{1,3}}>|[–—→]>?)[ \t]*(?P<end>{_CLOCK})(?P<rest>(?:[ \t][^\n]*)?)$",
    re.MULTILINE | re.ASCII,
)
_PAIR = re.compile(
    r"^(?P<start>\d{1,4}:\d{2}:\d{2}[.,]\d{1,3}),(?P<end>\d{1,4}:\d{2}:\d{2}[.,]\d{1,3})(?P<rest>)$", re.MULTILINE
)
_SETTINGS = re.compile(r"(?:[ \t]+[A-Za-z]\w{0,20}:[^\s:]{1,60}){1,12}[ \t]*")
_TAG = re.compile(
    r"<(?P<mark>(?:\d{1,4}:)?\d{1,2}:\d{2}[.,]\d{1,6})>|<v(?:\.[^\s<>]{0,80})?[ \t]+(?P<voice>[^<>\n]{1,80})>|"
    r"(?P<out></v>)|</?(?:[a-zA-Z][^<>\n]{0,200}|\d[\d:.]{0,15})>|<>|\{\\[^{}\n]{0,80}\}"
)
_NAMED = re.compile(r'^\d{1,7} "(?P<name>[^"<>\n]{1,80})" \(\d{1,12}\)\n(?P<timing>[^\n]*-->[^\n]*\n)', re.MULTILINE)
"""A caption's number with who speaks (and their number), as Webex writes it."""
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION|WEBVTT)(?:\s|\Z)|X-TIMESTAMP-MAP=")
_NUMBER = re.compile(r"[#(]?\d{1,7}[).]?", re.ASCII)


def is_subtitles(text: str) -> bool:
    """Does the text hold a line that times a caption (`00:01.000 --> 00:02.000`, `0:00:01.000,0:00:02.000`)?"""
    return _TIMING.search(text) is not None or _PAIR.search(text) is not None


def captions_of(text: str) -> list[Caption]:
    """The captions in the order of the file. Voice spans give speakers; times inside of a caption become its marks."""
    text = _NAMED.sub(r"\g<timing><v \g<name>>", text)
    timings = list(_TIMING.finditer(text)) or list(_PAIR.finditer(text))
    webvtt = text.lstrip("\ufeff \t\n").startswith("WEBVTT")
    blocks = [
        text[timing.end() : timings[nth + 1].start() if nth + 1 < len(timings) else len(text)].split("\n")[1:]
        for nth, timing in enumerate(timings)
    ]
    before = [text[: timings[0].start()].split("\n"), *blocks[:-1]] if timings else []
    numbered = sum(map(_ends_with_a_number, before)) * 2 > len(before)
    captions: list[Caption] = []
    for nth, (timing, block) in enumerate(zip(timings, blocks, strict=True)):
        # What stands before the next timing ends with a line's end, so the last of the lines is empty.
        lines = block[:-1] if nth + 1 < len(blocks) else block
        if nth + 1 < len(blocks):
            lines = _without_name(lines, numbered=numbered, webvtt=webvtt)
        if timing["rest"].strip() and not _SETTINGS.fullmatch(timing["rest"]):
            lines = [timing["rest"].strip(), *lines]
        payload = "\n".join(_without_asides(lines) if webvtt else (line.strip() for line in lines if line.strip()))
        if timing.re is _PAIR:
            payload = payload.replace("[br]", "\n")
        captions += _voices(payload, _seconds(timing["start"]), _seconds(timing["end"]))
    return captions


def _seconds(clock: str) -> float | None:
    """Seconds of a clock, also where thousandths stand behind a colon (`00:00:01:500`); what is moved to before the
    beginning is at the beginning."""
    if clock.startswith("-"):
        return 0.0
    if clock.count(":") == 3:
        before, _, after = clock.rpartition(":")
        clock = f"{before}.{after}"
    return seconds_of(clock)


def _ends_with_a_number(block: list[str]) -> bool:
    return len(block) > 1 and _NUMBER.fullmatch(block[-2].strip()) is not None


def _without_name(lines: list[str], *, numbered: bool, webvtt: bool) -> list[str]:
    """A caption's lines without the next caption's number, or name in WebVTT."""
    if not lines or not lines[-1].strip():
        return lines
    apart = len(lines) == 1 or not lines[-2].strip()
    number = _NUMBER.fullmatch(lines[-1].strip()) is not None
    return lines[:-1] if (number and (numbered or apart)) or (webvtt and apart and len(lines) > 1) else lines


def _without_asides(lines: list[str]) -> list[str]:
    """The lines without comments, styles and headers, which stand behind an empty line."""
    kept: list[str] = []
    aside = False
    for nth, line in enumerate(lines):
        if not line.strip():
            aside = False
        elif nth and not lines[nth - 1].strip() and _ASIDE.match(line):
            aside = True
        elif not aside:
            kept.append(line.strip())
    return kept


def _voices(payload: str, start: float | None, end: float | None) -> list[Caption]:
    """The parts of a caption by voice, without tags; all begin with the caption, where no time inside says more."""
    if "<" not in payload and "{" not in payload:
        text = html.unescape(payload).strip() if "&" in payload else payload.strip()
        return [Caption(start, end, None, text)] if text else []
    captions: list[Caption] = []
    speaker: str | None = None
    text, marks, begins = "", list[tuple[int, float]](), start
    position = 0
    for match in [*_TAG.finditer(payload), None]:
        text += html.unescape(payload[position : match.start() if match else len(payload)])
        if match is None or match["voice"] or match["out"]:
            if text.strip():
                shown = text.strip()
                lead = len(text) - len(text.lstrip())
                inner = tuple((at - lead, time) for at, time in marks if lead < at < lead + len(shown))
                approximate = bool(captions) and begins == start
                captions.append(
                    Caption(begins, end, speaker, shown, approximate=approximate and begins is not None, marks=inner)
                )
            text, begins = "", marks[-1][1] if marks else begins
            marks = []
        if match is None:
            break
        position = match.end()
        if match["mark"]:
            time = seconds_of(match["mark"])
            if time is not None and (start is None or time >= start):
                marks.append((len(text), time))
        elif match["voice"]:
            speaker = html.unescape(match["voice"]).strip()
        elif match["out"]:
            speaker = None
    return captions
