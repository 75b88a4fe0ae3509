"""How well a convention explains a text: measures from 0 to 1, and their product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.labels import clean_border
from companion.archive.transcripts.page import Convention, Cue, Page
from companion.archive.transcripts.timing import growth


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a convention, each measure from 0 (against) to 1 (for).

    ``growth``: times that do not contradict the others. ``repetition``: labelled turns whose label occurs again, and
    how often there is a cue at all.
    ``borders``: turns that begin where a line or a sentence ends. ``coverage``: words in turns, their cues included.
    ``marks``: time marks of the text that the convention explains. ``detail``: what the convention tells of a turn.
    """

    convention: str
    growth: float
    repetition: float
    borders: float
    coverage: float
    marks: float
    detail: float

    @property
    def score(self) -> float:
        return self.growth * self.repetition * self.borders * self.coverage * self.marks * self.detail


def evidence_for(convention: Convention, page: Page, cues: Sequence[Cue], start: int, end: int) -> Evidence:
    """Measure the cues that a convention found, for the text from ``start`` to ``end``."""
    if not cues:
        return Evidence(convention.name, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    text = page.text[:end]
    labels = Counter(cue.label for cue in cues if cue.label and not cue.continues)
    labelled = sum(labels.values())
    repeated = sum(count for count in labels.values() if count > 1)
    recurring, often = (0.5 + 0.5 * repeated / labelled, labelled) if labelled else (1.0, len(cues))
    timed = sum(cue.time is not None for cue in cues)
    told = timed + (convention.closes and cues[0].time is None)
    stray = max(0, sum(start <= mark.start < end for mark in page.marks) - timed)
    covered = _words_covered(page, cues, convention, len(text))
    words = max(1, page.words_between(start, len(text)), page.words_between(0, len(page.text)) // 2)
    return Evidence(
        convention.name,
        growth=growth([cue.time for cue in cues]),
        repetition=recurring * often / (often + 1),
        borders=_borders(text, cues, convention),
        coverage=min(1.0, covered / words),
        marks=len(cues) / (len(cues) + stray),
        detail=convention.tells + 0.4 * sqrt(labelled / len(cues)) + 0.3 * min(1.0, told / len(cues)),
    )


def _borders(text: str, cues: Sequence[Cue], convention: Convention) -> float:
    """The mean over the cues, where one without words counts as wrong (unless it closes the last turn), and so does a
    time that should close a turn before there is any."""
    ends = [*(cue.start for cue in cues[1:]), len(text)]
    total = 0.0
    for cue, end in zip(cues, ends, strict=True):
        closing = convention.closes and cue is cues[-1]
        opening = convention.closes and cue is cues[0] and cue.time is not None
        right = not opening and (closing or text[cue.body : end].strip())
        total += _at_border(text, cue, convention) if right else 0.0
    return total / len(cues)


def _words_covered(page: Page, cues: Sequence[Cue], convention: Convention, end: int) -> int:
    """Words from the first cue on, where one that a cue cuts counts twice."""
    last = cues[-1]
    if convention.closes and len(cues) > 1 and last.label is None:
        end = last.body
    text, first = page.text, cues[0].start
    inside = {cue.start for cue in cues if first < cue.start < end}
    cut = sum(not text[start - 1].isspace() and not text[start].isspace() for start in inside)
    return page.words_between(first, end) + cut


def _at_border(text: str, cue: Cue, convention: Convention) -> float:
    """Is the cue on its own side of a paragraph's border: 1.0 for a visible one, 0.5 for a sentence's end only,
    0.7 if a label follows it?"""
    after = text[cue.start : cue.body]
    if convention.closes and (cue.time is not None or "\n" in after):
        mark = after.partition(cue.label)[0].rstrip("*_") if cue.label else ""
        glued = bool(mark) and not mark[-1].isspace()
        return 1.0 if glued or "\n" in after or cue.label is None else 0.5
    if cue.start == 0 or text[cue.start - 1] == "\n":
        return 1.0
    before = text[max(0, cue.start - 40) : cue.start]
    if not before[-1].isspace():
        return 1.0 if clean_border(text, cue.start) else 0.8
    behind_sentence = 0.7 if cue.label and cue.time is None else 0.5
    return behind_sentence if ends_a_sentence(before) else 0.0
