"""The first steps of a search: retrieve, filter, rank, compare the best closely and rank again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from companion.archive.expansion import coverage
from companion.archive.kernels import fuse
from companion.archive.passage_vectors import Similarities
from companion.archive.query import Question
from companion.archive.results import Query
from companion.archive.snapshot import NO_DAY, Mask, Rows, Scores, Snapshot, name_words
from companion.archive.vector_index import Wanted

CANDIDATES = 200
"""How many passages are ranked at most: twenty pages of ten."""

COMPARED = 60
"""How many of the best passages are compared with the question word by word: of more no more was found."""


@dataclass(frozen=True, slots=True)
class Mix:
    """What each kind of evidence weighs in the rank."""

    words: float = 1.2
    """The share of the query's words, 0 to 1."""
    whole: float = 0.5
    """The cosine of the whole passage."""
    window: float = 0.5
    """The cosine of its best window."""
    neighbours: float = 0.25
    """The mean of these for the passages before and after: talk of a thing goes on for more than one passage."""
    nearness: float = 2.0
    """How much more closely than others the talk there meets the question word by word: a difference of cosines."""
    retold: float = 0.15
    """What show notes lose where their episode has a transcript: what was said goes before what is written of it."""


BEST_MIX = Mix()
"""What won in benchmarks/retrieval.md."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the retrievers say of every passage.

    ``coverage`` is BM25 as a share of the best score the query can have: 0 where no word is shared, 1 for one that is
    full of all its words. ``similarities`` are there only with a model.
    """

    coverage: Scores
    similarities: Similarities | None
    likely: Rows | None = None
    """Where some similarities are estimates: the rows, ascending, that may be among the best. None stands for all."""
    nearness: Scores | None = None
    """How much more closely than the least near of them the best passages meet the question word by word; 0 for all
    others."""
    _standing: dict[Mix, Ranking] = field(default_factory=dict["Mix", "Ranking"], init=False, compare=False, repr=False)
    """What `rank` begins with, remembered: a search ranks several times by the same evidence."""

    def standing(self, snapshot: Snapshot, mix: Mix) -> Ranking:
        """What every passage that may be among the best has, by row, without `nearness`."""
        if mix not in self._standing:
            self._standing[mix] = _standing(snapshot, self, mix)
        return self._standing[mix]

    def with_nearness(self, nearness: Scores) -> Evidence:
        """The same evidence with this as well, which changes nothing of what is remembered."""
        closer = replace(self, nearness=nearness)
        closer._standing.update(self._standing)
        return closer


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best passages, best first: their rows in the snapshot and their scores, comparable within the ranking."""

    rows: Rows
    scores: Scores


def retrieve(snapshot: Snapshot, question: Question, masks: Sequence[Mask] = (), mix: Mix = BEST_MIX) -> Evidence:
    """Scores every passage by words, and by meaning when there is a vector to compare.

    ``masks`` are what will be ranked, with ``mix``: in a large archive only what may be among the best under one of
    them is compared exactly. Without any, everything is.
    """
    share = coverage(snapshot, question.terms, question.expansions)
    if question.vector is None or snapshot.vectors is None:
        return Evidence(share, None)
    if not masks or not snapshot.vectors.compressed:
        return Evidence(share, snapshot.vectors.similarities(question.vector, len(snapshot)))
    prior = np.float32(mix.words) * share - np.float32(mix.retold) * snapshot.retold
    wanted = Wanted(prior, mix.whole, mix.window, masks)
    return Evidence(share, *snapshot.vectors.best_similarities(question.vector, len(snapshot), wanted))


def compared(snapshot: Snapshot, question: Question, evidence: Evidence, rankings: Sequence[Ranking]) -> Evidence:
    """The evidence, and how closely the best of each of the rankings by it meet the question word by word.

    Reads the tokens of those that are not at hand. Without a model, or while none of them has tokens, nothing is added.
    """
    best = [ranking.rows[:COMPARED] for ranking in rankings if len(ranking.rows)]
    if question.word_by_word is None or evidence.similarities is None or not best:
        return evidence
    rows = np.sort(best[0]) if len(best) == 1 else np.unique(np.concatenate(best))
    goes_on = snapshot.continues[rows]
    goes_on[:1] = False
    goes_on[1:] &= rows[1:] == rows[:-1] + 1
    passage_ids = snapshot.passage_ids[rows].tolist()
    found = question.word_by_word.nearness(passage_ids, goes_on, snapshot.tokens(rows))
    unknown = np.isnan(found)
    if unknown.all():
        return evidence
    # A passage whose tokens are still to be made is neither near nor far.
    if unknown.any():
        found[unknown] = found[~unknown].mean()
    nearness = np.zeros(len(snapshot), np.float32)
    nearness[rows] = found - found.min()
    return evidence.with_nearness(nearness)


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
        mask &= talks(snapshot, query.speaker)
    return mask


def talks(snapshot: Snapshot, name: str) -> Mask:
    """The passages in which someone of that name talks."""
    talks = np.zeros(len(snapshot), np.bool_)
    spellings = {name, *(snapshot.names.person(podcast_id, name) for podcast_id in snapshot.podcasts)}
    typed, wanted = name_words(name), name_words(" ".join(spellings))
    for label, rows in snapshot.speakers.items():
        known = name_words(label)
        if typed and typed <= known:
            talks[rows] = True
        elif not wanted.isdisjoint(known):
            episodes, firsts = np.unique(snapshot.episode_ids[rows], return_index=True)
            for episode_id, part in zip(episodes.tolist(), np.split(rows, firsts[1:]), strict=True):
                talks[part] |= snapshot.is_by(episode_id, label, name)
    return talks


def rank(snapshot: Snapshot, evidence: Evidence, mask: Mask, mix: Mix = BEST_MIX) -> Ranking:
    """The fused ranking of what the filters left; without a model, of the passages that share a word with the query."""
    standing = evidence.standing(snapshot, mix)
    rows, scores = standing.rows, standing.scores
    left = mask[rows]
    if evidence.similarities is None:
        left &= evidence.coverage[rows] > 0
    if not left.all():
        rows, scores = rows[left], scores[left]
    if evidence.nearness is not None:
        scores = (scores + np.float32(mix.nearness) * evidence.nearness[rows]).astype(np.float32)
    best = first_places(scores, CANDIDATES)
    return Ranking(rows[best], scores[best])


def _standing(snapshot: Snapshot, evidence: Evidence, mix: Mix) -> Ranking:
    """Every passage that may be among the best, by row, with all that counts for it but its nearness."""
    rows = np.arange(len(snapshot), dtype=np.int32) if evidence.likely is None else evidence.likely
    if evidence.similarities is not None:
        whole, window = evidence.similarities.whole, evidence.similarities.window
    else:
        whole = window = np.zeros_like(evidence.coverage)
    weights = np.array((mix.words, mix.whole, mix.window, mix.neighbours), np.float32)
    scores = np.empty(len(rows), np.float32)
    # Estimates are no rivals of what was compared again; they count only for the passages beside them.
    fuse(rows, evidence.coverage, whole, window, snapshot.continues, weights, scores)
    scores -= np.float32(mix.retold) * snapshot.retold[rows]
    return Ranking(rows, scores)


def first_places(scores: Scores, count: int) -> NDArray[np.intp]:
    """The places of the ``count`` highest scores, the highest first; of equal ones the first comes first."""
    if len(scores) <= count:
        return np.argsort(-scores, kind="stable")
    bar = np.partition(scores, len(scores) - count)[len(scores) - count]
    places = np.flatnonzero(scores >= bar)
    return places[np.argsort(-scores[places], kind="stable")[:count]]


def fused(evidence: Evidence, mix: Mix) -> Scores:
    """One score for every passage: a weighted sum on fixed scales (Bruch, Gai and Ingber, 2023).

    Unlike ranks or z-scores it keeps what the retrievers say of their own certainty: when no passage has the query's
    words, meaning decides, and the reverse.
    """
    scores = mix.words * evidence.coverage
    if evidence.similarities is not None:
        scores = scores + mix.whole * evidence.similarities.whole + mix.window * evidence.similarities.window
    return scores.astype(np.float32)
