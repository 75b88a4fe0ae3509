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
    joins_known_names,
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
        for match in re.finditer(r":(?=\s|\*\*|\Z)|：", self.text):
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


_AFTER_LABELLED_MARK = re.compile(r"\s?[:：]|[^\S\n]*(?:\n|\Z)|[^\S\n]*[-–—] ")
_LABEL = r"(?P<label>[^\W_][^\n:：\[\]<>?!]{0,47}?)"
_LABEL_THEN = re.compile(
    rf"\s{{0,4}}(?:[-–—|]\s)?(?:\*\*|__)?\[?{_LABEL}\]?(?:\*\*|__)?[ \t]?[:：](?:\*\*|__)?(?=\s|\w|[\"“'‘(\[]|\Z)"
)
_LABEL_THEN_DASH = re.compile(rf"\s{{0,4}}(?:\*\*|__)?{_LABEL}(?:\*\*|__)?\s[-–—]\s(?=\S)")
_LABEL_THEN_LINE = re.compile(rf"(?:\*\*|__)?\s{{0,4}}(?:\*\*|__)?{_LABEL}(?:\*\*|__)?\n+(?=\S)")
_BRACKETED_LABEL_THEN = re.compile(rf"\s{{0,4}}\[{_LABEL}\]\s(?=\S)")
_LABEL_LINE_BEFORE = re.compile(rf"(?:\A|\n)(?:\*\*|__|[#>]{{1,6}} )?{_LABEL}(?:\*\*|__)?:?\n+\Z")
_LABEL_LINE = re.compile(rf"(?:\A|\n\n)(?:\*\*|__|[#>]{{1,6}} )?{_LABEL}(?:\*\*|__)?\n+(?=\S)")
_LINE_DECORATION = re.compile(r"[#>\s]{0,8}(?:- )?[*_\[ ]{0,4}\Z")
_LONGEST_LINE = 60
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
        if match and name and (known[name] > 1 or looks_like_a_name(name) or joins_known_names(name, known)):
            cues.append(
                Cue(_undecorated(page.text, mark.start), _after_decoration(page.text, match.end()), name, mark.seconds)
            )
        else:
            cues.append(Cue(_undecorated(page.text, mark.start), mark.end, None, mark.seconds))
    return _with_unmarked(page, cues) if any(cue.label for cue in cues) else []


def _label_near_mark(page: Page, label_of: Callable[[Mark], re.Match[str] | None], *, before: bool) -> list[Cue]:
    """Labels that nothing but their place sets off from speech: taken only where names that repeat stand at most of
    the marks."""
    found = {mark: label_of(mark) for mark in page.marks}
    names = Counter(match["label"].strip() for match in found.values() if match)
    known = {
        name
        for name, count in names.items()
        if (looks_like_a_name(name) or name.isalnum()) and (count > 1 or joins_known_names(name, names))
    }
    cues: list[Cue] = []
    for mark, match in found.items():
        name = match["label"].strip() if match else None
        if match and name in known:
            start = match.start("label") if before else mark.start
            cues.append(
                Cue(
                    _undecorated(page.text, start),
                    _after_decoration(page.text, mark.end if before else match.end()),
                    name,
                    mark.seconds,
                )
            )
        else:
            cues.append(Cue(_undecorated(page.text, mark.start), mark.end, None, mark.seconds))
    return cues if 2 * sum(cue.label is not None for cue in cues) > len(cues) else []


def _after_mark(label: re.Pattern[str]) -> Callable[[Page], list[Cue]]:
    def cues(page: Page) -> list[Cue]:
        return _label_near_mark(page, lambda mark: label.match(page.text, mark.end), before=False)

    return cues


def _label_line_then_mark(page: Page) -> list[Cue]:
    def label_of(mark: Mark) -> re.Match[str] | None:
        if _AFTER_LABELLED_MARK.match(page.text, mark.end):
            return None
        line = _undecorated(page.text, mark.start)
        return _LABEL_LINE_BEFORE.search(page.text, max(0, line - _LONGEST_LINE), line)

    return _label_near_mark(page, label_of, before=True)


def _label_line_then_text(page: Page) -> list[Cue]:
    """Names alone on their lines, where several take turns and none is there but once."""
    lines = list(_LABEL_LINE.finditer(page.text))
    names = Counter(match["label"].strip() for match in lines)
    known = {name for name, count in names.items() if count > 1 and looks_like_a_name(name)}
    spoken = [match for match in lines if match["label"].strip() in known]
    if len(known) < 2 or len(spoken) * 2 < len(lines):
        return []
    return [Cue(_undecorated(page.text, m.start("label")), m.end(), m["label"].strip()) for m in spoken]


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
        if names[label.name] > 1
        or joins_known_names(label.name, names)
        or (looks_like_a_name(label.name) and _line_border(page.text, label.start))
    ]


def _dashes(page: Page) -> list[Cue]:
    return [Cue(match.start("dash"), match.end()) for match in _DASH.finditer(page.text)]


def _paragraphs(page: Page) -> list[Cue]:
    return [Cue(match.end(), match.end()) for match in re.finditer(r"(?:\A|\n\n)(?=\S)", page.text)]


PARAGRAPHS = "paragraphs"
"""The convention of a text that marks neither speakers nor times."""
# A slash in a convention's name stands for the end of a line.
CONVENTIONS = (
    Convention("Name [time]: text", _label_then_mark),
    Convention("[time] Name: text", _mark_then_label),
    Convention("Name: text [time]", _mark_then_label, mark_closes=True),
    Convention("[time] Name - text", _after_mark(_LABEL_THEN_DASH)),
    Convention("[time] [Name] text", _after_mark(_BRACKETED_LABEL_THEN)),
    Convention("[time] Name / text", _after_mark(_LABEL_THEN_LINE)),
    Convention("Name / [time] text", _label_line_then_mark),
    Convention("[time] text", _mark_then_text),
    Convention("Name: text", _label_then_text),
    Convention("Name / text", _label_line_then_text),
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
    """Does a line begin right before ``position``, one that is no item of a list?"""
    start = _undecorated(text, position)
    return (start == 0 or text[start - 1] == "\n") and not text.startswith("-", start)


def _names_after_marks(page: Page) -> dict[int, str | None]:
    matches = ((mark.start, _LABEL_THEN.match(page.text, mark.end)) for mark in page.marks)
    return {start: match["label"].strip() if match else None for start, match in matches}


def _back(text: str, position: int, floor: int) -> int:
    """Where a label before a mark ends: over blanks, separators, decoration and a line end."""
    at = position
    while at > floor and position - at < 8 and text[at - 1] in " \t\n*_:(|@,-":
        at -= 1
    return at


def _after_decoration(text: str, position: int) -> int:
    while position < len(text) and text[position] in "*_ \t":
        position += 1
    return position


def _undecorated(text: str, position: int) -> int:
    """Where the decoration before a label or mark begins: emphasis, a bracket, what opens its line (`## `, `> `)."""
    line = text.rfind("\n", max(0, position - 12), position) + 1
    if (line or position <= 12) and _LINE_DECORATION.fullmatch(text, line, position):
        return line
    while position > 0 and text[position - 1] in "*_[":
        position -= 1
    return position
