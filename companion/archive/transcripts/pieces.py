"""The texts of a JSON document with what stands around them, gathered into streams by where they stand.

`results.channels[0].alternatives[0].words[7]` and every other word of every channel make up one stream: however a
transcript is wrapped, its words share a path. Which stream is the transcript is for `streams` to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, groupby, repeat
from typing import NamedTuple, cast

from companion.archive.transcripts.fields import Role, Seconds
from companion.archive.transcripts.levels import NOTHING, Around, Below, Level, Step, holds_speakers, step_of
from companion.archive.transcripts.shapes import MOST_FIELDS, Object, Table, means, times_in
from companion.archive.transcripts.speakers import note_names
from companion.archive.transcripts.tables import objects_of_columns

_LONGEST_NAME = 80
_DEEPEST = 200


class Piece(NamedTuple):
    """A text and what is known of it. Times are in the file's own unit where they are not ``Seconds``."""

    text: str
    start: float | None
    end: float | None
    lasting: float | None
    speaker: str | None
    channel: str | None
    sureness: float | None
    """How sure the recogniser is of the speaker, from 0 to 1."""
    kind: str
    glue: str
    parent: int
    """Which object holds the piece's list: pieces of one sentence or segment share it."""
    group: int
    """Place in the outermost list."""


@dataclass(slots=True)
class Pieces:
    """What a document holds: streams by path, stretches of time that have a speaker but no text, names of speakers."""

    streams: defaultdict[str, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    spans: defaultdict[str, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, str] = field(default_factory=dict[str, str])


def pieces_of(document: object) -> Pieces:
    """Everything in the document that may be said, in the document's order."""
    found = Pieces()
    top = Level("", 0, listed=False)
    top.add(document, NOTHING, -1)
    _read(top, found)
    return found


def _read(level: Level, found: Pieces) -> None:
    """Note what the values of a level say, and what is inside of them."""
    below = Below(level)
    objects = [nth for nth, value in enumerate(level.values) if isinstance(value, dict)]
    texts: list[int] = []
    for nth, value in enumerate(level.values if len(objects) < len(level.values) else ()):
        if isinstance(value, list):
            below.add_list(cast("list[object]", value), level.path, level.around[nth], level.groups[nth])
        elif isinstance(value, str) and level.listed and any(char.isalpha() for char in value):
            texts.append(nth)
    if objects:
        for alike, names in _alike(level if len(objects) == len(level.values) else level.part(objects)):
            _read_objects(alike, names, found, below)
    if texts:
        said = level.part(texts)
        said.path += "~"
        said.values = [{"text": text} for text in said.values]
        _read(said, found)
    if level.depth < _DEEPEST:
        for inner in below.levels.values():
            _read(inner, found)


def _alike(level: Level) -> Iterator[tuple[Level, Collection[tuple[str, ...]]]]:
    """The objects of a level in parts, as few as possible, each of which has not too many different fields, with the
    names that those of an object have."""
    items = cast("list[Object]", level.values)
    names = dict.fromkeys(map(tuple, items))
    if len(set(chain.from_iterable(names))) <= MOST_FIELDS:
        yield level, names
        return
    for shape, run in groupby(range(len(items)), key=lambda nth: tuple(items[nth])):
        yield level.part(run), (shape,)


def _read_objects(level: Level, names: Collection[tuple[str, ...]], found: Pieces, below: Below) -> None:
    """Note what objects say, and add what is inside of them to the levels below."""
    items = cast("list[Object]", level.values)
    table = Table(items, names)
    shape = table.shape
    outer = zip(*level.around, strict=True)
    named, channels, outer_starts, outer_ends, outer_lasting, bases, kinds, glues, parents = outer
    texts = table.texts()
    starts, ends, lasting = table.times(shape.starts), table.times(shape.ends), table.times(shape.lasting)
    inner = table.inner()
    _take_pairs(inner, starts, ends)
    if bases.count(None) < len(bases):
        starts = list(map(_shifted, starts, bases, table.times(shape.shifts), texts))
    held = [start is not None or end is not None for start, end in zip(starts, ends, strict=True)]
    if not all(held):
        starts = [own if known else outer for own, known, outer in zip(starts, held, outer_starts, strict=True)]
        ends = [own if known else outer for own, known, outer in zip(ends, held, outer_ends, strict=True)]
        lasting = [
            outer if own is None and not known else own
            for own, known, outer in zip(lasting, held, outer_lasting, strict=True)
        ]
    of_speakers = holds_speakers(level.path)
    if any(table.titled):
        held = [own or (named and at is not None) for own, named, at in zip(held, table.titled, starts, strict=True)]
    told = [of_speakers or known or text != "" for known, text in zip(held, texts, strict=True)]
    speakers = [own or outer for own, outer in zip(table.speakers(told, listed=level.listed), named, strict=True)]
    channels = table.values(shape.channels, _channel, channels)
    kinds = table.values(shape.kinds, _lowered, kinds)
    glues = table.values(shape.glue, _lowered, glues)
    sureness = table.values(shape.sureness, _number, [None] * len(items))
    rows = zip(
        texts, starts, ends, lasting, speakers, channels, sureness, kinds, glues, parents, level.groups, strict=True
    )
    tells = [
        text != "" or (known and bool(speaker or channel))
        for text, known, speaker, channel in zip(texts, held, speakers, channels, strict=True)
    ]
    pieces = list(map(Piece._make, compress(rows, tells)))
    if spoken := [piece for piece in pieces if piece.text]:
        found.streams[level.path] += spoken
    if spans := [piece for piece in pieces if not piece.text]:
        found.spans[level.path] += spans
    if inner:
        around = zip(
            speakers, channels, starts, ends, lasting, repeat(None), kinds, glues, map(id, items), strict=False
        )
        _add_inner(inner, level, list(map(Around._make, around)), found, below)


def _channel(value: object) -> str | None:
    return str(value)[:_LONGEST_NAME] if isinstance(value, (int, str)) else None


def _lowered(value: object) -> str | None:
    return value.lower() if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _take_pairs(inner: Mapping[str, list[object]], starts: list[float | None], ends: list[float | None]) -> None:
    """Take the times of what holds nothing else (`{"from": 0, "to": 1}`) out of what is inside of objects."""
    for name, column in inner.items():
        lists = means(name, Role.START)
        for nth, value in enumerate(column):
            if value is None or (isinstance(value, list) and not lists):
                continue
            pair = times_in(name, cast("Object | list[object]", value))
            if pair is not None:
                column[nth] = None
                start = starts[nth]
                if start is None or (isinstance(pair[0], Seconds) and not isinstance(start, Seconds)):
                    starts[nth], ends[nth] = pair


def _shifted(start: float | None, base: float | None, shift: float | None, text: str) -> float | None:
    """A start that is counted from the one of the object around, in the same unit."""
    if start is not None or base is None or (shift is None and not text):
        return start
    return type(base)(base + (shift or 0.0))


def _add_inner(
    inner: dict[str, list[object]], level: Level, around: Sequence[Around], found: Pieces, below: Below
) -> None:
    """Add what objects hold to the levels below, and the names that tables of speakers among it give."""
    if len(inner) > 1:
        _take_columns(inner, level, around, below)
    paths: defaultdict[Step, list[list[object]]] = defaultdict(list)
    for name, column in inner.items():
        step = step_of(name)
        paths[step].append(column)
        if step.is_table:
            for value in column:
                note_names(value, found.names)
    for step, columns in paths.items():
        below.add_fields(step, level.path + step.path, zip(*columns, strict=True), around, level.groups)


def _take_columns(inner: dict[str, list[object]], level: Level, around: Sequence[Around], below: Below) -> None:
    """Take tables out of what is inside of objects, whose columns are fields of the same length."""
    for nth, (own, group) in enumerate(zip(around, level.groups, strict=True)):
        fields = [(name, value) for name, column in inner.items() if (value := column[nth]) is not None]
        if len(fields) > 1 and (rows := objects_of_columns(fields)):
            below.add_list(rows, f"{level.path}.#", own.of_something_else(), group)
            for column in inner.values():
                column[nth] = None
