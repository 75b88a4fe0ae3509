"""Sentences that answers quote: cases to try ways of choosing on, and the fit of `companion.archive.run_signs`.

The fit is a conditional logit: of all runs of sentences in all passages that were found, the weight should fall on
those that hold what was asked for. It is judged on questions about episodes that it saw no question about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring import Difference, paired_bootstrap, shared_scorer
from companion.archive.answering import SOURCES
from companion.archive.excerpts import runs, sentences_of
from companion.archive.extractive import best_of_each, excerpts, quoted
from companion.archive.results import Hit, Query
from companion.archive.run_signs import WEIGHTS, Signs, WeighedRun, weighed_runs
from companion.archive.search import Found, Searcher

Numbers = NDArray[np.float64]
FOUND_IN = 10
"""Results among which the passage counts as found."""
_STEPS, _RATE, _RIDGE = 400, 0.05, 0.02


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found, and every run that may be quoted: of which hit, its signs, has it the answer?"""

    asked: dict[str, Any]
    found: Found
    in_passages: bool
    runs: list[tuple[int, WeighedRun]]
    signs: Numbers
    holds: NDArray[np.bool_]

    @property
    def hits(self) -> Sequence[Hit]:
        return self.found.results.hits


Way = Callable[[Case], list[str]]
"""What is quoted."""


@dataclass(frozen=True, slots=True)
class Row:
    """A way to quote: for each case whose passage was found, is the answer in a quotation? And how much is quoted."""

    name: str
    held: list[float]
    whole: list[float]
    words: float
    quotations: float

    def against(self, other: Row) -> Difference:
        return paired_bootstrap(self.held, other.held)


async def cases_of(searcher: Searcher, questions: Iterable[dict[str, Any]]) -> list[Case]:
    """The answerable questions, as the product finds passages for them."""
    scorer = shared_scorer()
    made: list[Case] = []
    for asked in questions:
        if not asked["gold"]:
            continue
        wider = await searcher.search(Query(asked["question"]), FOUND_IN)
        within = any(scorer.holds(gold, hit.passage.text) for gold in asked["gold"] for hit in wider.hits)
        found = await searcher.find(Query(asked["question"]), SOURCES)
        hits = found.results.hits
        every = [(n, run) for n, hit in enumerate(hits) for run in weighed_runs(found, hit, hits[0].score)]
        texts = [hits[n].passage.text[run.start : run.end] for n, run in every]
        holds = np.array([any(scorer.holds(gold, text) for gold in asked["gold"]) for text in texts])
        made.append(Case(asked, found, within, every, np.array([run.signs for _, run in every]), holds))
    return made


def row(name: str, cases: Sequence[Case], way: Way) -> Row:
    """Tries a way. The words and the number of quotations are means over all cases."""
    scorer = shared_scorer()
    held: list[float] = []
    whole: list[float] = []
    texts_of = [way(case) for case in cases]
    for case, texts in zip(cases, texts_of, strict=True):
        if case.in_passages:
            gold = case.asked["gold"]
            held.append(float(any(scorer.holds(one, text) for one in gold for text in texts)))
            padded = [f" {' '.join(scorer.words(text))} " for text in texts]
            whole.append(float(any(f" {' '.join(scorer.words(one))} " in text for one in gold for text in padded)))
    words = float(np.mean([sum(len(text.split()) for text in texts) for texts in texts_of]))
    return Row(name, held, whole, words, float(np.mean([len(texts) for texts in texts_of])))


def product(case: Case, weights: Signs = WEIGHTS) -> list[str]:
    """What the product quotes, with its weights or others."""
    hits = case.hits
    return [hits[one.hit].passage.text[one.start : one.end] for one in quoted(case.found, hits, weights)]


def one_of_each(case: Case) -> list[str]:
    """The best run of each of the four best passages, one that was not seen before."""
    hits = case.hits
    chosen = best_of_each(excerpts(case.found, hits), hits)
    return [hits[one.hit].passage.text[one.start : one.end] for one in chosen]


def snippets(case: Case) -> list[str]:
    """What the results of a search show of the four best passages."""
    return [hit.snippet.text for hit in case.hits[:4]]


def beginnings(case: Case) -> list[str]:
    """The first sentences of the four best passages."""
    return [_first_run(hit) for hit in case.hits[:4]]


def _first_run(hit: Hit) -> str:
    said = sentences_of(hit.passage)
    longest = max((run for run in runs(said) if run.first == 0), key=lambda run: run.after)
    return hit.passage.text[said[0].start : said[longest.after - 1].end]


def at_random(seed: int) -> Way:
    """A run of full length from each of the four best passages, any of them."""
    chance = np.random.default_rng(seed)

    def way(case: Case) -> list[str]:
        chosen: list[str] = []
        for hit in case.hits[:4]:
            said = sentences_of(hit.passage)
            longest = {run.first: run for run in runs(said)}
            run = longest[int(chance.choice(list(longest)))]
            chosen.append(hit.passage.text[said[run.first].start : said[run.after - 1].end])
        return chosen

    return way


def best_passages(count: int) -> Way:
    """Whole passages."""
    return lambda case: [hit.passage.text for hit in islice(case.hits, count)]


def best_possible(case: Case) -> list[str]:
    """A run that holds the answer, where there is one."""
    place = int(case.holds.argmax())
    number, run = case.runs[place]
    return [case.hits[number].passage.text[run.start : run.end]] if case.holds[place] else []


def fitted(cases: Sequence[Case], signs: Sequence[int] | None = None) -> Signs:
    """The weights of the conditional logit; of some ``signs`` only, the others 0."""
    kept = list(range(len(Signs._fields))) if signs is None else list(signs)
    known = [case for case in cases if case.holds.any()]
    values = np.concatenate([case.signs for case in known])[:, kept]
    spread = values.std(axis=0) + 1e-6
    values = (values - values.mean(axis=0)) / spread
    holds = np.concatenate([case.holds for case in known])
    firsts = np.cumsum([0, *(len(case.holds) for case in known[:-1])])
    owners = np.repeat(np.arange(len(known)), [len(case.holds) for case in known])
    weights, speed, power = np.zeros(len(kept)), np.zeros(len(kept)), np.zeros(len(kept))
    for step in range(1, _STEPS + 1):
        scores = values @ weights
        scores = np.exp(scores - np.maximum.reduceat(scores, firsts)[owners])
        every = scores / np.add.reduceat(scores, firsts)[owners]
        right = scores * holds
        right = right / np.maximum(np.add.reduceat(right, firsts)[owners], 1e-12)
        slope = values.T @ (right - every) / len(known) - 2 * _RIDGE * weights
        speed = 0.9 * speed + 0.1 * slope
        power = 0.999 * power + 0.001 * slope**2
        weights = weights + _RATE * (speed / (1 - 0.9**step)) / (np.sqrt(power / (1 - 0.999**step)) + 1e-8)
    made = np.zeros(len(Signs._fields))
    made[kept] = weights / spread
    return Signs(*made.tolist())


def fitted_elsewhere(cases: Sequence[Case], signs: Sequence[int] | None = None) -> dict[str, Signs]:
    """By episode, the weights that are fitted on the questions about all others."""
    every = sorted({case.asked["episode"] for case in cases})
    return {one: fitted([case for case in cases if case.asked["episode"] != one], signs) for one in every}
