"""The page that a transcript is looked for in, and cues: the places in it where turns begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from companion.archive.transcripts.labels import (
    PICTURE,
    Label,
    clean_border,
    is_generic,
    labels_ending_at,
    looks_like_a_name,
    speaker_of,
    without_role,
)
from companion.archive.transcripts.marks import Mark

_LINE_DECORATION = re.compile(
    rf"[#>=\s]{{0,8}}(?:{PICTURE.pattern}{{1,4}} ?)?(?:[-*•] |[—–] ?|\d{{1,4}}[.)] )?[@*_\[({{< ]{{0,4}}\Z"
)
_BEHIND_MARK = re.compile(r"(?:[*_]{1,2}(?=\s))?[^\S\n]{0,4}(?:(?:[-–—|/=·•]|-{2,3}) (?=\S))?")
_LINE = re.compile(r"[^\n]+")
_COLON = re.compile(r":(?=\s|[*_]{1,3}(?:\s|\Z)|\Z)|：")


_WORDS_OF_A_HANDLE = 3
_NOBODY = frozenset(
    "note tip hint warning example quote update text start end time timestamp duration id book film video paper "
    "article link code step figure table source photo image".split()
)
"""What repeats before colons in guides, and in data, and is no speaker."""
_SAID_BEFORE_COLONS = frozenset(
    "quote note question answer example warning tip first second third fourth finally also hint update p.s".split()
)
_OPENS_A_SENTENCE = frozenset("and but or so in on at by from for with my your our the this that these those".split())
"""With one of these before others no label begins (`In January: …`, `and one more thing: …`)."""
_MOST_LABELS_OF_A_LINE = 3
_LEAST_SHARE = 0.04
"""Of the places where labels could stand: so often a handle is there."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Where a turn begins: ``text[start:body]`` is the cue itself (label, mark), the turn's words follow.

    With ``continues`` no other turn begins: a time is given in the middle of one, whose label it repeats. With
    ``doubted`` a sign at the label says that it is not certain.
    """

    start: int
    body: int
    label: str | None = None
    time: float | None = None
    continues: bool = False
    doubted: bool = False


@dataclass(frozen=True)
class Page:
    """A text to find cues in, with the marks that may be cues (those of a chapter list are not)."""

    text: str
    marks: tuple[Mark, ...]

    @cached_property
    def small_words(self) -> frozenset[str]:
        """The words that the text writes in small letters: what is among them is hardly a name."""
        return frozenset(re.findall(r"\b[^\W\d_A-Z]\w*", self.text))

    @cached_property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """Where each line that is not empty begins and ends."""
        return tuple(match.span() for match in _LINE.finditer(self.text))

    @cached_property
    def _counted(self) -> dict[tuple[int, int], int]:
        return {}

    def words_between(self, start: int, end: int) -> int:
        """How many words stand there; a word that is cut counts on both sides. Conventions ask for the same spans."""
        if (start, end) not in self._counted:
            self._counted[start, end] = len(self.text[start:end].split())
        return self._counted[start, end]

    @cached_property
    def openings(self) -> dict[int, int]:
        """Where the decoration before each mark begins, by the mark's start."""
        return {mark.start: undecorated(self.text, mark.start) for mark in self.marks}

    @cached_property
    def colons(self) -> tuple[tuple[int, int], ...]:
        """The colons behind which a label could end, outside of marks, with how far back it may reach."""
        found: list[tuple[int, int]] = []
        floor, nth = 0, 0
        for match in _COLON.finditer(self.text):
            while nth < len(self.marks) and self.marks[nth].end <= match.start():
                floor = max(floor, self.marks[nth].end)
                nth += 1
            found.append((match.start(), floor))
            floor = match.end()
        return tuple(found)

    def labels_before_colons(self, known: Collection[str] = ()) -> list[Label]:
        """Labels that stand before a colon and blank, outside of marks; ``known`` are names found elsewhere."""
        ends, floors = [end for end, _ in self.colons], [floor for _, floor in self.colons]
        return [label for label in labels_ending_at(self.text, ends, floors, known) if label]

    @cached_property
    def labels_of_paragraphs(self) -> tuple[Label, ...]:
        """Labels before colons at a clean border, where a paragraph or a line begins; where a text has hardly any
        lines, those that repeat behind sentences."""
        labels = [label for label in self.labels_before_colons() if label.clean]
        opening = tuple(label for label in labels if begins_paragraph(self.text, label.start))
        names = Counter(label.name for label in labels)
        behind = tuple(label for label in labels if names[label.name] > 1 and looks_like_a_name(label.name))
        several = len({label.name for label in behind}) > 1
        return behind if several and len(behind) > _MOST_LABELS_OF_A_LINE * len(self.lines) else opening

    def names_somebody(self, label: str) -> bool:
        """Is a label that does not repeat written as a name, and no word that the text uses otherwise?"""
        if label.count('"') % 2 or label.count("“") != label.count("”"):
            return False
        alone = without_role(label)
        common = not self.small_words.isdisjoint((label.lower(), alone.lower())) or label.lower() in _SAID_BEFORE_COLONS
        opens = label.partition(" ")[0].lower() in _OPENS_A_SENTENCE
        return looks_like_a_name(alone) and (is_generic(label) or not (common or opens))

    def may_be_speaker(self, label: str, count: int, places: int) -> bool:
        """May a label that stands at ``count`` of ``places`` be a speaker's: is it written as a name, or is it a handle
        (`swyx`) that is often there, and more often than it occurs in speech (`he says: `), or nobody's (`n/a`)?"""
        if label.count("(") != label.count(")") or label.lower() in _NOBODY:
            return False
        if speaker_of(label) is None or looks_like_a_name(without_role(label)):
            return True
        opens = label.partition(" ")[0].lower() in _OPENS_A_SENTENCE
        handle = len(label.split()) <= _WORDS_OF_A_HANDLE and (" " not in label or (label.islower() and not opens))
        return handle and count >= _LEAST_SHARE * places and 2 * count >= self.text.count(label)


