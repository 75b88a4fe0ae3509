"""A talk that no label names: above the questions that follow it, and, where only those who ask are labelled, between
them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.page import Cue

_PARAGRAPH = re.compile(r"(?:\A|(?<=\n\n))[^\n](?:[^\n]|\n(?!\n))*")
_BORDER = re.compile(r"\n\n(?=\S)")
_FEWEST_WORDS = 200
"""Words that a talk has; with fewer they introduce who speaks."""
_CERTAINLY_SPEECH = 1000
"""Words in sentences, from which on they are no notes."""
_WORDS_OF_SPEECH = 12
"""Words from which on a paragraph is no title, link or list's item."""
_MOSTLY = 0.8
"""Share of the words that stand in paragraphs of sentences."""
_WHO_ASKS = re.compile(
    r"(?:(?:question|comment) from (?:the )?)?(?:audience|listener|caller|questioner)(?:(?: member)? ?\w{0,2})?|"
    r"(?:q|question)(?: ?\d{1,2})?",
    re.IGNORECASE,
)


def with_talk(text: str, start: int, end: int, cues: Sequence[Cue]) -> list[Cue]:
    """The cues, and the paragraphs of speech that nobody is named for, as turns.

    Above the first cue, from ``start`` on, they must hold at least as many words as all below together, or very many,
    in sentences: show notes are shorter than what was said, and mostly links, titles and lists. Where all labels name
    who asks (`Audience: …`), a question is one paragraph, and the others up to ``end`` are the talk, as what is above.
    """
    if not cues or cues[0].label is None or any(cue.time is not None for cue in cues):
        return list(cues)
    answers = _answers(text[:end], cues)
    turns = sorted([*cues, *answers], key=lambda cue: cue.start)
    above = text[start : cues[0].start]
    words = len(above.split())
    fewest = 0 if answers else max(_FEWEST_WORDS, min(_CERTAINLY_SPEECH, len(text[cues[0].start :].split())))
    spoken = [match for match in _PARAGRAPH.finditer(above) if _is_speech(match[0])]
    if not spoken or words < fewest or sum(len(match[0].split()) for match in spoken) < _MOSTLY * words:
        return turns
    first = spoken[0].start()
    places = [start + match.start() for match in _PARAGRAPH.finditer(above) if match.start() >= first]
    return [*(Cue(place, place) for place in places), *turns]


def _answers(text: str, cues: Sequence[Cue]) -> list[Cue]:
    """The paragraphs behind each question, where nobody but those who ask is labelled."""
    if any(cue.label is None or not _WHO_ASKS.fullmatch(cue.label) for cue in cues):
        return []
    stops = [*(cue.start for cue in cues[1:]), len(text)]
    return [
        Cue(border.end(), border.end())
        for cue, stop in zip(cues, stops, strict=True)
        for border in _BORDER.finditer(text, cue.body, stop)
        if border.end() < stop
    ]


def _is_speech(paragraph: str) -> bool:
    return len(paragraph.split()) >= _WORDS_OF_SPEECH and ends_a_sentence(paragraph.rstrip())
