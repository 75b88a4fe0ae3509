"""How well search finds, beside what simpler ways would find, in one run; written to ``benchmarks/retrieval.md``.

    python -m benchmarks.retrieval [--all] [--adapted FOLDER]

Development questions are answered by the product itself: ingested from the feed, searched by `Searcher`. ``--all`` adds
QMSum and SciFact, which take ten minutes to embed the first time. ``--adapted`` measures a model that `companion adapt`
made of the feed, too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import answerable
from benchmarks.material import Asked, Judged, Searched, in_memory, ingested_feed, plain_passage, qmsum, scifact, stored
from benchmarks.pages import write_sections
from benchmarks.scoring import SHARED, Difference, ndcg, paired_bootstrap, reciprocal_rank, shared_scorer
from companion.archive.encoders import Encoder, load_encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.passage_vectors import Similarities
from companion.archive.query import Question
from companion.archive.ranking import BEST_MIX, Evidence, Mix, Ranking, compared, rank, retrieve
from companion.archive.results import Query
from companion.archive.search import Searcher
from companion.archive.serving import serve, shown
from companion.archive.snapshot import Mask, Scores, Snapshot
from companion.storage.passages import StoredPassage

REPORT = Path(__file__).with_name("retrieval.md")
DEVELOPMENT = SHARED / "evaluation" / "questions_dev.jsonl"
OPENING = """# How well search finds

Written by `make bench`. The questions, the feed and the public sets stand beside the repository."""
LEAST_HIT_5, LEAST_MRR_10 = 0.86, 0.77
"""What the product must reach on the development questions."""

ADAPTED = "Companion, adapted to the archive"
FIXED_WORDS = 150
RRF_CONSTANT = 60

Rank = Callable[[Snapshot, Evidence, Mask], Ranking]


@dataclass(frozen=True, slots=True)
class Row:
    """A way to search, measured on the development questions."""

    name: str
    table: dict[str, Any]
    reciprocal: list[float]
    within_5: list[float]


def mixed(mix: Mix) -> Rank:
    """The product's ranking with other weights."""
    return partial(rank, mix=mix)


def z_scored(snapshot: Snapshot, evidence: Evidence, mask: Mask) -> Ranking:
    """The product's evidence, but each kind on the scale of its own spread over the passages."""

    def z(values: Scores) -> Scores:
        return ((values - values[mask].mean()) / max(float(values[mask].std()), 1e-6)).astype(np.float32)

    similar = _similarities(evidence)
    scaled = replace(
        evidence,
        coverage=z(evidence.coverage),
        similarities=replace(similar, whole=z(similar.whole), window=z(similar.window)),
    )
    return rank(snapshot, scaled, mask, replace(BEST_MIX, words=1.0))


def reciprocal_rank_fused(snapshot: Snapshot, evidence: Evidence, mask: Mask) -> Ranking:
    """Plain reciprocal-rank fusion of BM25 and whole-passage cosines (Cormack, Clarke and Buettcher, 2009)."""
    rows = np.flatnonzero(mask)
    scores = np.zeros(len(mask), np.float32)
    for kind in (evidence.coverage, _similarities(evidence).whole):
        order = rows[np.argsort(-kind[rows], kind="stable")]
        scores[order] += 1.0 / (RRF_CONSTANT + np.arange(1, len(order) + 1))
    order = rows[np.argsort(-scores[rows], kind="stable")]
    return Ranking(order.astype(np.int32), scores[order])


def _similarities(evidence: Evidence) -> Similarities:
    if evidence.similarities is None:
        raise ValueError("the benchmark compares meanings: it needs vectors")
    return evidence.similarities


WAYS: dict[str, Rank] = {
    "BM25 alone": mixed(Mix(words=1.0, whole=0.0, window=0.0, nearness=0.0, neighbours=0.0, retold=0.0)),
    "dense alone (whole passages)": mixed(
        Mix(words=0.0, whole=1.0, window=0.0, nearness=0.0, neighbours=0.0, retold=0.0)
    ),
    "without words": mixed(replace(BEST_MIX, words=0.0)),
    "without whole passages": mixed(replace(BEST_MIX, whole=0.0, window=1.0)),
    "without windows": mixed(replace(BEST_MIX, whole=1.0, window=0.0)),
    "without comparing word by word": mixed(replace(BEST_MIX, nearness=0.0)),
    "without neighbours": mixed(replace(BEST_MIX, neighbours=0.0)),
    "show notes on a par with speech": mixed(replace(BEST_MIX, retold=0.0)),
    "z-scores in place of fixed scales": z_scored,
}


