"""How near the picker comes to what teasers show, on podcasts that nothing was chosen on.

    python -m benchmarks.teasers FOLDER [--episodes N]

The folder holds a podcast's transcripts, one a file. Of episodes that begin with a teaser that is taken away; the
picker then ranks all candidates of the rest, by words alone, and the percentile of the one that is most like each place
which the teaser was cut from is measured as in `benchmarks/highlights.py`. Hosts are not known: nothing is stored.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.highlights import NAMES, PRIOR_WEIGHTS, Measured, Quotation, mean_and_error, merged, percentiles
from companion.archive.front_matter import front_matter
from companion.archive.moment_meaning import hashed, hashed_windows
from companion.archive.moment_signals import Judged, Material, judged_moments
from companion.archive.moment_words import Vocabulary
from companion.archive.passages import passages_of
from companion.archive.teasers import Teaser, teaser_of, without_teaser
from companion.archive.transcripts.reader import TranscriptError, read_transcript
from companion.storage.episodes import EpisodeFacts, Turn

FEWEST_WORDS = 20
"""Of a place that the teaser was cut from: less is a phrase."""
_VOCABULARY = 20

Teased = tuple[str, Sequence[Turn], Teaser]
"""An episode's title, its turns, and the teaser that they begin with."""


def teased(folder: Path) -> Iterator[Teased]:
    """The folder's episodes that begin with a teaser, in an order that is always the same and says nothing."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    random.Random(1).shuffle(files)
    for path in files:
        text = path.read_text(encoding="utf-8")
        try:
            turns = read_transcript(text, name=path.name).turns
        except TranscriptError:
            continue
        if teaser := teaser_of(turns):
            yield front_matter(text).title or path.stem, turns, teaser


def measured(episodes: Sequence[Teased]) -> Measured:
    """Their candidates without the teasers, and which of them are most like what was in these."""
    vocabulary = Vocabulary.of(
        passage.text for _, turns, _ in episodes[:_VOCABULARY] for passage in passages_of(turns, "", ())
    )
    judged: dict[int, Sequence[Judged]] = {}
    quotations: list[Quotation] = []
    for number, (title, turns, teaser) in enumerate(episodes):
        rest = without_teaser(turns, teaser)
        spoken = hashed_windows(passages_of(rest, "", ()), vocabulary)
        facts = EpisodeFacts(str(number), title, None, None, None, None, ())
        judged[number] = judged_moments(
            Material(facts, rest, vocabulary, frozenset(), (), spoken, hashed(title, vocabulary))
        )
        for first, last in merged([(first - teaser.words, last - teaser.words) for first, last in teaser.spans]):
            if last - first + 1 >= FEWEST_WORDS and judged[number]:
                likeness = [one.moment.likeness(first, last) for one in judged[number]]
                likest = int(np.argmax(likeness))
                quotations.append(Quotation(number, last - first + 1, likest, likeness[likest]))
    signals = {
        number: np.array([[one.signals[name] for name in NAMES] for one in every]) for number, every in judged.items()
    }
    titles = {number: title for number, (title, _, _) in enumerate(episodes)}
    return Measured(titles, judged, signals, quotations, len(quotations))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what was reached, and what each signal adds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.teasers", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--episodes", type=int, default=50, metavar="N")
    chosen = parser.parse_args(arguments)
    material = measured(list(islice(teased(chosen.folder), chosen.episodes)))
    reached = percentiles(material, PRIOR_WEIGHTS)
    print(f"{len(material.titles)} episodes, {len(reached)} places of {FEWEST_WORDS} words or more")
    print(f"the picker, by words alone: {mean_and_error(reached)}")
    for name in NAMES:
        alone = percentiles(material, {name: float(np.sign(PRIOR_WEIGHTS[name]))})
        without = percentiles(material, {**PRIOR_WEIGHTS, name: 0.0}).mean() - reached.mean()
        print(f"{name:13}{PRIOR_WEIGHTS[name]:+.2f}  alone {mean_and_error(alone)}  without {without:+.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
