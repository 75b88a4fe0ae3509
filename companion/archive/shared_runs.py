"""Runs of words that two texts share, and chains of such runs: how sequence aligners find what is alike.

Short runs that are rare in one text are seeds; seeds on one diagonal are a run; runs that go forward in both texts are
chained where that costs less than it brings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SEED = 3
_MOST_PLACES = 4
"""A seed that a text has more often says little about where it belongs."""
_LOOK_BACK = 300
"""Runs that a chain may pass over: bounds the work on texts that repeat themselves."""


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` words that are the same from word ``i`` of one text and word ``j`` of the other on."""

    i: int
    j: int
    length: int

    def between(self, first: int, after: int) -> Run | None:
        """What the run has of the words from ``first`` up to ``after`` of the one text."""
        start, end = max(self.i, first), min(self.i + self.length, after)
        return Run(start, self.j + start - self.i, end - start) if end > start else None

    def without(self, taken: AbstractSet[int]) -> Run | None:
        """The run up to the first word of the one text that is taken, or from the first one on that is not."""
        words = range(self.i, self.i + self.length)
        first = next((word for word in words if word not in taken), None)
        if first is None:
            return None
        return self.between(first, next((word for word in words if word > first and word in taken), words.stop))

    def overlap(self, following: Run) -> int | None:
        """How many words of the following run are in this one already, in either text; None where it does not go
        forward."""
        overlap = max(0, self.i + self.length - following.i, self.j + self.length - following.j)
        forward = following.i > self.i and following.j > self.j and overlap < following.length
        return overlap if forward else None


def folded(word: str) -> str:
    """A word as it is compared."""
    return word.casefold().replace("'", "").replace("’", "")


def shared_runs(words: Sequence[str], others: Sequence[str]) -> list[Run]:
    """The longest runs of shared words that hold a seed, in the order of the one text."""
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for j, seed in enumerate(_seeds(others)):
        places[seed].append(j)
    runs: list[Run] = []
    # By diagonal (j - i): where the run on it began.
    begun: dict[int, int] = {}
    for i, seed in enumerate(_seeds(words)):
        at = places.get(seed, ())
        going_on = {diagonal: first for diagonal, first in begun.items() if _goes_on(others, i + diagonal, seed)}
        runs += _ended(begun, going_on, i)
        begun = going_on
        if len(at) <= _MOST_PLACES:
            for j in at:
                begun.setdefault(j - i, i)
    runs += _ended(begun, {}, len(words) - _SEED + 1)
    return sorted(runs, key=lambda run: (run.i, run.j))


def chains(runs: Sequence[Run], most_inserted: int, cost: Callable[[Run, Run], float | None]) -> Iterator[list[Run]]:
    """The runs in chains, best first, each run in one chain.

    ``runs`` are in order. ``cost`` says what it costs, in words, to go on from one run to another; None where that
    cannot be, as it never can over more than ``most_inserted`` words of the one text.
    """
    starts = [run.i for run in runs]
    reach = max((run.length for run in runs), default=0) + most_inserted
    scores = [float(run.length) for run in runs]
    before: list[int | None] = [None] * len(runs)
    for nth, run in enumerate(runs):
        for earlier in range(max(bisect_left(starts, run.i - reach), nth - _LOOK_BACK), nth):
            price = cost(runs[earlier], run)
            if price is not None and scores[earlier] - price + run.length > scores[nth]:
                scores[nth], before[nth] = scores[earlier] - price + run.length, earlier
    used: set[int] = set()
    # The later of two equal ones: a trailer at the beginning repeats what is said in the conversation.
    for last in sorted(range(len(runs)), key=lambda nth: (-scores[nth], -runs[nth].j)):
        chain: list[Run] = []
        at: int | None = last
        while at is not None and at not in used:
            used.add(at)
            chain.append(runs[at])
            at = before[at]
        if chain:
            yield chain[::-1]


def forward(chain: Sequence[Run]) -> list[Run]:
    """A chain without the runs that, once cut, begin no sooner than the next."""
    return [*(run for run, following in pairwise(chain) if run.i < following.i), *chain[-1:]]


def _goes_on(others: Sequence[str], j: int, seed: tuple[str, ...]) -> bool:
    return j + _SEED <= len(others) and others[j + _SEED - 1] == seed[-1]


def _ended(begun: Mapping[int, int], going_on: Mapping[int, int], i: int) -> list[Run]:
    """The runs that do not go on with the seed at word ``i``."""
    return [
        Run(first, first + diagonal, i + _SEED - 1 - first)
        for diagonal, first in begun.items()
        if diagonal not in going_on
    ]


def _seeds(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[k:] for k in range(_SEED)), strict=False)
