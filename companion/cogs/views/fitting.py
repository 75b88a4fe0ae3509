"""Foreign text within a number of characters, its escapes counted; lists within it, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence

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
