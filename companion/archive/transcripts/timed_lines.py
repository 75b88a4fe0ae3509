"""Formats with a time and a text on every line: LRC, SubStation Alpha, and tables with columns for start and text."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from typing import cast

from companion.archive.markup import clean
from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.fields import Role, meanings_of, time_of
from companion.archive.transcripts.labels import is_generic
from companion.archive.transcripts.marks import seconds_of
from companion.archive.transcripts.pieces import pieces_of
from companion.archive.transcripts.segments import fuller_captions
from companion.archive.transcripts.streams import captions_of_pieces
from companion.archive.transcripts.tables import objects_of_rows

_TAGGED = re.compile(r"(?P<tags>(?:\[\d{1,3}:\d{2}\.\d{2,3}\][^\S\n]*+)++)(?P<text>[^\n]*)", re.ASCII)
_ABOUT = re.compile(r"\[(?:ti|ar|al|au|by|re|ve|la|length|offset|tool|id|lang|#)[^\]\n]*+\][^\S\n]*", re.IGNORECASE)
_OFFSET = re.compile(r"\[offset:\s*([+-]?\d{1,7})\s*\]", re.IGNORECASE | re.ASCII)
_INNER = re.compile(r"<(\d{1,3}:\d{2}\.\d{2,3})>[^\S\n]?", re.ASCII)
_DIALOGUE = re.compile(r"^Dialogue:[^\S\n]*(?P<fields>[^\n]*)$", re.MULTILINE)
_FORMAT = re.compile(r"^Format:[^\S\n]*+(?P<names>[^\n]*\bText)[^\S\n]*$", re.MULTILINE)
_OVERRIDE = re.compile(r"\{[^{}\n]{0,400}\}")
_USUAL = ("Layer", "Start", "End", "Style", "Name", "MarginL", "MarginR", "MarginV", "Effect", "Text")
_QUOTED_CELL = re.compile(r'(?:^|\t)"[^\n]*"(?:\t|$)', re.MULTILINE)
_DELIMITERS = "\t,;|"
_LEAST_ROWS = 2
_SPAN = re.compile(
    r"[\[(]?(?P<start>[\d:]{1,9}(?:[.,]\d{1,6})?)s?[^\S\n]?(?:-{1,2}>|→|[-–—])[^\S\n]?(?P<end>[\d:]{1,9}(?:[.,]\d{1,6})?)s?[\])]?",
    re.ASCII,
)
_SPANS = ("timespan", "time span", "time range")
_LABEL_FIELDS = ("start", "end", "text")
"""The columns of a table that has no more, and no heading."""


def captions_of_lrc(text: str) -> list[Caption]:
    """The captions of an LRC file (`[00:12.00] line`, also with several tags, or a time for each word); none where any
    line has no tag."""
    lines = [line.strip() for line in text.lstrip("\ufeff").split("\n") if line.strip()]
    tagged = [_TAGGED.fullmatch(line) for line in lines]
    found = [match for match in tagged if match]
    if len(found) < _LEAST_ROWS or any(
        not m and not _ABOUT.fullmatch(line) for m, line in zip(tagged, lines, strict=True)
    ):
        return []
    shift = _OFFSET.search(text)
    early = int(shift[1]) / 1000 if shift else 0.0
    captions: list[Caption] = []
    for match in found:
        words, marks = _with_marks(match["text"], early)
        tags = re.findall(r"\[([^\[\]]*)\]", match["tags"])
        captions += [Caption(_lrc_seconds(tag, early), None, None, words, marks=marks) for tag in tags]
    captions.sort(key=lambda caption: caption.start or 0.0)
    ends = [caption.start for caption in captions[1:]]
    timed = [
        Caption(caption.start, end, None, caption.text, marks=caption.marks)
        for caption, end in zip(captions, [*ends, None], strict=True)
    ]
    return [caption for caption in timed if caption.text]


def _lrc_seconds(clock: str, early: float) -> float:
    return max(0.0, (seconds_of(clock) or 0.0) - early)


def _with_marks(line: str, early: float) -> tuple[str, tuple[tuple[int, float], ...]]:
    """A line's words, and the times inside of it with their places."""
    text, marks, position = "", list[tuple[int, float]](), 0
    for match in _INNER.finditer(line):
        text += line[position : match.start()]
        marks.append((len(text), _lrc_seconds(match[1], early)))
        position = match.end()
    text += line[position:]
    lead = len(text) - len(text.lstrip())
    return text.strip(), tuple((max(0, at - lead), time) for at, time in marks)


