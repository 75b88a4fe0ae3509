"""Foreign text within a number of characters, its escapes counted; lists within it, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, one_line


def escaped_within(text: str, limit: int) -> str:
    """The text on one line, escaped, in at most ``limit`` (10 or more) characters."""
    line = one_line(text)
    room = min(len(line), limit)
    while room > 0:
        shown = escaped_line(cut(line, room))
        if len(shown) <= limit:
            return shown
        room -= max(1, (len(shown) - limit) // 2)
    return ""


def lines_within(lines: Sequence[str], limit: int) -> tuple[list[str], int]:
    """As many of the first lines as fit, joined by line ends, in ``limit`` characters; and how many are left."""
    kept: list[str] = []
    room = limit + 1
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept, len(lines) - len(kept)


@dataclass(frozen=True, slots=True)
class Listed:
    """Some lines under a title. ``foot`` is what stands below them, if anything, by how many of them are left out."""

    title: str
    lines: tuple[str, ...]
    foot: Callable[[int], str]

    def first(self, kept: int) -> str:
        """With so many of its lines, the first."""
        return "\n".join(filter(None, (self.title, *self.lines[:kept], self.foot(len(self.lines) - kept))))


def all_within(lists: Sequence[Listed], limit: int) -> list[str]:
    """The lists in ``limit`` characters together, as far as each has more than one line: the last lines of whichever is
    longest are left out."""
    kept = [len(one.lines) for one in lists]
    while True:
        shown = [one.first(number) for one, number in zip(lists, kept, strict=True)]
        shortened = [place for place, number in enumerate(kept) if number > 1]
        if sum(map(len, shown)) <= limit or not shortened:
            return shown
        kept[max(shortened, key=lambda place: len(shown[place]))] -= 1
