"""Other spellings of what a question names: looked for as well, never written into what was said.

Recognisers spoil names (`Viki Gangklep` for VQGAN-CLIP), so whoever types one spelling means passages with any.
Spellings of one thing are no further evidence for each other: a passage is scored by the one that fits it best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from companion.archive.lexical import term_counts, words
from companion.archive.snapshot import Rows, Scores, Snapshot
from companion.storage.names import Names, Spellings, folded

_LOOKED_AT = 1_000
"""Passages that have all words of a spelling and are looked at for whether they stand together: the likeliest ones."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Another way to write a part of a question, and the rows of the passages that have it, ascending."""

    text: str
    terms: Mapping[str, float]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Expansion:
    """Terms of the question that stand together, with their weights, and what else they may be written as.

    What a spelling gains is multiplied by ``weight``, from 0 to 1. Members are ``told`` of it, but where it goes
    without saying.
    """

    replaced: Mapping[str, float]
    spellings: tuple[Spelling, ...]
    weight: float = 1.0
    told: bool = True

    @property
    def rows(self) -> Rows:
        """The passages that have any of the spellings."""
        return np.unique(np.concatenate([spelling.rows for spelling in self.spellings]))


def expansions(
    snapshot: Snapshot, text: str, terms: Mapping[str, float], podcasts: frozenset[int] | None
) -> tuple[Expansion, ...]:
    """What the aliases of these podcasts (None: of all) add to a question with these weighted terms.

    An alias of a podcast finds passages of that podcast only. Where two aliases share words of the question, the
    longer one counts.
    """
    found: dict[tuple[int, int], list[Spelling]] = {}
    parts = parts_of(text)
    for podcast_id, family in _families(snapshot.names, podcasts, parts):
        for place, typed in _typed(parts, family):
            for spelling in family:
                if _holds(parts_of(spelling), typed) or not (stands := _standing(snapshot, spelling, podcast_id)).size:
                    continue
                found.setdefault(place, []).append(Spelling(spelling, term_counts(_terms(spelling)), stands))
    taken: set[int] = set()
    expanded: list[Expansion] = []
    for (first, last), spellings in sorted(found.items(), key=lambda entry: (entry[0][0] - entry[0][1], entry[0])):
        written = {*parts[first:last], "".join(parts[first:last])}
        replaced = {term: weight for term, weight in terms.items() if term in written}
        if replaced and taken.isdisjoint(range(first, last)):
            taken.update(range(first, last))
            expanded.append(Expansion(replaced, tuple(spellings)))
    return tuple(expanded)


def coverage(snapshot: Snapshot, terms: Mapping[str, float], expanded: Sequence[Expansion]) -> Scores:
    """BM25 of every passage as a share of the best score that the question can have, each part of it in its best
    spelling; shape (n,).

    A part that no passage has in its own spelling is worth what the others are: it is no rarer than they.
    """
    lexical = snapshot.lexical
    if not expanded:
        return lexical.scores(terms) / np.float32(max(lexical.best_score(terms), 1e-9))
    left = dict(terms)
    total = np.zeros(len(snapshot), np.float32)
    best = 0.0
    for expansion in expanded:
        own = {term: left.pop(term) for term in expansion.replaced if term in left}
        known = any(lexical.documents_with(term).size for term in own)
        worth = max(lexical.best_score(own if known else spelling.terms) for spelling in expansion.spellings)
        gained = lexical.scores(own)
        for spelling in expansion.spellings:
            share = lexical.scores(spelling.terms)[spelling.rows] / np.float32(lexical.best_score(spelling.terms))
            gain = np.float32(expansion.weight * worth) * np.minimum(share, 1.0)
            gained[spelling.rows] = np.maximum(gained[spelling.rows], gain)
        total += gained
        best += worth
    return (total + lexical.scores(left)) / np.float32(max(best + lexical.best_score(left), 1e-9))


def weights_in(text: str, weights: Mapping[str, float], expanded: Sequence[Expansion]) -> Mapping[str, float]:
    """How much each term counts in a passage: those of the question, and those of the spellings that stand in it."""
    if not expanded:
        return weights
    known = dict(weights)
    for expansion in expanded:
        worth = expansion.weight * sum(weights.get(term, 0.0) for term in expansion.replaced)
        for spelling in expansion.spellings:
            if pattern(spelling.text).search(text):
                known |= {term: worth / len(spelling.terms) for term in spelling.terms if term not in weights}
    return known


def added(expanded: Iterable[Expansion]) -> tuple[str, ...]:
    """What was also searched for and is told, each spelling once."""
    told = (spelling for expansion in expanded if expansion.told for spelling in expansion.spellings)
    texts = {folded(spelling.text): spelling.text for spelling in told}
    return tuple(texts.values())


