"""How near the picker comes to what editors chose, in one run; written to ``benchmarks/highlights.md``.

    python -m benchmarks.highlights [--short] [--picks N]

Show notes quote the transcript. The picker sees neither notes nor quotations here; of all candidates of an episode,
what share does it score lower than the one that is most like the quotation? ``--short`` only measures the picker, and
ends with 1 when it is below its floor; ``--picks`` prints the picks of so many days, with quotations in use, for
reading.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.material import ingested_feed
from benchmarks.scoring import SHARED
from companion.archive.encoders import load_encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.moment_signals import Judged, Material, judged_moments
from companion.archive.search import Searcher
from companion.community.candidates import Candidates
from companion.community.serving import Serving, choose, seed_of
from companion.community.taste import PRIOR
from companion.community.weights import SIGNALS
from companion.storage import highlight_candidates
from companion.storage.engine import Database
from companion.storage.highlight_candidates import Candidate
from companion.storage.highlight_history import Posted
from companion.storage.mentions import PickOrigin

REPORT = Path(__file__).with_name("highlights.md")
LEAST = 0.68
"""The mean percentile that the picker must reach; the aim is 0.70."""
CLIP_WORDS = 40
"""Words from which on a quotation could be a clip itself."""
_WITHHELD = ("quoted", "previewed", "repeats")
_SIMPLE = {"names": 1, "numbers": 1, "rare": 1, "claims": 1, "fillers": -1}
"""Five signs by words that anybody would begin with, each counted once."""
_SHRINKAGE = (0.0, 0.5, 0.8, 0.9, 1.0)
"""Shares of the prior in weights that are fitted otherwise."""

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Quotation:
    """What an episode's notes quote: its words, and the place, among the episode's candidates, of the one most like
    it."""

    episode: int
    words: int
    likest: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Of each episode its candidates and their signals, one row each; and all quotations."""

    titles: Mapping[int, str]
    judged: Mapping[int, Sequence[Judged]]
    signals: Mapping[int, NDArray[np.float64]]
    quotations: Sequence[Quotation]
    found: int
    """Quotations before those that overlap were merged."""


NAMES = [name for name in SIGNALS if name not in _WITHHELD]
PRIOR_WEIGHTS = {name: SIGNALS[name].weight for name in NAMES}


Materials = Mapping[int, tuple[str, Material]]
"""Titles of episodes, and what their moments are judged by."""


async def materials(worker: EncodingWorker) -> tuple[Materials, Materials]:
    """The feed's episodes that have transcripts, as the product judges them with a model, and by words alone."""
    async with ingested_feed(worker) as database:
        return await _materials(database, worker), await _materials(database, None)


async def _materials(database: Database, worker: EncodingWorker | None) -> Materials:
    making = Candidates(database, Searcher(database, worker))
    async with database.read() as connection:
        states = await highlight_candidates.states(connection, None)
    found = [(state.episode_id, await making.material(state)) for state in states]
    return {episode_id: (one.facts.title, one) for episode_id, one in found if one is not None}


def measured(known: Materials) -> Measured:
    """All candidates with their signals, the editors' picks withheld, and which of them are most like quotations."""
    judged = {episode: judged_moments(replace(material, picks=())) for episode, (_, material) in known.items()}
    quotations: list[Quotation] = []
    found = 0
    for episode, (_, material) in known.items():
        spans = [
            (pick.first_word, pick.last_word)
            for pick in material.picks
            if pick.origin is PickOrigin.QUOTATION and pick.first_word is not None and pick.last_word is not None
        ]
        found += len(spans)
        for first, last in merged(spans):
            likeness = [one.moment.likeness(first, last) for one in judged[episode]]
            likest = int(np.argmax(likeness))
            quotations.append(Quotation(episode, last - first + 1, likest, likeness[likest]))
    signals = {
        episode: np.array([[one.signals[name] for name in NAMES] for one in every]) for episode, every in judged.items()
    }
    return Measured({episode: title for episode, (title, _) in known.items()}, judged, signals, quotations, found)


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


