"""A server's taste: what its votes have made of the weights, and of the clips that were voted on.

Every vote is taken as a coin that falls on "like" with the odds exp(base + score). Weights have independent normal
priors, with the means of `community/weights.py`; what they are after the votes is approximated as Chapelle and Li do
(An Empirical Evaluation of Thompson Sampling, NIPS 2011, algorithm 3), the Laplace approximation with a diagonal:

    mean       argmin ½ Σᵢ qᵢ (wᵢ - mᵢ)² + Σⱼ aⱼ [uⱼ log(1 + exp(-zⱼ)) + dⱼ log(1 + exp(zⱼ))]
    precision  qᵢ + Σⱼ aⱼ nⱼ xᵢⱼ² pⱼ (1 - pⱼ)

for clips j with signals xⱼ, zⱼ = base + w·xⱼ, pⱼ = 1 / (1 + exp(-zⱼ)), uⱼ votes for and dⱼ against, nⱼ in all. Votes on
one clip are alike, so it counts for aⱼ = 1 / (1 + (nⱼ - 1) ρ) of each: Kish's design effect (Survey Sampling, 1965),
without which one crowded evening would be the server's taste for good. A duel is a coin whose odds are those of the
difference (Bradley and Terry, 1952).

It is always made anew from the prior and from all votes that stand, so that votes that were taken back never counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from companion.community.weights import SIGNALS
from companion.storage.highlight_history import Stretch
from companion.storage.highlight_weights import Weight

BASE = "base"
"""The weight that every clip has: how freely the members of a server like things."""
PRECISION = 60.0
"""Of a weight before any vote: its standard deviation is then 0.13, so that a signal's direction is fairly sure, and
some fifty clips with a handful of votes count for as much as the table."""
BASE_PRECISION = 1.0
ALIKE = 0.1
"""ρ: how much the votes on one clip are alike, as the correlation within a cluster."""
OWN_PRECISION = 4.0
"""Of what a clip has beside its signals: a standard deviation of 0.5, as much as signals tell clips apart."""
EXPLORATION = 0.25
"""By which standard deviations are multiplied when weights are drawn: with so many weights, all of their uncertainty
would drown what they say. (Chapelle and Li, too, lose less with a quarter or a half of it than with all.)"""
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Voted:
    """A clip's signals, and its votes for and against it."""

    stretch: Stretch
    signals: Mapping[str, float]
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Dueled:
    """The signals of two clips, and how many preferred each."""

    left: Mapping[str, float]
    right: Mapping[str, float]
    for_left: int
    for_right: int


@dataclass(frozen=True, slots=True)
class OwnScore:
    """What the votes on a clip say beyond its signals, in log-odds."""

    stretch: Stretch
    score: Weight


@dataclass(frozen=True, slots=True)
class Taste:
    """Weights by signal, with `BASE`, and what is known of clips that were voted on, by episode."""

    weights: Mapping[str, Weight]
    clips: Mapping[int, tuple[OwnScore, ...]] = field(default_factory=dict[int, tuple[OwnScore, ...]])

    def drawn(self, chance: np.random.Generator) -> Taste:
        """One taste that it may be: every weight, and every clip's own score, drawn from what is known of it."""
        return Taste(
            {name: _drawn(weight, chance) for name, weight in self.weights.items()},
            {
                episode_id: tuple(OwnScore(clip.stretch, _drawn(clip.score, chance)) for clip in clips)
                for episode_id, clips in self.clips.items()
            },
        )

    def parts(self, signals: Mapping[str, float]) -> dict[str, float]:
        """What each signal adds to a score. The base is no part of it: it tells no two stretches apart."""
        return {
            name: self.weights[name].mean * value
            for name, value in signals.items()
            if name in self.weights and name != BASE
        }


PRIOR = Taste(
    {name: Weight(signal.weight, PRECISION) for name, signal in SIGNALS.items()} | {BASE: Weight(0.0, BASE_PRECISION)}
)
"""The taste of a server that never voted."""


def learnt(voted: Sequence[Voted], dueled: Sequence[Dueled] = (), prior: Taste = PRIOR) -> Taste:
    """What the votes make of the prior, in whatever order they are given."""
    names = list(prior.weights)
    mean = np.array([prior.weights[name].mean for name in names])
    precision = np.array([prior.weights[name].precision for name in names])
    rows = [_row(names, one.signals, 1.0) for one in voted]
    rows += [_row(names, one.left, 0.0) - _row(names, one.right, 0.0) for one in dueled]
    if not rows:
        return prior
    x = np.stack(rows)
    up = np.array([*(one.up for one in voted), *(one.for_left for one in dueled)], np.float64)
    down = np.array([*(one.down for one in voted), *(one.for_right for one in dueled)], np.float64)
    counts = 1 / (1 + (np.maximum(up + down, 1) - 1) * ALIKE)
    weights = _most_likely(x, up * counts, down * counts, mean, precision)
    chance = _chance(x @ weights)
    precision = precision + ((up + down) * counts * chance * (1 - chance)) @ x**2
    posterior = {
        name: Weight(float(weight), float(sure)) for name, weight, sure in zip(names, weights, precision, strict=True)
    }
    own: dict[int, tuple[OwnScore, ...]] = {}
    for one, expected in zip(voted, (x @ weights).tolist(), strict=False):
        episode_id = one.stretch.episode_id
        own[episode_id] = (*own.get(episode_id, ()), OwnScore(one.stretch, _own(expected, one)))
    return Taste(posterior, own)


def _own(expected: float, voted: Voted) -> Weight:
    """A clip's own score, where its signals let expect that log-odds of a like."""
    one = np.ones((1, 1))
    up, down = np.array([float(voted.up)]), np.array([float(voted.down)])
    # The same fit in one dimension, around what is expected.
    [log_odds] = _most_likely(one, up, down, np.array([expected]), np.array([OWN_PRECISION]))
    chance = float(_chance(np.array([log_odds]))[0])
    return Weight(float(log_odds) - expected, OWN_PRECISION + (voted.up + voted.down) * chance * (1 - chance))


def _most_likely(
    x: NDArray[np.float64],
    up: NDArray[np.float64],
    down: NDArray[np.float64],
    mean: NDArray[np.float64],
    precision: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The weights that are likeliest after the votes, by Newton's method with steps that never go uphill.

    The cost is strictly convex, so there is one such place.
    """

    def cost(weights: NDArray[np.float64]) -> float:
        z = x @ weights
        votes = up @ np.logaddexp(0, -z) + down @ np.logaddexp(0, z)
        return float(votes + 0.5 * precision @ (weights - mean) ** 2)

    weights = mean.copy()
    for _ in range(_STEPS):
        chance = _chance(x @ weights)
        slope = precision * (weights - mean) + x.T @ ((up + down) * chance - up)
        curve = np.diag(precision) + x.T @ (((up + down) * chance * (1 - chance))[:, None] * x)
        step = np.linalg.solve(curve, slope)
        length = 1.0
        while cost(weights - length * step) > cost(weights) and length > 1e-6:
            length /= 2
        weights = weights - length * step
        if np.abs(length * step).max() < 1e-9:
            break
    return weights


def _row(names: Sequence[str], signals: Mapping[str, float], base: float) -> NDArray[np.float64]:
    return np.array([base if name == BASE else signals.get(name, 0.0) for name in names])


def _chance(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-np.logaddexp(0, -log_odds))


def _drawn(weight: Weight, chance: np.random.Generator) -> Weight:
    deviation = EXPLORATION / float(np.sqrt(weight.precision))
    return Weight(weight.mean + deviation * float(chance.standard_normal()), weight.precision)
