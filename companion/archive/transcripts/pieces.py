"""The texts of a JSON document with what stands around them, gathered into streams by where they stand.

`results.channels[0].alternatives[0].words[7]` and every other word of every channel make up one stream: however a
transcript is wrapped, its words share a path. Which stream is the transcript is for `streams` to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, repeat
from typing import NamedTuple, cast

from companion.archive.markup import clean
from companion.archive.transcripts.fields import WEAK_SPEAKERS, Role, Time, meanings_of, time_of
from companion.archive.transcripts.speakers import name_of, note_names
from companion.archive.transcripts.tables import objects_of_columns, objects_of_rows

_TABLES = frozenset(
    ("speakers", "speakermap", "speaker_map", "speakernames", "speaker_names", "participants", "people")
)
_LONGEST_NAME = 80
_DEEPEST = 200
_MOST_FIELDS = 64
_FLAT = (str, int, float, type(None))
_NESTED: frozenset[type] = frozenset((dict, list))


class Piece(NamedTuple):
    """A text and what is known of it. Times are in the file's own unit where it is not named (see ``Time.known``)."""

    text: str
    start: Time | None
    end: Time | None
    lasting: Time | None
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


class _Place(NamedTuple):
    """Where an object stands, and what holds for everything in it."""

    path: str
    speaker: str | None
    channel: str | None
    start: Time | None
    end: Time | None
    lasting: Time | None
    base: Time | None
    """The start of the object around, which shifts count from."""
    kind: str
    glue: str
    parent: int
    listed: bool
    depth: int


_Waiting = tuple[Iterator[object], _Place, Iterator[int]]
"""Siblings that are still to be read, where they stand, and the group of each."""


def pieces_of(document: object) -> Pieces:
    """Everything in the document that may be said, in the document's order."""
    found = Pieces()
    top = _Place("", None, None, None, None, None, None, "", "", 0, listed=False, depth=0)
    waiting: list[_Waiting] = [(iter((document,)), top, repeat(-1))]
    while waiting:
        siblings, place, groups = waiting.pop()
        for value, group in zip(siblings, groups, strict=False):
            if isinstance(value, dict):
                inner = _read_object(cast("Mapping[str, object]", value), place, group, found)
            elif isinstance(value, list):
                inner = _listed(cast("list[object]", value), place._replace(depth=place.depth + 1), group)
            else:
                if isinstance(value, str) and place.listed and any(char.isalpha() for char in value):
                    _read_object({"text": value}, place._replace(path=f"{place.path}~"), group, found)
                continue
            if inner and place.depth < _DEEPEST:
                # The other siblings come after what is inside this one.
                waiting.append((siblings, place, groups))
                waiting += reversed(inner)
                break
    return found


_Fields = tuple[tuple[str, float | None], ...]
"""Names of fields that may hold a time, and the seconds in its unit, where the name says them."""


class _Plan(NamedTuple):
    """Which fields of an object may say what, the best first: all words of a transcript share one plan."""

    texts: tuple[str, ...]
    starts: _Fields
    ends: _Fields
    lasting: _Fields
    shifts: _Fields
    speakers: tuple[tuple[str, bool], ...]
    """With whether the name says so much that it needs no words or times beside it."""
    others: tuple[tuple[str, Role], ...]


_NO_PLAN = _Plan((), (), (), (), (), (), ())


_ALSO_TIMES = frozenset(("from", "From", "FROM"))
"""Fields that name a speaker (`{"from": "Ann"}`) or a time (`{"from": 3.0, "to": 4.5}`)."""


@lru_cache(maxsize=1024)
def _plan_of(names: tuple[str, ...]) -> _Plan:
    told = sorted(((name, meaning) for name in names for meaning in meanings_of(name)), key=lambda entry: entry[1].rank)

    def of(role: Role) -> _Fields:
        return tuple((name, meaning.unit) for name, meaning in told if meaning.role is role)

    return _Plan(
        tuple(name for name, _ in of(Role.TEXT)),
        of(Role.START),
        of(Role.END),
        of(Role.LASTING),
        of(Role.SHIFT),
        tuple((name, m.rank < WEAK_SPEAKERS) for name, m in told if m.role is Role.SPEAKER),
        tuple((name, m.role) for name, m in told if m.role in (Role.CHANNEL, Role.SURENESS, Role.TYPE, Role.GLUE)),
    )


