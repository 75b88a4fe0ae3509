"""What a question is made of: the words that carry it, without the talk around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from companion.archive.expansion import Expansion
from companion.archive.late_interaction import WordByWord
from companion.archive.lexical import term_counts, terms
from companion.archive.snapshot import Snapshot
from companion.archive.tokens import Vectors

_FILLER = frozenset(
    terms(
        """
        a about actually all also am an and any anybody anyone anything are aren't as at basically be been
        being but by can can't could couldn't did didn't do does doesn't doing don't each either else even
        ever every for from had hadn't has hasn't have haven't having he her here hers herself him himself his
        how i i'm if in into is isn't it it's its itself just kind let let's like lol maybe me mine my myself
        neither no nor not of off on one ones only or other our ours ourselves out over own please really s
        same she should shouldn't so some somebody someone something somewhere sort stuff such t than that
        that's the their theirs them themselves then there there's these they thing things this those to too
        up upon us very was wasn't we we're were weren't what what's whatever when where whether which while
        who who's whom whose why will with won't would wouldn't yeah yes you your yours yourself ask asked
        discuss discussed episode episodes explain explained guest guy guys host hosts mention mentioned
        podcast remember said say saying says show talk talked talking talks tell tells think thinks thought
        told
        """
    )
)


def content_terms(text: str) -> dict[str, float]:
    """The query's terms that can tell passages apart, with their counts; all of them when nothing else is left."""
    every = terms(text)
    return term_counts([term for term in every if term not in _FILLER] or every)


def has_content(text: str) -> bool:
    """Does any of its words tell passages apart?"""
    return any(map(tells, terms(text)))


def tells(term: str) -> bool:
    """Can a term tell passages apart?"""
    return term not in _FILLER


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for: weighted terms, the meaning as a unit vector (None while there is no model), and the rows that
    are no answer.
    """

    terms: Mapping[str, float]
    vector: Vectors | None
    excluded: frozenset[int]
    expansions: tuple[Expansion, ...] = ()
    """Other spellings of what it names."""
    word_by_word: WordByWord | None = None
    """What it is compared by with the best passages, beside the vector."""


LIKE_TERMS = 20
"""Terms of a passage that stand for it when more like it are wanted."""


def question_like(snapshot: Snapshot, row: int, excluded: frozenset[int]) -> Question:
    """Asks for passages like the one of a row, by its most telling terms and the mean of its vectors."""
    counts = term_counts(term for term in terms(snapshot.passages[row].passage.text) if term not in _FILLER)
    telling = sorted(counts, key=lambda term: counts[term] * snapshot.lexical.idf(term), reverse=True)[:LIKE_TERMS]
    vectors = None if snapshot.vectors is None else snapshot.vectors.of(row)
    vector = None
    if vectors is not None:
        mean = vectors.mean(axis=0)
        vector = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return Question(dict.fromkeys(telling, 1.0), vector, excluded)