@lru_cache(maxsize=4096)
def parts_of(text: str) -> tuple[str, ...]:
    """The stems of a text in order, a joined word by its parts: `VQGAN-CLIP` and `vqgan clip` are the same."""
    found: list[str] = []
    for word in words(text):
        found += word.terms[:-1] if len(word.terms) > 1 else word.terms
    return tuple(found)


def _terms(text: str) -> list[str]:
    return [term for word in words(text) for term in word.terms]


def _families(names: Names, podcasts: frozenset[int] | None, parts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The spellings of each thing and person that a question with these parts may name, the name itself first, with
    the podcast they are of."""
    begins = frozenset(parts)
    for known in (names.people, names.terms):
        for podcast_id, spellings in known.items():
            if podcasts is None or podcast_id in podcasts:
                meant = {folded(entry[1]) for entry in spellings.items() if _begins_with(begins, entry)}
                if meant:
                    families = _by_name(spellings)
                    yield from ((podcast_id, family) for name, family in families.items() if name in meant)


def _begins_with(begins: frozenset[str], spellings: Iterable[str]) -> bool:
    """Does any of the spellings begin with one of the parts?"""
    return any(not begins.isdisjoint(parts_of(spelling)[:1]) for spelling in spellings)


def _by_name(spellings: Spellings) -> dict[str, list[str]]:
    families: dict[str, list[str]] = {}
    for spelling, name in spellings.items():
        family = families.setdefault(folded(name), [name])
        if spelling != folded(name):
            family.append(spelling)
    return families


def _typed(parts: Sequence[str], family: Sequence[str]) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """Where in a question a thing is named, and by which parts: the longest spelling that stands there."""
    for place in range(len(parts)):
        fits = [wanted for wanted in map(parts_of, family) if wanted and tuple(parts[place:][: len(wanted)]) == wanted]
        if fits:
            longest = max(fits, key=len)
            yield (place, place + len(longest)), longest


def _holds(parts: Sequence[str], inner: Sequence[str]) -> bool:
    """Do the parts have the inner ones in a row? Then whatever has them is found already."""
    return any(tuple(parts[place:][: len(inner)]) == tuple(inner) for place in range(len(parts)))


@lru_cache(maxsize=4096)
def pattern(spelling: str) -> re.Pattern[str]:
    """Finds a spelling as a whole, however its words are joined and whatever their case."""
    inner = r"[\W_]*".join(map(re.escape, re.findall(r"\d+|[^\W\d_]+", spelling)))
    return re.compile(rf"(?<![^\W_]){inner}(?:['’]?s)?(?![^\W_])", re.IGNORECASE)


def _standing(snapshot: Snapshot, spelling: str, podcast_id: int) -> Rows:
    """The podcast's passages that have a spelling: in their words, their heading, or as one who speaks."""
    wanted = parts_of(spelling)
    if not wanted:
        return np.zeros(0, np.int32)
    rows = snapshot.lexical.documents_with(wanted[0])
    for part in wanted[1:]:
        rows = rows[snapshot.lexical.holding(part, rows)]
    rows = rows[snapshot.podcast_ids[rows] == podcast_id]
    if len(wanted) == 1:
        return rows
    spoken = np.isin(rows, snapshot.speakers.get(spelling.casefold(), rows[:0]))
    doubtful = rows[~spoken]
    if len(doubtful) > _LOOKED_AT:
        shares = snapshot.lexical.scores(term_counts(_terms(spelling)))[doubtful]
        doubtful = np.sort(doubtful[np.argsort(-shares, kind="stable")[:_LOOKED_AT]])
    looked_at: list[int] = doubtful.tolist()
    said = np.array([_says(snapshot, row, spelling) for row in looked_at], np.bool_)
    return np.union1d(rows[spoken], doubtful[said]).astype(np.int32)


def _says(snapshot: Snapshot, row: int, spelling: str) -> bool:
    stored = snapshot.passages[row]
    passage = stored.passage
    speakers = {piece.speaker or "" for piece in passage.pieces}
    texts = (passage.text, passage.chapter or "", snapshot.episodes[stored.episode_id].title, *speakers)
    return any(pattern(spelling).search(text) for text in texts)


def rows_of(expanded: Sequence[Expansion], term: str) -> Rows:
    """The passages that have another spelling of what the term is a part of."""
    every = [expansion.rows for expansion in expanded if term in expansion.replaced]
    return np.unique(np.concatenate(every)) if every else np.zeros(0, np.int32)
