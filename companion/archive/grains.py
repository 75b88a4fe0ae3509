"""What of a passage is compared with a question: the whole of it, and short windows that vote for it.

A whole passage drowns a single telling sentence; a short window lacks the talk around it. Their cosines are averaged,
which beat either alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from companion.archive.sentences import sentence_spans
from companion.storage.episodes import Passage

WINDOW_WORDS = 60


def embedded_texts(passage: Passage) -> tuple[str, ...]:
    """What is embedded for a passage, one vector each: the passage with its speakers, then each of its windows."""
    spans = windows(passage.text)
    if len(spans) == 1:
        return (_labelled(passage),)
    return (_labelled(passage), *(passage.text[start:end] for start, end in spans))


@lru_cache(maxsize=2_000)
def windows(text: str) -> tuple[tuple[int, int], ...]:
    """The characters of runs of whole sentences of up to 60 words, which cover the text without overlap.

    Only a sentence longer than that makes a longer window.
    """
    return windows_of(text, sentence_spans(text))


def windows_of(text: str, sentences: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same, of a text that has these sentences."""
    spans: list[tuple[int, int]] = []
    words = 0
    for start, end in sentences:
        length = len(text[start:end].split())
        if spans and words + length <= WINDOW_WORDS:
            spans[-1] = (spans[-1][0], end)
            words += length
        else:
            spans.append((start, end))
            words = length
    return tuple(spans) or ((0, len(text)),)


def _labelled(passage: Passage) -> str:
    """The passage as a script: who speaks stands before what they say."""
    bounds = [*(piece.offset for piece in passage.pieces), len(passage.text)]
    lines: list[str] = []
    for piece, (start, end) in zip(passage.pieces, pairwise(bounds), strict=True):
        text = passage.text[start:end].strip()
        lines.append(f"{piece.speaker}: {text}" if piece.speaker else text)
    return "\n".join(lines)
