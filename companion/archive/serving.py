"""The last step of a search: which of the ranked passages become results, so that ten results say ten things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from companion.archive.focus import focus
from companion.archive.query import Question
from companion.archive.ranking import Ranking
from companion.archive.snapshot import Mask, Snapshot
from companion.archive.stretches import Span, extended, spanning
from companion.storage.episodes import Passage

PAGE = 10
OF_ONE_EPISODE = 4
"""Results in a page that may come from one episode, unless the question means that one."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A passage to show, by its row in the snapshot, or the stretch that it shares with a neighbour."""

    row: int
    score: float
    stretch: Passage | None = None


def episodes_meant(snapshot: Snapshot, names: Iterable[str], mask: Mask) -> frozenset[int]:
    """The episodes that a question means, so that they may fill a page: the only one that the filters left, and each
    that alone has a passage with one of the names (terms) in the question."""
    named = (snapshot.lexical.documents_with(name) for name in names)
    held = [np.flatnonzero(mask), *(rows[mask[rows]] for rows in named)]
    ends = (snapshot.episode_ids[rows[[0, -1]]] for rows in held if len(rows))
    # An episode's rows stand together, so that the ends tell of all between them.
    return frozenset(int(first) for first, last in ends if first == last)


def serve(
    snapshot: Snapshot,
    ranking: Ranking,
    question: Question,
    weights: Mapping[str, float],
    *,
    meant: Collection[int] = (),
) -> Iterator[list[Pick]]:
    """The ranked passages as pages of ten, merged with their neighbours, at most four of a page from one episode
    unless it is ``meant``.

    What a page has no room for comes on the next, so a page may be short and not be the last.
    """
    waiting = [Pick(row, score) for row, score in zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True)]
    while waiting:
        page, waiting = _page(snapshot, waiting, meant, lambda row: focus(snapshot, row, question, weights))
        yield page


def shown(snapshot: Snapshot, pick: Pick) -> Passage:
    """What is shown of a pick: up to 180 words."""
    if pick.stretch is not None:
        return pick.stretch
    passage = snapshot.passages[pick.row].passage
    if snapshot.follows(pick.row + 1):
        return extended(passage, snapshot.passages[pick.row + 1].passage)
    return passage


def _page(
    snapshot: Snapshot, waiting: list[Pick], meant: Collection[int], found_for: Callable[[int], Span]
) -> tuple[list[Pick], list[Pick]]:
    """The next ten results, and what still waits."""
    page: dict[int, Pick] = {}
    taken: Counter[int] = Counter()
    later: list[Pick] = []
    for number, pick in enumerate(waiting):
        if len(page) == PAGE:
            later += waiting[number:]
            break
        episode = int(snapshot.episode_ids[pick.row])
        merged = _merged(snapshot, page, pick.row, found_for)
        if merged is not None:
            page[merged.row] = merged
        elif taken[episode] < OF_ONE_EPISODE or episode in meant:
            taken[episode] += 1
            page[pick.row] = pick
        else:
            later.append(pick)
    return list(page.values()), later


def _merged(snapshot: Snapshot, page: Mapping[int, Pick], row: int, found_for: Callable[[int], Span]) -> Pick | None:
    """The better neighbour on the page, if 180 words hold it and what this passage was found for.

    Where they do not, the two are two moments, and both stay: dropping the lesser one lost answers.
    """
    for better in (row - 1, row + 1):
        pick = page.get(better)
        if pick is None or pick.stretch is not None or not snapshot.follows(max(row, better)):
            continue
        stretch = spanning(
            snapshot.passages[better].passage,
            snapshot.passages[row].passage,
            found_for(row),
            neighbour_follows=row > better,
        )
        if stretch is not None:
            return replace(pick, stretch=stretch)
    return None
