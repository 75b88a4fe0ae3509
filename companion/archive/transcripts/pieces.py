"""The texts of a JSON document with what stands around them, gathered into streams by where they stand.

`results.channels[0].alternatives[0].words[7]` and every other word of every channel make up one stream: however a
transcript is wrapped, its words share a path. Which stream is the transcript is for `streams` to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, cast

from companion.archive.markup import clean
from companion.archive.transcripts.fields import WEAK_SPEAKERS, Meaning, Role, Time, meanings_of, time_of
from companion.archive.transcripts.speakers import name_of, note_names
from companion.archive.transcripts.tables import objects_of_columns, objects_of_rows

_TABLES = frozenset(
    ("speakers", "speakermap", "speaker_map", "speakernames", "speaker_names", "participants", "people")
)
_LONGEST_NAME = 80
_DEEPEST = 200
_MOST_FIELDS = 64
_FLAT = (str, int, float, type(None))


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

    streams: dict[str, list[Piece]] = field(default_factory=dict[str, list[Piece]])
    spans: dict[str, list[Piece]] = field(default_factory=dict[str, list[Piece]])
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


def pieces_of(document: object) -> Pieces:
    """Everything in the document that may be said, in the document's order."""
    found = Pieces()
    top = _Place("", None, None, None, None, None, None, "", "", 0, listed=False, depth=0)
    waiting: list[tuple[object, _Place, int]] = [(document, top, -1)]
    while waiting:
        value, place, group = waiting.pop()
        if isinstance(value, dict):
            inner = _read_object(cast("Mapping[str, object]", value), place, group, found)
        elif isinstance(value, list):
            inner = _listed(cast("list[object]", value), place._replace(depth=place.depth + 1), group)
        else:
            if isinstance(value, str) and place.listed and any(char.isalpha() for char in value):
                _read_object({"text": value}, place._replace(path=f"{place.path}~"), group, found)
            continue
        if inner and place.depth < _DEEPEST:
            inner.reverse()
            waiting += inner
    return found


class _Plan(NamedTuple):
    """Which fields of an object may say what, the best first: all words of a transcript share one plan."""

    texts: tuple[str, ...]
    starts: tuple[tuple[str, Meaning], ...]
    ends: tuple[tuple[str, Meaning], ...]
    lasting: tuple[tuple[str, Meaning], ...]
    shifts: tuple[tuple[str, Meaning], ...]
    speakers: tuple[tuple[str, Meaning], ...]
    others: tuple[tuple[str, Role], ...]


_NO_PLAN = _Plan((), (), (), (), (), (), ())


@lru_cache(maxsize=1024)
def _plan_of(names: tuple[str, ...]) -> _Plan:
    told = sorted(((name, meaning) for name in names for meaning in meanings_of(name)), key=lambda entry: entry[1].rank)

    def of(role: Role) -> tuple[tuple[str, Meaning], ...]:
        return tuple((name, meaning) for name, meaning in told if meaning.role is role)

    return _Plan(
        tuple(name for name, _ in of(Role.TEXT)),
        of(Role.START),
        of(Role.END),
        of(Role.LASTING),
        of(Role.SHIFT),
        of(Role.SPEAKER),
        tuple((name, m.role) for name, m in told if m.role in (Role.CHANNEL, Role.SURENESS, Role.TYPE, Role.GLUE)),
    )


def _read_object(
    item: Mapping[str, object], place: _Place, group: int, found: Pieces
) -> list[tuple[object, _Place, int]]:
    """Note what an object says, and return what is inside of it with the places there."""
    plan = _plan_of(tuple(item)) if len(item) <= _MOST_FIELDS else _NO_PLAN
    text = ""
    for name in plan.texts:
        value = item[name]
        if value and isinstance(value, str):
            text = value if value.isprintable() else clean(value)
            break
    inner = [(key, value) for key, value in item.items() if value.__class__ is dict or value.__class__ is list]
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
    if text or (held and (speaker or channel)):
        streams = found.streams if text else found.spans
        piece = Piece(
            text, start, end, lasting, speaker or place.speaker, channel, sureness, kind, glue, place.parent, group
        )
        streams.setdefault(place.path, []).append(piece)
    if not inner:
        return []
    if len(inner) > 1 and (rows := objects_of_columns(inner)):
        inner = [("#", rows)]
    around = _Place(
        place.path,
        speaker or place.speaker,
        channel,
        start,
        end,
        lasting,
        None,
        kind,
        glue,
        id(item),
        listed=False,
        depth=place.depth + 1,
    )
    return [entry for key, value in inner for entry in _inside(key, value, around, group, found)]


