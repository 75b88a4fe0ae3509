"""Times that a page keeps in the attributes of its elements (`<p data-start="12.5">`, `onclick="seek(12.5)"`) and
does not show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from companion.archive.transcripts.fields import meanings_of, scale_of, time_of

_NAMES = frozenset(
    "start starttime startms startseconds begin time timestamp timecode ts t m seek tstart audiostart".split()
)
_MILLISECONDS = frozenset(("m",))
"""Attributes that players of words by time agree on, in milliseconds."""
_CALL = re.compile(
    r"(?:play|seek|jump|skip|time|goto|cue)\w{0,20}\s?\(\s?['\"]?(?P<time>\d{1,5}(?::\d{1,2}){0,2}(?:\.\d{1,6})?)['\"]?\s?[,)]",
    re.IGNORECASE | re.ASCII,
)
"""A call that plays from a time, in what happens on a click or under an address."""
_SHOWN = re.compile(r"\d:\d\d")
_FEWEST = 3
_MOSTLY = 0.9


class ElementTimes:
    """Notes the times of elements as they begin, and writes those that begin lines into the text."""

    def __init__(self) -> None:
        self._found: list[tuple[int, float]] = []

    def note(self, tag: str, attributes: Mapping[str, str], nth: int) -> None:
        """Note the time of an element that begins with the ``nth`` part of the text, if it has one."""
        for name, value in attributes.items():
            if name in ("onclick", "href") and (call := _CALL.search(value)):
                time = time_of(call["time"])
                if time is not None:
                    self._found.append((nth, time))
                    return
            shown = name == "datetime" and tag == "time"
            if not shown and not name.startswith("data-"):
                continue
            plain = re.sub("[^a-z]", "", name.removeprefix("data-").lower())
            if shown or plain in _NAMES:
                unit = 1e-3 if plain in _MILLISECONDS else next((m.unit for m in meanings_of(plain)), None)
                time = time_of(value, unit)
                if time is not None:
                    self._found.append((nth, time))
                    return

    def write_into(self, parts: list[str]) -> None:
        """Write the first time of each line before what it belongs to, if the times grow, and the text shows none."""
        first = self._first_of_lines(parts)
        times = [time for _, time in first]
        steps = {round(after - before, 3) for before, after in pairwise(times)}
        growing = sum(before <= after for before, after in pairwise(times))
        if len(times) < _FEWEST or len(steps) == 1 or growing < _MOSTLY * (len(times) - 1):
            return
        text = "".join(parts)
        if 2 * len(_SHOWN.findall(text)) > len(times):
            return
        told = any(type(time) is not float or time % 1 for time in times)
        # Silence counts, too: a tenth of the usual speed is still one.
        scale = 1.0 if told else scale_of(10 * len(text.split()), max(times) - min(times))
        for nth, time in first:
            parts[nth] = f"{_clock(time * scale)} {parts[nth]}"

    def _first_of_lines(self, parts: list[str]) -> list[tuple[int, float]]:
        """The first time of each line that has words behind it."""
        first: list[tuple[int, float]] = []
        taken = -1
        line = 0
        breaks = [nth for nth, part in enumerate(parts) if "\n" in part]
        for nth, time in self._found:
            while line < len(breaks) and breaks[line] < nth:
                line += 1
            if line != taken and nth < len(parts):
                taken = line
                first.append((nth, time))
        return first


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    clock = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"[{clock}.{thousandths:03}]" if thousandths else f"[{clock}]"
