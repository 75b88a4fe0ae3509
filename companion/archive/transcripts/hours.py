"""Hours that clocks leave out, `59:58` and then `00:04`, or count from midnight, `18:00:03`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from companion.archive.transcripts.marks import Mark
from companion.archive.transcripts.timing import growth

_HOUR = 3600.0
_LATE, _EARLY = 3300.0, 300.0
"""Seconds of an hour, its last and first minutes, between which the next one begins."""
_FEWEST = 3
"""Times before and after a new hour."""
_SLOWEST, _FASTEST = 0.5, 8.0
"""Words in a second of what is said: a list of chapters has fewer."""
_MORNING, _DAY = 6 * _HOUR, 24 * _HOUR
_MOSTLY = 0.95


def with_hours(text: str, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks with the hours that they leave out, or counted from the first where they tell the time of a day."""
    times = [mark.seconds for mark in marks]
    if len(times) < 2 * _FEWEST:
        return tuple(marks)
    if min(times) >= _MORNING and max(times) < _DAY and growth(times) >= _MOSTLY:
        return tuple(Mark(mark.start, mark.end, mark.seconds - times[0]) for mark in marks)
    if max(times) >= _HOUR or not (hours := _new_hours(text, marks)):
        return tuple(marks)
    later = [Mark(m.start, m.end, m.seconds + _HOUR * sum(nth >= at for at in hours)) for nth, m in enumerate(marks)]
    return tuple(later) if growth([mark.seconds for mark in later]) >= _MOSTLY else tuple(marks)


def _new_hours(text: str, marks: Sequence[Mark]) -> list[int]:
    """The marks, by number, with which an hour begins that they do not name, behind what was said in the one before."""
    found = [
        nth
        for nth, (before, after) in enumerate(pairwise(marks), 1)
        if before.seconds >= _LATE and after.seconds <= _EARLY
    ]
    borders = [0, *found, len(marks)]
    if any(after - before < _FEWEST for before, after in pairwise(borders)):
        return []
    for first, stop in pairwise(borders):
        lasting = marks[stop - 1].seconds - marks[first].seconds
        words = len(text[marks[first].end : marks[stop - 1].start].split())
        if not _SLOWEST * lasting <= words <= _FASTEST * lasting:
            return []
    return found
