"""What the fields of a JSON transcript mean, by the names that recognisers and hosts give them.

Names are compared without case and punctuation (`startTime`, `start_time`, `StartTime`), and a unit may end them
(`tStartMs`, `offsetInTicks`, `startSeconds`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
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


class Seconds(float):
    """A time in seconds; any other number that is a time counts in the file's own unit, which nobody named."""

    __slots__ = ()


_NAMES: dict[Role, str] = {
    Role.TEXT: (
        "punctuatedword displaytext display body text utf8 transcript caption sentence utterance line content value "
        "word token speech message phrase dialogue insert words lexical txt said says spoken w t"
    ),
    Role.START: (
        "starttime start begintime begin startts starttimestamp startoffset starttimeoffset starttimecode startat "
        "datastart audiostart tstart timein tcin onset from offset ts timestamp timecode time timestamps offsets "
        "interval timing position at in s b t t0"
    ),
    Role.END: (
        "endtime end endts endtimestamp endoffset endtimeoffset endtimecode endat dataend audioend tend timeout tcout "
        "stoptime stop finish until to out e t1"
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
_COUNTED = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)(?:e[+-]?\d{1,2}|\s?(?P<unit>ms|s|secs?|seconds?|t))?", re.ASCII)
_PLAIN, _OF_SECONDS, _LASTING = (
    re.compile(rf"{written}(?:\n{written})*+", re.ASCII)
    for written in (r"\d{1,15}(?:\.\d{1,18})?", r"\d{1,18}(?:\.\d{1,18})?s", r"PT\d{1,9}(?:\.\d{1,9})?S")
)
"""Times of a kind, a line each, as a whole column has them: `1.5`, `1.5s`, `PT1.5S`."""
_FRAMES = re.compile(r"(\d{1,3}:\d{2}:\d{2})[:;]\d{2,3}", re.ASCII)
_SMALL_UNITS = {"m": 1e-3, "t": 1e-7}
"""Of what stands behind a number, by its first letter; the others are seconds."""
_LARGEST = 1e15
_WHOLE = re.compile(r"transcript(?:ion)?(?:html|text|txt|md|markdown|plain|raw|full|content|body)?\Z")
"""What names a text of its own kind: `transcript_html`, `fullTranscript`."""
_LAST_RANK = 99


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
    return (Meaning(Role.TEXT, _LAST_RANK),) if _WHOLE.search(plain) else ()


def meanings_of_column(name: str) -> tuple[Meaning, ...]:
    """What a column of that name may hold: as a field of that name, or of its singular (`words`, `start_times`)."""
    return meanings_of(name) or meanings_of(name.removesuffix("s").removesuffix("S"))


def time_of(value: object, unit: float | None = None) -> float | None:
    """The time that a value gives: a number, a clock, `1.5s`, `PT1.5S`, seconds with nanoseconds; None for others.

    It is in ``Seconds`` where the value or ``unit`` (the seconds in its unit) says so.
    """
    if isinstance(value, (float, int)):
        return None if isinstance(value, bool) else _counted(value, unit)
    if isinstance(value, str):
        return _time_in(value.strip(), unit)
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, object]", value)
        seconds, nanos = time_of(parts.get("seconds", 0)), time_of(parts.get("nanos", 0))
        if ("seconds" in parts or "nanos" in parts) and seconds is not None and nanos is not None:
            return Seconds(seconds + nanos / 1e9)
    return None


def times_of(values: Sequence[object], unit: float | None = None) -> list[float | None]:
    """The time that each of the values gives, as ``time_of`` reads it; at once where all are written alike."""
    kinds = set(map(type, values))
    if type(None) in kinds:
        given = iter(times_of([value for value in values if value is not None], unit))
        return [None if value is None else next(given) for value in values]
    if kinds == {float}:
        numbers = cast("Sequence[float]", values)
        if unit is None:
            return [number if 0 <= number < _LARGEST else None for number in numbers]
        return [Seconds(number * unit) if 0 <= number < _LARGEST else None for number in numbers]
    if kinds == {str}:
        texts = cast("Sequence[str]", values)
        joined = "\n".join(texts)
        if joined.count("\n") < len(texts):
            if _PLAIN.fullmatch(joined):
                return list(map(float, texts)) if unit is None else [Seconds(float(text) * unit) for text in texts]
            if _OF_SECONDS.fullmatch(joined):
                return [Seconds(text[:-1]) for text in texts]
            if _LASTING.fullmatch(joined):
                return [Seconds(text[2:-1]) for text in texts]
    return [time_of(value, unit) for value in values]


def _counted(value: float, unit: float | None) -> float | None:
    if not 0 <= value < _LARGEST:
        return None
    return Seconds(value * unit) if unit else float(value)


def _time_in(text: str, unit: float | None) -> float | None:
    if len(text) > 40:
        return None
    if found := _COUNTED.fullmatch(text):
        named = found["unit"]
        return Seconds(float(found[1]) * _SMALL_UNITS.get(named[0], 1.0)) if named else _counted(float(text), unit)
    if ":" in text:
        frames = _FRAMES.fullmatch(text)
        seconds = seconds_of(frames[1] if frames else text)
        return None if seconds is None else Seconds(seconds)
    if (found := _DURATION.fullmatch(text)) and any(parts := found.groups()):
        hours, minutes, seconds = (float(part or 0) for part in parts)
        return Seconds(hours * 3600 + minutes * 60 + seconds)
    return None


def scale_of(words: float, lasting: float, *, without_pauses: bool = False) -> float:
    """Seconds in the unit of times that nobody named, where ``words`` were said in ``lasting`` of it.

    Nobody speaks slower than a word in ten seconds for long: what is slower counts milliseconds, and so on. Where
    ``without_pauses`` says that somebody spoke all the time, nobody speaks at a tenth of the usual speed: that counts
    the samples of audio for recognisers.
    """
    if words <= 0 or lasting <= 0 or not math.isfinite(lasting):
        return 1.0
    rate = words / lasting
    if rate >= _SLOWEST:
        return 1.0
    if without_pauses and _SLOWEST_OF_SAMPLES <= rate < _FASTEST_OF_SAMPLES:
        return 1 / _SAMPLES
    return next((scale for slowest, scale in _SCALES if rate >= slowest), 1e-9)


_SLOWEST = 0.1
_SAMPLES = 16_000
_SLOWEST_OF_SAMPLES, _FASTEST_OF_SAMPLES = 1 / _SAMPLES, 5.5 / _SAMPLES
"""Words in a sample: a word in a second, and more than five."""
_SCALES = ((1e-4, 1e-3), (8e-7, 1e-6), (1e-8, 1e-7))
