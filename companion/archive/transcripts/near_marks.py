"""Labels next to time marks that nothing but their place sets off from speech: behind the mark before a dash, in
brackets, in emphasis or alone on the line; or alone on the line above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from companion.archive.transcripts.labels import (
    DOUBT,
    PICTURE,
    is_handle,
    joins_known_names,
    looks_like_a_name,
    without_role,
)
from companion.archive.transcripts.marks import Mark, is_sound
from companion.archive.transcripts.openings import with_other_signs
from companion.archive.transcripts.page import Cue, Page, after_decoration, begins_line, behind_mark, undecorated

AFTER_LABELLED_MARK = re.compile(r"[\])]?\s?[:：]|[\])]?[ \t=*_#]*(?:\n|\Z)|[^\S\n]*[-–—] ")
"""What stands behind a mark that has its label before it."""
BEHIND_MARK = rf"[*_]{{0,2}}[,;]?\s{{0,4}}(?:(?:[-–—|/=·•]|-{{2,3}})\s)?(?:{PICTURE.pattern}{{1,3}} ?)?(?:\*\*|__|\*)?"
LABEL = rf"(?P<label>[^\W_][^\n:：\[\]<>?!]{{0,59}}?){DOUBT}"
_SIGN = r"(?:\s(?:[-–—|=~·•→]|--|::|=>)\s|[>;] )(?=\S)"
_SLASH = r"\s/\s(?=\S)"
LABEL_THEN_SIGN = re.compile(rf"{BEHIND_MARK}{LABEL}(?:\*\*|__|\*)?{_SIGN}")
LABEL_THEN_QUOTE = re.compile(rf"{BEHIND_MARK}{LABEL}(?=[「『])")
LABEL_THEN_SLASH = re.compile(rf"{BEHIND_MARK}{LABEL}(?:\*\*|__|\*)?{_SLASH}")
_NEEDED = {LABEL_THEN_SIGN: re.compile(_SIGN), LABEL_THEN_SLASH: re.compile(_SLASH)}
"""What a text has in it that has such a label: many have none."""
LABEL_THEN_LINE = re.compile(
    rf"(?:\*\*|__)?{BEHIND_MARK}{LABEL}(?:\*\*|__|\*)?(?:(?<=\*) \([^()\n]{{2,40}}\))?\n+(?=\S)"
)
BRACKETED_LABEL_THEN = re.compile(
    rf"{BEHIND_MARK}(?:[\[(<]{LABEL}[\])>]|"
    r"(?<=\d)(?:[^\S\n]?[,/|·•–—-])?[^\S\n](?P<inside>[^\W_][^\n:：\[\]()<>?!]{0,59})(?: ?\(?\?\)?)?[\])]:?)\s(?=\S)"
)
EMPHASISED_LABEL_THEN = re.compile(rf"\s{{0,4}}(?P<stars>\*\*|__|\*){LABEL}(?P=stars)\s(?=\S)")
_LABEL_LINE_BEFORE = re.compile(rf"(?:\A|\n)(?:\*\*|__|[#>]{{1,6}} )?[\[(]?{LABEL}[\])]?(?:\*\*|__)?:?\n+\Z")
_LONGEST_LINE = 72


def labels_after_marks(*labels: re.Pattern[str]) -> Callable[[Page], list[Cue]]:
    """A finder of cues: of the given kinds of labels the one that stands behind most marks."""

    def cues(page: Page) -> list[Cue]:
        found = [
            _cues(page, lambda mark, label=label: label.match(page.text, mark.end), before=False)
            for label in labels
            if label not in _NEEDED or _NEEDED[label].search(page.text)
        ]
        return max(found, key=lambda cues: sum(cue.label is not None for cue in cues), default=list[Cue]())

    return cues


def label_line_then_mark(page: Page) -> list[Cue]:
    """Names on the line above a mark."""

    def label_of(mark: Mark) -> re.Match[str] | None:
        if AFTER_LABELLED_MARK.match(page.text, mark.end):
            return None
        line = page.openings[mark.start]
        return _LABEL_LINE_BEFORE.search(page.text, max(0, line - _LONGEST_LINE), line)

    return _cues(page, label_of, before=True)


def _cues(page: Page, label_of: Callable[[Mark], re.Match[str] | None], *, before: bool) -> list[Cue]:
    """Taken only where names that repeat stand at most of the marks, or of those that begin lines where others stand
    within; those names also where a mark is left out."""
    found = {mark: label_of(mark) for mark in page.marks}
    names = Counter(_name(match) for match in found.values() if match)
    known = {name for name, count in names.items() if _may_be_known(name, count) or joins_known_names(name, names)}
    if not known:
        return []
    cues: list[Cue] = []
    for mark, match in found.items():
        name = _name(match) if match else None
        if match and name in known:
            body = after_decoration(page.text, mark.end if before else match.end())
            start = undecorated(page.text, match.start("label")) if before else page.openings[mark.start]
            cues.append(Cue(start, body, name, mark.seconds))
        else:
            cues.append(Cue(page.openings[mark.start], behind_mark(page.text, mark.end), None, mark.seconds))
    labelled = sum(cue.label is not None for cue in cues)
    opening = sum(begins_line(page.text, mark.start) for mark in page.marks)
    if 2 * labelled <= (opening if opening >= labelled else len(cues)):
        return []
    return with_other_signs(page, cues, alone=True)


def _may_be_known(name: str, count: int) -> bool:
    return count > 1 and not is_sound(name) and (looks_like_a_name(without_role(name)) or is_handle(name))


def _name(match: re.Match[str]) -> str:
    return (match["label"] or match.groupdict().get("inside") or "").strip()
