"""How well answers without a model answer: is what was asked for among the sentences that they quote?

    python -m benchmarks.answers [--short] [--model]

Written to ``benchmarks/answers.md``. Development questions are asked of the shared feed, as `companion ask` does, and
the demo's of the demo. ``--short`` asks the demo's only and writes nothing; ``--model`` also has the configured
language model judge whether there is an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import extracts
from benchmarks.extracts import Case, Row, cases_of, fitted_elsewhere, product, row
from benchmarks.material import DEMO, FEED, ingested_feed
from benchmarks.scoring import SHARED
from companion.archive.answering import SOURCES, Answerer
from companion.archive.answers import Answer, Asking
from companion.archive.encoders import Encoder, load_encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.language_model import LanguageModel
from companion.archive.results import Query
from companion.archive.run_signs import Signs
from companion.archive.search import Searcher
from companion.bot.config import read_settings
from companion.bot.language_model import chat_model
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

REPORT = Path(__file__).with_name("answers.md")
LEAST_HELD, LEAST_HELD_DEMO = 0.72, 0.65
"""The share of found answers that must be quoted, of the development questions and of the demo's."""
MOST_WORDS = 160
"""Words that an answer may quote on average."""

_SIGNS = {
    "passage": "how good its passage is",
    "covered": "the question's words, by rarity",
    "near": "meaning",
    "length": "its length",
    "asks": "being a question",
    "figure": "a figure where one is asked for",
}


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many questions were refused: of those that nothing answers, and of those that something does."""

    right: int
    never: int
    false: int
    answerable: int

    def __str__(self) -> str:
        return f"| {self.right} of {self.never} | {self.false} of {self.answerable} |"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found about one archive's questions; times are medians in milliseconds."""

    cases: list[Case]
    alone: Refusals
    with_model: Refusals | None
    model: str | None
    search_time: float
    answer_time: float


async def measured(
    encoder: Encoder, source: Path, questions: Sequence[dict[str, Any]], model: LanguageModel | None
) -> Measured:
    """Asks an archive its questions."""
    worker = EncodingWorker(encoder)
    try:
        async with ingested_feed(worker, source) as database:
            return await _measured(database, Searcher(database, worker), questions, model)
    finally:
        worker.close()


async def _measured(
    database: Database, searcher: Searcher, questions: Sequence[dict[str, Any]], model: LanguageModel | None
) -> Measured:
    answerer = Answerer(database, searcher, model)
    answers: list[Answer] = []
    searching: list[float] = []
    answering: list[float] = []
    cases = await cases_of(searcher, questions)
    for asked in questions:
        query = Query(asked["question"])
        begun = perf_counter()
        await searcher.search(query, SOURCES)
        between = perf_counter()
        answers.append(await answerer.find(Asking(query.text, query)))
        searching.append(between - begun)
        answering.append(perf_counter() - between)
    judged = [await _judged(answerer, answer) for answer in answers] if model else None
    return Measured(
        cases,
        _refusals(questions, [not answer.results.answerable for answer in answers]),
        None if judged is None else _refusals(questions, judged),
        model.name if model else None,
        1000 * float(np.median(searching)),
        1000 * float(np.median(answering)),
    )


async def _judged(answerer: Answerer, answer: Answer) -> bool:
    """Is it refused in the end: by code, or by a model that finds no answer in the passages?"""
    async with aclosing(answerer.write(answer)) as growing:
        async for grown in growing:
            answer = grown
    done = answer.writing.interventions if answer.writing else ()
    return not answer.results.answerable or any(one.kind == "declined" for one in done)


def _refusals(questions: Sequence[dict[str, Any]], refused: Sequence[bool]) -> Refusals:
    never = [no for asked, no in zip(questions, refused, strict=True) if not asked["gold"]]
    some = [no for asked, no in zip(questions, refused, strict=True) if asked["gold"]]
    return Refusals(sum(never), len(never), sum(some), len(some))


def _where_answered(case: Case) -> list[str]:
    return product(case) if case.found.results.answerable else []


def _fitted_way(cases: Sequence[Case], signs: Sequence[int] | None = None) -> Callable[[Case], list[str]]:
    """Quotes with weights that are fitted on questions about other episodes."""
    weights = fitted_elsewhere(cases, signs)
    return lambda case: product(case, weights[case.asked["episode"]])


def ways(cases: Sequence[Case]) -> list[Row]:
    """The product first, then simpler ways and bounds."""
    every: dict[str, extracts.Way] = {
        "**Companion**": product,
        "weights fitted on questions about other episodes": _fitted_way(cases),
        "Companion, a refusal counted as a miss": _where_answered,
        "the best run of each of the four best passages": extracts.one_of_each,
        "what search results show of the four best": extracts.snippets,
        "the first sentences of the four best": extracts.beginnings,
        "any sentences of the four best": extracts.at_random(0),
        "the best passage, whole": extracts.best_passages(1),
        "the best two passages, whole": extracts.best_passages(2),
        "a run that holds the answer, where one does": extracts.best_possible,
    }
    return [row(name, cases, way) for name, way in every.items()]


