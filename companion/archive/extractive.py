"""The answer without a model: the sentences that answer best, verbatim, of all that search found.

Every run of a few sentences is weighed by a handful of signs (`archive/run_signs.py`), as a log-linear model over the
runs of all passages: how good its passage is, how many of the question's words it has, how near its talk comes in
meaning, how much it says, and whether it asks itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from companion.archive.results import Asked, Hit, Results
from companion.archive.run_signs import WEIGHTS, Signs, weighed_runs
from companion.archive.search import Found
from companion.archive.shared_runs import WORD, folded
from companion.archive.teasers import LONGEST
from companion.storage.episodes import Kind

FEWEST, MOST = 2, 4
OF_ONE_PASSAGE = 3
FAR_BEHIND = 4.0
"""By how much a run's weight may be below the best one's to be quoted beside it: it answers e⁴ times as rarely."""
_JOINED_WORDS = 100
_GAP_WORDS = 12
"""Two runs of one turn that so few words part are quoted as one, with these."""

_RUN, _ALIKE = 4, 0.5
"""Words in a row, and the share of such runs of the shorter of two excerpts that are in both, from which the other says
the same: a teaser is made of what is said later."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Characters of a hit's passage that are to be quoted. ``hit`` is the hit's place among those given, ``words`` the
    first and the one after the last of its words, counted in the episode."""

    hit: int
    piece: int
    start: int
    end: int
    words: tuple[int, int]
    weight: float


Speaks = Callable[[Hit, str | None], bool]
"""May this speaker of a hit's passage be quoted?"""


def anybody(_hit: Hit, _speaker: str | None) -> bool:
    """Everybody's words are quoted."""
    return True


def quoted(found: Found, hits: Sequence[Hit], weights: Signs = WEIGHTS) -> list[Excerpt]:
    """What answers, laid out as the kind of question wants it."""
    results = found.results
    match results.kind:
        case Asked.MOMENT | Asked.SAID_BY:
            return best_excerpts(_candidates(found, hits, weights), hits)
        case Asked.COMPARE:
            return _one_of_each(found, hits, list(_in_turns(results)), weights)
        case Asked.LATEST:
            # The newest come first, as was asked, whatever answers best.
            return _one_of_each(found, hits, range(len(hits)), weights)
        case Asked.WHICH_EPISODE | Asked.EVERYONE:
            bearing = [place for place, relevant in enumerate(_relevant(results)) if relevant]
            return _one_of_each(found, hits, bearing, weights)


def _one_of_each(found: Found, hits: Sequence[Hit], places: Sequence[int], weights: Signs) -> list[Excerpt]:
    """The best excerpt of the first few of these hits, in the order of all hits."""
    looked_at = [hits[place] for place in places]
    chosen = best_of_each(_candidates(found, looked_at, weights), looked_at)
    return sorted((replace(one, hit=places[one.hit]) for one in chosen), key=lambda one: one.hit)


def excerpts(found: Found, hits: Sequence[Hit], speaks: Speaks = anybody, weights: Signs = WEIGHTS) -> list[Excerpt]:
    """Everything that may be quoted of the hits, with its weight, hit by hit."""
    every = [
        (number, part)
        for number, hit in enumerate(hits)
        for part in weighed_runs(found, hit, hits[0].score)
        if speaks(hit, hit.passage.pieces[part.piece].speaker)
    ]
    if not every:
        return []
    weighed = np.array([part.signs for _, part in every]) @ np.array(weights)
    return [
        Excerpt(number, part.piece, part.start, part.end, part.words, float(weight))
        for (number, part), weight in zip(every, weighed, strict=True)
    ]


def best_excerpts(candidates: Sequence[Excerpt], hits: Sequence[Hit]) -> list[Excerpt]:
    """Two to four that answer best, in reading order: no words twice, at most three of a passage, not all of one.

    Weak ones beside strong ones are left out. Those that follow each other in a turn become one.
    """
    chosen: list[Excerpt] = []
    ranked = sorted(candidates, key=lambda one: -one.weight)
    for one in ranked:
        enough = len(chosen) >= FEWEST and len(joined(in_reading_order(chosen, hits))) >= FEWEST
        if len(chosen) == MOST or (enough and one.weight < ranked[0].weight - FAR_BEHIND):
            break
        taken = Counter(other.hit for other in chosen)
        alone = len(taken) == 1 and len(chosen) == MOST - 1
        if taken[one.hit] == OF_ONE_PASSAGE or (alone and one.hit in taken):
            continue
        alike = [place for place, other in enumerate(chosen) if _says_the_same(one, other, hits)]
        if not alike:
            chosen.append(one)
        elif len(alike) == 1 and _is_of_the_talk(one, chosen[alike[0]], hits):
            # What a teaser has of the conversation is better quoted from there.
            chosen[alike[0]] = replace(one, weight=chosen[alike[0]].weight)
    return joined(in_reading_order(chosen, hits))