def percentiles(material: Measured, weights: Weights | Callable[[int], Weights]) -> NDArray[np.float64]:
    """Of each quotation, the share of its episode's other candidates that score below the one most like it; of equals
    half count. ``weights`` may differ by episode."""
    shares: list[float] = []
    for one in material.quotations:
        used = weights(one.episode) if callable(weights) else weights
        scores = material.signals[one.episode] @ np.array([used.get(name, 0.0) for name in NAMES])
        own = scores[one.likest]
        equals = np.sum(np.isclose(scores, own)) - 1
        below = np.sum(scores < own) - np.sum((scores < own) & np.isclose(scores, own))
        shares.append(float((below + equals / 2) / (len(scores) - 1)))
    return np.array(shares)


def fitted_without(material: Measured, episode: int, prior: Weights, share: float) -> Weights:
    """Weights that tell quotations of the other episodes from the rest there, mixed with the prior.

    Fisher's discriminant with a diagonal covariance: signals are on one scale, so a weight is how far above the mean of
    their episodes the quoted candidates are. It is brought to the prior's length before ``share`` of that is mixed in.
    """
    others = [one for one in material.quotations if one.episode != episode]
    gains = np.array(
        [material.signals[one.episode][one.likest] - material.signals[one.episode].mean(axis=0) for one in others]
    )
    spread = np.concatenate([rows for other, rows in material.signals.items() if other != episode]).std(axis=0)
    fitted = gains.mean(axis=0) / np.maximum(spread, 0.1) ** 2
    wanted = np.array([prior[name] for name in NAMES])
    fitted *= np.linalg.norm(wanted) / max(float(np.linalg.norm(fitted)), 1e-9)
    return dict(zip(NAMES, share * wanted + (1 - share) * fitted, strict=True))


def mean_and_error(shares: NDArray[np.float64]) -> str:
    return f"{shares.mean():.3f} ± {shares.std(ddof=1) / np.sqrt(len(shares)):.3f}"


def report(material: Measured, by_words: Measured) -> str:
    """The page."""
    clips = np.array([one.words >= CLIP_WORDS for one in material.quotations])
    episodes = sorted({one.episode for one in material.quotations})
    prior = percentiles(material, PRIOR_WEIGHTS)
    by_episode = [
        float(np.mean([share for share, one in zip(prior, material.quotations, strict=True) if one.episode == episode]))
        for episode in episodes
    ]
    plain = {name: float(np.sign(PRIOR_WEIGHTS[name])) for name in NAMES}
    rows = [
        ("chance", np.full(len(prior), 0.5)),
        ("five simple signs by words, each once", percentiles(material, _SIMPLE)),
        ("**the picker: the table's weights**", prior),
        ("the picker without a model, by words alone", percentiles(by_words, PRIOR_WEIGHTS)),
        ("every signal once, with its sign", percentiles(material, plain)),
    ]
    for share in _SHRINKAGE[:-1]:
        name = (
            f"fitted with the episode left out, {share:.0%} of it the table's"
            if share
            else "fitted with the episode left out"
        )
        rows.append(
            (
                name,
                percentiles(
                    material, lambda episode, share=share: fitted_without(material, episode, PRIOR_WEIGHTS, share)
                ),
            )
        )
    lines = [
        "# Highlights: how near the picker comes to what editors chose",
        "",
        "Written by `python -m benchmarks.highlights`.",
        "",
        f"The show notes of {len(episodes)} episodes of a real podcast quote their transcripts: {material.found}"
        f" quotations resolve to where they were said, and {len(material.quotations)} are left when those that overlap"
        f" are merged. {int(clips.sum())} have at least {CLIP_WORDS} words, as a clip must; the others are phrases"
        " within a candidate. Notes and quotations are withheld from the picker. Of all candidates of an episode"
        f" ({min(map(len, material.judged.values()))} to {max(map(len, material.judged.values()))} of them), the share"
        " that it scores lower than the one whose words are most like the quotation's (their intersection over their"
        " union) is that quotation's percentile. Given are means over quotations, with standard errors.",
        "",
        f"| weights | all {len(prior)} | the {int(clips.sum())} as long as clips |",
        "|---|--:|--:|",
    ]
    for name, shares in rows:
        cells = ("0.500", "0.500") if name == "chance" else (mean_and_error(shares), mean_and_error(shares[clips]))
        lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    lines += [
        "",
        f"Averaged by episode first the picker has {np.mean(by_episode):.3f}. The weights are round numbers from what a"
        " clip should be; which signals there are was decided with these quotations in view, so that a podcast not yet"
        " seen does worse: by words alone 0.61 and 0.53 on two of them"
        " ([docs](../docs/highlights.md)). People agree with each other on such choices in 60 to 70% of cases, and"
        " votes decide in the end. The quotations themselves, which this table does without, weigh more than all else.",
        "",
        "## Every signal, alone and left out",
        "",
        "Alone: with the sign it has in the table. The last column is what the picker loses without it; less than a"
        " standard error either way is chance. Whether it ends its thought, asks or has a good length does not carry"
        " here: editors cut and mend what they quote, while the bot posts what was said as it was said.",
        "",
        "| signal | weight | alone | the picker without it | change |",
        "|---|--:|--:|--:|--:|",
    ]
    for name in NAMES:
        weight = PRIOR_WEIGHTS[name]
        alone = percentiles(material, {name: np.sign(weight)})
        without = percentiles(material, {**PRIOR_WEIGHTS, name: 0.0})
        lines.append(
            f"| `{name}` | {weight:+.2f} | {mean_and_error(alone)} | {mean_and_error(without)}"
            f" | {without.mean() - prior.mean():+.3f} |"
        )
    return "\n".join(lines) + "\n"


