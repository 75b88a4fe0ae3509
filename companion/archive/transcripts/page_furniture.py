"""Headers, footers and numbers of pages, which stand in the middle of sentences where a paged document became text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from companion.archive.sentences import ends_a_sentence

_BREAK = "\f"
_NUMBER = re.compile(
    r"[-–—|]? ?(?:(?:page|pg\.?|p\.|seite|página|pagina|strona|sida|side|стр\.?|страница|ページ|第) ?)?"
    r"(?P<number>\d{1,4})"
    r"(?: ?(?:of|/|von|de|di|sur|van|av|z|из) ?\d{1,4})?(?: ?(?:页|頁|ページ))? ?[-–—|]?",
    re.IGNORECASE,
)
_LONGEST_NUMBER = 24
_FEWEST_PAGES = 3
_FEWEST_BREAKS = 2
_FEWEST_LINES = 8
"""Lines of a page, in the middle: what is counted faster is no pages."""
_MOST_LINES = 4
"""Lines of a header or footer."""
_MOSTLY = 0.6
_MOST_OF_A_PAGE = 2
"""Times that a page may have the same header or footer: what stands elsewhere, too, is a label, or a time."""


def without_page_furniture(text: str) -> tuple[str, str]:
    """The text without what repeats around page breaks or numbers that count pages, and those lines, each once.

    A sentence that goes on behind a break is one again; the numbers alone are dropped.
    """
    lines = text.replace(_BREAK, f"\n{_BREAK}\n").split("\n")
    numbers = _page_numbers(lines)
    breaks = numbers or [nth for nth, line in enumerate(lines) if line == _BREAK]
    if len(breaks) < _FEWEST_BREAKS:
        return text.replace(_BREAK, "\n"), ""
    repeated = _repeated_around(lines, breaks)
    furniture = dict.fromkeys(lines[nth].strip() for nth in sorted(repeated))
    return "\n".join(_without(lines, repeated | set(breaks))), "\n".join(furniture)


def _page_numbers(lines: Sequence[str]) -> list[int]:
    """The lines that hold nothing but a number, if they count up by one, and have a page between them."""
    found: list[int] = []
    last: int | None = None
    for nth, line in enumerate(lines):
        words = line.strip()
        if len(words) <= _LONGEST_NUMBER and (match := _NUMBER.fullmatch(words)):
            number = int(match["number"])
            if last is None or number == last + 1:
                found.append(nth)
                last = number
            elif len(found) < _FEWEST_PAGES:
                found, last = [nth], number
    apart = median([after - before for before, after in pairwise(found)] or [0])
    return found if len(found) >= _FEWEST_PAGES and apart >= _FEWEST_LINES else []


def _repeated_around(lines: Sequence[str], breaks: Sequence[int]) -> set[int]:
    """The lines next to most of the breaks, up to the first that differs in more than digits (`Page 3`) or stands
    elsewhere, too."""
    everywhere = Counter(map(_alike, lines))
    repeated: set[int] = set()
    for step in (-1, 1):
        rows = [_next_lines(lines, nth, step) for nth in breaks]
        for place in range(_MOST_LINES):
            there = [(row[place], _alike(lines[row[place]])) for row in rows if place < len(row)]
            shown, count = Counter(words for _, words in there).most_common(1)[0] if there else ("", 0)
            if count < max(_FEWEST_BREAKS, _MOSTLY * len(breaks)) or everywhere[shown] > _MOST_OF_A_PAGE * count:
                break
            repeated |= {nth for nth, words in there if words == shown}
    return repeated


def _next_lines(lines: Sequence[str], nth: int, step: int) -> list[int]:
    """The first few lines with words from a line on, forwards or backwards."""
    found: list[int] = []
    at = nth + step
    while 0 <= at < len(lines) and len(found) < _MOST_LINES and abs(at - nth) <= 4 * _MOST_LINES:
        if lines[at].strip():
            found.append(at)
        at += step
    return found


def _alike(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())


def _without(lines: Sequence[str], dropped: set[int]) -> Iterator[str]:
    """The other lines; an empty one in the place of those that are dropped if a sentence ended above them."""
    said = ""
    gap = empty = False
    for nth, line in enumerate(lines):
        if nth in dropped or line == _BREAK:
            gap = True
        elif not line.strip():
            empty = True
        else:
            if empty and (not gap or ends_a_sentence(said)):
                yield ""
            yield line
            said, gap, empty = line, False, False
