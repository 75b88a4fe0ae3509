"""What labels and words themselves say against a label: it names two voices or asks, its turn greets its own speaker,
holds somebody else's label, or holds a dialogue. Rather too few doubts than too many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import groupby, pairwise

from companion.archive.sentences import ends_with_question
from companion.archive.transcripts.labels import is_generic, looks_like_a_name
from companion.storage.episodes import Turn

_JOINT = re.compile(r"\s?[/&+|]\s?|\s(?:and|or|und|et|y|o|e|и|和|,)\s|,\s")
_COMMA = re.compile(r",\s")
_NUMBERS = re.compile(r"\d\s?(?:or|and|/|&|\+|,)\s?\d")
_SEVERAL = frozenset(
    "all both everyone everybody group crowd audience multiple speakers voices crosstalk various".split()
)
_ASKING = re.compile(r"\?|\b(?:possibly|probably|maybe|perhaps|unclear|uncertain|unsure|presumably)\b", re.IGNORECASE)
_VOCATIVE = (
    r"\b(?:thanks(?: so much| a lot| again)?|thank you(?: so much| very much)?|welcome(?: back)?|hello|hi|hey),? "
    r"(?:to you,? )?"
)
_AFTER_NAME = r"(?=[.!?,]|\Z)(?!, (?:here|speaking|from|and|who|host|your))"
_SELF = re.compile(r"\b(?:I'm|I am|I’m|my name is|this is|it's|it’s) \Z", re.IGNORECASE)
_QUOTED = re.compile(r"(?:[\"“‘]|\b(?:says?|said|like|goes|went|was|call(?:s|ed)?)[:,]? )\Z", re.IGNORECASE)
_MOST_LABELS = 100
"""Labels that are looked for inside of turns: nobody hosts more voices, and every one costs time in every turn."""
_FEWEST_ALTERNATIONS = 3
_LONGEST_RUN = 6
_ALTERNATING = 0.9


def names_several(label: str, others: Collection[str]) -> bool:
    """Does a label name two voices (`Ann / Bob`, `Ann and Bob`, `Speaker 1 or 2`), or doubt its own (`Ann?`)?

    ``others`` are the labels of the other turns: behind a comma stands a role (`Ann, Host`) unless it is one of them.
    """
    if _ASKING.search(label) or _NUMBERS.search(label) or all(word in _SEVERAL for word in label.lower().split()):
        return True
    parts = [part.strip() for part in _JOINT.split(label) if part.strip()]
    if len(parts) < 2:
        return False
    known = {name.casefold() for other in others for name in (other, other.split()[0] if other.split() else other)}
    if any(part.casefold() not in known for part in parts):
        return not _COMMA.search(label) and all(map(_is_name, parts)) and label not in others
    return True


def misattributed(turns: Sequence[Turn]) -> set[int]:
    """The turns, by number, whose words speak against their label."""
    counted = Counter(turn.speaker for turn in turns if turn.speaker)
    firsts = Counter(label.split()[0].casefold() for label in counted if label.split())
    labels = _labels_inside([label for label, _ in counted.most_common(_MOST_LABELS)])
    doubtful = {
        nth
        for nth, turn in enumerate(turns)
        if turn.speaker
        and (
            _greets(turn.text, turn.speaker, alone=firsts[turn.speaker.split()[0].casefold()] == 1)
            or (labels is not None and any(match["label"] != turn.speaker for match in labels.finditer(turn.text)))
        )
    }
    return doubtful | _dialogues(turns)


def _is_name(part: str) -> bool:
    return looks_like_a_name(part) and not is_generic(part)


def _greets(text: str, speaker: str, *, alone: bool) -> bool:
    """Does the turn thank or greet somebody who has its own speaker's name, and nobody else's?"""
    first = speaker.split()[0]
    if not alone or is_generic(speaker) or len(first) < 3 or first not in text:
        return False
    names = "|".join(re.escape(name) for name in {speaker, first})
    return any(
        not _QUOTED.search(text[: match.start()]) and not _SELF.search(text[: match.start("name")])
        for match in re.finditer(rf"{_VOCATIVE}(?P<name>{names}){_AFTER_NAME}", text, re.IGNORECASE)
    )


def _labels_inside(labels: Collection[str]) -> re.Pattern[str] | None:
    """Labels with a colon, behind the end of a sentence."""
    names = [re.escape(label) for label in labels if looks_like_a_name(label)]
    return re.compile(rf"[.?!…][\"”’]? (?P<label>{'|'.join(names)}): (?=\S)") if names else None


def _dialogues(turns: Sequence[Turn]) -> set[int]:
    """Long runs of one speaker that ask and answer, in a text where speakers take turns otherwise."""
    runs = [list(run) for _, run in groupby(range(len(turns)), key=lambda nth: turns[nth].speaker)]
    if sum(len(run) < _FEWEST_ALTERNATIONS for run in runs) < _ALTERNATING * len(runs):
        return set()
    return {
        nth
        for run in runs
        if len(run) >= _LONGEST_RUN and turns[run[0]].speaker and _alternations(turns, run) >= _FEWEST_ALTERNATIONS
        for nth in run
    }


def _alternations(turns: Sequence[Turn], run: Sequence[int]) -> int:
    asked = [ends_with_question(turns[nth].text) for nth in run]
    return sum(first and not second for first, second in pairwise(asked))
