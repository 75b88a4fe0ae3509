"""Marks inside of turns: where a transcript gives times between its labels, the speaker goes on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.headings import is_title_above
from companion.archive.transcripts.marks import Mark
from companion.archive.transcripts.page import Cue, Page, begins_paragraph, behind_mark
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
    return _with_free_marks(page, _with_titles(page, _with_carried_labels(page.text, cues)))


def splits_turn(text: str, cue: Cue) -> bool:
    """Does the text allow a turn to be cut at a cue that continues it: at a paragraph or between sentences?"""
    return begins_paragraph(text, cue.start) or ends_a_sentence(text[max(0, cue.start - 40) : cue.start])


def _with_carried_labels(text: str, cues: Sequence[Cue]) -> list[Cue]:
    timed = sum(cue.time is not None for cue in cues)
    bare = {nth for nth, cue in enumerate(cues) if cue.label is None and not _announces(text, cues, nth)}
    if not _goes_on_like(text, cues, bare):
        bare.discard(len(cues) - 1)
    labelled = sum(cue.label is not None for cue in cues)
    if len(bare) < _FEWEST or len(bare) < _LEAST_SHARE * timed or labelled < _LEAST_LABELLED * timed:
        return list(cues)
    result: list[Cue] = []
    for nth, cue in enumerate(cues):
        label = result[-1].label if result else None
        result.append(replace(cue, label=label, continues=True) if nth in bare and label else cue)
    return result


def _goes_on_like(text: str, cues: Sequence[Cue], bare: set[int]) -> bool:
    """Does speech follow the last cue as it follows the others without a label: on the same line, or on the next one?
    Else the mark closes the last turn."""
    last = len(cues) - 1
    if last not in bare or not text[cues[last].body :].strip():
        return False
    breaks = [text[cue.body :][:2].lstrip(" ").startswith("\n") for cue in (cues[nth] for nth in sorted(bare))]
    return 2 * sum(line == breaks[-1] for line in breaks[:-1]) > len(breaks[:-1])


def _announces(text: str, cues: Sequence[Cue], nth: int) -> bool:
    """Does a title follow: has the next cue the same time, or a label and none?"""
    if nth + 1 == len(cues):
        return False
    cue, following = cues[nth], cues[nth + 1]
    return cue.time == following.time or is_title_above(text[cue.body : following.start], following)


def _with_titles(page: Page, cues: Sequence[Cue]) -> list[Cue]:
    """The cues with the marks of headings that stand between them (`## [5:53] Why we care`)."""
    result: list[Cue] = []
    nth, behind = 0, 0
    for cue in cues:
        while nth < len(page.marks) and page.marks[nth].start < cue.start:
            mark = page.marks[nth]
            nth += 1
            start = page.openings[mark.start]
            heads = start >= behind and page.text.startswith("#", start)
            if heads and is_title_above(page.text[start : cue.start], cue):
                result.append(Cue(start, behind_mark(page.text, mark.end), None, mark.seconds))
        result.append(cue)
        behind = cue.body
    return result


def _with_free_marks(page: Page, cues: Sequence[Cue]) -> list[Cue]:
    """The cues with the marks that none of them holds: with several, a turn goes on there; one or two that begin a
    paragraph begin turns, and nobody knows whose unless a known label follows."""
    merged: list[Cue] = []
    free: list[Mark] = []
    nth = 0
    for cue in cues:
        while nth < len(page.marks) and page.marks[nth].start < cue.body:
            mark = page.marks[nth]
            nth += 1
            if merged and mark.end <= cue.start:
                merged.append(_continued(page, mark, merged[-1].label))
                free.append(mark)
        merged.append(cue)
    for mark in page.marks[nth:]:
        if merged:
            merged.append(_continued(page, mark, merged[-1].label))
            free.append(mark)
    if len(free) < _FEWEST:
        return _with_forgotten_labels(page, cues, free)
    times = trusted([cue.time for cue in merged])
    kept = sum(cue.continues and time is not None for cue, time in zip(merged, times, strict=True))
    continuing = sum(cue.continues for cue in merged)
    return merged if kept >= _LEAST_TRUSTED * continuing else list(cues)


def _with_forgotten_labels(page: Page, cues: Sequence[Cue], free: Sequence[Mark]) -> list[Cue]:
    labels = {cue.label for cue in cues if cue.label}
    opening = [
        _opened(page, mark, labels)
        for mark in free
        if begins_paragraph(page.text, mark.start) and page.text[mark.end :].strip()
    ]
    merged = sorted([*cues, *opening], key=lambda cue: cue.start)
    times = trusted([cue.time for cue in merged])
    trusty = all(time is not None for cue, time in zip(merged, times, strict=True) if cue in opening)
    return merged if opening and trusty and any(cue.time is not None for cue in cues) else list(cues)


def _opened(page: Page, mark: Mark, labels: Collection[str]) -> Cue:
    """A turn that a mark begins, of whoever is named behind it as elsewhere before one."""
    start, body = page.openings[mark.start], behind_mark(page.text, mark.end)
    label = next((label for label in labels if page.text.startswith(f"{label}:", body)), None)
    return Cue(start, body + len(label) + 1 if label else body, label, mark.seconds)


def _continued(page: Page, mark: Mark, label: str | None) -> Cue:
    body = mark.end
    while body < len(page.text) and page.text[body] in ":* \t":
        body += 1
    return Cue(page.openings[mark.start], body, label, mark.seconds, continues=True)
