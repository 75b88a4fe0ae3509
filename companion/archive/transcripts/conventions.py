"""The conventions by which prose transcripts mark who speaks and when.

A convention is a name and a function that finds its cues in a text: the places where a turn begins, with the label and
the time given there. None of them decides whether it applies; `evidence` compares what they find.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.closings import text_then_label
from companion.archive.transcripts.labels import (
    Label,
    joins_known_names,
    labels_ending_at,
    parts_of,
)
from companion.archive.transcripts.marks import Mark
from companion.archive.transcripts.monologue import with_only_label
from companion.archive.transcripts.near_marks import (
    AFTER_LABELLED_MARK,
    BEHIND_MARK,
    BRACKETED_LABEL_THEN,
    EMPHASISED_LABEL_THEN,
    LABEL,
    LABEL_THEN_LINE,
    LABEL_THEN_QUOTE,
    LABEL_THEN_SIGN,
    LABEL_THEN_SLASH,
    label_line_then_mark,
    labels_after_marks,
)
from companion.archive.transcripts.openings import label_line_then_text, label_then_separator, with_other_signs
from companion.archive.transcripts.page import (
    Convention,
    Cue,
    Page,
    after_decoration,
    begins_line,
    begins_paragraph,
    behind_mark,
    undecorated,
)

_LABEL_THEN = re.compile(rf"{BEHIND_MARK}\[?{LABEL}\]?(?:\*\*|__|\*)?[ \t]?[:：](?:\*\*|__|\*)?(?=\s|\w|[\"“'‘(\[]|\Z)")


def _label_then_mark(page: Page) -> list[Cue]:
    """Labels right before marks: anywhere where a colon or a line's end follows the mark, else where a line begins."""
    text = page.text
    sites: list[tuple[Mark, int, int, int, bool]] = []
    floor = 0
    for mark in page.marks:
        after = AFTER_LABELLED_MARK.match(text, mark.end)
        end = _back(text, mark.start, floor)
        bounded = after is not None or ":" in text[end : mark.start]
        body = after.end() if after else after_decoration(text, mark.end)
        sites.append((mark, end, floor, body, bounded))
        floor = after.end() if after else mark.end
    labels = labels_ending_at(text, [site[1] for site in sites], [site[2] for site in sites])
    words = _words_of_speech(text, [label for label in labels if label])
    # Where names stand on their times' lines, what ends the line above one is a word of speech.
    above = sum("\n" in text[label.end : site[0].start] for site, label in zip(sites, labels, strict=True) if label)
    rarely = _MOST_PARAGRAPHS * above < sum(label is not None for label in labels)
    cues = [
        Cue(undecorated(text, label.start), body, label.name, mark.seconds)
        for (mark, _, _, body, bounded), label in zip(sites, labels, strict=True)
        if label
        and label.name not in words
        and not (rarely and "\n" in text[label.end : mark.start])
        and (bounded or ("\n" not in text[label.end : mark.start] and begins_line(text, label.start)))
    ]
    return _with_unmarked(page, cues)


def _words_of_speech(text: str, labels: Sequence[Label]) -> set[str]:
    """Words before marks that stand elsewhere more often (a line that ends in `and I`), and mostly not where lines
    begin."""
    counted = Counter(label.name for label in labels)
    opening = Counter(label.name for label in labels if begins_line(text, label.start))
    return {
        name
        for name, count in counted.items()
        if count > 1 and 2 * opening[name] < count and 2 * count < text.count(name)
    }


