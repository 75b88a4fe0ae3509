"""What votes and duels together say of clips: a score each, with what is not known of it. Pure.

**The score.** A clip that was posted ``p`` times in a server where ``a`` members voted on anything in that span had
``n = p·a`` chances to get a vote; a vote against it takes away one for it, so it used ``k = max(0, up − down)`` of
them. The share θ of its chances that such a clip would use in the long run has a Beta prior whose mean is the server's
own, ``m = (Σk + 1) / (Σn + 2)`` over all its clips of that span, and which weighs as much as one more post, ``s = a``,
though never less than `LEAST_STRENGTH` chances:

    θ ~ Beta(m·s + k, (1 − m)·s + n − k)        score = (m·s + k) / (s + n), where there are no duels

So few votes pull a clip to the middle, not to the top, and what was posted twice does not win by that alone. This is
the Beta-Binomial model with an empirical prior (Efron and Morris 1975; Gelman et al., Bayesian Data Analysis, chapter
5), with chances to vote as its trials.

**Duels.** Of the members who would vote for but one of two clips, the share θ₁(1 − θ₂) / (θ₁(1 − θ₂) + θ₂(1 − θ₁))
would for the first: Bradley and Terry's model, with the odds of θ as strengths. So the choices in duels are further
evidence of the same θ, and all of them together are what is likeliest after reactions and duels
(`community/bradley_terry.py`), which is the score above where a clip was in none. A duel needs no correction for who
saw it: whoever chose had both before them. One counts in the span in which it ended, for whichever clips it was.

The interval holds θ with a probability of 90%: that of the Beta which has the score as its mean and is as narrow as the
likelihood there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from companion.community.beta import quantile
from companion.community.bradley_terry import Evidence, Numbers, chance, strengths, weights
from companion.storage.standings import Compared, Counted

LEAST_STRENGTH = 5.0
"""Chances that the prior weighs at least."""
FEW = 3
"""A clip with fewer votes and choices in duels than this is said to have too few."""
SAME = 1e-9
"""Scores that differ by no more are the same."""
_TAIL = 0.05


@dataclass(frozen=True, slots=True)
class Field:
    """The clips of a server in a span, how many members voted, their duels, and the prior's mean. `field_of` makes it.

    Every clip of a duel is among the clips.
    """

    clips: tuple[Counted, ...]
    voters: int
    duels: tuple[Compared, ...]
    mean: float

    @property
    def pairs(self) -> Numbers:
        """Of shape (duels, clips): 1 for the left clip and -1 for the right one."""
        places = {one.clip_id: place for place, one in enumerate(self.clips)}
        pairs = np.zeros((len(self.duels), len(self.clips)))
        for number, duel in enumerate(self.duels):
            pairs[number, places[duel.left_id]] = 1
            pairs[number, places[duel.right_id]] = -1
        return pairs

    def evidence(self, up: Numbers, down: Numbers, for_left: Numbers, for_right: Numbers) -> Evidence:
        """Of the field with these votes, of shape (…, clips), and choices, (…, duels), in place of its own."""
        strength = max(float(self.voters), LEAST_STRENGTH)
        used = np.maximum(up - down, 0)
        # Whoever voted had the chance to, even where voters are counted of another span.
        chances = np.maximum([one.posts * self.voters for one in self.clips], up + down)
        successes, failures = self.mean * strength + used, (1 - self.mean) * strength + chances - used
        return Evidence(successes, failures, self.pairs, for_left, for_right)

    def counts(self) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Votes for and against each clip, and choices of the left one and of the right one in each duel."""
        up, down = np.array([[one.up, one.down] for one in self.clips], np.float64).reshape(-1, 2).T
        left, right = np.array([[one.for_left, one.for_right] for one in self.duels], np.float64).reshape(-1, 2).T
        return up, down, left, right


@dataclass(frozen=True, slots=True)
class Score:
    """A clip's share of its chances, shrunk, with the bounds between which it lies with 90% probability.

    ``won`` and ``lost`` are how many chose it in duels, and how many the other. ``rank`` counts from 1; clips of the
    same score share it and are ``tied``.
    """

    counted: Counted
    score: float
    low: float
    high: float
    won: int = 0
    lost: int = 0
    rank: int = 0
    tied: bool = False

    @property
    def votes(self) -> int:
        """All that was said of it, by reactions and in duels."""
        return self.counted.up + self.counted.down + self.won + self.lost

    @property
    def too_few(self) -> bool:
        """Were there too few votes to say anything?"""
        return self.votes < FEW


def field_of(counted: Sequence[Counted], voters: int, duels: Sequence[Compared] = ()) -> Field:
    """The field of these clips, and of those in the duels, which may have been posted at another time."""
    known = {one.clip_id for one in counted}
    dueled = {clip_id for duel in duels for clip_id in (duel.left_id, duel.right_id)}
    clips = (*counted, *(Counted(clip_id, 0, 0, 0) for clip_id in sorted(dueled - known)))
    used = sum(max(0, one.up - one.down) for one in counted)
    chances = sum(max(one.posts * voters, one.up + one.down) for one in counted)
    return Field(clips, voters, tuple(duels), (used + 1) / (chances + 2))


def ranked(field: Field, among: Collection[int] | None = None) -> list[Score]:
    """The clips by their scores, the best first; of equal ones those with votes enough, then the older. ``among`` are
    the ids of those that are wanted, whose scores are by the whole field all the same."""
    scores = [one for one in _scores(field) if among is None or one.counted.clip_id in among]
    scores.sort(key=lambda one: (-round(one.score, 12), one.too_few, one.counted.clip_id))
    found: list[Score] = []
    for number, one in enumerate(scores, 1):
        same = bool(found) and found[-1].score - one.score <= SAME
        if same:
            found[-1] = replace(found[-1], tied=True)
        found.append(replace(one, rank=found[-1].rank if same else number, tied=same))
    return found


def _scores(field: Field) -> list[Score]:
    """As they stand among the clips."""
    evidence = field.evidence(*field.counts())
    likeliest = strengths(evidence)
    won, lost = dict.fromkeys((one.clip_id for one in field.clips), 0), {one.clip_id: 0 for one in field.clips}
    for duel in field.duels:
        won[duel.left_id] += duel.for_left
        lost[duel.left_id] += duel.for_right
        won[duel.right_id] += duel.for_right
        lost[duel.right_id] += duel.for_left
    found: list[Score] = []
    shares, known = chance(likeliest).tolist(), weights(evidence, likeliest).tolist()
    for one, share, weight in zip(field.clips, shares, known, strict=True):
        low, high = (quantile(tail, share * weight, (1 - share) * weight) for tail in (_TAIL, 1 - _TAIL))
        found.append(Score(one, share, low, high, won[one.clip_id], lost[one.clip_id]))
    return found
