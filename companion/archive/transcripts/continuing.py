"""Marks inside of turns: where a transcript gives times between its labels, the speaker goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.page import Cue, Page, begins_paragraph
from companion.archive.transcripts.timing import trusted

_FEWEST = 3
_LEAST_SHARE = 0.12
"""Of the timed cues: where fewer have no label, somebody forgot it, and nobody knows who speaks."""
_LEAST_LABELLED = 0.05
"""Of them: where fewer have a label, it is none."""
_LEAST_TRUSTED = 0.8


def with_continuations(page: Page, cues: Sequence[Cue]) -> list[Cue]:
    """The cues of a labelled text with those that continue a turn: marks without a label, if they are a habit."""
    if not any(cue.label for cue in cues):
        return list(cues)
    return _with_free_marks(page, _with_carried_labels(cues))


def splits_turn(text: str, cue: Cue) -> bool:
    """Does the text allow a turn to be cut at a cue that continues it: at a paragraph or between sentences?"""
    return begins_paragraph(text, cue.start) or ends_a_sentence(text[max(0, cue.start - 40) : cue.start])


def _with_carried_labels(cues: Sequence[Cue]) -> list[Cue]:
    timed = sum(cue.time is not None for cue in cues)
    bare = {nth for nth, cue in enumerate(cues) if cue.label is None and not _shares_its_time(cues, nth)}
    bare.discard(len(cues) - 1)
    labelled = sum(cue.label is not None for cue in cues)
    if len(bare) < _FEWEST or len(bare) < _LEAST_SHARE * timed or labelled < _LEAST_LABELLED * timed:
        return list(cues)
    result: list[Cue] = []
    for nth, cue in enumerate(cues):
        label = result[-1].label if result else None
        result.append(replace(cue, label=label, continues=True) if nth in bare and label else cue)
    return result


def _shares_its_time(cues: Sequence[Cue], nth: int) -> bool:
    """Does the next cue have the same time, as behind a title?"""
    return nth + 1 < len(cues) and cues[nth].time == cues[nth + 1].time


def _with_free_marks(page: Page, cues: Sequence[Cue]) -> list[Cue]:
    merged: list[Cue] = []
    free = 0
    nth = 0
    for cue in cues:
        while nth < len(page.marks) and page.marks[nth].start < cue.body:
            mark = page.marks[nth]
            nth += 1
            if merged and mark.end <= cue.start:
                merged.append(_continued(page, mark.start, mark.end, mark.seconds, merged[-1].label))
                free += 1
        merged.append(cue)
    for mark in page.marks[nth:]:
        if merged:
            merged.append(_continued(page, mark.start, mark.end, mark.seconds, merged[-1].label))
            free += 1
    if free < _FEWEST:
        return list(cues)
    times = trusted([cue.time for cue in merged])
    kept = sum(cue.continues and time is not None for cue, time in zip(merged, times, strict=True))
    continuing = sum(cue.continues for cue in merged)
    return merged if kept >= _LEAST_TRUSTED * continuing else list(cues)


def _continued(page: Page, start: int, end: int, seconds: float, label: str | None) -> Cue:
    body = end
    while body < len(page.text) and page.text[body] in ":* \t":
        body += 1
    return Cue(page.openings[start], body, label, seconds, continues=True)