def _mark_then_label(page: Page) -> list[Cue]:
    """Labels right behind marks: where a mark closes the turn before it, the next label stands there too."""
    matches = {mark.start: _LABEL_THEN.match(page.text, mark.end) for mark in page.marks}
    at_marks = {match.start("label"): match["label"].strip() for match in matches.values() if match}
    known = Counter(at_marks.values())
    known.update(label.name for label in page.labels_of_paragraphs if label.start not in at_marks)
    repeated = _repeated(page, known, len(matches))
    cues: list[Cue] = []
    for mark in page.marks:
        match = matches[mark.start]
        name = match["label"].strip() if match else None
        if match and name and (name in repeated or page.names_somebody(name) or joins_known_names(name, known)):
            body = after_decoration(page.text, match.end())
            cues.append(Cue(page.openings[mark.start], body, name, mark.seconds))
        else:
            cues.append(_bare_cue(page, mark))
    return _with_unmarked(page, cues) if any(cue.label for cue in cues) else []


def _mark_then_text(page: Page) -> list[Cue]:
    return with_only_label(page, [_bare_cue(page, mark) for mark in page.marks])


def _bare_cue(page: Page, mark: Mark) -> Cue:
    return Cue(page.openings[mark.start], behind_mark(page.text, mark.end), None, mark.seconds)


def _label_then_text(page: Page) -> list[Cue]:
    text = page.text
    bordered = page.labels_of_paragraphs
    names = Counter(label.name for label in bordered)
    known = _repeated(page, names, len(bordered))
    repeated = [label for label in bordered if label.name in known]
    if not known and len(bordered) * _MOST_PARAGRAPHS < len(page.lines):
        return []
    apart = 2 * sum(_after_empty_line(text, label) for label in repeated) > len(repeated)
    cues = [
        _unmarked_cue(page, label)
        for label in bordered
        if label.name in known
        or joins_known_names(label.name, names)
        or (_may_speak_once(page, label) and (not apart or _after_empty_line(text, label)))
    ]
    return with_other_signs(page, cues)


def _repeated(page: Page, names: Counter[str], places: int) -> set[str]:
    """The labels that repeat, and may be speakers'."""
    shared = Counter(part for name, count in names.items() for part in parts_of(name) for _ in range(count))
    return {
        name for name, count in names.items() if count > 1 and page.may_be_speaker(name, count + shared[name], places)
    }


def _after_empty_line(text: str, label: Label) -> bool:
    start = undecorated(text, label.start)
    return start == 0 or text.endswith("\n\n", 0, start)


def _may_speak_once(page: Page, label: Label) -> bool:
    """Is a label that does not repeat a name that begins a line, and neither a list's item nor a common word?"""
    start = undecorated(page.text, label.start)
    return (
        page.names_somebody(label.name)
        and (start == 0 or page.text[start - 1] == "\n")
        and not page.text.startswith("-", start)
    )


_MOST_PARAGRAPHS = 4
"""Lines for each label, of those that all occur but once: with more, nobody knows who goes on."""
_FEWEST_BEHIND = 4
_REPEATS_BEHIND = 2
_LONG_LINES = 60
_DASH = re.compile(r"(?:(?:^|\n)[^\S\n]*|(?<=[.?!…,)\"”'’\]-])[^\S\n])(?P<dash>[-–—] |>> )(?=\S)")


def _dashes(page: Page) -> list[Cue]:
    """Dashes that open turns: some dozens of paragraphs with a list or two in them are no such text."""
    cues = [Cue(match.start("dash"), match.end()) for match in _DASH.finditer(page.text)]
    return cues if len(cues) > 1 and _MOST_PARAGRAPHS * len(cues) >= page.text.count("\n\n") else []


def _paragraphs(page: Page) -> list[Cue]:
    """Paragraphs: what empty lines part, or lines that end with sentences, hence were not broken for their width."""
    lines = page.text.split("\n")
    whole = "\n\n" not in page.text or 4 * sum(not line or ends_a_sentence(line) for line in lines) > 3 * len(lines)
    border = r"(?:\A|\n+)(?=\S)" if whole and len(page.text) > _LONG_LINES * len(lines) else r"(?:\A|\n\n)(?=\S)"
    cues = [Cue(match.end(), match.end()) for match in re.finditer(border, page.text)]
    return with_only_label(page, cues)


