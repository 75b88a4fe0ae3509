"""What every signal weighs, in one table, and how it is said.

A stretch's score is the sum of its signals, each times its weight. The unit is log-odds: with a score higher by 1 the
odds that a member likes it are e times as high. The whole table is on the scale at which two stretches drawn by chance
are told apart as surely as people agree on such choices, in six to seven of ten. That is the prior; a server's votes
move it (`community/taste.py`). What each signal carries is measured in `benchmarks/highlights.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Signal(NamedTuple):
    """A signal's weight before any vote, and what it says of a stretch that has much of it, or little."""

    weight: float
    much: str
    little: str


SIGNALS: Mapping[str, Signal] = {
    # The makers of the episode chose it: no other sign comes near. (Withheld where the picker is judged by it.)
    "quoted": Signal(1.2, "the editors quote it in the show notes", ""),
    # They cut it out for the teaser that the episode begins with: as much a choice, though one that shall make curious.
    "previewed": Signal(0.8, "the episode's teaser has it", ""),
    # Talk elsewhere in the episode that is near in meaning: what the conversation comes back to. The best of all.
    "density": Signal(0.2, "the episode comes back to what it is about", "it is beside what the episode is about"),
    # What the episode was named after.
    "title": Signal(0.08, "it is near the episode's title", "it is far from the episode's title"),
    # Claims: superlatives, opinions, all and never.
    "claims": Signal(0.1, "it makes a claim", "it claims little"),
    # It concerns somebody: people, users, the world.
    "people": Signal(0.08, "it speaks of people", "it speaks of no people"),
    # Explanations: because, so, but, instead.
    "argument": Signal(0.04, "it gives reasons", "it gives few reasons"),
    # Told in the past: something happened. Tells little of what editors choose, and is what members pass on.
    "story": Signal(0.04, "it tells what happened", "nothing happens in it"),
    # Whom the listeners came for.
    "guest": Signal(0.12, "a guest says it", "a host says it"),
    # A thought that was given room, in its turn and in its sentences.
    "turn": Signal(0.08, "it is part of a long answer", "it is from a quick exchange"),
    "sentences": Signal(0.06, "its sentences are full", "its sentences are short"),
    # Standing alone. Editors cut and add words where they quote, so half of these tell nothing of what they choose;
    # the bot posts what was said as it was said, and what does not stand alone is passed over.
    "begins": Signal(0.14, "it begins a thought", "it begins in the middle of a thought"),
    "ends": Signal(0.06, "it ends its thought", "it ends in the middle of a thought"),
    "unresolved": Signal(-0.1, "it refers to things said before", "it can be understood alone"),
    "addressed": Signal(-0.02, "it is said to the other in the room", "it is said to everybody"),
    "questions": Signal(-0.08, "it asks more than it answers", "it asks nothing"),
    # Something specific. One word's worth each: what is rare may as well be garbled.
    "names": Signal(0.04, "it names names", "it names nobody and nothing"),
    "numbers": Signal(0.04, "it has numbers", "it has no numbers"),
    "rare": Signal(0.04, "its words are rare ones", "its words are everyday ones"),
    # About as long as fits a card and half a minute.
    "length": Signal(0.08, "it has a good length", "it is rather short or long"),
    # Uh, like, you know: read and heard worse.
    "fillers": Signal(-0.06, "it has many fillers", "it has few fillers"),
    # Greetings, thanks, sponsors, what comes next: never a highlight.
    "housekeeping": Signal(-0.4, "part of it is greeting, thanks or notices", ""),
    # Headings run into the talk, names cut in two.
    "flaws": Signal(-0.15, "its transcript has flaws", ""),
    # Words that clips of the last months had, too. Known only when a pick is made.
    "repeats": Signal(-0.1, "much of it was in clips before", "nothing like it was posted lately"),
}

VOTES = "votes"
"""The part of a score that is no signal: what members said of this very clip when it was posted before."""
VOTED = Signal(1.0, "members liked it before", "members did not like it before")
