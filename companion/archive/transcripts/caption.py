"""A caption: words with the time at which they are shown, and what is known of who says them."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple


class Caption(NamedTuple):
    """Words shown from ``start`` to ``end`` (seconds).

    ``glued``: no blank stands before them. ``opens``: somebody else begins to speak, also where nobody is named.
    ``approximate``: the start is interpolated. ``uncertain``: the speaker is doubtful. ``marks`` are times inside of
    the text: (character, seconds), in order.
    """

    start: float | None
    end: float | None
    speaker: str | None
    text: str
    glued: bool = False
    opens: bool = False
    approximate: bool = False
    uncertain: bool = False
    marks: tuple[tuple[int, float], ...] = ()

    def said_by(self, speaker: str | None, *, uncertain: bool) -> Caption:
        """The caption with another speaker."""
        start, end, _, text, glued, opens, approximate, _, marks = self
        return Caption(start, end, speaker, text, glued, opens, approximate, uncertain, marks)


def without_beginning(caption: Caption, length: int) -> Caption:
    """The caption without its first ``length`` characters; it begins when what is left does, where a mark tells."""
    text = caption.text[length:]
    skipped = length + len(text) - len(text.lstrip())
    marks = tuple((at - skipped, time) for at, time in caption.marks if at > skipped)
    at_cut = [time for at, time in caption.marks if length <= at <= skipped]
    return caption._replace(text=text.strip(), marks=marks, start=at_cut[-1] if at_cut else caption.start)


@contextmanager
def collector_paused() -> Generator[None]:
    """For reading single words: hundreds of thousands of small objects are made, none of them in a cycle, and the
    search for cycles among them would take a quarter of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
