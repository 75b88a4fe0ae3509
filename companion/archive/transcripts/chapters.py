"""Chapters: from lists of marks and titles in show notes, and from Podcasting 2.0 JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from companion.archive.markup import clean
from companion.archive.transcripts.marks import Mark
from companion.storage.episodes import Chapter

_LONGEST_TITLE = 160
_FEWEST = 3
_SHORTEST_CHAPTER = 30
"""Seconds that half of a list's chapters last at least; captions follow each other faster."""
_LATEST = 1e9
"""Seconds: later than anything is said, and a number that every database can hold."""
_REST = re.compile(r"[^\n]*")
_BULLET = re.compile(r"(?<!\*)[*•·-][^\S\n]{0,2}\Z")
_NEXT_ITEM = re.compile(r"\s?(?<!\*)[*•·]\s|\n")
_LINE_ENDS = re.compile(r"[*_]{0,2}\n")
_SAID = re.compile(r"[.!?,…。！？，、؟۔।」』]\Z|\n")
_LABELLED = re.compile(r"[^\w\n]{0,4}([^\W_][^\n:：]{0,40})[:：]")
"""What stands before a colon: labels repeat in a transcript, in a list of titles they do not."""
_GLUE = re.compile(r"(?<=[a-z.?!)])(?=[A-Z][a-z]+[\s*:])")
SECTION = re.compile(
    r"(?:Full )?Transcript(?:ions|ion|s)?|Show ?[Nn]otes|Timestamps|Chapters|Links|Get full access", re.ASCII
)


@dataclass(frozen=True, slots=True)
class ChapterList:
    """A list of chapters in a text: the marks that belong to it, where its items stand, and what it says."""

    marks: frozenset[int]
    spans: tuple[tuple[int, int], ...]
    chapters: tuple[Chapter, ...]


def chapter_list(text: str, marks: Sequence[Mark]) -> ChapterList:
    """The items of all chapter lists: a bullet or line start, a mark, a short title, at least three in a row."""
    runs: list[list[Mark]] = [[]]
    for mark in marks:
        if not _starts_item(text, mark):
            runs.append([])
            continue
        if runs[-1] and not _same_list(text, runs[-1][-1], mark):
            runs.append([])
        runs[-1].append(mark)
    chosen = [mark for nth, run in enumerate(runs) if _is_list(text, run) and not _goes_on(runs, nth) for mark in run]
    spans = tuple((mark.start, _title_end(text, mark, marks)) for mark in chosen)
    chapters = tuple(
        Chapter(mark.seconds, title, soft=True)
        for mark, (_, end) in zip(chosen, spans, strict=True)
        if (title := text[mark.end : end].strip(" -–—:*\n"))
    )
    return ChapterList(frozenset(mark.start for mark in chosen), spans, chapters)


def chapters_of_json(data: str) -> tuple[Chapter, ...]:
    """The chapters of a Podcasting 2.0 file that belong to its table of contents. Raises ValueError for other data."""
    try:
        document: object = json.loads(data)
    except RecursionError:
        document = None
    items = cast("Mapping[str, Any]", document).get("chapters") if isinstance(document, Mapping) else None
    if not isinstance(items, list):
        raise ValueError("it holds no list of chapters")  # noqa: TRY004 - the data is wrong, not a type of ours
    chapters: list[Chapter] = []
    for item in cast("list[object]", items):
        if not isinstance(item, Mapping):
            continue
        fields = cast("Mapping[str, object]", item)
        start, title = fields.get("startTime"), fields.get("title")
        if (
            isinstance(start, int | float)
            and 0 <= start < _LATEST
            and isinstance(title, str)
            and clean(title).strip()
            and fields.get("toc") is not False
        ):
            chapters.append(Chapter(float(start), clean(title).strip()))
    return tuple(sorted(chapters, key=lambda chapter: chapter.start or 0.0))


def merged(headings: Sequence[Chapter], listed: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """The chapters of both; what the list repeats of the headings, with times that drift, is left out."""
    known = {_letters(heading.title) for heading in headings}
    return (*headings, *(chapter for chapter in listed if _letters(chapter.title) not in known))


def _letters(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).casefold()


def _starts_item(text: str, mark: Mark) -> bool:
    if text.startswith(":", mark.end):
        return False
    return _bulleted(text, mark) or mark.start == 0 or text[mark.start - 1] == "\n"


def _bulleted(text: str, mark: Mark) -> bool:
    # A mark that ends its line has no title: it belongs to a turn (`Ann - 0:12`).
    if _LINE_ENDS.match(text, mark.end):
        return False
    return _BULLET.search(text, max(0, mark.start - 4), mark.start) is not None


def _same_list(text: str, before: Mark, mark: Mark) -> bool:
    """Bulleted items may have other items between them, bare lines none; no time is earlier than the one before."""
    bulleted = _bulleted(text, mark)
    if mark.seconds < before.seconds and not bulleted:
        return False
    return bulleted == _bulleted(text, before) and mark.start - before.end <= (1000 if bulleted else _LONGEST_TITLE)


def _goes_on(runs: Sequence[Sequence[Mark]], nth: int) -> bool:
    """Do the times of a run go on in the next, or from the last: is it a short stretch of a transcript's marks?"""
    run = runs[nth]
    before = runs[nth - 1][-1] if nth and runs[nth - 1] else None
    after = runs[nth + 1][0] if nth + 1 < len(runs) and runs[nth + 1] else None
    return (after is not None and after.seconds > run[-1].seconds) or (
        before is not None and before.seconds < run[0].seconds
    )


def _is_list(text: str, run: Sequence[Mark]) -> bool:
    """Bulleted items are a list; bare lines are one if they are titles, and their times step as chapters do: neither
    sentences nor what repeated labels begin."""
    if len(run) < _FEWEST or not all(a.seconds <= b.seconds for a, b in pairwise(run)):
        return False
    if _bulleted(text, run[0]):
        lines = [match[0].strip() for mark in run if (match := _REST.match(text, mark.end))]
        return 2 * len(set(lines)) > len(lines)
    titles = [text[a.end : b.start].strip() for a, b in pairwise(run)]
    steps = sorted(b.seconds - a.seconds for a, b in pairwise(run))
    said = sum(_SAID.search(title) is not None for title in titles)
    labels = Counter(match[1] for title in titles if (match := _LABELLED.match(title)))
    labelled = sum(count for count in labels.values() if count > 1)
    return (
        all(titles)
        and said * 4 <= len(titles)
        and labelled * 2 <= len(titles)
        and steps[len(steps) // 2] >= _SHORTEST_CHAPTER
    )


def _title_end(text: str, mark: Mark, marks: Sequence[Mark]) -> int:
    """A title ends at the next item or line, at a section's heading, or where text is glued to it."""
    limit = min(len(text), mark.end + _LONGEST_TITLE)
    ends = [limit]
    item = _NEXT_ITEM.search(text, mark.end, min(len(text), limit + 2))
    if item:
        ends.append(item.start())
    else:
        glued = _GLUE.search(text, mark.end, limit)
        ends += [glued.start()] if glued else []
    section = SECTION.search(text, mark.end + 2, limit)
    if section:
        ends.append(section.start())
    return min(ends)
