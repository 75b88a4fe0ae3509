"""What speaks for a run of sentences as an answer to a question: the signs that are weighed before it is quoted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.archive.excerpts import Sentence, runs, sentences_of
from companion.archive.expansion import weights_in
from companion.archive.grains import windows
from companion.archive.lexical import terms_of_parts
from companion.archive.query import Question
from companion.archive.results import Hit
from companion.archive.search import Found
from companion.archive.snapshot import Snapshot

_ASKS_A_FIGURE = re.compile(
    r"\bhow (?:many|much|long|big|old|often|far|large|fast|tall|heavy|expensive|cheap)\b|\bwhen\b"
    r"|\b(?:what|which) (?:year|date|percent(?:age)?|number|share|fraction|size|score|price|rate|amount)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|twice|third|quarter|dozens?|percent)\b",
    re.IGNORECASE,
)


class Signs(NamedTuple):
    """What speaks for a run as an answer.

    ``passage``: how far its passage's score is from the best one's. ``covered``: the share of the question's words, by
    rarity, that it has. ``near``: the cosine of the talk there with the question, 0 without a model. ``length``: the
    logarithm of its words. ``asks``: the share of its words that are questions. ``figure``: does it give a figure where
    one is asked for?
    """

    passage: float
    covered: float
    near: float
    length: float
    asks: float
    figure: float


WEIGHTS = Signs(3.3, 5.3, 4.0, 1.5, -2.0, 1.0)
"""What each sign counts, by a fit on the development questions (benchmarks/answers.py), rounded; questions are set back
by twice as much as it says, which costs nothing there: nobody wants to read one for an answer."""


class WeighedRun(NamedTuple):
    """A run of a passage's sentences: where it is, and its signs."""

    piece: int
    start: int
    end: int
    words: tuple[int, int]
    signs: Signs


def weighed_runs(found: Found, hit: Hit, best_score: float) -> Iterator[WeighedRun]:
    """Every run that may be quoted of a hit's passage, with its signs."""
    question, snapshot = found.question, found.snapshot
    passage, asked = hit.passage, found.results.query.text
    weights = {term: snapshot.lexical.idf(term) for term in question.terms}
    total = max(sum(weights.values()), 1e-9)
    weights = weights_in(passage.text, weights, question.expansions)
    said = sentences_of(passage)
    held = terms_of_parts(passage.text, [(one.start, one.end) for one in said], frozenset(weights))
    near = _nearness(snapshot, question, hit, said)
    wants_figure = _ASKS_A_FIGURE.search(asked) is not None
    befores = [len(passage.text[: one.start].split()) for one in said]
    near_sums = [0.0, *np.cumsum(near).tolist()]
    for run in runs(said):
        part = said[run.first : run.after]
        start, end, words = part[0].start, part[-1].end, sum(one.words for one in part)
        covered = frozenset[str]().union(*held[run.first : run.after])
        signs = Signs(
            passage=hit.score - best_score,
            covered=_worth(covered, weights, total),
            near=(near_sums[run.after] - near_sums[run.first]) / (run.after - run.first),
            length=math.log(max(words, 1)),
            asks=sum(one.words for one in part if one.asks) / max(words, 1),
            figure=float(wants_figure and _FIGURE.search(passage.text, start, end) is not None),
        )
        places = passage.first_word + befores[run.first], passage.first_word + befores[run.first] + words
        yield WeighedRun(part[0].piece, start, end, places, signs)


def _worth(held: frozenset[str], weights: Mapping[str, float], total: float) -> float:
    return min(sum(weights[term] for term in held) / total, 1.0)


def _nearness(snapshot: Snapshot, question: Question, hit: Hit, said: Sequence[Sentence]) -> NDArray[np.float64]:
    """For each sentence the mean cosine of the question with the windows that it lies in, by characters shared."""
    shared, total = np.zeros(len(said)), np.zeros(len(said))
    if question.vector is None or snapshot.vectors is None:
        return shared
    bounds = np.array([(one.start, one.end) for one in said])
    for row, shift in _rows_of(snapshot, hit):
        spans = windows(snapshot.passages[row].passage.text)
        vectors = snapshot.vectors.of(row)
        cosines = vectors[-len(spans) :] @ question.vector if vectors is not None and len(vectors) else ()
        for (start, end), cosine in zip(spans, cosines, strict=False):
            overlap = np.minimum(bounds[:, 1], end + shift) - np.maximum(bounds[:, 0], start + shift)
            overlap = np.maximum(overlap, 0)
            shared += overlap * float(cosine)
            total += overlap
    return shared / np.maximum(total, 1)


def _rows_of(snapshot: Snapshot, hit: Hit) -> Iterator[tuple[int, int]]:
    """The rows of the passages that a hit shows words of, and where in its text each begins, which may be before it."""
    [row, *_] = np.flatnonzero(snapshot.passage_ids == hit.passage_id).tolist()
    passage = hit.passage
    for near in (row - 1, row, row + 1):
        if near != row and not (0 <= near < len(snapshot) and snapshot.follows(max(near, row))):
            continue
        stored = snapshot.passages[near].passage
        if stored.last_word < passage.first_word or stored.first_word > passage.last_word:
            continue
        begins = passage.text.find(stored.text)
        if begins < 0:  # only a part of it is shown
            ahead = stored.first_word - passage.first_word
            begins = _start_of_word(passage.text, ahead) if ahead >= 0 else -_start_of_word(stored.text, -ahead)
        yield near, begins


def _start_of_word(text: str, place: int) -> int:
    """The character at which a word begins, counted from 0."""
    for number, word in enumerate(re.finditer(r"\S+", text)):
        if number == place:
            return word.start()
    return len(text)