def _read_object(item: Mapping[str, object], place: _Place, group: int, found: Pieces) -> list[_Waiting]:
    """Note what an object says, and return what is inside of it with the places there."""
    plan = _plan_of(tuple(item)) if len(item) <= _MOST_FIELDS else _NO_PLAN
    text = ""
    for name in plan.texts:
        value = item[name]
        if value and isinstance(value, str):
            text = value if value.isprintable() else clean(value)
            break
    inner: list[tuple[str, object]] = []
    if not _NESTED.isdisjoint(map(type, item.values())):
        inner = [(key, value) for key, value in item.items() if type(value) in _NESTED]
    start = _time_among(item, plan.starts) if plan.starts else None
    end = _time_among(item, plan.ends) if plan.ends else None
    if inner:
        start, end, inner = _with_pairs(start, end, inner)
    lasting = _time_among(item, plan.lasting) if plan.lasting else None
    shift = _time_among(item, plan.shifts) if plan.shifts else None
    if place.base and start is None and (shift or text):
        start = Time(place.base.value + (shift.value if shift else 0.0), place.base.known)
    held = start is not None or end is not None
    if not held:
        start, end, lasting = place.start, place.end, lasting or place.lasting
    speaker = None
    if plan.speakers or (place.listed and "speakers" in item):
        speaker = _speaker_among(item, plan.speakers, listed=place.listed, told=held or text != "")
    channel, kind, glue, sureness = place.channel, place.kind, place.glue, None
    for name, role in plan.others:
        value = item[name]
        if role is Role.CHANNEL and isinstance(value, (int, str)):
            channel = str(value)[:_LONGEST_NAME]
        elif role is Role.SURENESS and isinstance(value, (int, float)):
            sureness = float(value)
        elif role is Role.TYPE and isinstance(value, str):
            kind = value.lower()
        elif role is Role.GLUE and isinstance(value, str):
            glue = value.lower()
    speaker = speaker or place.speaker
    if text or (held and (speaker or channel)):
        streams = found.streams if text else found.spans
        piece = Piece(text, start, end, lasting, speaker, channel, sureness, kind, glue, place.parent, group)
        streams[place.path].append(piece)
    if not inner:
        return []
    if len(inner) > 1 and (rows := objects_of_columns(inner)):
        inner = [("#", rows)]
    depth = place.depth + 1
    around = _Place(place.path, speaker, channel, start, end, lasting, None, kind, glue, id(item), False, depth)
    return [entry for key, value in inner for entry in _inside(key, value, around, group, found)]


def _time_among(item: Mapping[str, object], candidates: _Fields) -> Time | None:
    """The surest of the times that fields give: a clock or a named unit before a bare number, then by name."""
    bare: Time | None = None
    for name, unit in candidates:
        value = item[name]
        if value is None:
            continue
        time = time_of(value, unit)
        if time is not None:
            if time.known or len(candidates) == 1:
                return time
            bare = bare or time
    return bare


def _with_pairs(
    start: Time | None, end: Time | None, inner: list[tuple[str, object]]
) -> tuple[Time | None, Time | None, list[tuple[str, object]]]:
    """The times with those of objects that hold nothing else (`{"from": 0, "to": 1}`), and what else is inside."""
    others: list[tuple[str, object]] = []
    for key, value in inner:
        pair = _pair(key, cast("Mapping[str, object] | list[object]", value))
        if pair is None:
            others.append((key, value))
        elif start is None or (pair[0].known and not start.known):
            start, end = pair
    return start, end, others


