"""How good rankings are: the shared scorer for questions with gold quotations, nDCG for judged documents."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

SHARED = Path(__file__).parent.parent.parent / "shared"
"""Test material beside the repository; benchmarks on what is not there are skipped."""

CUTOFF = 10


def shared_scorer() -> ModuleType:
    """The module ``score_retrieval.py`` of the shared material."""
    path = SHARED / "evaluation" / "score_retrieval.py"
    spec = importlib.util.spec_from_file_location("score_retrieval", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """One over the place of the first relevant result among the first ten; 0 where there is none."""
    return next((1 / place for place, hit in enumerate(relevant[:CUTOFF], 1) if hit), 0.0)


def ndcg(gains: Sequence[float], judged: Sequence[float]) -> float:
    """The discounted gain of a ranking's first ten over that of the best ranking of all ``judged`` gains."""
    best = _discounted(sorted(judged, reverse=True))
    return _discounted(gains) / best if best else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / np.log2(place + 1) for place, gain in enumerate(gains[:CUTOFF], 1))


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean difference of two paired series, and its 95% interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


def paired_bootstrap(first: Sequence[float], second: Sequence[float], draws: int = 10_000) -> Difference:
    """By how much the first series is above the second, resampling the questions."""
    differences: NDArray[np.float64] = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    chosen = np.random.default_rng(0).integers(0, len(differences), (draws, len(differences)))
    means = differences[chosen].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Difference(float(differences.mean()), float(low), float(high))