def ablations(cases: Sequence[Case]) -> list[Row]:
    """All signs, then all but one, each fitted on questions about other episodes."""
    rows = [row("all", cases, _fitted_way(cases))]
    for place, name in enumerate(Signs._fields):
        others = [other for other in range(len(Signs._fields)) if other != place]
        rows.append(row(f"without {_SIGNS[name]}", cases, _fitted_way(cases, others)))
    return rows


def table(rows: Sequence[Row]) -> str:
    """Markdown; differences from the first row with 95% intervals."""
    lines = [
        "| | answer quoted | word for word | words | quotations | against the first |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for one in rows:
        difference = "" if one is rows[0] else str(one.against(rows[0]))
        cells = f"{np.mean(one.held):.3f} | {np.mean(one.whole):.3f} | {one.words:.0f} | {one.quotations:.1f}"
        lines.append(f"| {one.name} | {cells} | {difference} |")
    return "\n".join(lines)


def styles(cases: Sequence[Case]) -> str:
    """The share by style of question."""
    every = sorted({case.asked["style"] for case in cases})
    rows = [row(style, [case for case in cases if case.asked["style"] == style], product) for style in every]
    lines = ["| style | found | answer quoted | words |", "|---|--:|--:|--:|"]
    lines += [f"| {one.name} | {len(one.held)} | {np.mean(one.held):.2f} | {one.words:.0f} |" for one in rows]
    return "\n".join(lines)


def report(feed: Measured, demo: Measured) -> str:
    """The whole page."""
    cases = feed.cases
    found = sum(case.in_passages for case in cases)
    judged = "| with the judgement of a language model | not measured: none was configured | |"
    if feed.with_model is not None:
        judged = f"| with the judgement of {feed.model} {feed.with_model}"
    of_demo = {"**Companion**": product, "what search results show of the four best": extracts.snippets}
    parts = [
        "# How well answers answer",
        "Written by `python -m benchmarks.answers`. The questions and the feed stand beside the repository. How an"
        " answer is made: [`docs/answers.md`](../docs/answers.md).",
        "## Without a model: is the answer among what is quoted?",
        f"{len(cases)} answerable questions, of which {found} have their answer in one of the ten first passages: these"
        " count. *Answer quoted*: one of the quotations holds the gold quotation (60% of its five-grams, as in"
        " [`retrieval.md`](retrieval.md)); *word for word*: all of it. Words and quotations are means over all"
        " questions. Intervals by paired bootstrap.",
        table(ways(cases)),
        "Six weights were fitted on these very questions, so the second row, where no question about the same episode"
        " was seen, is the fair one.",
        styles(cases),
        "## What each sign is worth",
        "Each row fitted on questions about other episodes.",
        table(ablations(cases)),
        "## The demo's questions, which no weight was fitted on",
        table([row(name, demo.cases, way) for name, way in of_demo.items()]),
        "## Questions that the archive does not answer",
        "Asked as `companion ask` and `/ask` do.",
        "\n".join(
            [
                "| | refused of the never answered | refused of the answerable |",
                "|---|---|---|",
                f"| without a model {feed.alone}",
                judged,
            ]
        ),
        "## Time",
        f"On the feed, {len(cases[0].found.snapshot):,} passages: {feed.search_time:.0f} ms for a search (median), and"
        f" {feed.answer_time:.0f} ms for an answer, which searches first.",
    ]
    return "\n\n".join(parts) + "\n"


def _questions(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _below(name: str, cases: Sequence[Case], least: float) -> str:
    reached = row(name, cases, product)
    held = float(np.mean(reached.held))
    print(f"{name}: {held:.3f} of what was found is quoted, in {reached.words:.0f} words.")
    if held < least or reached.words > MOST_WORDS:
        return f"Below the floor on {name}: {least} must be quoted, in at most {MOST_WORDS} words.\n"
    return ""


async def _run(*, short: bool, ask_model: bool) -> int:
    encoder = load_encoder(None)
    demo = await measured(encoder, DEMO, _questions(DEMO / "questions.jsonl"), None)
    below = _below("the demo's questions", demo.cases, LEAST_HELD_DEMO)
    if not short and not (SHARED / "evaluation").is_dir():
        print(f"Skipped: the questions to be answered are not here ({SHARED / 'evaluation'}).")
    elif not short:
        questions = _questions(SHARED / "evaluation" / "questions_dev.jsonl")
        model = chat_model(read_settings(), SystemClock()) if ask_model else None
        try:
            feed = await measured(encoder, FEED, questions, model)
        finally:
            if model is not None:
                await model.close()
        page = report(feed, demo)
        REPORT.write_text(page, encoding="utf-8")
        print(page)
        below += _below("the development questions", feed.cases, LEAST_HELD)
    print(below, end="")
    return 1 if below else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints and writes the report; 1 when answers are below what they must reach."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=__doc__)
    parser.add_argument("--short", action="store_true", help="the demo's questions only; writes nothing")
    parser.add_argument("--model", action="store_true", help="also ask the configured language model")
    chosen = parser.parse_args(arguments)
    return asyncio.run(_run(short=chosen.short, ask_model=chosen.model))


if __name__ == "__main__":
    raise SystemExit(main())