def captions_of_substation(text: str) -> list[Caption]:
    """The captions of a SubStation Alpha file (`Dialogue: 0,0:00:01.00,0:00:02.00,Default,Ann,0,0,0,,Hi`). Where no
    name is given, styles called as speakers are (`Speaker00`) tell them apart."""
    dialogues = list(_DIALOGUE.finditer(text))
    if not dialogues or ("[Events]" not in text and "[Script Info]" not in text):
        return []
    events = [match for match in _FORMAT.finditer(text) if match.end() <= dialogues[0].start()]
    names = [name.strip() for name in events[-1]["names"].split(",")] if events else list(_USUAL)
    captions: list[Caption] = []
    styles: list[str] = []
    for match in dialogues:
        values = match["fields"].split(",", len(names) - 1)
        row = dict(zip((name.lower() for name in names), (value.strip() for value in values), strict=False))
        words = (
            _OVERRIDE.sub("", row.get("text", "")).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ").strip()
        )
        if words:
            start, end = seconds_of(row.get("start", "")), seconds_of(row.get("end", ""))
            captions.append(Caption(start, end, row.get("name") or row.get("actor") or None, words))
            styles.append(row.get("style", ""))
    if any(caption.speaker for caption in captions) or not any(map(is_generic, styles)):
        return captions
    return [
        caption._replace(speaker=style if is_generic(style) else None)
        for caption, style in zip(captions, styles, strict=True)
    ]


def captions_of_table(text: str) -> list[Caption]:
    """The captions of a table (comma, tab, semicolon or bar between cells): with columns named for start and text, or
    of nothing but start, end and text. None where it is no such table."""
    text = clean(text).strip("\n")
    head = text.split("\n", 1)[0]
    for delimiter in sorted(_DELIMITERS, key=head.count, reverse=True):
        if delimiter not in head:
            break
        names = next(iter(_rows(head, delimiter, quoted=True)), list[str]())
        quoted = delimiter != "\t" or _QUOTED_CELL.search(text) is not None
        rows = _rows(text, delimiter, quoted=quoted)
        if _is_heading(names, rows[1:]):
            return _captions_of_rows([_with_span(names, _fitted(row, names)) for row in rows[1:]])
        if _are_labels(rows):
            if len({len(row) for row in rows}) == 1 and len(rows[0]) > len(_LABEL_FIELDS):
                return _captions_of_rows([cast("dict[str, str]", row) for row in objects_of_rows(rows)])
            return _captions_of_rows(
                [dict(zip(_LABEL_FIELDS, (*row[:2], delimiter.join(row[2:])), strict=True)) for row in rows]
            )
    return []


def _rows(text: str, delimiter: str, *, quoted: bool) -> list[list[str]]:
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    apart = quoted and f'{delimiter} "' in text
    try:
        return [
            row
            for row in csv.reader(text.split("\n"), delimiter=delimiter, quoting=quoting, skipinitialspace=apart)
            if any(cell.strip(" :-") for cell in row)
        ]
    except csv.Error:
        return []


def _is_heading(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Do the cells of a first row name a text, and a time or a speaker, or stand above times in all rows below?"""
    roles = [{meaning.role for meaning in meanings_of(name)} for name in names]
    return (
        1 < len(names) <= 40
        and any(Role.TEXT in found for found in roles)
        and (any(found & {Role.START, Role.SPEAKER} for found in roles) or _have_times(rows, len(names)))
        and all(len(name) <= 40 and time_of(name) is None for name in names)
    )


def _have_times(rows: Sequence[Sequence[str]], width: int) -> bool:
    even = len(rows) >= _LEAST_ROWS and all(len(row) == width for row in rows)
    return even and any(all(time_of(row[nth]) is not None for row in rows) for nth in range(width))


def _are_labels(rows: Sequence[Sequence[str]]) -> bool:
    timed = all(len(row) >= 3 and time_of(row[0]) is not None and time_of(row[1]) is not None for row in rows)
    return timed and len(rows) >= _LEAST_ROWS and 2 * len({row[0] for row in rows}) > len(rows)


def _fitted(row: Sequence[str], names: Sequence[str]) -> list[str]:
    """A row whose last cell holds what is too much: commas in a text that nobody quoted."""
    return [*row[: len(names) - 1], ",".join(row[len(names) - 1 :])] if len(row) > len(names) else list(row)


def _with_span(names: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """A row's cells by name; a start that is written up to its end (`0:03 - 0:12`) as both."""
    cells = dict(zip(names, row, strict=False))
    for name in names:
        roles = {meaning.role for meaning in meanings_of(name)} if name in cells else set[Role]()
        if (Role.START in roles or name.strip().lower() in _SPANS) and (span := _SPAN.fullmatch(cells[name].strip())):
            cells |= {name: span["start"], "start": span["start"], "end": span["end"]}
    return cells


def _captions_of_rows(rows: Sequence[Mapping[str, str]]) -> list[Caption]:
    objects = [dict(row) for row in rows]
    return fuller_captions(captions_of_pieces(pieces_of(objects)), objects)
