"""Everything that speaks for the moments of one episode, or against them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from companion.archive.moment_meaning import Windows, meaning_signals
from companion.archive.moment_words import Vocabulary, scaled, word_signals
from companion.archive.moments import Moment, moments
from companion.archive.people import people_in
from companion.archive.snapshot import is_named
from companion.archive.teasers import teaser_of
from companion.archive.tokens import Vectors
from companion.storage.episodes import EpisodeFacts, Turn
from companion.storage.mentions import EditorsPick
from companion.storage.names import folded

VERSION = 3
"""Raised with every change to what a signal is: candidates made by another version are made anew."""

_TURN_MEAN, _TURN_DEVIATION = 5.4, 1.0
"""Of the logarithm of the words of the longest turn in a moment, measured as in `archive/moment_words.py`."""
_QUOTED_WHOLE = 0.6
"""The share of a moment that a quotation covers where the moment counts as quoted: bounds are those of sentences."""


@dataclass(frozen=True, slots=True)
class Material:
    """What an episode's moments are judged by. ``regulars`` are the folded names of those who are heard in many
    episodes of the podcast; ``title`` is the title's vector, of the kind that ``spoken`` has."""

    facts: EpisodeFacts
    turns: Sequence[Turn]
    vocabulary: Vocabulary
    regulars: frozenset[str]
    picks: Sequence[EditorsPick] = ()
    spoken: Windows | None = None
    title: Vectors | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A moment and its signals by name."""

    moment: Moment
    signals: dict[str, float]


def judged_moments(material: Material) -> list[Judged]:
    """The moments of an episode, in the order they were said, with all their signals."""
    chosen = [
        (pick.first_word, pick.last_word)
        for pick in material.picks
        if pick.first_word is not None and pick.last_word is not None
    ]
    teaser = teaser_of(material.turns)
    begin, previewed = (teaser.words, teaser.spans) if teaser else (0, ())
    found = moments(material.turns, [*chosen, *previewed], begin)
    if not found:
        return []
    density = near_title = np.zeros(len(found))
    # What a teaser repeats is no sign that the conversation comes back to it.
    if material.spoken is not None and (spoken := material.spoken.behind(begin)) is not None:
        density, near_title = meaning_signals(found, spoken, material.title)
    lengths = [len(turn.text.split()) for turn in material.turns]
    judged: list[Judged] = []
    for place, moment in enumerate(found):
        signals = word_signals(moment, material.vocabulary)
        longest = max(lengths[moment.first_turn : moment.last_turn + 1])
        signals |= {
            "density": float(density[place]),
            "title": float(near_title[place]),
            "turn": scaled((math.log(longest) - _TURN_MEAN) / _TURN_DEVIATION),
            "guest": guest(moment.speaker, material),
            "quoted": max((_quoted(moment, pick) for pick in material.picks), default=0.0),
            "previewed": _share_chosen(moment, sum(moment.shared(*span) for span in previewed)),
        }
        judged.append(Judged(moment, signals))
    return judged


def guest(speaker: str | None, material: Material) -> float:
    """1 for somebody whom the episode bills, -1 for a host, 0 where that is not known."""
    people = [folded(name) for name in people_in(speaker)] if speaker else []
    if not people:
        return 0.0
    for person in material.facts.people:
        role = (person.role or "").casefold()
        if folded(person.name) in people and ("host" in role or "guest" in role):
            return -1.0 if "host" in role else 1.0
    if any(name in material.regulars for name in people):
        return -1.0
    title = material.facts.title
    return 1.0 if any(is_named(name, title, title) for name in people) else 0.0


def _share_chosen(moment: Moment, words: int) -> float:
    """From 0 to 1: how far a moment of which so many words were chosen is what was chosen."""
    return min(words / moment.words / _QUOTED_WHOLE, 1.0)


def _quoted(moment: Moment, pick: EditorsPick) -> float:
    """From 0 to 1: how far the editors' pick is this moment."""
    if pick.first_word is not None and pick.last_word is not None:
        covered = moment.shared(pick.first_word, pick.last_word) / moment.words
    elif pick.start is None or pick.end is None or moment.start is None or moment.end is None:
        return 0.0
    else:
        shared = max(0.0, min(pick.end, moment.end) - max(pick.start, moment.start))
        covered = shared / max(moment.end - moment.start, 1.0)
    return min(covered / _QUOTED_WHOLE, 1.0) * pick.similarity
