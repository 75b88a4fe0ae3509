"""Transcripts in columns inside of prose: tables of a page, and lines parted by tabs, pipes, commas or semicolons.

A text is read so where most of its lines are rows of as many cells; one column holds what was said, another who said it
or when. Which is which shows in a heading, or in the cells.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.captions import Caption, turns_of
from companion.archive.transcripts.doubts import with_doubts
from companion.archive.transcripts.labels import DOUBT, looks_like_a_name, speaker_of
from companion.archive.transcripts.marks import seconds_of
from companion.archive.transcripts.timing import growth, trusted
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Turn

COLUMNS = "columns"
"""The convention of a text in columns."""
_FEWEST_ROWS = 3
_LEAST_SHARE = 0.8
_MOST_VALUES = 0.7
"""Different names for each row, at most, where no heading says that they are names."""
_HEADINGS = {
    "start": frozenset(("start", "start time", "time", "timestamp", "begin", "in", "from", "timecode", "start_time")),
    "end": frozenset(("end", "end time", "stop", "out", "to", "end_time")),
    "speaker": frozenset(("speaker", "name", "who", "speaker name", "voice", "participant", "speaker_name")),
    "text": frozenset(("text", "transcript", "content", "words", "dialogue", "utterance", "body", "what", "speech")),
}
_DOUBTED = re.compile(rf"(?<=\S){DOUBT.removesuffix('?')}\Z")
_RULE = re.compile(r"(?=[^-]*+(?:-[^-]++)*+--)[|:\s-]*+")
_CLOCK = r"(?:\d{1,3}:){1,2}\d{2}(?:[.,;:]\d{1,3})?|\d{1,9}(?:\.\d{1,6})?s?"
_TIME = re.compile(rf"[\[(]?(?P<clock>{_CLOCK})(?:[^\S\n]?(?:-{{1,2}}>|→|[-–—])[^\S\n]?(?:{_CLOCK}))?[\])]?")
"""Also from one to another, which is when the next cell's begin."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of as many cells each, and the text around them."""

    rows: tuple[tuple[str, ...], ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Roles:
    """Which column holds what; None where none does."""

    text: int
    speaker: int | None
    start: int | None
    end: int | None


def read_columns(text: str) -> Transcript | None:
    """The transcript of a text in columns; None where it is none."""
    for table in _tables(text):
        headed = next((nth for nth, row in enumerate(table.rows[:_FEWEST_ROWS]) if _heading(row)), None)
        heading = None if headed is None else _heading(table.rows[headed])
        rows = table.rows if headed is None else table.rows[headed + 1 :]
        roles = _roles(rows, heading) if len(rows) >= _FEWEST_ROWS else None
        if roles:
            first = next((nth for nth, row in enumerate(rows) if _is_row(row, rows, roles)), 0)
            above = [" ".join(row) for row in (*table.rows[: headed or 0], *rows[:first])]
            before = "\n".join(part for part in (table.before, *above) if part)
            turns = _turns(_in_time_order(rows[first:], roles), roles)
            return Transcript(turns, before=before, after=table.after, convention=COLUMNS)
    return None


def _tables(text: str) -> Iterator[_Table]:
    for separator in "\t|":
        table = _lines_with(text, separator)
        if table:
            yield table
    for separator in ",;\t":
        table = _quoted(text, separator)
        if table:
            yield table


def _lines_with(text: str, separator: str) -> _Table | None:
    """Most lines of the text, from the first to the last that have the separator; a line without goes on the last."""
    lines = [line for line in text.split("\n") if line.strip()]
    parted = [nth for nth, line in enumerate(lines) if separator in line]
    if len(parted) < _FEWEST_ROWS:
        return None
    first, last = parted[0], parted[-1]
    if len(parted) < _LEAST_SHARE * (last + 1 - first):
        return None
    rows: list[list[str]] = []
    for line in lines[first : last + 1]:
        if separator == "|" and _RULE.fullmatch(line):
            continue
        if separator in line:
            inner = line.strip().removeprefix("|").removesuffix("|") if separator == "|" else line
            rows.append([cell.strip(" *_") for cell in inner.split(separator)])
        elif rows:
            rows[-1][-1] = f"{rows[-1][-1]} {line}".strip()
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    if width < 2 or count < _LEAST_SHARE * len(rows):
        return None
    even = tuple(
        (*row[: width - 1], " ".join(row[width - 1 :])) if len(row) >= width else _padded(row, width) for row in rows
    )
    return _Table(even, "\n".join(lines[:first]), "\n".join(lines[last + 1 :]))


def _padded(row: Sequence[str], width: int) -> tuple[str, ...]:
    """A row with too few cells: what it has is at its end."""
    return (*[""] * (width - len(row)), *row)


def _quoted(text: str, separator: str) -> _Table | None:
    """The whole text as values, of which those with a separator inside are quoted, with a heading or a time."""
    if text.count(separator) < 2 * _FEWEST_ROWS and text.count('"') < 2 * _FEWEST_ROWS:
        return None
    try:
        rows = [row for row in csv.reader(text.split("\n"), delimiter=separator, skipinitialspace=True) if row]
    except csv.Error:
        return None
    width = len(rows[0]) if rows else 0
    if width < 2 or any(len(row) != width for row in rows):
        return None
    if not _heading(rows[0]) and (width == 2 or all(_seconds(cell) is None for cell in rows[0])):
        return None
    return _Table(tuple(tuple(cell.strip() for cell in row) for row in rows), "", "")


def _heading(row: Sequence[str]) -> dict[str, int] | None:
    """The columns that a row names, by role; None where it names no text."""
    named = {
        role: nth
        for role, names in _HEADINGS.items()
        for nth, cell in reversed(list(enumerate(row)))
        if cell.strip(" *_").lower() in names
    }
    return named if "text" in named and len(named) > 1 else None


def _roles(rows: Sequence[Sequence[str]], heading: dict[str, int] | None) -> _Roles | None:
    columns = list(zip(*rows, strict=True))
    if heading:
        return _Roles(heading["text"], heading.get("speaker"), heading.get("start"), heading.get("end"))
    text = max(range(len(columns)), key=lambda nth: (_words(columns[nth]), len(set(columns[nth]))))
    times = [nth for nth in range(len(columns)) if nth != text and _are_times(columns[nth])]
    speaker = next((nth for nth in range(len(columns)) if nth not in (text, *times) and _are_names(columns[nth])), None)
    clocks = [nth for nth in times if any(":" in cell or "." in cell for cell in columns[nth])]
    if not clocks and len(times) == 2 and _are_spans(columns[times[0]], columns[times[1]]):
        clocks = times
    if speaker is not None and not clocks:
        clocks = [nth for nth in range(len(columns)) if nth not in (text, speaker) and _of_each(columns, nth, speaker)]
    if speaker is None and not clocks:
        return None
    return _Roles(text, speaker, clocks[0] if clocks else None, clocks[1] if len(clocks) > 1 else None)


def _words(cells: Sequence[str]) -> float:
    """The words that a cell has, where the end of a sentence counts for two and a time for none."""
    return fmean(len(cell.split()) + 2 * ends_a_sentence(cell) if _seconds(cell) is None else 0 for cell in cells)


def _is_row(row: Sequence[str], rows: Sequence[Sequence[str]], roles: _Roles) -> bool:
    """Has the row what a row of the transcript has: a time, or else a speaker who is in another one, too?"""
    if roles.start is not None:
        return _seconds(row[roles.start]) is not None
    return roles.speaker is None or sum(other[roles.speaker] == row[roles.speaker] for other in rows) > 1


def _are_times(cells: Sequence[str]) -> bool:
    times = [_seconds(cell) for cell in cells]
    known = sum(time is not None for time in times)
    pass_by = len(cells) == 1 or len(set(times)) > 1
    return pass_by and known >= _LEAST_SHARE * len(cells) and growth(times) >= _LEAST_SHARE


def _of_each(columns: Sequence[Sequence[str]], nth: int, speaker: int) -> bool:
    """Does a column hold times that grow for each speaker, all of one before those of the next, as tiers are saved?"""
    tiers: dict[str, list[str]] = {}
    for name, cell in zip(columns[speaker], columns[nth], strict=True):
        tiers.setdefault(name, []).append(cell)
    return all(map(_are_times, tiers.values()))


def _in_time_order(rows: Sequence[Sequence[str]], roles: _Roles) -> Sequence[Sequence[str]]:
    """The rows, those of several tiers by time."""
    times = [None if roles.start is None else _seconds(row[roles.start]) for row in rows]
    if growth(times) >= _LEAST_SHARE:
        return rows
    return [row for _, row in sorted(zip(times, rows, strict=True), key=lambda timed: timed[0] or 0.0)]


def _are_spans(starts: Sequence[str], ends: Sequence[str]) -> bool:
    """Does every row end after it begins: are whole numbers seconds, and no numbers of lines?"""
    pairs = [(_seconds(start), _seconds(end)) for start, end in zip(starts, ends, strict=True)]
    return all(start is not None and end is not None and start < end for start, end in pairs)


def _are_names(cells: Sequence[str]) -> bool:
    names = [cell.strip(" :*_") for cell in cells if cell.strip(" :*_")]
    named = sum(looks_like_a_name(name) or name.isalnum() for name in names)
    return 2 * named > len(cells) and len(set(names)) <= max(2, _MOST_VALUES * len(names))


def _seconds(cell: str) -> float | None:
    match = _TIME.fullmatch(cell.strip())
    return seconds_of(match["clock"].rstrip("s").replace(";", ".")) if match else None


def _turns(rows: Sequence[Sequence[str]], roles: _Roles) -> tuple[Turn, ...]:
    def column(nth: int | None) -> list[str]:
        return [""] * len(rows) if nth is None else [row[nth] for row in rows]

    texts = [" ".join(text.split()) for text in column(roles.text)]
    starts, ends = ([_seconds(cell) for cell in column(nth)] for nth in (roles.start, roles.end))
    captions = [
        Caption(start, end, speaker_of(_DOUBTED.sub("", speaker)), text, uncertain=_DOUBTED.search(speaker) is not None)
        for start, end, speaker, text in zip(starts, ends, column(roles.speaker), texts, strict=True)
        if text
    ]
    if roles.speaker is None or 2 * sum(ends_a_sentence(text) for text in texts) < len(texts):
        return turns_of(captions)
    times = trusted([caption.start for caption in captions])
    following = [*times[1:], captions[-1].end if captions else None]
    return with_doubts(
        [
            Turn(c.speaker, time, c.end if roles.end is not None else after, False, c.text, c.uncertain)
            for c, time, after in zip(captions, times, following, strict=True)
        ]
    )
