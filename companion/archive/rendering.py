"""HTML as it is shown: what stands on a line of its own, what opens a line, what is a column.

A target for an HTML parser. It writes text down as the events come: no tree, hence no depth that could hurt.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from companion.archive.element_times import ElementTimes

_PARAGRAPHS = frozenset(
    "p div section article header footer main aside nav ul ol dl table blockquote pre figure form hr "
    "h1 h2 h3 h4 h5 h6".split()
)
_LINES = frozenset("br li tr dt dd cite time figcaption option".split())
_CELLS = frozenset(("td", "th"))
_INLINE = frozenset("a b button em font i label mark small span strong u".split())
_QUOTES = frozenset(("figure", "blockquote"))
_DASHES = frozenset("—–-~")
_BELOW_QUOTES = frozenset(("figcaption", "footer"))
_SILENT = frozenset(("script", "style", "noscript", "template", "head", "svg", "iframe"))
_LONGEST_OPENING = 60
_LONGEST_CELL = 100
_MOST_PARTS = 4000
"""Parts of the text that a row may have: nested ones must not be put together again and again."""
_FARTHEST = 16
"""Parts of the text that may hold nothing between the start of a line and an opening."""
_STOPS = (".", "?", "!", "…")
_FEWEST_CLOCKS = 2
_FEWEST_NAMES = 2
_MOSTLY = 0.9
_CLOCK = re.compile(r"[\[(]?(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?[\])]?")
_GOES_ON = re.compile(r"\s*(?:[:：,;|=–—-]|[\[(]\d|\Z)")


@dataclass(slots=True)
class _Opening:
    """Words in an element of their own at the start of a line (`<b>Ann</b> So it is`), behind which a line may end."""

    at: int
    words: str
    second: bool
    """Does another one stand before it on its line?"""


@dataclass(frozen=True, slots=True)
class _Element:
    """Words in an element inside of a line, and the parts of the text where it begins and ends."""

    begun: int
    ended: int
    words: str


@dataclass(slots=True)
class _Clock:
    """A time in an element of its own, with the elements beside it, nothing between."""

    before: _Element
    element: _Element
    behind: _Element | None = None


def _parts_of(clock: str) -> list[int]:
    """Hours, minutes and seconds."""
    numbers = [int(part) for part in re.split("[.,]", clock)[0].strip("[(])").split(":")]
    return [0] * (3 - len(numbers)) + numbers


def _may_be_name(element: _Element) -> bool:
    """Is it neither long, nor in small letters, nor the end of a sentence?"""
    words = element.words
    return 0 < len(words) <= _LONGEST_OPENING and not words[0].islower() and not words.endswith(_STOPS)


@dataclass(slots=True)
class _Row:
    """A row of a table that is being read: where it and each of its cells began."""

    start: int
    cells: list[int] = field(default_factory=list[int])


class Renderer:
    """Takes the events ``start``, ``end``, ``data`` and ``close``; ``text`` is what came of them.

    Short words in an element of their own at the start of a line get a line of their own if they are a time, or if
    they repeat: a page shows them apart by their style. Times inside of a line begin one, where they grow.
    The cells of a row are parted by tabs.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._silent = 0
        self._inline: list[tuple[str, int, bool]] = []
        self._openings: list[_Opening] = []
        self._before: _Element | None = None
        self._clocks: list[_Clock] = []
        self._elements: list[_Element] = []
        self._times = ElementTimes()
        self._rows: list[_Row] = []
        self._quotes: list[int] = []

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _INLINE and not self._silent:
            self._separate_words()
            self._inline.append((tag, len(self._parts), self._at_line_start()))
        if tag in _QUOTES and not self._silent:
            self._quotes.append(len(self._parts))
        self._separate(tag, begins_again=tag == "br")
        if tag in _BELOW_QUOTES and self._quotes:
            self._stand_below(self._quotes[-1])
        if tag == "li" and not self._silent:
            self._parts.append("* ")
        if tag == "tr":
            self._rows.append(_Row(len(self._parts)))
        if tag in _CELLS and self._rows:
            self._rows[-1].cells.append(len(self._parts))
        if attributes and not self._silent:
            self._times.note(tag, attributes, len(self._parts))

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "tr" and self._rows:
            self._end_row(self._rows.pop())
        if self._inline and self._inline[-1][0] == tag:
            _, begun, opens = self._inline.pop()
            self._end_inline(begun, opens=opens)
        self._separate(tag)
        if tag in _QUOTES and self._quotes:
            self._quotes.pop()

    def data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(re.sub(r"\s+", " ", data))

    def close(self) -> None:
        """Called by the parser at the end."""

    def text(self) -> str:
        names = self._part_at_names()
        seen = Counter(opening.words for opening in self._openings)
        for opening in self._openings:
            if seen[opening.words] > 1 or opening.words in names or _CLOCK.fullmatch(opening.words):
                following = "".join(self._parts[opening.at + 1 : opening.at + 8])
                in_speech = opening.second and opening.words not in names and following.lstrip()[:1].islower()
                if not _GOES_ON.match(following) and not in_speech and not following.lstrip(" ").startswith("\n"):
                    self._parts[opening.at] = "\n"
        self._part_at_clocks()
        self._times.write_into(self._parts)
        return "".join(self._parts)

    def _part_at_clocks(self) -> None:
        """Lines for times inside of one, each with what stands beside it, if that is a name: before it, or behind."""
        times = [_parts_of(clock.element.words) for clock in self._clocks]
        growing = sum(before <= after for before, after in pairwise(times))
        if len(times) < _FEWEST_CLOCKS or growing < _MOSTLY * (len(times) - 1):
            return
        named_before = all(_may_be_name(clock.before) for clock in self._clocks)
        named_behind = not named_before and all(clock.behind and _may_be_name(clock.behind) for clock in self._clocks)
        if not named_before and not named_behind and not all(c.before.words.endswith(_STOPS) for c in self._clocks):
            return
        for clock in self._clocks:
            first = clock.before if named_before else clock.element
            last = clock.behind if clock.behind and named_behind else clock.element
            self._parts[first.begun] = f"\n\n{self._parts[first.begun]}"
            self._parts[last.ended] = "\n"

    def _part_at_names(self) -> set[str]:
        """Lines for what stands between sentences in elements of its own, if several such words repeat: these words."""
        between: defaultdict[str, list[_Element]] = defaultdict(list)
        elsewhere: set[str] = set()
        for element in self._elements:
            if element.words not in elsewhere and self._is_between_sentences(element):
                between[element.words].append(element)
            else:
                elsewhere.add(element.words)
        names = {words for words, found in between.items() if len(found) > 1 and words not in elsewhere}
        if len(names) < _FEWEST_NAMES:
            return set()
        for words in names:
            for element in between[words]:
                self._parts[element.begun] = f"\n\n{self._parts[element.begun]}"
                self._parts[element.ended] = "\n"
        return names

    def _is_between_sentences(self, element: _Element) -> bool:
        before = "".join(self._parts[max(0, element.begun - _FARTHEST) : element.begun]).rstrip()
        behind = "".join(self._parts[element.ended : element.ended + _FARTHEST]).lstrip(" ")
        ended = not before or before.endswith((*_STOPS, '"', "”", ")"))
        return ended and bool(behind) and not behind[0].islower() and not _GOES_ON.match(behind)

    def _separate(self, tag: str, *, begins_again: bool = False) -> None:
        """End the line; with ``begins_again`` also an empty one."""
        if self._silent:
            return
        if tag in _PARAGRAPHS:
            self._inline.clear()
            self._parts.append("\n\n")
        elif tag == "cite" and self._parts and self._parts[-1].strip() in _DASHES:
            return
        elif tag in _LINES and (begins_again or not (self._parts and self._parts[-1].endswith("\n"))):
            self._parts.append("\n")
        elif tag in _CELLS:
            self._parts.append(" ")

    def _stand_below(self, begun: int) -> None:
        """What tells whose a quotation is stands on the line below it, with no empty one between."""
        nth = len(self._parts)
        while nth > max(begun, len(self._parts) - _FARTHEST) and not self._parts[nth - 1].strip():
            nth -= 1
        if nth > begun and self._parts[nth - 1].strip():
            self._parts[nth:] = ["\n", *[""] * (len(self._parts) - nth - 1)]

    def _separate_words(self) -> None:
        """Elements side by side (`<b>Ann</b><i>0:12</i>`) hold words of their own, unless the first is an initial."""
        if len(self._parts) > 1 and self._parts[-1] == "" and len(self._parts[-2].strip()) > 1:
            self._parts.append(" ")

    def _at_line_start(self) -> bool:
        """Does only an opening stand between the start of the line and here?"""
        nth = len(self._parts)
        low = max(0, nth - _FARTHEST)
        while nth > low and not self._parts[nth - 1].strip() and "\n" not in self._parts[nth - 1]:
            if self._parts[nth - 1] == "" and self._openings and self._openings[-1].at == nth - 1:
                return True
            nth -= 1
        return nth == 0 or self._parts[nth - 1].endswith(("\n", "* "))

    def _end_inline(self, begun: int, *, opens: bool) -> None:
        """An empty part stands where a line may end."""
        nth = len(self._parts)
        if begun < nth <= begun + _FARTHEST:
            words = " ".join("".join(self._parts[begun:]).split())
            second = opens and self._follows_opening(begun)
            said = second and words.endswith(_STOPS)
            if opens and words and len(words) <= _LONGEST_OPENING and not words.endswith((":", "：")) and not said:
                self._openings.append(_Opening(nth, words, second))
            element = _Element(begun, nth, words)
            self._note_clock(element, opens=opens)
            if not opens and _may_be_name(element) and not _CLOCK.fullmatch(words):
                self._elements.append(element)
        self._parts.append("")

    def _follows_opening(self, begun: int) -> bool:
        if not self._openings:
            return False
        return not any(self._parts[nth].strip(" ") for nth in range(self._openings[-1].at, begun))

    def _note_clock(self, element: _Element, *, opens: bool) -> None:
        """Note a time in an element of its own inside of a line, and the elements on its sides."""
        before, self._before = self._before, element
        if before is None or "".join(self._parts[before.ended : element.begun]).strip(" "):
            return
        if self._clocks and self._clocks[-1].element is before:
            self._clocks[-1].behind = element
        if not opens and _CLOCK.fullmatch(element.words) and element.begun - before.ended <= _FARTHEST:
            self._clocks.append(_Clock(before, element))

    def _end_row(self, row: _Row) -> None:
        """A row with cells of which all but one are short is one line; any other stays as it is: a page's layout."""
        if len(self._parts) - row.start > _MOST_PARTS:
            return
        if not row.cells or "".join(self._parts[row.start : row.cells[0]]).strip():
            return
        ends = [*row.cells[1:], len(self._parts)]
        cells = [" ".join("".join(self._parts[a:b]).split()) for a, b in zip(row.cells, ends, strict=True)]
        if len(cells) > 1 and sum(len(cell) > _LONGEST_CELL for cell in cells) <= 1:
            del self._parts[row.start :]
            while self._openings and self._openings[-1].at >= row.start:
                self._openings.pop()
            self._parts.append("\t".join(cells))
