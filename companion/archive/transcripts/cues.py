"""Cues as a player shows them made into captions as they were said: in order, and each word once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from companion.archive.transcripts.caption import Caption, without_beginning
from companion.archive.transcripts.timing import grows, trusted

_ROLLING = 0.4
"""Share of cues that begin with the lines before, from which on cues scroll."""
_GROWING = 0.2
"""Share of them that add to those lines: people repeat themselves, too."""
_APART = 0.5
"""Seconds between cues from which on the second is no continuation of the first."""
_TRACK = 5
"""Cues in a row that begin anew, from which on they are another track of the same talk."""
_GAP = 10.0
"""Seconds of silence that may stand around a cue that is put where there is room for it."""
_DISPLACED = 1.0
"""Seconds by which a cue must be early or late to stand in the wrong place: times of single words tremble."""


def captions_of_cues(cues: Sequence[Caption]) -> list[Caption]:
    """The cues in the order of time, without doubles and without what scrolling repeats."""
    return _unrolled(_once(_in_time_order([cue for cue in cues if cue.text.strip()])))


def _in_time_order(cues: Sequence[Caption]) -> list[Caption]:
    """Cues that stand in the wrong place, where there is room for them. Others with a time that contradicts their
    neighbours' stay where they are."""
    starts = [cue.start for cue in cues]
    if grows(starts):
        return list(cues)
    kept = trusted(starts)
    moving = _moving(cues, [start is not None and kept[nth] is None for nth, start in enumerate(starts)])
    keys: list[float] = []
    latest = 0.0
    for nth, start in enumerate(starts):
        if start is not None and (kept[nth] is not None or moving[nth]):
            latest = start
        keys.append(latest)
    return [cues[nth] for nth in sorted(range(len(cues)), key=keys.__getitem__)]


def _moving(cues: Sequence[Caption], displaced: Sequence[bool]) -> list[bool]:
    """Which of the displaced cues belong elsewhere: those of another track, and those that fit between two others."""
    order = sorted(
        (nth for nth, cue in enumerate(cues) if cue.start is not None), key=lambda nth: cues[nth].start or 0.0
    )
    place = {nth: at for at, nth in enumerate(order)}
    floors, ceilings = _bounds(cues, displaced)
    moving = [False] * len(cues)
    run: list[int] = []
    for nth in range(len(cues) + 1):
        goes_on = nth < len(cues) and displaced[nth]
        if goes_on and (not run or (cues[run[-1]].start or 0.0) <= (cues[nth].start or 0.0)):
            run.append(nth)
            continue
        for member in run:
            start = cues[member].start or 0.0
            at = place[member]
            before = cues[order[at - 1]] if at else None
            after = cues[order[at + 1]] if at + 1 < len(order) else None
            away = max(floors[member] - start, start - ceilings[member])
            moving[member] = away > _DISPLACED and (len(run) >= _TRACK or _fits(before, cues[member], after))
        run = [nth] if goes_on else []
    return moving


def _bounds(cues: Sequence[Caption], displaced: Sequence[bool]) -> tuple[list[float], list[float]]:
    """For each cue the starts of the nearest cues before and after it that are in their places."""

    def nearest(order: Sequence[int], latest: float) -> list[float]:
        found = [latest] * len(cues)
        for nth in order:
            found[nth] = latest
            start = cues[nth].start
            if start is not None and not displaced[nth]:
                latest = start
        return found

    return nearest(range(len(cues)), 0.0), nearest(range(len(cues) - 1, -1, -1), float("inf"))


def _fits(before: Caption | None, cue: Caption, after: Caption | None) -> bool:
    """Has the cue most of its time to itself, close to its neighbours: is there a gap of just that length?"""
    start = cue.start or 0.0
    end = start if cue.end is None else max(start, cue.end)
    taken = apart = 0.0
    if before:
        ended = before.start if before.end is None else before.end
        taken += max(0.0, (ended or 0.0) - start)
        apart = max(apart, start - (ended or 0.0))
    if after:
        taken += max(0.0, end - (after.start or 0.0))
        apart = max(apart, (after.start or 0.0) - end)
    return taken <= (end - start) / 2 and apart <= _GAP and not (before and before.start == start)


def _once(cues: Sequence[Caption]) -> list[Caption]:
    """The cues without those that say the same at the same time as the one before, or the one before that."""
    result: list[Caption] = []
    last: tuple[object, ...] | None = None
    before: tuple[object, ...] | None = None
    for cue in cues:
        said = (cue.start, cue.text, cue.speaker)
        if cue.start is None or (said != last and said != before):
            result.append(cue)
            last, before = said, last
    return result


def _unrolled(cues: Sequence[Caption]) -> list[Caption]:
    """Cues that scroll or grow (each repeats the lines before) without the repetitions."""
    if 2 * sum(" " in cue.text or "\n" in cue.text for cue in cues) < len(cues):
        return list(cues)  # single words: people say the same one twice
    repeated = [_repeated(before, after) for before, after in pairwise(cues)]
    rolling = [(length, len(after.text)) for length, after in zip(repeated, cues[1:], strict=True) if length]
    growing = sum(length < whole for length, whole in rolling)
    if not rolling or len(rolling) < _ROLLING * len(cues) or growing < _GROWING * len(cues):
        return list(cues)
    result = [cues[0]]
    for before, cue, length in zip(cues, cues[1:], repeated, strict=False):
        # Where cues scroll, the line above another one is what was shown last, however long ago.
        length = length or ("\n" in cue.text and _repeated(before, cue, above_another=True))
        kept = without_beginning(cue, length) if length else cue
        if kept.text:
            result.append(kept)
    return result


def _repeated(before: Caption, after: Caption, *, above_another: bool = False) -> int:
    """Characters at the beginning of a cue that repeat the last lines of the one before, which was there until just
    now. With ``above_another`` they must be whole lines above others."""
    late = before.end is not None and after.start is not None and after.start > before.end + _APART
    if late and not above_another:
        return 0
    shown, text = before.text, after.text
    if not shown or shown[-1] not in text:
        return 0
    at = 0
    while True:
        lines = shown[at:]
        behind = text[len(lines) : len(lines) + 1]
        if text.startswith(lines) and (
            behind == "\n" if above_another else not (behind.isalnum() and lines[-1:].isalnum())
        ):
            return len(lines)
        at = shown.find("\n", at) + 1
        if not at:
            return 0
