"""Cues as a player shows them made into captions as they were said: in order, and each word once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from companion.archive.transcripts.caption import Caption, without_beginning
from companion.archive.transcripts.timing import trusted

_ROLLING = 0.4
"""Share of cues that begin with the lines before, from which on cues scroll."""
_GROWING = 0.2
"""Share of them that add to those lines: people repeat themselves, too."""
_APART = 0.5
"""Seconds between cues from which on the second is no continuation of the first."""
_TRACK = 5
"""Cues in a row that begin anew, from which on they are another track of the same talk."""
_DISPLACED = 1.0
"""Seconds by which a cue must be early to stand in the wrong place: times of single words tremble."""


def captions_of_cues(cues: Sequence[Caption]) -> list[Caption]:
    """The cues in the order of time, without doubles and without what scrolling repeats."""
    return _unrolled(_once(_in_time_order([cue for cue in cues if cue.text.strip()])))


def _in_time_order(cues: Sequence[Caption]) -> list[Caption]:
    """Cues that stand in the wrong place, where there is room for them. Others with a time that contradicts their
    neighbours' stay where they are."""
    starts = [cue.start for cue in cues]
    known = [start for start in starts if start is not None]
    if all(before <= after for before, after in pairwise(known)):
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
    moving = [False] * len(cues)
    run: list[int] = []
    for nth in range(len(cues) + 1):
        goes_on = nth < len(cues) and displaced[nth]
        if goes_on and (not run or (cues[run[-1]].start or 0.0) <= (cues[nth].start or 0.0)):
            run.append(nth)
            continue
        for member in run:
            at = place[member]
            before = cues[order[at - 1]] if at else None
            after = cues[order[at + 1]] if at + 1 < len(order) else None
            early = max((cues[other].start or 0.0 for other in range(max(0, run[0] - 1), run[0])), default=0.0)
            moving[member] = early - (cues[member].start or 0.0) > _DISPLACED and (
                len(run) >= _TRACK or _fits(before, cues[member], after)
            )
        run = [nth] if goes_on else []
    return moving


def _fits(before: Caption | None, cue: Caption, after: Caption | None) -> bool:
    """Is at least half of the cue's time its own?"""
    start = cue.start or 0.0
    end = start if cue.end is None else max(start, cue.end)
    taken = max(0.0, (before.end or 0.0) - start) if before else 0.0
    taken += max(0.0, end - (after.start or end)) if after else 0.0
    same = (before is not None and before.start == start) or (after is not None and after.start == start)
    return not same and taken <= (end - start) / 2


def _once(cues: Sequence[Caption]) -> list[Caption]:
    """The cues without those that say the same at the same time as the one before, or the one before that."""
    result: list[Caption] = []
    for cue in cues:
        if cue.start is not None and any(
            other.start == cue.start and other.text == cue.text and other.speaker == cue.speaker
            for other in result[-2:]
        ):
            continue
        result.append(cue)
    return result


def _unrolled(cues: Sequence[Caption]) -> list[Caption]:
    """Cues that scroll or grow (each repeats the lines before) without the repetitions."""
    repeated = [_repeated(before, after) for before, after in pairwise(cues)]
    rolling = [(length, len(after.text)) for length, after in zip(repeated, cues[1:], strict=True) if length]
    growing = sum(length < whole for length, whole in rolling)
    if not rolling or len(rolling) < _ROLLING * len(cues) or growing < _GROWING * len(cues):
        return list(cues)
    result = [cues[0]]
    for length, cue in zip(repeated, cues[1:], strict=True):
        kept = without_beginning(cue, length) if length else cue
        if kept.text:
            result.append(kept)
    return result


def _repeated(before: Caption, after: Caption) -> int:
    """Characters at the beginning of a cue that repeat the last lines of the one before."""
    if before.end is not None and after.start is not None and after.start > before.end + _APART:
        return 0
    shown, text = before.text, after.text
    if not shown or shown[-1] not in text:
        return 0
    at = 0
    while True:
        lines = shown[at:]
        if text.startswith(lines) and not (text[len(lines) : len(lines) + 1].isalnum() and lines[-1:].isalnum()):
            return len(lines)
        at = shown.find("\n", at) + 1
        if not at:
            return 0
