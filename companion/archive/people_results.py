"""People as results: for "who talked about …", and whose words stand where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np

from companion.archive.lexical import terms_of_parts
from companion.archive.ranking import Ranking, talks
from companion.archive.relevance import RELEVANT, relevant, set_back
from companion.archive.snapshot import Mask, Scores, Snapshot
from companion.storage.episodes import Kind, Passage

_TAKES_PART = 0.5
"""Who says half as much of the question's words as the one who says most of them talks about it too."""
_A_LITTLE = 0.15
"""Of the best score."""
_FURTHER = 0.5
"""What each further passage counts against the one before."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Someone with their best passage: the row and its score, and how many of their passages bear on the question."""

    name: str
    row: int
    score: float
    relevant: int


def found_people(
    snapshot: Snapshot, ranking: Ranking, weights: Mapping[str, float], *, newest_first: bool = False
) -> list[FoundPerson]:
    """Everyone who speaks of it in the passages that bear on the question, by the evidence of their passages together.

    Whoever says all of the question's words speaks of it, however little they make of it. ``weights`` say how much each
    of its terms counts. With ``newest_first``, people come by the date of their best passage.
    """
    kept = len(relevant(ranking).rows)
    literal = _with_all(snapshot, weights)
    evidence: dict[str, list[float]] = {}
    best: dict[str, FoundPerson] = {}
    rows: list[int] = ranking.rows.tolist()
    for place, (row, score) in enumerate(zip(rows, ranking.scores.tolist(), strict=True)):
        if place >= kept and row not in literal:
            continue
        speakers = _who_speaks_of_it if place < kept else _who_says_all
        for name in speakers(snapshot.passages[row].passage, weights):
            key = name.casefold()
            evidence.setdefault(key, []).append(score)
            best.setdefault(key, FoundPerson(name, row, score, 0))
    people = [FoundPerson(found.name, found.row, found.score, len(evidence[key])) for key, found in best.items()]
    if newest_first:
        return sorted(people, key=lambda found: -int(snapshot.days[found.row]))
    return sorted(people, key=lambda found: -_together(evidence[found.name.casefold()]))


def speaking_of_it(snapshot: Snapshot, ranking: Ranking, name: str, weights: Mapping[str, float]) -> Ranking:
    """The passages in which someone of that name says the question's words, not only "yeah" to them."""
    rows: list[int] = ranking.rows.tolist()
    said = np.array([_speaks_of_it(snapshot, row, name, weights) for row in rows], np.bool_)
    return Ranking(ranking.rows[said], ranking.scores[said])


def theirs_first(snapshot: Snapshot, ranking: Ranking, name: str, weights: Mapping[str, float]) -> Ranking:
    """The ranking where one person's words are asked for: without show notes, which are nobody's, and theirs first."""
    speech = np.zeros(len(snapshot), np.bool_)
    for rows in snapshot.speakers.values():
        speech[rows] = True
    said = ~snapshot.retold[ranking.rows]
    for place in np.flatnonzero(said & ~speech[ranking.rows]).tolist():
        said[place] = snapshot.passages[int(ranking.rows[place])].passage.kind is Kind.SPEECH
    spoken = Ranking(ranking.rows[said], ranking.scores[said])
    return set_back(spoken, _setback_of_others(snapshot, spoken, name, weights, speech))


def _setback_of_others(
    snapshot: Snapshot, ranking: Ranking, name: str, weights: Mapping[str, float], speech: Mask
) -> Scores:
    """How far each passage steps back, as a share of the best score. ``speech`` are those whose speakers are known.

    Others' speech goes behind all that is relevant. Words of nobody known, and passages in which that person talks
    while another says the question's words, step back a little: an answer need not repeat what it was asked.
    """
    theirs = talks(snapshot, name)
    setback = np.where(speech & ~theirs, 1 - RELEVANT, np.where(theirs, 0.0, _A_LITTLE)).astype(np.float32)
    near: list[int] = relevant(ranking).rows.tolist()
    for row in near:
        if theirs[row] and not _speaks_of_it(snapshot, row, name, weights):
            setback[row] = _A_LITTLE
    return setback


def _speaks_of_it(snapshot: Snapshot, row: int, name: str, weights: Mapping[str, float]) -> bool:
    episode_id = int(snapshot.episode_ids[row])
    speakers = _who_speaks_of_it(snapshot.passages[row].passage, weights)
    return any(snapshot.is_by(episode_id, speaker, name) for speaker in speakers)


def _with_all(snapshot: Snapshot, weights: Mapping[str, float]) -> set[int]:
    """The rows of the passages that hold all of the question's words."""
    holding = [snapshot.lexical.documents_with(term) for term in weights]
    return set(reduce(np.intersect1d, holding).tolist()) if holding else set()


def _who_speaks_of_it(passage: Passage, weights: Mapping[str, float]) -> list[str]:
    """The speakers who say the question's words; who says most, where the passage has them in other words."""
    if passage.speaker and all(piece.speaker == passage.speaker for piece in passage.pieces):
        return [passage.speaker] if passage.kind is Kind.SPEECH else []
    shares = {
        name: sum(weight for term, weight in weights.items() if term in found)
        for name, found in _said_by_each(passage, weights).items()
    }
    most = max(shares.values(), default=0.0)
    if most <= 0:
        return [passage.speaker] if passage.speaker and passage.kind is Kind.SPEECH else []
    return [name for name, share in shares.items() if share >= _TAKES_PART * most]


def _who_says_all(passage: Passage, weights: Mapping[str, float]) -> list[str]:
    return [name for name, found in _said_by_each(passage, weights).items() if weights.keys() <= found]


def _said_by_each(passage: Passage, weights: Mapping[str, float]) -> dict[str, set[str]]:
    """Which of the question's words each speaker of a passage says; nothing for show notes."""
    if passage.kind is not Kind.SPEECH:
        return {}
    turns = pairwise([*(piece.offset for piece in passage.pieces), len(passage.text)])
    said: dict[str, set[str]] = {}
    for piece, found in zip(passage.pieces, terms_of_parts(passage.text, list(turns), frozenset(weights)), strict=True):
        if piece.speaker:
            said.setdefault(piece.speaker, set()).update(found)
    return said


def _together(scores: list[float]) -> float:
    return sum(score * _FURTHER**place for place, score in enumerate(scores))
