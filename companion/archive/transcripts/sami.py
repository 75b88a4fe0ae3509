"""SAMI captions (`<SYNC Start=3200><P Class=ENCC>So`): each is shown until the next, and an empty one ends the last."""

from __future__ import annotations

import html
import re

from companion.archive.transcripts.caption import Caption

_SYNC = re.compile(r"<sync\s[^<>]{0,80}?start\s?=\s?[\"']?(?P<milliseconds>\d{1,10})[^<>]{0,200}>", re.IGNORECASE)
_END = re.compile(r"</body|</sami", re.IGNORECASE)
_LANGUAGE = re.compile(r"<p\s[^<>]{0,80}?class\s?=\s?[\"']?(?P<name>\w{1,40})[^<>]{0,200}>", re.IGNORECASE)
_BREAK = re.compile(r"<br[^<>]{0,40}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,400}>")
_SPEAKER = re.compile(
    r"<p\s[^<>]{0,200}?id\s?=\s?[\"']?source[^<>]{0,200}>(?P<name>[^<>]{1,60})(?=<p\b)", re.IGNORECASE
)


def captions_of_sami(text: str) -> list[Caption]:
    """The captions of a SAMI file, of its first language; none where it is something else."""
    if not re.match(r"\s*<sami\b", text, re.IGNORECASE):
        return []
    syncs = list(_SYNC.finditer(text))
    language = _LANGUAGE.search(text, syncs[0].end()) if syncs else None
    captions: list[Caption] = []
    for nth, sync in enumerate(syncs):
        stop = syncs[nth + 1].start() if nth + 1 < len(syncs) else len(text)
        shown = _END.split(text[sync.end() : stop], maxsplit=1)[0]
        speaker = _SPEAKER.search(shown)
        words = _words(shown if speaker is None else shown[speaker.end() :], language and language["name"])
        if words:
            start = int(sync["milliseconds"]) / 1000
            end = int(syncs[nth + 1]["milliseconds"]) / 1000 if nth + 1 < len(syncs) else None
            captions.append(Caption(start, end, speaker["name"].strip() if speaker else None, words))
    return captions


def _words(shown: str, language: str | None) -> str:
    """What a caption says in a language, each line on its own."""
    parts = list(_LANGUAGE.finditer(shown))
    stops = [*(part.start() for part in parts[1:]), len(shown)]
    own = [
        shown[part.end() : stop]
        for part, stop in zip(parts, stops, strict=True)
        if language is None or part["name"].lower() == language.lower()
    ]
    lines = _BREAK.sub("\n", " ".join(own) if parts else shown).split("\n")
    return "\n".join(line for line in (html.unescape(_TAG.sub("", line)).strip() for line in lines) if line)