@dataclass(frozen=True, slots=True)
class Convention:
    """How a transcript is written: ``name`` shows it, ``cues`` finds where its turns begin."""

    name: str
    cues: Callable[[Page], list[Cue]]
    closes: bool = False
    """A time, or a label, ends the turn before it."""
    tells: float = 0.3
    """What its borders alone tell, labels and times aside: most tell where one turn ends and the next begins."""


def undecorated(text: str, position: int) -> int:
    """Where the decoration before a label or mark begins: emphasis, a bracket, what opens its line (`## `, `> `)."""
    line = text.rfind("\n", max(0, position - 16), position) + 1
    if (line or position <= 16) and _LINE_DECORATION.fullmatch(text, line, position):
        return line
    while position > 0 and text[position - 1] in "*_[(@":
        position -= 1
    arrows = re.search(r"\s>{1,3} \Z", text[max(0, position - 5) : position])
    return position - len(arrows[0]) + 1 if arrows else position


def after_decoration(text: str, position: int) -> int:
    """Where the words behind a label or mark begin: over emphasis, closing brackets and blanks."""
    while position < len(text) and text[position] in "*_ \t":
        position += 1
    return position


def behind_mark(text: str, position: int) -> int:
    """Where the words behind a mark without a label begin: over what closes its emphasis, and a dash or sign."""
    match = _BEHIND_MARK.match(text, position)
    return match.end() if match else position


def begins_line(text: str, position: int) -> bool:
    """Is nothing but decoration between the start of the line and ``position``?"""
    start = undecorated(text, position)
    return start == 0 or text[start - 1] == "\n"


def begins_paragraph(text: str, position: int) -> bool:
    """Does a line end right before ``position``, or a sentence that lost its blank to joined lines?"""
    start = undecorated(text, position)
    return start == 0 or text[start - 1] == "\n" or (not text[start - 1].isspace() and clean_border(text, start))
