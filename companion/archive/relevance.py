"""Which of the ranked passages bear on a question at all, and orders that rest on it."""

from __future__ import annotations

import numpy as np

from companion.archive.ranking import Ranking
from companion.archive.snapshot import Scores, Snapshot

RELEVANT = 0.6
"""The share of the best passage's score. 95% of the development questions have their answer within it, amid six
passages (the median)."""

TELLING = 0.5
"""The share of it below which a passage is no result: asked 192 questions about three podcasts, no answer among the
first ten stood below 0.58, while a third of all that filled pages stood below this."""


def relevant(ranking: Ranking) -> Ranking:
    """The passages of a ranking that bear on the question, best first."""
    return _down_to(ranking, RELEVANT)


def telling(ranking: Ranking) -> Ranking:
    """The ranking without its tail, which would only fill pages."""
    return _down_to(ranking, TELLING)


def newest_first(snapshot: Snapshot, ranking: Ranking) -> Ranking:
    """What bears on the question, by the day of its episode; within one episode, best first. No date comes last."""
    kept = relevant(ranking)
    rows = kept.rows
    order = np.lexsort((-kept.scores, snapshot.episode_ids[rows], -snapshot.days[rows].astype(np.int64)))
    return Ranking(rows[order], kept.scores[order])


def set_back(ranking: Ranking, setback: Scores) -> Ranking:
    """The ranking with each row set back by a share of the best score; scores stay as they were."""
    if not len(ranking.rows):
        return ranking
    best = abs(float(ranking.scores[0]))
    order = np.argsort(best * setback[ranking.rows] - ranking.scores, kind="stable")
    return Ranking(ranking.rows[order], ranking.scores[order])


def _down_to(ranking: Ranking, share: float) -> Ranking:
    if not len(ranking.rows):
        return ranking
    best = float(ranking.scores[0])
    kept = int(np.sum(ranking.scores >= (share * best if best > 0 else best)))
    return Ranking(ranking.rows[:kept], ranking.scores[:kept])
