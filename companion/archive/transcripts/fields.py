"""What the fields of a JSON transcript mean, by the names that recognisers and hosts give them.

Names are compared without case and punctuation (`startTime`, `start_time`, `StartTime`), and a unit may end them
(`tStartMs`, `offsetInTicks`, `startSeconds`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple, cast

from companion.archive.transcripts.marks import seconds_of


class Role(Enum):
    """What a field tells of the words beside it."""

    TEXT = auto()
    START = auto()
    END = auto()
    LASTING = auto()
    SHIFT = auto()
    """A start, counted from the start of what the object is part of."""
    SPEAKER = auto()
    CHANNEL = auto()
    SURENESS = auto()
    TYPE = auto()
    GLUE = auto()
    ALTERNATIVES = auto()


class Meaning(NamedTuple):
    """A field's role, its rank among fields of that role (0 is best), and the seconds in its unit, where named."""

    role: Role
    rank: int
    unit: float | None = None


class Time(NamedTuple):
    """A time as given: in seconds where its unit is ``known``, else in the file's own."""

    value: float
    known: bool


_NAMES: dict[Role, str] = {
    Role.TEXT: (
        "punctuatedword displaytext display body text utf8 transcript caption sentence utterance line content value "
        "word token speech message phrase dialogue insert words lexical w t"
    ),
    Role.START: (
        "starttime start begintime begin startts starttimestamp startoffset starttimeoffset starttimecode startat "
        "datastart audiostart tstart timein tcin onset from offset ts timestamp timecode time timestamps offsets "
        "interval timing position at in s b t"
    ),
    Role.END: (
        "endtime end endts endtimestamp endoffset endtimeoffset endtimecode endat dataend audioend tend timeout tcout "
        "stoptime stop finish until to out e"
    ),
    Role.LASTING: "duration dur dduration d",
    Role.SHIFT: "toffset",
    Role.SPEAKER: (
        "speakername speakerdisplayname displayname voice speaker speakerlabel speakermodellabel speakerid speakertag "
        "spk participant participantname who actor character name user username author from role label"
    ),
    Role.CHANNEL: "channel channelindex channelid channellabel channeltag track",
    Role.SURENESS: "speakerconfidence",
    Role.TYPE: "type kind",
    Role.GLUE: "attachesto",
    Role.ALTERNATIVES: "alternatives nbest alternative hypotheses",
}
WEAK_SPEAKERS = 15
"""Ranks of speaker fields from which on the name says too little (`name`, `role`) without words or times beside it."""
_UNITS = {
    "inticks": 1e-7, "ticks": 1e-7, "nanoseconds": 1e-9, "nanos": 1e-9, "ns": 1e-9, "microseconds": 1e-6,
    "micros": 1e-6, "us": 1e-6, "inmilliseconds": 1e-3, "milliseconds": 1e-3, "millis": 1e-3, "inms": 1e-3,
    "msec": 1e-3, "msecs": 1e-3, "ms": 1e-3, "inseconds": 1.0, "seconds": 1.0, "secs": 1.0, "sec": 1.0, "s": 1.0,
}  # fmt: skip
_TIMES = (Role.START, Role.END, Role.LASTING, Role.SHIFT)
_BY_NAME: dict[str, list[Meaning]] = {}
for _role, _names in _NAMES.items():
    for _rank, _name in enumerate(_names.split()):
        _BY_NAME.setdefault(_name, []).append(Meaning(_role, _rank))
_DURATION = re.compile(
    r"PT?(?:(?P<h>\d{1,6}(?:\.\d{1,9})?)H)?(?:(?P<m>\d{1,9}(?:\.\d{1,9})?)M)?(?:(?P<s>\d{1,9}(?:\.\d{1,9})?)S)?",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"\d{1,18}(?:\.\d{1,18})?(?:e[+-]?\d{1,2})?", re.ASCII)
_WITH_UNIT = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)\s?(ms|s|secs?|seconds?|t)", re.ASCII)
_FRAMES = re.compile(r"(\d{1,3}:\d{2}:\d{2})[:;]\d{2,3}", re.ASCII)
_LARGEST = 1e15


@lru_cache(maxsize=4096)
def meanings_of(name: str) -> tuple[Meaning, ...]:
    """What a field of that name may mean, best guess first; empty where the name says nothing."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())[:40]
    if plain in _BY_NAME:
        return tuple(_BY_NAME[plain])
    for suffix, unit in _UNITS.items():
        if plain.endswith(suffix):
            found = [m for m in _BY_NAME.get(plain.removesuffix(suffix), ()) if m.role in _TIMES]
            if found:
                return tuple(meaning._replace(unit=unit) for meaning in found)
    return ()


def meanings_of_column(name: str) -> tuple[Meaning, ...]:
    """What a column of that name may hold: as a field of that name, or of its singular (`words`, `start_times`)."""
    return meanings_of(name) or meanings_of(name.removesuffix("s").removesuffix("S"))


def time_of(value: object, unit: float | None = None) -> Time | None:
    """The time that a value gives: a number, a clock, `1.5s`, `PT1.5S`, seconds with nanoseconds; None for others."""
    if isinstance(value, (float, int)):
        return None if isinstance(value, bool) else _counted(value, unit)
    if isinstance(value, str):
        return _time_in(value.strip(), unit)
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, object]", value)
        seconds, nanos = time_of(parts.get("seconds", 0)), time_of(parts.get("nanos", 0))
        if ("seconds" in parts or "nanos" in parts) and seconds and nanos:
            return Time(seconds.value + nanos.value / 1e9, True)
    return None


def _counted(value: float, unit: float | None) -> Time | None:
    if not 0 <= value < _LARGEST:
        return None
    return Time(value * unit, True) if unit else Time(float(value), False)


def _time_in(text: str, unit: float | None) -> Time | None:
    if not text or len(text) > 40:
        return None
    if _is_plain(text) or _NUMBER.fullmatch(text):
        return _counted(float(text), unit)
    if text.endswith("s") and _is_plain(text[:-1]):
        return Time(float(text[:-1]), True)
    if ":" in text:
        frames = _FRAMES.fullmatch(text)
        seconds = seconds_of(frames[1] if frames else text)
        return None if seconds is None else Time(seconds, True)
    if found := _WITH_UNIT.fullmatch(text):
        return Time(float(found[1]) * {"m": 1e-3, "t": 1e-7}.get(found[2][0], 1.0), True)
    if (found := _DURATION.fullmatch(text)) and any(found.groups()):
        hours, minutes, seconds = (float(part or 0) for part in found.group("h", "m", "s"))
        return Time(hours * 3600 + minutes * 60 + seconds, True)
    return None


def _is_plain(text: str) -> bool:
    """Is it a number of digits and a point, as nearly all are?"""
    return text.isascii() and text.replace(".", "", 1).isdecimal() and text[0] != "." != text[-1] and len(text) <= 18


def scale_of(words: float, lasting: float) -> float:
    """Seconds in the unit of times that nobody named, where ``words`` were said in ``lasting`` of it.

    Nobody speaks slower than a word in ten seconds for long: what is slower counts milliseconds, and so on.
    """
    if words <= 0 or lasting <= 0 or not math.isfinite(lasting):
        return 1.0
    rate = words / lasting
    if rate >= _SLOWEST:
        return 1.0
    return next((scale for slowest, scale in _SCALES if rate >= slowest), 1e-9)


_SLOWEST = 0.1
_SCALES = ((1e-4, 1e-3), (8e-7, 1e-6), (1e-8, 1e-7))
