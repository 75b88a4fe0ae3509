"""The ways to write a transcript down that are crossed with what may be in one: see `crossed`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.archive.transcripts.written import (
    DECORATED,
    LINE_WRITERS,
    OPENINGS,
    SPELLINGS,
    UNTIMED,
    WRITERS,
    Said,
    Writer,
    clock,
)

Form = Callable[[Said], str]


@dataclass(frozen=True)
class Style:
    """A way to write: all turns, one without its time, one without its speaker (None where that cannot be written)."""

    convention: str
    write: Writer
    unmarked: Form | None = None
    unlabelled: Form | None = None
    glues: bool = False
    timed: bool = True
    labelled: bool = True

    @property
    def time_closes(self) -> bool:
        return self.convention == "Name: text [time]"


def _colon(said: Said) -> str:
    return f"{said.speaker}: {said.text}"


def _bold_colon(said: Said) -> str:
    return f"**{said.speaker}:** {said.text}"


def _marked(said: Said) -> str:
    return f"{clock(said.seconds)} {said.text}"


def _bare(said: Said) -> str:
    return f"{clock(said.seconds)[1:-1]}\n{said.text}"


def _text(said: Said) -> str:
    return said.text


_FORMS: dict[str, tuple[Form | None, Form | None]] = {
    "label before the mark": (_colon, _marked),
    "bold label before the mark": (lambda s: f"**{s.speaker}**: {s.text}", _marked),
    "label after the mark": (_colon, _marked),
    "label glued after the mark": (_colon, lambda s: f"{clock(s.seconds)}{s.text}"),
    "mark at the end": (_colon, _text),
    "bold label and mark at the end": (lambda s: f"**{s.speaker}**: {s.text}", _text),
    "label and mark in bold": (_bold_colon, lambda s: f"**{clock(s.seconds)}** {s.text}"),
    "mark that is a link": (_bold_colon, lambda s: f"{clock(s.seconds)}(https://v.example/?t={s.seconds}) {s.text}"),
    "label and linked mark": (_bold_colon, lambda s: f"{clock(s.seconds)}(https://v.example/{s.seconds})\n{s.text}"),
    "heading": (_colon, _bare),
    "slanted mark": (_bold_colon, lambda s: f"*{clock(s.seconds)[1:-1]}*\n{s.text}"),
    "dash and bare mark": (_colon, _bare),
    "comma and bare mark": (_colon, _bare),
    "bare mark before a colon": (_colon, _bare),
    "bare mark and dash": (_colon, lambda s: f"{clock(s.seconds)[1:-1]} - {s.text}"),
    "mark in angle brackets": (_colon, lambda s: f"<{clock(s.seconds)[1:-1]}> {s.text}"),
    "mark with frames": (_colon, lambda s: f"{clock(s.seconds)[:-1]}:12] {s.text}"),
    "mark with units": (_colon, lambda s: f"[{s.seconds // 60}m{s.seconds % 60:02}s] {s.text}"),
    "mark in words": (_colon, lambda s: f"({s.seconds // 60} min {s.seconds % 60} sec) {s.text}"),
    "mark behind a plus": (_colon, lambda s: f"+{clock(s.seconds)[1:-1]} {s.text}"),
    "label behind a dash": (lambda s: f"{s.speaker} - {s.text}", _marked),
    "label in brackets": (lambda s: f"[{s.speaker}] {s.text}", _marked),
    "label that ends the line": (lambda s: f"{s.speaker}\n{s.text}", _bare),
    "label below the mark": (lambda s: f"{s.speaker}\n{s.text}", _bare),
    "label above the mark": (lambda s: f"{s.speaker}\n{s.text}", _marked),
    "label and mark on lines": (lambda s: f"{s.speaker}:\n{s.text}", _bare),
    "label and bare mark on one line": (lambda s: f"{s.speaker}:\n{s.text}", _bare),
    "label and mark in one bracket": (lambda s: f"[{s.speaker}] {s.text}", _marked),
    "mark and label in one bracket": (lambda s: f"[{s.speaker}] {s.text}", _marked),
    "label, mark, and no colon": (_colon, _marked),
    "colon before the mark": (_colon, _marked),
    "mark in braces": (_colon, lambda s: f"{{{clock(s.seconds)[1:-1]}}} {s.text}"),
    "mark in number signs": (_colon, lambda s: f"#{clock(s.seconds)[1:-1]}-4# {s.text}"),
    "mark in seconds": (_colon, lambda s: f"[{s.seconds}.00s -> {s.seconds + 1}.25s] {s.text}"),
    "mark with its end": (_colon, lambda s: f"{clock(s.seconds)[1:-1]} - {clock(s.seconds + 1)[1:-1]}\n{s.text}"),
    "label behind a mark and a dash": (lambda s: f"{s.speaker}\n{s.text}", _bare),
    "mark and label parted by bars": (None, None),
    "mark and label parted by tabs": (None, None),
}


def _dotted(seconds: int) -> str:
    return clock(seconds)[1:-1].replace(":", ".")


STYLES: dict[str, Style] = {
    **{
        name: Style(convention, write, *_FORMS[name], glues=name in WRITERS)
        for name, (convention, write) in {**WRITERS, **DECORATED, **LINE_WRITERS, **SPELLINGS}.items()
    },
    **{
        name: Style(convention, write, unlabelled=_text, timed=False)
        for name, (convention, write) in {**UNTIMED, **OPENINGS}.items()
        if name not in ("arrows", "lines")
    },
    "labels alone": Style(
        "Name: text", lambda said: [_colon(s) for s in said], unlabelled=_text, glues=True, timed=False
    ),
    "dots in marks": Style(
        "[time] Name: text",
        lambda said: [f"[{_dotted(s.seconds)}] {s.speaker}: {s.text}" for s in said],
        _colon,
        lambda s: f"[{_dotted(s.seconds)}] {s.text}",
    ),
    "label and dots in brackets": Style(
        "Name [time]: text", lambda said: [f"{s.speaker} ({_dotted(s.seconds)}): {s.text}" for s in said], _colon
    ),
    "label and seconds between rules": Style(
        "Name [time]: text", lambda said: [f"== [{s.speaker} / {s.seconds} s] ==\n{s.text}" for s in said], _colon
    ),
    "label on a line": Style(
        "Name / text", lambda said: [f"{s.speaker}\n{s.text}" for s in said], unlabelled=_text, timed=False
    ),
    "underlined label": Style(
        "Name / text", lambda said: [f"{s.speaker}\n{'-' * len(s.speaker)}\n{s.text}" for s in said], timed=False
    ),
    "label behind the text": Style("text - Name", lambda said: [f"{s.text} — {s.speaker}" for s in said], timed=False),
    "label below the text": Style("text - Name", lambda said: [f"{s.text}\n{s.speaker}" for s in said], timed=False),
    "label in brackets behind the text": Style(
        "text - Name", lambda said: [f"{s.text} ({s.speaker})" for s in said], timed=False
    ),
    "marks alone": Style("[time] text", lambda said: [_marked(s) for s in said], labelled=False),
    "dashes": Style("- text", lambda said: [f"- {s.text}" for s in said], timed=False, labelled=False),
    "paragraphs": Style("paragraphs", lambda said: [s.text for s in said], timed=False, labelled=False),
}