def best_of_each(candidates: Sequence[Excerpt], hits: Sequence[Hit], most: int = MOST) -> list[Excerpt]:
    """The best excerpt of each of the first hits that have any, in the hits' order; no words twice."""
    chosen: list[Excerpt] = []
    ranked = sorted(candidates, key=lambda one: -one.weight)
    for number in range(len(hits)):
        if len(chosen) == most:
            break
        own = (one for one in ranked if one.hit == number)
        new = (one for one in own if not any(_says_the_same(one, other, hits) for other in chosen))
        chosen += islice(new, 1)
    return chosen


def in_reading_order(chosen: Sequence[Excerpt], hits: Sequence[Hit]) -> list[Excerpt]:
    """Episode by episode, the one with the best excerpt first, each from its beginning on."""
    episodes: dict[int, int] = {}
    for one in sorted(chosen, key=lambda one: -one.weight):
        episodes.setdefault(hits[one.hit].episode.id, len(episodes))
    return sorted(
        chosen,
        key=lambda one: (episodes[hits[one.hit].episode.id], hits[one.hit].passage.kind is Kind.NOTES, one.words),
    )


def joined(chosen: Sequence[Excerpt]) -> list[Excerpt]:
    """The same, with those that nearly touch in one turn of a passage as one."""
    made: list[Excerpt] = []
    for one in chosen:
        before = made[-1] if made else None
        if (
            before is not None
            and (before.hit, before.piece) == (one.hit, one.piece)
            and one.words[0] - before.words[1] <= _GAP_WORDS
            and one.words[1] - before.words[0] <= _JOINED_WORDS
        ):
            weight = max(before.weight, one.weight)
            made[-1] = Excerpt(one.hit, one.piece, before.start, one.end, (before.words[0], one.words[1]), weight)
        else:
            made.append(one)
    return made


def _says_the_same(one: Excerpt, other: Excerpt, hits: Sequence[Hit]) -> bool:
    """Would the second one of the two tell readers nothing new?"""
    if _same_words(one, other, hits):
        return True
    if one.hit == other.hit:
        return False  # who says something twice in one breath is quoted as they said it
    first, second = _runs_of(one, hits), _runs_of(other, hits)
    return len(first & second) >= _ALIKE * max(min(len(first), len(second)), 1)


def _is_of_the_talk(one: Excerpt, other: Excerpt, hits: Sequence[Hit]) -> bool:
    """Does the other stand where an episode may have a teaser, and the one behind that?"""
    first, second = hits[one.hit], hits[other.hit]
    same_text = first.episode.id == second.episode.id and first.passage.kind is second.passage.kind
    return same_text and other.words[1] <= LONGEST <= one.words[0]


def _runs_of(one: Excerpt, hits: Sequence[Hit]) -> frozenset[tuple[str, ...]]:
    words = [folded(match[0]) for match in WORD.finditer(hits[one.hit].passage.text, one.start, one.end)]
    return frozenset(zip(*(words[place:] for place in range(_RUN)), strict=False))


def _same_words(one: Excerpt, other: Excerpt, hits: Sequence[Hit]) -> bool:
    """Do two excerpts share words of an episode? Passages that were found may overlap."""
    first, second = hits[one.hit], hits[other.hit]
    same_text = first.episode.id == second.episode.id and first.passage.kind is second.passage.kind
    return same_text and one.words[0] < other.words[1] and other.words[0] < one.words[1]


def _candidates(found: Found, hits: Sequence[Hit], weights: Signs) -> list[Excerpt]:
    """What may be quoted: of those whose words were asked for, if that leaves anything."""
    if not hits:
        return []
    candidates = excerpts(found, hits, _allowed(found), weights)
    filtered = found.results.query.speaker is not None
    return candidates if candidates or filtered else excerpts(found, hits, weights=weights)


def _allowed(found: Found) -> Speaks:
    results, snapshot = found.results, found.snapshot
    name = results.query.speaker
    if name is None and results.kind is Asked.SAID_BY and results.intent is not None:
        name = results.intent.people[0]
    if name is not None:
        who = name
        return lambda hit, speaker: speaker is not None and snapshot.is_by(hit.episode.id, speaker, who)
    if results.kind in (Asked.EVERYONE, Asked.COMPARE):
        names = {hit.reference: group.name for group in results.groups for hit in group.hits}
        return lambda hit, speaker: (
            speaker is not None
            and (hit.reference not in names or snapshot.is_by(hit.episode.id, speaker, names[hit.reference]))
        )
    return anybody


def _relevant(results: Results) -> Iterator[int]:
    """For each hit of the groups, how many passages there bear on the question."""
    for group in results.groups:
        yield from (group.relevant for _ in group.hits)


def _in_turns(results: Results) -> Iterator[int]:
    """The places of the hits, the first of each group, then the second …; of groups with something to say."""
    places: list[list[int]] = []
    first = 0
    for group in results.groups:
        places.append(list(range(first, first + len(group.hits))) if group.relevant else [])
        first += len(group.hits)
    for nth in range(max(map(len, places), default=0)):
        yield from (group[nth] for group in places if nth < len(group))
