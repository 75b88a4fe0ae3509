"""Turns whose speaker is doubtful: two voices in one label, over each other, or taking turns within a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from companion.archive.sentences import ends_a_sentence
from companion.storage.episodes import Turn

_JOINT = re.compile(r"\w\s?[/&+|]\s?\w|\w (?:and|und|et|y) \w|\w, \w", re.IGNORECASE)
_SEVERAL = frozenset(
    "all both everyone everybody group crowd audience multiple speakers voices crosstalk various".split()
)
_FEW_WORDS = 3
"""Words of an island: what is said by somebody else in the middle of a sentence, or labelled so by mistake."""
_PAUSE = 0.3
_MOST_OVERLAP = 0.5
"""Share of a turn during which somebody else speaks, from which on either may be meant."""


def with_doubts(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns, with those marked uncertain that may be somebody else's."""
    punctuated = 5 * sum(ends_a_sentence(turn.text) for turn in turns) >= len(turns)
    result: list[Turn] = []
    for nth, turn in enumerate(turns):
        before = turns[nth - 1] if nth else None
        after = turns[nth + 1] if nth + 1 < len(turns) else None
        doubtful = turn.speaker is not None and (
            _names_several(turn.speaker)
            or (before is not None and after is not None and _is_an_island(before, turn, after, punctuated=punctuated))
            or any(other is not None and _is_over(turn, other) for other in (before, after))
        )
        result.append(replace(turn, uncertain=True) if doubtful and not turn.uncertain else turn)
    return tuple(result)


def _names_several(label: str) -> bool:
    return _JOINT.search(label) is not None or all(word in _SEVERAL for word in label.lower().split())


def _is_an_island(before: Turn, turn: Turn, after: Turn, *, punctuated: bool) -> bool:
    """Do a few words interrupt a sentence of somebody else, without being one themselves?"""
    if turn.speaker in (before.speaker, after.speaker) or len(turn.text.split()) > _FEW_WORDS:
        return False
    if punctuated:
        broken = not ends_a_sentence(before.text) and not ends_a_sentence(turn.text)
        return broken and after.text[:1].islower() and before.speaker == after.speaker
    close = turn.start is not None and before.end is not None and turn.start - before.end < _PAUSE
    goes_on = turn.end is not None and after.start is not None and after.start - turn.end < _PAUSE
    return before.speaker == after.speaker and close and goes_on


def _is_over(turn: Turn, other: Turn) -> bool:
    """Does somebody else speak during most of the turn?"""
    if turn.speaker == other.speaker or turn.approximate or other.approximate:
        return False
    if turn.start is None or turn.end is None or other.start is None or other.end is None:
        return False
    over = min(turn.end, other.end) - max(turn.start, other.start)
    return over > 0 and over >= _MOST_OVERLAP * (turn.end - turn.start)
