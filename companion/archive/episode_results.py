"""Episodes as results: for "which episode was about …"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from companion.archive.ranking import Ranking
from companion.archive.relevance import relevant
from companion.archive.snapshot import Snapshot

_FURTHER = 0.3
"""What each further passage of an episode counts, against the one before: a question for a detail finds its episode as
surely as by the best passage alone, and a topic finds the episode that dwells on it."""


@dataclass(frozen=True, slots=True)
class FoundEpisode:
    """An episode with its best passage: the row and its score, and how many of its passages bear on the question."""

    episode_id: int
    row: int
    score: float
    relevant: int


def found_episodes(snapshot: Snapshot, ranking: Ranking, *, newest_first: bool = False) -> list[FoundEpisode]:
    """The episodes of the ranked passages, by the evidence of their best ones together.

    With ``newest_first``, those that bear on the question by their date.
    """
    kept = len(relevant(ranking).rows)
    evidence: dict[int, list[float]] = {}
    best: dict[int, FoundEpisode] = {}
    for place, (row, score) in enumerate(zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True)):
        episode_id = int(snapshot.episode_ids[row])
        evidence.setdefault(episode_id, []).append(score)
        if episode_id not in best:
            counted = int(np.sum(snapshot.episode_ids[ranking.rows[:kept]] == episode_id)) if place < kept else 0
            best[episode_id] = FoundEpisode(episode_id, row, score, counted)
    if newest_first:
        dated = [found for found in best.values() if found.relevant]
        return sorted(dated, key=lambda found: -int(snapshot.days[found.row]))
    return sorted(best.values(), key=lambda found: -_together(evidence[found.episode_id]))


def _together(scores: Sequence[float]) -> float:
    return sum(score * _FURTHER**place for place, score in enumerate(scores))
