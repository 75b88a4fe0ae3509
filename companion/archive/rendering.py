"""HTML as it is shown: what stands on a line of its own, what opens a line, what is a column.

A target for an HTML parser. It writes text down as the events come: no tree, hence no depth that could hurt.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_PARAGRAPHS = frozenset(
    "p div section article header footer main aside nav ul ol dl table blockquote pre figure form hr "
    "h1 h2 h3 h4 h5 h6".split()
)
_LINES = frozenset("br li tr dt dd cite time figcaption option".split())
_CELLS = frozenset(("td", "th"))
_INLINE = frozenset("a b button em font i label mark small span strong u".split())
_SILENT = frozenset(("script", "style", "noscript", "template", "head", "svg", "iframe"))
_LONGEST_OPENING = 60
_LONGEST_CELL = 100
_MOST_PARTS = 4000
"""Parts of the text that a row may have: nested ones must not be put together again and again."""
_FARTHEST = 16
"""Parts of the text that may hold nothing between the start of a line and an opening."""
_CLOCK = re.compile(r"[\[(]?(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?[\])]?")
_GOES_ON = re.compile(r"\s*(?:[:：,;|=–—-]|[\[(]\d|\Z)")


@dataclass(slots=True)
class _Opening:
    """Words in an element of their own at the start of a line (`<b>Ann</b> So it is`), behind which a line may end."""

    at: int
    words: str


@dataclass(slots=True)
class _Row:
    """A row of a table that is being read: where it and each of its cells began."""

    start: int
    cells: list[int] = field(default_factory=list[int])


class Renderer:
    """Takes the events ``start``, ``end``, ``data`` and ``close``; ``text`` is what came of them.

    Short words in an element of their own at the start of a line get a line of their own if they are a time, or if
    they repeat: a page shows them apart by their style. The cells of a row are parted by tabs.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._silent = 0
        self._inline: list[tuple[str, int | None]] = []
        self._openings: list[_Opening] = []
        self._rows: list[_Row] = []

    def start(self, tag: str, _attributes: object, /) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _INLINE and not self._silent:
            self._separate_words()
            self._inline.append((tag, len(self._parts) if self._at_line_start() else None))
        self._separate(tag)
        if tag == "li" and not self._silent:
            self._parts.append("* ")
        if tag == "tr":
            self._rows.append(_Row(len(self._parts)))
        if tag in _CELLS and self._rows:
            self._rows[-1].cells.append(len(self._parts))

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "tr" and self._rows:
            self._end_row(self._rows.pop())
        if self._inline and self._inline[-1][0] == tag:
            self._end_inline(self._inline.pop()[1])
        self._separate(tag)

    def data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(re.sub(r"\s+", " ", data))

    def close(self) -> None:
        """Called by the parser at the end."""

    def text(self) -> str:
        seen = Counter(opening.words for opening in self._openings)
        for opening in self._openings:
            if seen[opening.words] > 1 or _CLOCK.fullmatch(opening.words):
                following = "".join(self._parts[opening.at + 1 : opening.at + 8])
                if not _GOES_ON.match(following):
                    self._parts[opening.at] = "\n"
        return "".join(self._parts)

    def _separate(self, tag: str) -> None:
        if self._silent:
            return
        if tag in _PARAGRAPHS:
            self._inline.clear()
            self._parts.append("\n\n")
        elif tag in _LINES and not (self._parts and self._parts[-1].endswith("\n")):
            self._parts.append("\n")
        elif tag in _CELLS:
            self._parts.append(" ")

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

    def _end_inline(self, begun: int | None) -> None:
        """An empty part stands where a line may end."""
        if begun is not None and len(self._parts) - begun <= _FARTHEST:
            words = " ".join("".join(self._parts[begun:]).split())
            if words and len(words) <= _LONGEST_OPENING and not words.endswith((":", "：")):
                self._openings.append(_Opening(len(self._parts), words))
        self._parts.append("")

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
