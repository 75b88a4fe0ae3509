"""Strengths, from how often each was taken when it could be and from choices between two, by one likelihood.

A share θ that Beta(a, b) describes has the log-odds λ = log(θ / (1 - θ)), which that distribution gives the density
σ(λ)^a (1 - σ(λ))^b up to a constant, with σ(λ) = 1 / (1 + exp(-λ)); its mode is the log-odds of the Beta's mean. Of
whoever would take but one of two, the share σ(λ₁ - λ₂) takes the first: Bradley and Terry's model (Rank Analysis of
Incomplete Block Designs, Biometrika 1952). So choices between two are further factors of the same density:

    L(λ) = Σᵢ aᵢ log σ(λᵢ) + bᵢ log σ(-λᵢ)  +  Σ over pairs, l log σ(λ₁ - λ₂) + r log σ(λ₂ - λ₁)

It is strictly concave and has one highest place, the strengths. Its curvature is a matrix whose inverse has no entry
below 0 and the largest of each column on the diagonal, so that evidence for one never lowers it, and a choice between
two moves them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_STEPS = 100
_LONGEST = 1.0
"""A step of Newton's method goes no further: beyond, the curvature says little about the place it leads to."""
_NEAR = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of some things: a and b of each, of shape (…, things), both above 0; how many chose either side of
    each pair, of shape (…, pairs); and which things ``pairs`` are of: (pairs, things), 1 for the left one and -1 for
    the right. What the dots stand for are cases to be told apart, each with strengths of its own.
    """

    successes: Numbers
    failures: Numbers
    pairs: Numbers
    for_left: Numbers
    for_right: Numbers


def strengths(evidence: Evidence) -> Numbers:
    """The likeliest log-odds, of shape (…, things); where nothing was paired exactly log(a / b)."""
    likeliest = np.log(evidence.successes) - np.log(evidence.failures)
    paired = np.abs(evidence.pairs).sum(axis=0) > 0
    if not paired.any():
        return likeliest
    of_paired = _of_paired(evidence, paired)
    values = likeliest[..., paired]
    for _ in range(_STEPS):
        weights = of_paired.successes + of_paired.failures
        chosen = of_paired.for_left + of_paired.for_right
        slope = of_paired.successes - weights * chance(values)
        slope = slope + (of_paired.for_left - chosen * chance(values @ of_paired.pairs.T)) @ of_paired.pairs
        step = np.linalg.solve(_curvature(of_paired, values), slope[..., None])[..., 0].clip(-_LONGEST, _LONGEST)
        values = values + step
        if np.abs(step).max() < _NEAR:
            break
    likeliest[..., paired] = values
    return likeliest


def weights(evidence: Evidence, at: Numbers) -> Numbers:
    """What is known of each thing alone, as the a + b of the Beta that is as narrow at its strength; for one case.

    Choices between two make it larger, and where there are none it is a + b.
    """
    known = evidence.successes + evidence.failures
    paired = np.abs(evidence.pairs).sum(axis=0) > 0
    if paired.any():
        shares = chance(at[paired])
        variances = np.diag(np.linalg.inv(_curvature(_of_paired(evidence, paired), at[paired])))
        known = known.copy()
        known[paired] = 1 / (variances * shares * (1 - shares))
    return known


def _of_paired(evidence: Evidence, paired: NDArray[np.bool_]) -> Evidence:
    return Evidence(
        evidence.successes[..., paired],
        evidence.failures[..., paired],
        evidence.pairs[:, paired],
        evidence.for_left,
        evidence.for_right,
    )


def _curvature(evidence: Evidence, at: Numbers) -> Numbers:
    """Minus the second derivatives, of shape (…, things, things)."""
    shares, preferred = chance(at), chance(at @ evidence.pairs.T)
    own = (evidence.successes + evidence.failures) * shares * (1 - shares)
    between = (evidence.for_left + evidence.for_right) * preferred * (1 - preferred)
    curved = (evidence.pairs.T * between[..., None, :]) @ evidence.pairs
    return curved + own[..., None] * np.eye(own.shape[-1])


def chance(log_odds: Numbers) -> Numbers:
    """The shares of these log-odds."""
    return np.exp(-np.logaddexp(0, -log_odds))
