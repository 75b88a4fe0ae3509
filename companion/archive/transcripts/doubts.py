"""Turns whose speaker is doubtful: two voices in one label, over each other, or taking turns within a sentence; and
those whose own words contradict their label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.attribution import misattributed, names_several
from companion.storage.episodes import Turn

_FEW_WORDS = 3
"""Words of an island: what is said by somebody else in the middle of a sentence, or labelled so by mistake."""
_MOST_LABELS = 100
"""Labels that are compared with each other: no talk has more voices."""
_PAUSE = 0.3
_MOST_OVERLAP = 0.5
"""Share of a turn during which somebody else speaks, from which on either may be meant."""


def with_doubts(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns, with those marked uncertain that may be somebody else's."""
    punctuated = 5 * sum(ends_a_sentence(turn.text) for turn in turns) >= len(turns)
    labels = {turn.speaker for turn in turns if turn.speaker}
    others = labels if len(labels) <= _MOST_LABELS else set[str]()
    joint = {label for label in labels if names_several(label, others - {label})}
    contradicted = misattributed(turns)
    result: list[Turn] = []
    for nth, turn in enumerate(turns):
        before = turns[nth - 1] if nth else None
        after = turns[nth + 1] if nth + 1 < len(turns) else None
        doubtful = turn.speaker is not None and (
            turn.speaker in joint
            or nth in contradicted
            or (before is not None and after is not None and _is_an_island(before, turn, after, punctuated=punctuated))
            or any(other is not None and _is_over(turn, other) for other in (before, after))
        )
        result.append(replace(turn, uncertain=True) if doubtful and not turn.uncertain else turn)
    return tuple(result)


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
