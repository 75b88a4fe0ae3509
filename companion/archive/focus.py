"""Where in a passage the answer is: the window that shares most with the question, in words and in meaning."""

from __future__ import annotations

from collections.abc import Mapping

from companion.archive.grains import windows
from companion.archive.lexical import terms_of_parts
from companion.archive.query import Question
from companion.archive.snapshot import Snapshot
from companion.archive.stretches import Span


def focus(snapshot: Snapshot, row: int, question: Question, weights: Mapping[str, float]) -> Span:
    """The characters of the passage's most telling window. ``weights`` is how much each of the query's terms counts."""
    text = snapshot.passages[row].passage.text
    spans = windows(text)
    if len(spans) == 1:
        return spans[0]
    total = max(sum(weights.values()), 1e-9)
    scores = [
        sum(weight for term, weight in weights.items() if term in found) / total
        for found in terms_of_parts(text, spans, frozenset(weights))
    ]
    vectors = None if snapshot.vectors is None else snapshot.vectors.of(row)
    if question.vector is not None and vectors is not None and len(vectors) == len(spans) + 1:
        cosines = vectors[1:] @ question.vector
        scores = [score + float(cosine) for score, cosine in zip(scores, cosines, strict=True)]
    return spans[max(range(len(spans)), key=lambda index: scores[index])]
