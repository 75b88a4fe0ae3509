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
    place = 0
    if len(spans) > 1:
        scores = outline.weights_of_windows(weights) / max(sum(weights.values()), 1e-9)
        if question.vector is not None and vectors is not None and len(vectors) == len(spans):
            scores += vectors @ question.vector
        place = int(scores.argmax())
    return spans.item(place, 0), spans.item(place, 1)