def _time_among(item: Mapping[str, object], candidates: Sequence[tuple[str, Meaning]]) -> Time | None:
    """The surest of the times that fields give: a clock or a named unit before a bare number, then by name."""
    bare: Time | None = None
    for name, meaning in candidates:
        value = item[name]
        if value is None:
            continue
        time = time_of(value, meaning.unit)
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
    item: Mapping[str, object], candidates: Sequence[tuple[str, Meaning]], *, listed: bool, told: bool
) -> str | None:
    for name, meaning in candidates:
        if meaning.rank < WEAK_SPEAKERS or (listed and told):
            speaker = name_of(item[name])
            if speaker:
                return speaker
    several = item.get("speakers")
    return name_of(cast("list[object]", several)) if listed and isinstance(several, list) else None


def _inside(key: str, value: object, around: _Place, group: int, found: Pieces) -> list[tuple[object, _Place, int]]:
    """What a field holds, with its place: an object, a list, or the first of some alternatives."""
    name = key.lower()
    if name in _TABLES:
        note_names(value, found.names)
    path = f"{around.path}.{'#' if key.isdecimal() else key[:60]}"
    if not isinstance(value, list):
        return [(value, around._replace(path=path, kind="", glue=""), group)]
    values = cast("list[object]", value)
    if any(meaning.role is Role.ALTERNATIVES for meaning in meanings_of(key)):
        return [(first, around._replace(path=path), group) for first in values[:1]]
    return _listed(values, around._replace(path=path, kind="", glue=""), group, by_channel=name == "channels")


def _listed(
    values: Sequence[object], around: _Place, group: int, *, by_channel: bool = False
) -> list[tuple[object, _Place, int]]:
    """The elements of a list with their places. Times of what is around hold for an only element; where no element has
    one, its start holds for the first."""
    values = objects_of_rows(values)
    place = first = around._replace(path=f"{around.path}[]", listed=True)
    if len(values) != 1:
        shifted = any(_tells(value, (Role.SHIFT,)) for value in values[:8])
        place = first = place._replace(start=None, end=None, lasting=None, base=around.start if shifted else None)
        if around.start and not shifted and not any(_tells(value, (Role.START, Role.END)) for value in values):
            first = place._replace(start=around.start)
    several = by_channel and len(values) > 1
    result: list[tuple[object, _Place, int]] = []
    for nth, value in enumerate(values):
        here = place if nth else first
        result.append((value, here._replace(channel=str(nth)) if several else here, group if group >= 0 else nth))
    return result


def _tells(value: object, roles: Sequence[Role]) -> bool:
    """Has an object a field of one of the roles?"""
    return isinstance(value, dict) and any(
        meaning.role in roles for key in cast("Mapping[str, object]", value) for meaning in meanings_of(key)
    )


def _pair(key: str, value: Mapping[str, object] | list[object]) -> tuple[Time, Time | None] | None:
    """Start and end in one value: a list of two (`"timestamp": [0.0, 1.5]`), or an object of nothing but times."""
    if isinstance(value, list):
        unit = next((meaning.unit for meaning in meanings_of(key) if meaning.role is Role.START), 0.0)
        if len(value) != 2 or unit == 0.0 or (start := time_of(value[0], unit)) is None:
            return None
        return start, time_of(value[1], unit)
    if not 0 < len(value) <= 6 or not all(isinstance(inner, _FLAT) for inner in value.values()):
        return None
    plan = _plan_of(tuple(value))
    if any(isinstance(value[name], str) and time_of(value[name]) is None for name in plan.texts):
        return None
    start = _time_among(value, plan.starts) or (time_of(value) if _means_a_start(key) else None)
    return None if start is None else (start, _time_among(value, plan.ends))


def _means_a_start(key: str) -> bool:
    return any(meaning.role is Role.START for meaning in meanings_of(key))
