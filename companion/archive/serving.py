"""The last step of a search: which of the ranked passages become results, so that ten results say ten things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

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


class Page(NamedTuple):
    """Up to ten results, and whether there are more behind them."""

    picks: Sequence[Pick]
    more: bool


def episodes_meant(snapshot: Snapshot, names: Iterable[str], mask: Mask) -> frozenset[int]:
    """The episodes that a question means, so that they may fill a page: the only one that the filters left, and each
    that alone has a passage with one of the names (terms) in the question."""
    every = [snapshot.episode_ids[_ends(mask)]]
    for name in names:
        rows = snapshot.lexical.documents_with(name)
        every.append(snapshot.episode_ids[rows[_ends(mask[rows])]])
    # An episode's rows stand together, so that the ends tell of all between them.
    return frozenset(int(ends[0]) for ends in every if len(ends) and ends[0] == ends[1])


def _ends(mask: Mask) -> list[int]:
    """The first and the last place that a mask has; nothing where it has none."""
    first = int(mask.argmax()) if len(mask) else 0
    return [first, len(mask) - 1 - int(mask[::-1].argmax())] if mask[first : first + 1].any() else []


def serve(
    snapshot: Snapshot,
    ranking: Ranking,
    question: Question,
    weights: Mapping[str, float],
    *,
    meant: Collection[int] = (),
) -> Iterator[Page]:
    """The ranked passages as pages of ten, merged with their neighbours, at most four of a page from one episode
    unless it is ``meant``.

    What a page has no room for comes on the next, so a page may be short and not be the last: whoever shows them lets
    the next one follow at once.
    """

    def found_for(row: int) -> Span:
        return focus(snapshot.outline(row), snapshot.window_vectors(row), question, weights)

    waiting = list(zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True))
    while waiting:
        picks, waiting = _page(snapshot, waiting, meant, found_for)
        yield Page(picks, bool(waiting))


def shown(snapshot: Snapshot, pick: Pick) -> Passage:
    """What is shown of a pick: up to 180 words."""
    if pick.stretch is not None:
        return pick.stretch
    passage = snapshot.passages[pick.row].passage
    lead = snapshot.lead(pick.row + 1)
    return extended(passage, snapshot.passages[pick.row + 1].passage, lead) if lead else passage


def _page(
    snapshot: Snapshot,
    waiting: Sequence[tuple[int, float]],
    meant: Collection[int],
    found_for: Callable[[int], Span],
) -> tuple[list[Pick], list[tuple[int, float]]]:
    """The next ten results of the rows and scores that wait, and those of them that have to wait longer."""
    page: dict[int, Pick] = {}
    taken: Counter[int] = Counter()
    later: list[tuple[int, float]] = []
    for place, (row, score) in enumerate(waiting):
        if len(page) == PAGE:
            later += waiting[place:]
            break
        episode = int(snapshot.episode_ids[row])
        merged = _merged(snapshot, page, row, found_for)
        if merged is not None:
            page[merged.row] = merged
        elif taken[episode] < OF_ONE_EPISODE or episode in meant:
            taken[episode] += 1
            page[row] = Pick(row, score)
        else:
            later.append((row, score))
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