class Questions:
    """Questions, their vectors, and the shared scorer."""

    def __init__(self, encoder: Encoder, path: Path = DEVELOPMENT) -> None:
        self._scorer = shared_scorer()
        self.all: list[dict[str, Any]] = [json.loads(line) for line in path.read_text().splitlines() if line]
        self.answered = [question for question in self.all if question["gold"]]
        self.meanings = {question["id"]: Asked.by(encoder, question["question"]) for question in self.all}

    def row(self, name: str, results: dict[str, tuple[bool, list[str]]]) -> Row:
        """Scores ``results``: by question, whether it was called answerable, and the texts, best first."""
        rows = {
            key: {"id": key, "answerable": answerable, "results": [{"text": text} for text in texts]}
            for key, (answerable, texts) in results.items()
        }
        hits = [
            [any(self._scorer.holds(gold, text) for gold in question["gold"]) for text in results[question["id"]][1]]
            for question in self.answered
        ]
        return Row(
            name,
            self._scorer.score(self.all, rows),
            [reciprocal_rank(found) for found in hits],
            [float(any(found[:5])) for found in hits],
        )


async def product_results(searcher: Searcher, questions: Questions) -> dict[str, tuple[bool, list[str]]]:
    results: dict[str, tuple[bool, list[str]]] = {}
    for question in questions.all:
        found = await searcher.search(Query(question["question"]))
        results[question["id"]] = (found.answerable, [hit.passage.text for hit in found.hits])
    return results


def evidence_of(snapshot: Snapshot, question: Question, mask: Mask) -> Evidence:
    """All that the product looks at before it ranks what the mask leaves."""
    evidence = retrieve(snapshot, question)
    return compared(snapshot, question, evidence, [rank(snapshot, evidence, mask)])


def ranked_results(
    searched: Searched, questions: Questions, way: Rank, *, merged: bool, diverse: bool = True
) -> dict[str, tuple[bool, list[str]]]:
    """Results of a ranking, served as the product does; not ``diverse``: with any number from one episode; not
    ``merged``: its first ten passages as they were cut.
    """
    snapshot = searched.snapshot
    mask = np.ones(len(snapshot), np.bool_)
    every = snapshot.episodes.keys()
    results: dict[str, tuple[bool, list[str]]] = {}
    for asked in questions.all:
        question = questions.meanings[asked["id"]].of(searched)
        ranking = way(snapshot, evidence_of(snapshot, question, mask), mask)
        if merged:
            weights = {term: snapshot.lexical.idf(term) for term in question.terms}
            page = islice(serve(snapshot, ranking, question, weights, meant=every if not diverse else ()), 1)
            texts = [shown(snapshot, pick).text for served in page for pick in served.picks]
        else:
            best: list[int] = ranking.rows[:10].tolist()
            texts = [snapshot.passages[row].passage.text for row in best]
        results[asked["id"]] = (True, texts)
    return results


def fixed_windows(snapshot: Snapshot, encoder: Encoder) -> Searched:
    """The same archive cut every 150 words, whatever ends there."""
    words: dict[int, list[str]] = {}
    for passage in snapshot.passages:
        words.setdefault(passage.episode_id, []).extend(passage.passage.text.split())
    passages: list[StoredPassage] = []
    for episode_id, said in words.items():
        for ordinal, first in enumerate(range(0, len(said), FIXED_WORDS)):
            text = " ".join(said[first : first + FIXED_WORDS])
            passages.append(StoredPassage(len(passages), episode_id, plain_passage(ordinal, text)))
    return in_memory(list(snapshot.episodes.values()), passages, encoder, "fixed")


@dataclass(frozen=True, slots=True)
class Measured:
    """Every way to search, the product first; and what was seen of questions, answered and not."""

    rows: list[Row]
    cases: list[answerable.Case]


async def product_row(name: str, encoder: Encoder) -> Row:
    """The product with another encoder, embedded beside the first one's vectors."""
    worker = EncodingWorker(encoder)
    try:
        async with ingested_feed(worker) as database:
            questions = Questions(encoder)
            return questions.row(name, await product_results(Searcher(database, worker), questions))
    finally:
        worker.close()


async def measured(encoder: Encoder) -> Measured:
    """Asks the development questions in every way."""
    worker = EncodingWorker(encoder)
    try:
        async with ingested_feed(worker) as database:
            questions = Questions(encoder)
            rows = [
                questions.row("**Companion**", await product_results(Searcher(database, worker), questions)),
                questions.row("Companion while the model loads", await product_results(Searcher(database), questions)),
            ]
            return _compared(await stored(database, encoder.model_id), encoder, questions, rows)
    finally:
        worker.close()


def _compared(searched: Searched, encoder: Encoder, questions: Questions, rows: list[Row]) -> Measured:
    """The rows of the product, and those of other ways and of the product without a part."""
    fixed = ranked_results(fixed_windows(searched.snapshot, encoder), questions, reciprocal_rank_fused, merged=False)
    rows.append(questions.row("fixed 150-word windows, reciprocal-rank fusion", fixed))
    for name, way in WAYS.items():
        alone = name.endswith("alone") or "alone (" in name
        rows.append(questions.row(name, ranked_results(searched, questions, way, merged=not alone)))
    crowded = ranked_results(searched, questions, rank, merged=True, diverse=False)
    rows.append(questions.row("without the limit of four an episode", crowded))
    plain = ranked_results(searched, questions, rank, merged=False)
    rows.append(questions.row("without serving: ten passages as they were cut", plain))
    return Measured(rows, list(answerable.cases(searched, questions.all, questions.meanings)))


