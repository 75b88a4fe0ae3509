"""The conventions by which prose transcripts mark who speaks and when.

A convention is a name and a function that finds its cues in a text: the places where a turn begins, with the label and
the time given there. None of them decides whether it applies; `evidence` compares what they find.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from companion.archive.transcripts.labels import (
    Label,
    clean_border,
    labels_ending_at,
    looks_like_a_name,
)
from companion.archive.transcripts.marks import Mark


@dataclass(frozen=True, slots=True)
class Cue:
    """Where a turn begins: ``text[start:body]`` is the cue itself (label, mark), the turn's words follow."""

    start: int
    body: int
    label: str | None = None
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A text to find cues in, with the marks that may be cues (those of a chapter list are not)."""

    text: str
    marks: tuple[Mark, ...]

    def labels_before_colons(self, known: Collection[str] = ()) -> list[Label]:
        """Labels that stand before a colon and blank, outside of marks; ``known`` are names found elsewhere."""
        marks = self.marks
        ends: list[int] = []
        floors: list[int] = []
        floor, nth = 0, 0
        for match in re.finditer(r":(?=\s|\*\*|\Z)", self.text):
            while nth < len(marks) and marks[nth].end <= match.start():
                floor = max(floor, marks[nth].end)
                nth += 1
            ends.append(match.start())
            floors.append(floor)
            floor = match.end()
        return [label for label in labels_ending_at(self.text, ends, floors, known) if label]


@dataclass(frozen=True, slots=True)
class Convention:
    """How a transcript is written: ``name`` shows it, ``cues`` finds where its turns begin."""

    name: str
    cues: Callable[[Page], list[Cue]]
    mark_closes: bool = False
    """A time ends the turn before it."""
    tells: float = 0.3
    """What its borders alone tell, labels and times aside: most tell where one turn ends and the next begins."""


_AFTER_LABELLED_MARK = re.compile(r"\s?:|[^\S\n]*(?:\n|\Z)|[^\S\n]*[-–—] ")
_LABEL_THEN = re.compile(
    r"\s{0,4}(?:\*\*|__)?(?P<label>[^\W_][^\n:\[\]<>?!]{0,47}?)(?:\*\*|__)?[ \t]?:(?:\*\*|__)?(?=\s|\w|[\"“'‘(\[]|\Z)"
)
_DASH = re.compile(r"(?:(?:^|\n)[^\S\n]*|(?<=[.?!…,)\"”'’\]-])[^\S\n])(?P<dash>[-–—] )(?=\S)")


def _label_then_mark(page: Page) -> list[Cue]:
    text = page.text
    sites: list[tuple[Mark, int, int, int]] = []
    floor = 0
    for mark in page.marks:
        after = _AFTER_LABELLED_MARK.match(text, mark.end)
        if after:
            sites.append((mark, _back(text, mark.start, floor), floor, after.end()))
        floor = after.end() if after else mark.end
    labels = labels_ending_at(text, [site[1] for site in sites], [site[2] for site in sites])
    cues = [
        Cue(_undecorated(text, label.start), body, label.name, mark.seconds)
        for (mark, _, _, body), label in zip(sites, labels, strict=True)
        if label
    ]
    return _with_unmarked(page, cues)


def _mark_then_label(page: Page) -> list[Cue]:
    """Labels right behind marks: where a mark closes the turn before it, the next label stands there too."""
    names = _names_after_marks(page)
    known = Counter(name for name in names.values() if name)
    cues: list[Cue] = []
    for mark in page.marks:
        match = _LABEL_THEN.match(page.text, mark.end)
        name = match["label"].strip() if match else None
        if match and name and (known[name] > 1 or looks_like_a_name(name)):
            cues.append(Cue(mark.start, _after_decoration(page.text, match.end()), name, mark.seconds))
        else:
            cues.append(Cue(mark.start, mark.end, None, mark.seconds))
    return _with_unmarked(page, cues) if any(cue.label for cue in cues) else []


def _mark_then_text(page: Page) -> list[Cue]:
    return [Cue(mark.start, mark.end, None, mark.seconds) for mark in page.marks]


def _label_then_text(page: Page) -> list[Cue]:
    bordered = [
        label for label in page.labels_before_colons() if label.clean and _paragraph_border(page.text, label.start)
    ]
    names = Counter(label.name for label in bordered)
    return [
        _unmarked_cue(page, label)
        for label in bordered
        if names[label.name] > 1 or (looks_like_a_name(label.name) and _line_border(page.text, label.start))
    ]


def _dashes(page: Page) -> list[Cue]:
    return [Cue(match.start("dash"), match.end()) for match in _DASH.finditer(page.text)]


def _paragraphs(page: Page) -> list[Cue]:
    return [Cue(match.end(), match.end()) for match in re.finditer(r"(?:\A|\n\n)(?=\S)", page.text)]


PARAGRAPHS = "paragraphs"
"""The convention of a text that marks neither speakers nor times."""
CONVENTIONS = (
    Convention("Name [time]: text", _label_then_mark),
    Convention("[time] Name: text", _mark_then_label),
    Convention("Name: text [time]", _mark_then_label, mark_closes=True),
    Convention("[time] text", _mark_then_text),
    Convention("Name: text", _label_then_text),
    Convention("- text", _dashes),
    Convention(PARAGRAPHS, _paragraphs, tells=0.1),
)


def _with_unmarked(page: Page, cues: list[Cue]) -> list[Cue]:
    """The cues and, between them, the labels without a mark of speakers that are labelled with marks elsewhere."""
    known = {cue.label for cue in cues if cue.label}
    taken = [(cue.start, cue.body) for cue in cues]
    free: list[Cue] = []
    nth = 0
    for label in page.labels_before_colons(known):
        while nth < len(taken) and taken[nth][1] <= label.start:
            nth += 1
        inside = nth < len(taken) and taken[nth][0] < label.end
        if label.name in known and label.clean and not inside and _paragraph_border(page.text, label.start):
            free.append(_unmarked_cue(page, label))
    return sorted([*cues, *free], key=lambda cue: cue.start)


def _unmarked_cue(page: Page, label: Label) -> Cue:
    return Cue(_undecorated(page.text, label.start), _after_decoration(page.text, label.end + 1), label.name)


def _paragraph_border(text: str, position: int) -> bool:
    """Does a paragraph end right before ``position``: a line, or a sentence that lost its blank to joined lines?"""
    start = _undecorated(text, position)
    return start == 0 or text[start - 1] == "\n" or (not text[start - 1].isspace() and clean_border(text, start))


def _line_border(text: str, position: int) -> bool:
    start = _undecorated(text, position)
    return start == 0 or text[start - 1] == "\n"


def _names_after_marks(page: Page) -> dict[int, str | None]:
    matches = ((mark.start, _LABEL_THEN.match(page.text, mark.end)) for mark in page.marks)
    return {start: match["label"].strip() if match else None for start, match in matches}


def _back(text: str, position: int, floor: int) -> int:
    """Where a label before a mark ends: over blanks, one colon, decoration and a line end."""
    at = position
    while at > floor and position - at < 8 and text[at - 1] in " \t\n*_:(|-":
        at -= 1
    return at


def _after_decoration(text: str, position: int) -> int:
    while position < len(text) and text[position] in "*_ \t":
        position += 1
    return position


def _undecorated(text: str, position: int) -> int:
    while position > 0 and text[position - 1] in "*_":
        position -= 1
    return position
