"""Where in a passage the answer is: the window that shares most with the question, in words and in meaning."""

from __future__ import annotations

from collections.abc import Mapping

from companion.archive.outlines import Outline
from companion.archive.query import Question
from companion.archive.stretches import Span
from companion.archive.tokens import Vectors


def focus(outline: Outline, vectors: Vectors | None, question: Question, weights: Mapping[str, float]) -> Span:
    """The characters of the passage's most telling window. ``vectors`` are those of its windows, where there are any,
    and ``weights`` is how much each of the query's terms counts."""
    spans = outline.windows
    if len(spans) == 1:
        return spans[0]
    total = max(sum(weights.values()), 1e-9)
    scores = [
        sum([weight for term, weight in weights.items() if term in found]) / total
        for found in outline.terms_of_windows(frozenset(weights))
    ]
    if question.vector is not None and vectors is not None and len(vectors) == len(spans):
        cosines: list[float] = (vectors @ question.vector).tolist()
        scores = [score + cosine for score, cosine in zip(scores, cosines, strict=True)]
    return spans[scores.index(max(scores))]