def ndcg_by_query(searched: Searched, queries: Sequence[Judged], encoder: Encoder, way: Rank) -> list[float]:
    snapshot = searched.snapshot
    scores: list[float] = []
    for query in queries:
        if not query.gains:
            continue
        mask = np.zeros(len(snapshot), np.bool_)
        mask[list(query.rows)] = True
        question = Asked.by(encoder, query.text).of(searched)
        ranking = way(snapshot, evidence_of(snapshot, question, mask), mask)
        found = [query.gains.get(row, 0.0) for row in ranking.rows.tolist()]
        scores.append(ndcg(found, list(query.gains.values())))
    return scores


def general_table(encoder: Encoder, adapted: Encoder | None) -> str:
    """nDCG@10 on the public sets, of the product's ranking and of each way's."""
    sets = {"QMSum": qmsum(encoder), "SciFact": scifact(encoder)}
    lines = ["| way | " + " | ".join(f"{name} nDCG@10 | against ours" for name in sets) + " |"]
    lines.append("|---|" + "--:|---|" * len(sets))
    best = {name: ndcg_by_query(*material, encoder, rank) for name, material in sets.items()}
    for way, ranking in {"**Companion**": rank, "reciprocal-rank fusion": reciprocal_rank_fused, **WAYS}.items():
        cells: list[str] = []
        for name, material in sets.items():
            scores = best[name] if way.startswith("**") else ndcg_by_query(*material, encoder, ranking)
            difference = "" if way.startswith("**") else str(paired_bootstrap(scores, best[name]))
            cells += [f"{np.mean(scores):.3f}", difference]
        lines.append(f"| {way} | {' | '.join(cells)} |")
    if adapted is not None:
        cells = []
        for name, material in {"QMSum": qmsum(adapted), "SciFact": scifact(adapted)}.items():
            scores = ndcg_by_query(*material, adapted, rank)
            cells += [f"{np.mean(scores):.3f}", str(paired_bootstrap(scores, best[name]))]
        lines.append(f"| {ADAPTED} | {' | '.join(cells)} |")
    return "\n".join(lines)


def development_table(rows: Sequence[Row]) -> str:
    """A Markdown table: each way, and how far it is from the product (the first row) with 95% intervals."""
    styles = list(rows[0].table["hit@5 by style"])
    numbers = ["hit@1", "hit@5", "hit@10", "MRR@10", *styles, "words"]
    lines = [
        f"| way | {' | '.join(numbers)} | hit@5 against ours | MRR@10 against ours |",
        f"|---|{'--:|' * len(numbers)}---|---|",
    ]
    for row in rows:
        table = row.table
        by_style = [f"{table['hit@5 by style'][style]:.2f}" for style in styles]
        differences: list[Difference | str] = ["", ""]
        if row is not rows[0]:
            differences = [
                paired_bootstrap(row.within_5, rows[0].within_5),
                paired_bootstrap(row.reciprocal, rows[0].reciprocal),
            ]
        cells = [
            row.name,
            *(f"{table[key]:.3f}" for key in ("hit@1", "hit@5", "hit@10", "mrr@10")),
            *by_style,
            str(table["words per passage"]),
            *map(str, differences),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def sections(found: Measured, general: str | None) -> dict[str, str]:
    """The sections of the page that were measured, by title."""
    product = found.rows[0].table
    measured = {
        "112 questions on a real podcast's feed": "hit@5 by style of question; differences with 95% intervals by paired"
        f" bootstrap over the questions.\n\n{development_table(found.rows)}",
        "Questions that the archive does not answer": f"The product refused {product['refusal']} of them, and"
        f" {product['false refusal']} of those that it answers.\n\n"
        "Out of sample: each probability is of a fit (`benchmarks/answerable.py`) that saw its question in no form."
        " Besides the questions that nobody ever answered, those whose answering episodes were left out of the archive;"
        f" some of these another episode answers.\n\n{answerable.curve(found.cases)}",
    }
    if general is not None:
        measured["Public sets, the same ranking"] = general
    return measured


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints and writes the report; 1 when the product is below what it must reach."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also QMSum and SciFact")
    parser.add_argument("--adapted", metavar="FOLDER", help="also a model adapted to the feed")
    chosen = parser.parse_args(arguments)
    if not (SHARED / "evaluation").is_dir():
        print(f"Skipped: the questions to be answered are not here ({SHARED / 'evaluation'}).")
        return 0
    encoder = load_encoder(None)
    adapted = load_encoder(chosen.adapted) if chosen.adapted else None
    found = asyncio.run(measured(encoder))
    if adapted is not None:
        found.rows.insert(1, asyncio.run(product_row(ADAPTED, adapted)))
    write_sections(REPORT, sections(found, general_table(encoder, adapted) if chosen.all else None), OPENING)
    print(REPORT.read_text(encoding="utf-8"))
    reached = found.rows[0].table
    if reached["hit@5"] < LEAST_HIT_5 or reached["mrr@10"] < LEAST_MRR_10:
        print(f"Below the floor: hit@5 must be {LEAST_HIT_5} and MRR@10 {LEAST_MRR_10}.")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
