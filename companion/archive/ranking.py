"""The first three steps of a search, as pure functions of a snapshot: retrieve, filter, rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.archive.encoders import Vectors
from companion.archive.results import Query
from companion.archive.snapshot import NO_DAY, Mask, Rows, Snapshot, is_named

Scores = NDArray[np.float32]

CANDIDATES = 200
"""How many passages are ranked at most: twenty pages of ten."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the retrievers say of every passage: BM25 (0 where no word is shared) and, with a model, cosines."""

    lexical: Scores
    dense: Scores | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best passages, best first: their rows in the snapshot and their scores, comparable within the ranking."""

    rows: Rows
    scores: Scores


def retrieve(snapshot: Snapshot, query_terms: Mapping[str, float], vector: Vectors | None) -> Evidence:
    """Scores every passage by words, and by meaning when there is a vector to compare."""
    dense = None
    if vector is not None and snapshot.vectors is not None:
        dense = snapshot.vectors.similarities(vector, len(snapshot))
    return Evidence(snapshot.lexical.scores(query_terms), dense)


def allowed(snapshot: Snapshot, query: Query) -> Mask:
    """The passages that the query's filters leave. Where ``podcasts`` is given, nothing outside it ever passes."""
    mask = np.ones(len(snapshot), np.bool_)
    if query.podcasts is not None:
        mask &= np.isin(snapshot.podcast_ids, sorted(query.podcasts))
    if query.episode_id is not None:
        mask &= snapshot.episode_ids == query.episode_id
    if query.after is not None:
        mask &= snapshot.days >= query.after.toordinal()
    if query.before is not None:
        mask &= (snapshot.days <= query.before.toordinal()) & (snapshot.days != NO_DAY)
    if query.speaker is not None:
        talks = np.zeros(len(snapshot), np.bool_)
        for label, rows in snapshot.speakers.items():
            if is_named(label, query.speaker):
                talks[rows] = True
        mask &= talks
    return mask


def rank(evidence: Evidence, mask: Mask) -> Ranking:
    """The fused ranking of what the filters left: the sum of both retrievers' z-scores over those passages.

    Without a model, the passages that share a word with the query, by BM25.
    """
    rows = np.flatnonzero(mask if evidence.dense is not None else mask & (evidence.lexical > 0))
    scores = _z_scores(evidence.lexical[rows])
    if evidence.dense is not None:
        scores = scores + _z_scores(evidence.dense[rows])
    order = np.argsort(-scores, kind="stable")[:CANDIDATES]
    return Ranking(rows[order].astype(np.int32), scores[order])


def _z_scores(values: Scores) -> Scores:
    if len(values) == 0:
        return values
    return (values - values.mean()) / max(float(values.std()), 1e-6)
