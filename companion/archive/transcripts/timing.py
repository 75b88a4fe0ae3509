"""Times that never go backwards: which marks to trust, and what to put where there is none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from operator import le


def grows(times: Sequence[float | None]) -> bool:
    """Do the known times never go backwards?"""
    known = [time for time in times if time is not None]
    return all(map(le, known, known[1:]))


def trusted(times: Sequence[float | None]) -> list[float | None]:
    """The times with those taken out that contradict the rest: the longest non-decreasing subsequence stays."""
    if grows(times):
        return list(times)
    tails: list[float] = []
    tail_at: list[int] = []
    before: list[int | None] = [None] * len(times)
    for i, time in enumerate(times):
        if time is None:
            continue
        length = bisect_right(tails, time)
        before[i] = tail_at[length - 1] if length else None
        if length == len(tails):
            tails.append(time)
            tail_at.append(i)
        else:
            tails[length] = time
            tail_at[length] = i
    kept: list[float | None] = [None] * len(times)
    at = tail_at[-1] if tail_at else None
    while at is not None:
        kept[at] = times[at]
        at = before[at]
    return kept


def filled(times: Sequence[float | None], offsets: Sequence[int]) -> list[float | None]:
    """The times with gaps between two known ones filled, in proportion to the characters between them.

    ``times`` must not decrease; ``offsets`` are the positions in the text. Before the first known time and after the
    last nothing is known, and nothing is filled in.
    """
    result = list(times)
    known = [i for i, time in enumerate(times) if time is not None]
    for left, right in pairwise(known):
        first, last = times[left], times[right]
        if first is None or last is None:
            continue
        width = offsets[right] - offsets[left]
        for i in range(left + 1, right):
            share = (offsets[i] - offsets[left]) / width if width else 0.0
            result[i] = min(last, first + (last - first) * share)
    return result


def growth(times: Sequence[float | None]) -> float:
    """How well times grow: the share of known times that do not contradict the others, 1.0 where none is known."""
    known = sum(time is not None for time in times)
    return sum(time is not None for time in trusted(times)) / known if known else 1.0
