"""Quantiles of the Beta distribution: what is believed of a share after some tries."""

from __future__ import annotations

import math

_TINY = 1e-300
_STEPS = 60


def quantile(share: float, successes: float, failures: float) -> float:
    """Below which value Beta(``successes``, ``failures``) lies with that probability; both are above 0."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle, successes, failures) < share else (low, middle)
    return (low + high) / 2


def below(value: float, successes: float, failures: float) -> float:
    """How probable it is that Beta(``successes``, ``failures``) lies below the value: the regularised incomplete beta
    function, by Lentz's continued fraction (Press et al., Numerical Recipes, 6.4)."""
    if value <= 0 or value >= 1:
        return float(value >= 1)
    scale = math.lgamma(successes + failures) - math.lgamma(successes) - math.lgamma(failures)
    front = math.exp(scale + successes * math.log(value) + failures * math.log1p(-value))
    # The fraction converges fast on this side of the mean only; the other side is its mirror image.
    if value < (successes + 1) / (successes + failures + 2):
        return front * _fraction(value, successes, failures) / successes
    return 1 - front * _fraction(1 - value, failures, successes) / failures


def _fraction(value: float, a: float, b: float) -> float:
    upper, lower = 1.0, 1 / _away(1 - (a + b) * value / (a + 1))
    result = lower
    for step in range(1, 10_000):
        even = step * (b - step) * value / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * value / ((a + 2 * step) * (a + 2 * step + 1))
        change = 1.0
        for term in (even, odd):
            lower = 1 / _away(1 + term * lower)
            upper = _away(1 + term / upper)
            change = lower * upper
            result *= change
        if abs(change - 1) < 1e-12:
            break
    return result


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