PARAGRAPHS = "paragraphs"
"""The convention of a text that marks neither speakers nor times."""
# A slash in a convention's name stands for the end of a line.
CONVENTIONS = (
    Convention("Name [time]: text", _label_then_mark),
    Convention("[time] Name: text", _mark_then_label),
    Convention("Name: text [time]", _mark_then_label, closes=True),
    Convention("[time] Name - text", labels_after_marks(LABEL_THEN_SIGN, LABEL_THEN_SLASH, LABEL_THEN_QUOTE)),
    Convention("[time] [Name] text", labels_after_marks(BRACKETED_LABEL_THEN, EMPHASISED_LABEL_THEN)),
    Convention("[time] Name / text", labels_after_marks(LABEL_THEN_LINE)),
    Convention("Name / [time] text", label_line_then_mark),
    Convention("[time] text", _mark_then_text),
    Convention("Name: text", _label_then_text),
    Convention("Name / text", label_line_then_text),
    Convention("Name - text", label_then_separator),
    Convention("text - Name", text_then_label, closes=True),
    Convention("- text", _dashes),
    Convention(PARAGRAPHS, _paragraphs, tells=0.1),
)


def _with_unmarked(page: Page, cues: list[Cue]) -> list[Cue]:
    """The cues and, between them, the labels without a mark: of speakers that are labelled with marks elsewhere, and,
    where most labels have none, of those that repeat."""
    known = {cue.label for cue in cues if cue.label}
    found = page.labels_before_colons(known)
    clean = [label for label in found if label.clean]
    labels = [label for label in clean if begins_paragraph(page.text, label.start)]
    known |= _habitually_unmarked(page, labels, known, sum(cue.label is not None for cue in cues))
    behind = _behind_sentences(page, clean, labels, len(cues))
    known |= {label.name for label in behind}
    labels = sorted([*labels, *behind], key=lambda label: label.start) if behind else labels
    taken = [(cue.start, cue.body) for cue in cues]
    free: list[Cue] = []
    nth = 0
    for label in labels:
        while nth < len(taken) and taken[nth][1] <= label.start:
            nth += 1
        inside = nth < len(taken) and taken[nth][0] < label.end
        if label.name in known and not inside:
            free.append(_unmarked_cue(page, label))
    return with_other_signs(page, sorted([*cues, *free], key=lambda cue: cue.start))


def _habitually_unmarked(page: Page, labels: Sequence[Label], known: set[str], marked: int) -> set[str]:
    """The labels that repeat where paragraphs begin, if as many of ``known`` speakers stand there without marks as
    with: ``marked``."""
    counted = Counter(label.name for label in labels)
    if not marked or sum(counted[name] for name in known) < marked:
        return set()
    return _repeated(page, counted, len(labels))


def _behind_sentences(page: Page, labels: Sequence[Label], opening: Sequence[Label], marked: int) -> list[Label]:
    """The names behind the ends of sentences, where paragraphs with a time have several speakers: as many stand there
    as times, and each repeats."""
    if len(labels) - len(opening) < max(_FEWEST_BEHIND, marked):
        return []
    counted = Counter(label.name for label in labels)
    at_lines = {label.start for label in opening}
    found = [
        label
        for label in labels
        if label.start not in at_lines and counted[label.name] > _REPEATS_BEHIND and page.names_somebody(label.name)
    ]
    return found if len(found) >= max(_FEWEST_BEHIND, marked) and len({label.name for label in found}) > 1 else []


def _unmarked_cue(page: Page, label: Label) -> Cue:
    return Cue(undecorated(page.text, label.start), after_decoration(page.text, label.end + 1), label.name)


def _back(text: str, position: int, floor: int) -> int:
    """Where a label before a mark ends: over blanks, separators, decoration and a line end."""
    at = position
    while at > floor and position - at < 8 and text[at - 1] in " \t\n*_:(|/·•@,-–—[":
        at -= 1
    return at
