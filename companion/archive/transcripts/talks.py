"""A talk that no label names, above the questions that follow it: what stands before the first label is speech, too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.page import Cue

_PARAGRAPH = re.compile(r"(?:\A|(?<=\n\n))[^\n](?:[^\n]|\n(?!\n))*")
_FEWEST_WORDS = 200
"""Words that a talk has; with fewer they introduce who speaks."""
_WORDS_OF_SPEECH = 12
"""Words from which on a paragraph is no title, link or list's item."""
_MOSTLY = 0.8
"""Share of the words that stand in paragraphs of sentences."""


def talk_above(text: str, start: int, cues: Sequence[Cue]) -> list[Cue]:
    """The paragraphs of speech between ``start`` and the first of the ``cues``, as turns of nobody that is named.

    None unless they hold at least as many words as all turns together, in sentences: show notes are shorter than what
    was said, and mostly links, titles and lists.
    """
    if not cues or cues[0].label is None or any(cue.time is not None for cue in cues):
        return []
    above, below = text[start : cues[0].start], text[cues[0].start :]
    words = len(above.split())
    if words < max(_FEWEST_WORDS, len(below.split())):
        return []
    spoken = [match for match in _PARAGRAPH.finditer(above) if _is_speech(match[0])]
    if not spoken or sum(len(match[0].split()) for match in spoken) < _MOSTLY * words:
        return []
    first = spoken[0].start()
    places = [start + match.start() for match in _PARAGRAPH.finditer(above) if match.start() >= first]
    return [Cue(place, place) for place in places]


def _is_speech(paragraph: str) -> bool:
    return len(paragraph.split()) >= _WORDS_OF_SPEECH and ends_a_sentence(paragraph.rstrip())