def picks(known: Materials, count: int, begin: date) -> str:
    """The picks of so many days, with their words, as a server without votes gets them."""
    texts: dict[tuple[int, int, int], str] = {}
    candidates: list[Candidate] = []
    for episode, (_, material) in known.items():
        for one in judged_moments(material):
            moment = one.moment
            texts[episode, moment.first_word, moment.last_word] = moment.text
            candidates.append(
                Candidate(
                    episode,
                    moment.first_word,
                    moment.last_word,
                    moment.start,
                    moment.end,
                    moment.approximate,
                    moment.speaker,
                    one.signals,
                    material.facts.published,
                )
            )
    history: list[Posted] = []
    pages: list[str] = []
    for day in (begin + timedelta(days=number) for number in range(count)):
        choice = choose(candidates, Serving(), PRIOR, history, day, seed_of(1, day))
        if choice is None:
            pages.append(f"{day}: nothing")
            continue
        history.insert(0, Posted(choice.stretch, day, daily=True))
        text = texts[choice.episode_id, choice.first_word, choice.last_word]
        strongest = sorted(choice.parts.items(), key=lambda part: -abs(part[1]))[:5]
        parts = ", ".join(f"{name} {points:+.2f}" for name, points in strongest)
        pages.append(f"{day} · {known[choice.episode_id][0]}\n{choice.score:.2f} ({choice.rule}): {parts}\n{text}")
    return "\n\n".join(pages)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints and writes the report; 1 when the picker is below its floor."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.highlights", description=__doc__)
    parser.add_argument("--short", action="store_true", help="only the floor")
    parser.add_argument("--picks", type=int, metavar="N", help="only print the picks of N days")
    parser.add_argument("--withheld", action="store_true", help="with --picks: without the editors' quotations")
    chosen = parser.parse_args(arguments)
    if not (SHARED / "archive").is_dir():
        print(f"Skipped: the feed to be judged by is not here ({SHARED / 'archive'}).")
        return 0
    worker = EncodingWorker(load_encoder(None))
    try:
        known, by_words = asyncio.run(materials(worker))
    finally:
        worker.close()
    if chosen.picks:
        if chosen.withheld:
            known = {episode: (title, replace(one, picks=())) for episode, (title, one) in known.items()}
        newest = max(one.facts.published.date() for _, one in known.values() if one.facts.published)
        print(picks(known, chosen.picks, newest + timedelta(days=1)))
        return 0
    material = measured(known)
    reached = percentiles(material, PRIOR_WEIGHTS)
    if not chosen.short:
        page = report(material, measured(by_words))
        REPORT.write_text(page, encoding="utf-8")
        print(page)
    print(f"mean percentile {mean_and_error(reached)} over {len(reached)} quotations; the floor is {LEAST}")
    return int(reached.mean() < LEAST)


if __name__ == "__main__":
    raise SystemExit(main())
