"""What an answer rests on: found and pinned passages with what was said around them; for a refusal, what there is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from companion.archive.hits import hit_of
from companion.archive.ranking import allowed
from companion.archive.results import Hit, Query
from companion.archive.search import Found
from companion.archive.serving import Pick
from companion.archive.snapshot import Snapshot
from companion.storage.episodes import Passage, Reference
from companion.storage.passages import covering

NEIGHBOUR_WORDS = 90
"""Words that are given of what was said just before a passage, and just after."""
COVERED, _NEAR = 5, 3
"""Examples of what the archive does cover, and how many of them are near to what was asked."""


def passages_meant(found: Found, references: Sequence[Reference], taken: Sequence[Hit]) -> list[Hit]:
    """The passages of references as hits, each once and none that is taken. Nothing outside the query's podcasts."""
    if not references:
        return []
    snapshot, query = found.snapshot, found.results.query
    visible = allowed(snapshot, Query("", podcasts=query.podcasts))
    weights = {term: snapshot.lexical.idf(term) for term in found.question.terms}
    score = min((hit.score for hit in taken), default=0.0)
    hits: list[Hit] = []
    for reference in references:
        rows: list[int] = np.flatnonzero(visible & (snapshot.episode_ids == reference.episode_id)).tolist()
        by_id = {snapshot.passages[row].id: row for row in rows}
        meant = covering(reference, [snapshot.passages[row] for row in rows])[:1]
        for stored in meant:
            hit = hit_of(snapshot, Pick(by_id[stored.id], score), found.question, weights, None)
            if not any(_shows(other, hit) for other in (*taken, *hits)):
                hits.append(hit)
    return hits


def around(snapshot: Snapshot, hit: Hit) -> tuple[str, str]:
    """What was said just before a hit's passage and just after, as a script; empty where nothing was."""
    [row, *_] = np.flatnonzero(snapshot.passage_ids == hit.passage_id).tolist()
    first, after = hit.passage.first_word, hit.passage.last_word + 1
    before = _script(snapshot, range(_begin(snapshot, row), row + 1), None, first)
    behind = _script(snapshot, range(row, _end(snapshot, row)), after, None)
    return " ".join(before.split(" ")[-NEIGHBOUR_WORDS:]), " ".join(behind.split(" ")[:NEIGHBOUR_WORDS])


def covered(snapshot: Snapshot, podcasts: frozenset[int] | None, hits: Sequence[Hit], seed: str) -> tuple[str, ...]:
    """A few things that the archive does cover: the chapters of the nearest passages, then titles of any episodes."""
    near = list(dict.fromkeys(hit.passage.chapter or hit.episode.title for hit in hits))[:_NEAR]
    titles = [
        episode.title for episode in snapshot.episodes.values() if podcasts is None or episode.podcast_id in podcasts
    ]
    # Others for every question, and for the same question the same.
    others = random.Random(seed).sample(titles, min(COVERED, len(titles)))
    return tuple(dict.fromkeys((*near, *others)))[:COVERED]


def _shows(shown: Hit, other: Hit) -> bool:
    """Does a hit show what the other is found for?"""
    if shown.passage_id == other.passage_id:
        return True
    same_text = shown.episode.id == other.episode.id and shown.passage.kind is other.passage.kind
    first, last = other.passage.first_word, other.passage.last_word
    return same_text and shown.passage.first_word <= first and last <= shown.passage.last_word


def _begin(snapshot: Snapshot, row: int) -> int:
    return row - 1 if snapshot.follows(row) else row


def _end(snapshot: Snapshot, row: int) -> int:
    """The row after the last that may hold the words behind a passage, which may show a part of the next one."""
    end = row + 1
    while end < row + 3 and snapshot.follows(end):
        end += 1
    return end


def _script(snapshot: Snapshot, rows: range, first: int | None, after: int | None) -> str:
    """The words of the rows from ``first`` to before ``after``, counted in the episode, after who says them."""
    lines = [line for row in rows for line in _lines(snapshot.passages[row].passage, first, after)]
    return "\n".join(lines)


def _lines(passage: Passage, first: int | None, after: int | None) -> Iterable[str]:
    place = passage.first_word
    for piece, (begin, end) in zip(
        passage.pieces, pairwise([*(piece.offset for piece in passage.pieces), len(passage.text)]), strict=True
    ):
        words = passage.text[begin:end].split()
        kept = words[max((first or 0) - place, 0) : max(after - place, 0) if after is not None else None]
        place += len(words)
        if kept:
            yield f"{piece.speaker}: {' '.join(kept)}" if piece.speaker else " ".join(kept)
