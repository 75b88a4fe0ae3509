"""Show notes that quote what was said: found there, shown where it was said; and the moments that editors chose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from companion.archive.ranking import Ranking
from companion.archive.snapshot import Snapshot
from companion.storage.episodes import Kind, Passage
from companion.storage.mentions import EditorsPick

_MOSTLY = 0.5
"""The share of a passage's characters that is quoted, from which on it is taken for what it quotes."""
_SHARED = 0.5
_SHORTEST_OVERLAP = 40
"""Characters of a quotation that a passage must have where it is cut off in it."""


def resolved(snapshot: Snapshot, ranking: Ranking, excluded: Collection[int]) -> Ranking:
    """The ranking with what was said in place of notes that quote it, each passage once.

    Of several passages that a quotation spans, the one that ranks best stands for it. ``excluded`` rows never do.
    """
    retold: list[int] = ranking.rows[snapshot.retold[ranking.rows]].tolist()
    said = {row: [spoken for spoken in said_at(snapshot, row) if spoken not in excluded] for row in retold}
    if not any(said.values()):
        return ranking
    rows: list[int] = ranking.rows.tolist()
    places = {row: place for place, row in enumerate(rows)}
    kept: dict[int, float] = {}
    for row, score in zip(rows, ranking.scores.tolist(), strict=True):
        stands = min(said.get(row, ()), key=lambda spoken: places.get(spoken, len(places)), default=row)
        kept.setdefault(stands, score)
    return Ranking(np.array(list(kept), np.int32), np.array(list(kept.values()), np.float32))


def said_at(snapshot: Snapshot, row: int) -> list[int]:
    """The rows of speech that a passage of notes quotes, the one that holds most of the quotation first; none where it
    does not mostly quote."""
    picks = snapshot.picks.get(int(snapshot.episode_ids[row]), ()) if snapshot.retold[row] else ()
    if not picks:
        return []
    text = snapshot.passages[row].passage.text
    quoted = {pick: length for pick in picks if (length := _overlap(text, pick.text))}
    if sum(quoted.values()) < _MOSTLY * len(text):
        return []
    held: dict[int, int] = {}
    for pick in quoted:
        for spoken, words in _rows(snapshot, int(snapshot.episode_ids[row]), pick).items():
            held[spoken] = held.get(spoken, 0) + words
    return sorted(held, key=lambda spoken: (-held[spoken], spoken))


def pick_in(snapshot: Snapshot, episode_id: int, passage: Passage) -> EditorsPick | None:
    """The editors' pick that a passage of speech holds the most of: at least half of the one, or of the other."""
    best: tuple[float, EditorsPick] | None = None
    for pick in snapshot.picks.get(episode_id, ()) if passage.kind is Kind.SPEECH else ():
        share = _shared(pick, passage)
        if share >= _SHARED and (best is None or share > best[0]):
            best = share, pick
    return best[1] if best else None


@dataclass(frozen=True, slots=True)
class _Range:
    start: float
    end: float

    def shared(self, other: _Range) -> float:
        """What both have in common, as a share of the shorter."""
        shorter = min(self.end - self.start, other.end - other.start)
        common = min(self.end, other.end) - max(self.start, other.start)
        return common / shorter if shorter > 0 else float(common >= 0)


def _shared(pick: EditorsPick, passage: Passage) -> float:
    if pick.first_word is not None and pick.last_word is not None:
        words = _Range(pick.first_word, pick.last_word + 1)
        return words.shared(_Range(passage.first_word, passage.last_word + 1))
    if None in (pick.start, pick.end, passage.start, passage.end):
        return 0.0
    return _Range(pick.start or 0.0, pick.end or 0.0).shared(_Range(passage.start or 0.0, passage.end or 0.0))


def _overlap(text: str, quotation: str) -> int:
    """How many characters a passage and a quotation of the same notes share: one may begin or end within the other."""
    if quotation in text:
        return len(quotation)
    if text in quotation:
        return len(text)
    ahead = text.find(quotation[:_SHORTEST_OVERLAP])
    if ahead >= 0 and quotation.startswith(text[ahead:]):
        return len(text) - ahead
    behind = quotation.find(text[:_SHORTEST_OVERLAP])
    if behind >= 0 and text.startswith(quotation[behind:]):
        return len(quotation) - behind
    return 0


def _rows(snapshot: Snapshot, episode_id: int, pick: EditorsPick) -> dict[int, int]:
    """The rows of the episode's speech that hold words of a pick, with how many."""
    if pick.first_word is None or pick.last_word is None:
        return {}
    first, after = np.searchsorted(snapshot.episode_ids, (episode_id, episode_id + 1)).tolist()
    held: dict[int, int] = {}
    for row in range(_row_of_word(snapshot, first, after, pick.first_word), after):
        passage = snapshot.passages[row].passage
        if passage.kind is not Kind.SPEECH or passage.first_word > pick.last_word:
            break
        held[row] = min(passage.last_word, pick.last_word) - max(passage.first_word, pick.first_word) + 1
    return held


def _row_of_word(snapshot: Snapshot, first: int, after: int, word: int) -> int:
    """The first of an episode's rows that is speech and ends with a word or behind it: speech comes before notes."""
    while first < after:
        middle = (first + after) // 2
        passage = snapshot.passages[middle].passage
        if passage.kind is Kind.SPEECH and passage.last_word < word:
            first = middle + 1
        else:
            after = middle
    return first
