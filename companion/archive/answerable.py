"""Does the archive answer a question at all? A probability, from how the retrievers agree and what they lack."""

from __future__ import annotations

import math

import numpy as np

from companion.archive.query import Question
from companion.archive.ranking import Evidence, Ranking
from companion.archive.snapshot import Mask, Snapshot

THRESHOLD = 0.17
"""Below it the answer is "I don't find that". Refused 7% of the answerable development questions when fitted on others'
episodes, and a third of those whose episode was left out of the archive or that nobody ever answered."""

_INTERCEPT, _WINDOW, _LEAD, _UNSEEN = -4.33, 5.53, 7.12, -0.81


def probability(
    snapshot: Snapshot, question: Question, evidence: Evidence, ranking: Ranking, among: Ranking, visible: Mask
) -> float:
    """The probability that the best results answer the question, by logistic regression.

    It rests on the cosine of the best window, on the lead of the best passage over the archive's next nine, and on the
    share of the question's words (by rarity) that no visible passage has. ``ranking`` is of what the filters left,
    ``among`` of all that is ``visible``: a filter leaves too little to compare with. Without a model
    there is no telling: 1, or 0 when nothing was found.
    """
    if len(ranking.rows) == 0:
        return 0.0
    if evidence.similarities is None:
        return 1.0
    window = float(evidence.similarities.window[ranking.rows].max())
    followers = among.scores[1:10]
    lead = float(ranking.scores[0] - followers.mean()) if len(followers) else 0.0
    logit = _INTERCEPT + _WINDOW * window + _LEAD * lead + _UNSEEN * _unseen(snapshot, question, visible)
    return 1.0 / (1.0 + math.exp(-logit))


def _unseen(snapshot: Snapshot, question: Question, visible: Mask) -> float:
    rarity = {term: snapshot.lexical.idf(term) for term in question.terms}
    lacking = sum(
        weight for term, weight in rarity.items() if not np.any(visible[snapshot.lexical.documents_with(term)])
    )
    return lacking / max(sum(rarity.values()), 1e-9)
