"""How well questions are refused that nothing answers: the fit of `companion.archive.answerable`, and its curve.

Twenty-five unanswerable questions calibrate nothing, so each answerable one is asked twice: of the whole archive, and
of the archive without the episodes that answer it. (Some are answered by another episode all the same, so not all
of them can be refused.) Every probability is of a fit that saw neither form of its question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import material
from benchmarks.material import Searched
from benchmarks.scoring import shared_scorer
from companion.archive.answerable import Phrased, Signs, predictors, signs_of
from companion.archive.ranking import rank, retrieve
from companion.archive.snapshot import Mask

ALLOWED = (0.02, 0.04, 0.06, 0.08, 0.10, 0.15)
"""Shares of answerable questions that may be refused."""
_FOLDS, _ROUNDS = 10, 20


class Asked(StrEnum):
    """What a question is asked of."""

    ANSWERED = "answered"
    LEFT_OUT = "answering episode left out"
    NEVER = "never answered"


@dataclass(frozen=True, slots=True)
class Case:
    """A question asked of an archive, with what was seen in the results."""

    question: str
    asked: Asked
    signs: Signs


@dataclass(frozen=True, slots=True)
class Fit:
    """The intercept and the weights of `predictors`, and the threshold that refuses a share of the answered."""

    weights: tuple[float, ...]
    threshold: float


def cases(
    searched: Searched, questions: Sequence[dict[str, Any]], meanings: Mapping[str, material.Asked]
) -> Iterator[Case]:
    """Every question of the whole archive, and the answered ones without the episodes that answer them."""
    holds = shared_scorer().holds
    snapshot = searched.snapshot
    everything = np.ones(len(snapshot), np.bool_)
    for asked in questions:
        key = asked["id"]
        signs = _signs(searched, meanings[key], everything)
        yield Case(key, Asked.ANSWERED if asked["gold"] else Asked.NEVER, signs)
        answering = {
            int(snapshot.episode_ids[row])
            for row, stored in enumerate(snapshot.passages)
            if any(holds(gold, stored.passage.text) for gold in asked["gold"])
        }
        if answering:
            yield Case(
                key,
                Asked.LEFT_OUT,
                _signs(searched, meanings[key], ~np.isin(snapshot.episode_ids, sorted(answering))),
            )


def _signs(searched: Searched, asked: material.Asked, mask: Mask) -> Signs:
    question = asked.of(searched)
    evidence = retrieve(searched.snapshot, question)
    ranking = rank(searched.snapshot, evidence, mask)
    return signs_of(searched.snapshot, Phrased(asked.text, asked.text), question, evidence, ranking, ranking)


def fitted(known: Sequence[Case], allowed: float = 0.06) -> Fit:
    """The fit on all cases, with the threshold that refuses the allowed share of answered ones out of sample."""
    measured = np.array([predictors(case.signs) for case in known])
    answered = np.array([case.asked is Asked.ANSWERED for case in known])
    model = _model(measured, answered)
    held_out = np.mean([_held_out(known, measured, answered, seed) for seed in range(_ROUNDS)], axis=0)
    weights = (float(model.intercept_[0]), *map(float, model.coef_[0]))
    return Fit(weights, float(np.quantile(held_out[answered], allowed)))


def curve(known: Sequence[Case]) -> str:
    """A Markdown table: what is refused of each kind at each share of falsely refused ones, out of sample."""
    measured = np.array([predictors(case.signs) for case in known])
    kinds = np.array([case.asked for case in known])
    answered = kinds == Asked.ANSWERED
    rounds = [_held_out(known, measured, answered, seed) for seed in range(_ROUNDS)]
    lines = ["| falsely refused | never answered, refused | answering episode left out, refused |", "|--:|---|---|"]
    for allowed in ALLOWED:
        cells = [f"{allowed:.0%}"]
        for kind in (Asked.NEVER, Asked.LEFT_OUT):
            refused = np.mean(
                [chances[kinds == kind] < np.quantile(chances[answered], allowed) for chances in rounds], 0
            )
            cells.append(f"{refused.mean():.0%} {_interval(refused)}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _model(measured: NDArray[np.float64], answered: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression  # pyright: ignore[reportMissingTypeStubs]

    model: Any = LogisticRegression(C=10.0, max_iter=2000)
    return model.fit(measured, answered)


def _held_out(
    known: Sequence[Case], measured: NDArray[np.float64], answered: NDArray[np.bool_], seed: int
) -> NDArray[np.float64]:
    """The probability of each case by a fit on the questions of other folds."""
    names = sorted({case.question for case in known})
    fold_of = dict(zip(names, np.random.default_rng(seed).permutation(len(names)) % _FOLDS, strict=True))
    folds = np.array([fold_of[case.question] for case in known])
    chances = np.zeros(len(known))
    for fold in range(_FOLDS):
        model = _model(measured[folds != fold], answered[folds != fold])
        chances[folds == fold] = model.predict_proba(measured[folds == fold])[:, 1]
    return chances


def _interval(refused: NDArray[np.float64]) -> str:
    draws = np.random.default_rng(0).integers(0, len(refused), (10_000, len(refused)))
    low, high = np.quantile(refused[draws].mean(axis=1), [0.025, 0.975])
    return f"[{low:.0%}, {high:.0%}]"