def _speaker_among(
    item: Mapping[str, object], candidates: Sequence[tuple[str, bool]], *, listed: bool, told: bool
) -> str | None:
    for name, strong in candidates:
        value = item[name]
        if strong or (listed and told and not (name in _ALSO_TIMES and isinstance(value, (int, float)))):
            speaker = name_of(value)
            if speaker:
                return speaker
    several = item.get("speakers")
    return name_of(cast("list[object]", several)) if listed and isinstance(several, list) else None


def _inside(key: str, value: object, around: _Place, group: int, found: Pieces) -> list[_Waiting]:
    """What a field holds, with its place: an object, a list, or the first of some alternatives."""
    name = key.lower()
    if name in _TABLES:
        note_names(value, found.names)
    path = f"{around.path}.{'#' if key.isdecimal() else key[:60]}"
    if not isinstance(value, list):
        return [(iter((value,)), _at(around, path), repeat(group))]
    values = cast("list[object]", value)
    if _means(key, Role.ALTERNATIVES):
        return [(iter(values[:1]), _at(around, path, around.kind, around.glue), repeat(group))]
    return _listed(values, _at(around, path), group, by_channel=name == "channels")


def _at(around: _Place, path: str, kind: str = "", glue: str = "", *, listed: bool = False) -> _Place:
    """A place inside of another; what kind of thing stands there, and how it is glued, it says itself, as a rule."""
    _, speaker, channel, start, end, lasting, base, _, _, parent, _, depth = around
    return _Place(path, speaker, channel, start, end, lasting, base, kind, glue, parent, listed, depth)


def _listed(values: Sequence[object], around: _Place, group: int, *, by_channel: bool = False) -> list[_Waiting]:
    """The elements of a list with their places. Times of what is around hold for an only element; where no element has
    one, its start holds for the first."""
    values = objects_of_rows(values)
    place = first = _at(around, f"{around.path}[]", around.kind, around.glue, listed=True)
    if len(values) != 1:
        shifted = any(_tells(value, (Role.SHIFT,)) for value in values[:8])
        place = first = place._replace(start=None, end=None, lasting=None, base=around.start if shifted else None)
        if around.start and not shifted and not any(_tells(value, (Role.START, Role.END)) for value in values):
            first = place._replace(start=around.start)
    groups = repeat(group) if group >= 0 else count()
    if by_channel and len(values) > 1:
        return [
            (iter((value,)), (place if nth else first)._replace(channel=str(nth)), repeat(next(groups)))
            for nth, value in enumerate(values)
        ]
    if first is place:
        return [(iter(values), place, groups)]
    return [(iter(values[:1]), first, repeat(next(groups))), (iter(values[1:]), place, groups)]


def _tells(value: object, roles: Sequence[Role]) -> bool:
    """Has an object a field of one of the roles?"""
    return isinstance(value, dict) and any(_means(key, *roles) for key in cast("Mapping[str, object]", value))


def _pair(key: str, value: Mapping[str, object] | list[object]) -> tuple[Time, Time | None] | None:
    """Start and end in one value: a list of two (`"timestamp": [0.0, 1.5]`), or an object of nothing but times."""
    if isinstance(value, list):
        if len(value) != 2:
            return None
        unit = next((meaning.unit for meaning in meanings_of(key) if meaning.role is Role.START), 0.0)
        if unit == 0.0 or (start := time_of(value[0], unit)) is None:
            return None
        return start, time_of(value[1], unit)
    if not 0 < len(value) <= 6 or not all(isinstance(inner, _FLAT) for inner in value.values()):
        return None
    plan = _plan_of(tuple(value))
    if any(isinstance(value[name], str) and time_of(value[name]) is None for name in plan.texts):
        return None
    start = _time_among(value, plan.starts) or (time_of(value) if _means(key, Role.START) else None)
    return None if start is None else (start, _time_among(value, plan.ends))


@lru_cache(maxsize=1024)
def _means(key: str, *roles: Role) -> bool:
    """May a field of that name have one of the roles?"""
    return any(meaning.role in roles for meaning in meanings_of(key))
