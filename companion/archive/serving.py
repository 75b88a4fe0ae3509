"""The last step of a search: which of the ranked passages become results, so that ten results say ten things."""

from __future__ import annotations

from dataclasses import dataclass

from companion.archive.ranking import Ranking
from companion.archive.snapshot import Snapshot

PAGE = 10
OF_ONE_EPISODE = 4
"""Results in a page that may come from one episode, unless the filters leave only that one."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A passage to show, by its row in the snapshot."""

    row: int
    score: float


def serve(snapshot: Snapshot, ranking: Ranking, *, one_episode: bool) -> list[Pick]:
    """The ranked passages as pages of ten: a passage next to a better one is absorbed by it, and no episode takes

    more than four places of a page. What a page has no room for comes on the next.
    """
    waiting = _without_neighbours(snapshot, ranking)
    if one_episode:
        return waiting
    served: list[Pick] = []
    while waiting:
        page, waiting = _page(snapshot, waiting)
        served += page
    return served


def _without_neighbours(snapshot: Snapshot, ranking: Ranking) -> list[Pick]:
    taken: set[tuple[int, bool, int]] = set()
    kept: list[Pick] = []
    for row, score in zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True):
        episode, notes, ordinal = (
            int(snapshot.episode_ids[row]),
            bool(snapshot.notes[row]),
            int(snapshot.ordinals[row]),
        )
        if (episode, notes, ordinal - 1) in taken or (episode, notes, ordinal + 1) in taken:
            continue
        taken.add((episode, notes, ordinal))
        kept.append(Pick(row, score))
    return kept


def _page(snapshot: Snapshot, waiting: list[Pick]) -> tuple[list[Pick], list[Pick]]:
    page: list[Pick] = []
    later: list[Pick] = []
    places: dict[int, int] = {}
    for pick in waiting:
        episode = int(snapshot.episode_ids[pick.row])
        if len(page) < PAGE and places.get(episode, 0) < OF_ONE_EPISODE:
            places[episode] = places.get(episode, 0) + 1
            page.append(pick)
        else:
            later.append(pick)
    return page, later
