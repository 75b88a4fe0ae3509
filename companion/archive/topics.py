"""Where in the archive a topic comes up: which passages speak of it, and how much was said at all.

A passage speaks of a topic where it says its words, in any spelling, or where its meaning comes near enough without
them. Show notes count only for episodes that have no transcript: they tell again what is counted already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.archive.expansion import expansions, parts_of, pattern, rows_of
from companion.archive.hits import hit_of
from companion.archive.query import Question, content_terms, tells
from companion.archive.ranking import BEST_MIX, Evidence, allowed, fused, retrieve
from companion.archive.results import Hit, Query
from companion.archive.serving import Pick
from companion.archive.snapshot import NO_DAY, Mask, Snapshot
from companion.archive.spelling import corrections
from companion.archive.tokens import Vectors
from companion.storage.episodes import Episode

MEANT = 0.45
"""The cosine of a passage's best window from which it speaks of a topic without its words. By eye, on 15 episodes of a
real podcast and eleven topics: of 18 such passages 9 spoke of just that, and most others of something beside it; from
.50 on it was no larger share, and between .40 and .45 it was 8 of 26. Most that counts counts by its words."""

NOT_FAR = 0.25
"""The cosine below which the words of a topic stand in a passage by chance, unless they stand side by side."""

TOP = 5
"""Episodes whose best moment is shown."""

_TEXT = 0
"""The place of the text among the fields that are searched: what a title says is not said in every passage under it."""


@dataclass(frozen=True, slots=True)
class EpisodeShare:
    """How many passages of an episode there are, and how many of these speak of the topic."""

    episode: Episode
    passages: int
    speaking: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a topic comes up. ``shares`` are all episodes that the asker sees, in no order.

    ``first`` is the earliest passage that speaks of it, of an episode with a date if there is one; ``top`` is the best
    passage of each episode that speaks most of it, with how many it has.
    """

    query: Query
    shares: tuple[EpisodeShare, ...]
    first: Hit | None
    top: tuple[tuple[Hit, int], ...]
    semantic: bool
    """Were meanings compared, or words only?"""


def traced(snapshot: Snapshot, query: Query, vector: Vectors | None) -> Trace:
    """Where the query's text comes up in what its podcasts, days and speaker leave.

    ``vector`` is its meaning, a unit vector, or None where words alone are to be compared.
    """
    visible = allowed(snapshot, Query("", podcasts=query.podcasts))
    said = allowed(snapshot, query) & ~snapshot.retold
    terms = content_terms(query.text)
    spellings = expansions(snapshot, query.text, terms, query.podcasts)
    named = {term for expansion in spellings for term in expansion.replaced}
    spellings += corrections(snapshot, query.text, terms, visible, named)
    question = Question(terms, vector, frozenset(), spellings)
    evidence = retrieve(snapshot, question)
    speaking = said & _speaks_of(snapshot, query.text, question, evidence)
    weights = {term: snapshot.lexical.idf(term) for term in terms}
    rows = np.flatnonzero(speaking)
    scores = fused(evidence, BEST_MIX)[rows]
    best: dict[int, Pick] = {}
    for place in np.argsort(-scores, kind="stable").tolist():
        row = int(rows[place])
        best.setdefault(int(snapshot.episode_ids[row]), Pick(row, float(scores[place])))
    shares = _shares(snapshot, said, speaking)
    counts = {share.episode.id: share.speaking for share in shares}
    most = sorted(best, key=lambda episode_id: (-counts[episode_id], -best[episode_id].score))[:TOP]

    def hit(pick: Pick) -> Hit:
        return hit_of(snapshot, pick, question, weights, query.speaker)

    return Trace(
        query,
        shares,
        hit(Pick(_earliest(snapshot, rows), 0.0)) if len(rows) else None,
        tuple((hit(best[episode_id]), counts[episode_id]) for episode_id in most),
        evidence.similarities is not None,
    )


def _speaks_of(snapshot: Snapshot, text: str, question: Question, evidence: Evidence) -> Mask:
    """The passages that speak of it, whoever may see them."""
    parts = dict.fromkeys(parts_of(text))
    wanted = [part for part in parts if tells(part)] or list(parts)
    says = np.full(len(snapshot), bool(wanted))
    for part in wanted:
        holds = np.zeros(len(snapshot), np.bool_)
        holds[snapshot.lexical.documents_in(part, _TEXT)] = True
        holds[rows_of(question.expansions, part)] = True
        says &= holds
    if evidence.similarities is None:
        return says
    window = evidence.similarities.window
    if len(wanted) > 1:
        for row in np.flatnonzero(says & (window < NOT_FAR)).tolist():
            says[row] = pattern(text).search(snapshot.passages[row].passage.text) is not None
    return says | (window >= MEANT)


def _shares(snapshot: Snapshot, said: Mask, speaking: Mask) -> tuple[EpisodeShare, ...]:
    ids, counts = np.unique(snapshot.episode_ids[said], return_counts=True)
    of_topic: Mapping[int, int] = dict(
        zip(*(found.tolist() for found in np.unique(snapshot.episode_ids[speaking], return_counts=True)), strict=True)
    )
    return tuple(
        EpisodeShare(snapshot.episodes[episode_id], count, of_topic.get(episode_id, 0))
        for episode_id, count in zip(ids.tolist(), counts.tolist(), strict=True)
    )


def _earliest(snapshot: Snapshot, rows: NDArray[np.intp]) -> int:
    """The row of the earliest day; of a day, the first row, since passages are in the order of what was said."""
    days = snapshot.days[rows].astype(np.int64)
    return int(rows[np.argmin(np.where(days == NO_DAY, np.iinfo(np.int64).max, days))])
