"""Does the archive answer a question at all? A probability, from how the retrievers agree and what they lack."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from companion.archive.expansion import rows_of
from companion.archive.lexical import terms, words
from companion.archive.query import Question
from companion.archive.ranking import Evidence, Ranking
from companion.archive.snapshot import Snapshot

THRESHOLD = 0.27
"""Below it the answer is "I don't find that". It refused 6% of the answerable development questions, each by a fit on
others (benchmarks/answerable.py)."""

_BEST, _FOLLOWERS = 10, 10
"""Passages that may hold what was asked for, and those whose scores the best one's is compared with."""
_FURTHER_DOWN = 0.9
"""What names count in each place against the one before: the nearest passages should have them, if any has."""
_PRICED = 2
_FEWEST_TERMS, _MOST_TERMS = 7, 12
"""Within these, each term more makes a lead harder to reach, so that the same one says more. Short questions, which
most members ask, are not held to be worse for it."""
_LITERAL_WORDS = 3
_MOSTLY_CAPITAL = 0.6
_MIXED = re.compile(r"[a-z][A-Z]")
_QUANTITY = re.compile(r"\d[\d.]*[a-zA-Z]{1,3}")
"""A number with its unit or scale, which may as well be said in words: of 100k the number is named."""

_ASKS_A_PRICE = re.compile(
    r"\bhow (?:much|expensive|cheap)\b.*\b(?:costs?|pay|paid|charge[ds]?|spen[dt]|price[ds]?|pricing|plan|subscription"
    r"|licen[cs]e|salary|earn|raise[ds]?|worth)\b"
    r"|\b(?:price|cost|pricing|salary)s? (?:of|for|per)\b"
    r"|\bwhat\b.*\b(?:costs?|price|pricing|salary)\b",
    re.IGNORECASE | re.DOTALL,
)
_COUNT = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred|thousand|million|billion|couple)"
)
_PRICE = re.compile(
    r"[$€£¥]\s?\d|\d[\d,. ]{0,30}+(?:k|m|b|thousand|million|billion)?\s*"
    r"(?:dollars|bucks|cents|euros|pounds|usd|eur|gbp)"
    rf"|\b{_COUNT}\s+(?:\w+\s+)?(?:dollars|bucks|cents|euros|pounds)|\bfree\b"
    rf"|\b(?:cost|price|paid|pay|spent)s?\b[^.!?]{{0,40}}[.?!]?[^.!?]{{0,40}}\b(?:\d{{2,}}|{_COUNT})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for an answer among the best results.

    ``window`` is the best window's cosine. ``lead`` is how far the best passage's score is above the archive's next
    nine. ``named`` is the share (by rarity) of the names in the question that one of the best ten passages holds, less
    the further down it is, and 1 where nothing is named but the podcast. ``unpriced`` says that a price was asked for
    and none is near. ``terms`` is how many terms the question has, and ``literal`` that it is a few words that stand
    together in one passage.
    """

    window: float
    lead: float
    named: float
    unpriced: bool
    terms: int
    literal: bool


_WEIGHTS = (-10.38, 3.68, 6.67, 3.77, -3.32, 1.63)
"""The intercept, and a weight for each of `predictors`."""


def predictors(signs: Signs) -> tuple[float, ...]:
    """The signs as the numbers that the regression weighs."""
    terms = min(max(signs.terms, _FEWEST_TERMS), _MOST_TERMS)
    return signs.window, signs.lead, signs.named, float(signs.unpriced), math.log(terms)


def probability(signs: Signs) -> float:
    """The probability that the results answer, by logistic regression; words that stand there are an answer."""
    if signs.literal:
        return 1.0
    intercept, *weights = _WEIGHTS
    logit = intercept + sum(weight * value for weight, value in zip(weights, predictors(signs), strict=True))
    return 1.0 / (1.0 + math.exp(-logit))


class Phrased(NamedTuple):
    """A question: what is searched for of it, and the whole of it as it was typed, whose capitals tell names."""

    text: str
    typed: str


def is_answered(
    snapshot: Snapshot, asked: Phrased, question: Question, evidence: Evidence, ranking: Ranking, among: Ranking
) -> bool:
    """Do the ranked passages answer the question? ``ranking`` is of what the filters left, ``among`` of all that the
    asker may see: a filter leaves too little to compare with. Without a model there is no telling: what was found
    counts."""
    if len(ranking.rows) == 0:
        return False
    if evidence.similarities is None:
        return True
    return probability(signs_of(snapshot, asked, question, evidence, ranking, among)) >= THRESHOLD


def signs_of(
    snapshot: Snapshot, asked: Phrased, question: Question, evidence: Evidence, ranking: Ranking, among: Ranking
) -> Signs:
    """The signs in a ranking that found something, with a model."""
    if evidence.similarities is None:
        raise ValueError("signs need meanings to compare")
    followers = among.scores[1:_FOLLOWERS]
    rarity = {term: snapshot.lexical.idf(term) for term in question.terms}
    # Of "the James Webb telescope" alone there is no telling whether capitals mean anything: the whole question tells.
    spelled = named_terms(asked.typed) & set(terms(asked.text))
    names = {term: rarity[term] for term in (spelled & rarity.keys()) - _own_names(snapshot, ranking)}
    few = len(words(asked.text)) <= _LITERAL_WORDS
    held = _held(snapshot, question, rarity if few else names, ranking)
    best: list[int] = ranking.rows[:_PRICED].tolist()
    return Signs(
        window=float(evidence.similarities.window[ranking.rows].max()),
        lead=float(ranking.scores[0] - followers.mean()) if len(followers) else 0.0,
        named=_most_held(held, names, _FURTHER_DOWN),
        unpriced=asks_a_price(asked.text)
        and not any(_PRICE.search(snapshot.passages[row].passage.text) for row in best),
        terms=len(rarity),
        literal=few and _most_held(held, rarity) >= 1.0,
    )


def _own_names(snapshot: Snapshot, ranking: Ranking) -> set[str]:
    """What the podcasts of the best passages are called. All of a podcast is of the host that it is named for, who is
    seldom named in it."""
    podcasts: list[int] = np.unique(snapshot.podcast_ids[ranking.rows[:_BEST]]).tolist()
    return {term for podcast in podcasts for term in terms(snapshot.podcasts[podcast].title)}


def _held(snapshot: Snapshot, question: Question, terms: Iterable[str], ranking: Ranking) -> dict[str, list[bool]]:
    """For each of some terms, which of the best passages hold it, or what it stands in in another spelling."""
    best = ranking.rows[:_BEST]
    held = {term: snapshot.lexical.holding(term, best) for term in terms}
    for term in {term for expansion in question.expansions for term in expansion.replaced} & held.keys():
        held[term] |= np.isin(best, rows_of(question.expansions, term))
    return {term: places.tolist() for term, places in held.items()}


def _most_held(held: Mapping[str, Sequence[bool]], rarity: Mapping[str, float], further_down: float = 1.0) -> float:
    """The largest share of these terms, by rarity, that one of the best passages holds; what one holds is multiplied by
    ``further_down`` for each passage before it."""
    if not rarity:
        return 1.0
    passages = zip(*(held[term] for term in rarity), strict=True)
    most = max(
        further_down**place * sum(weight for weight, has in zip(rarity.values(), one, strict=True) if has)
        for place, one in enumerate(passages)
    )
    return most / sum(rarity.values())


@lru_cache(maxsize=16)
def named_terms(text: str) -> frozenset[str]:
    """The terms of a question that are written as names: with a capital inside the sentence, or with digits.

    A question typed in capitals, or as a title, tells nothing by them.
    """
    found = words(text)
    spelled = [text[word.start : word.end] for word in found]
    capital = sum(word[:1].isupper() for word in spelled)
    shouted = capital > _MOSTLY_CAPITAL * len(spelled) and len(spelled) > 1
    names: set[str] = set()
    for place, (word, spelling) in enumerate(zip(found, spelled, strict=True)):
        inside = place > 0 and spelling[0].isupper() and not shouted
        if inside or _MIXED.search(spelling) or any(map(str.isdigit, spelling)):
            names.update(filter(str.isdigit, word.terms[:-1]) if _QUANTITY.fullmatch(spelling) else word.terms)
    return frozenset(names)


def asks_a_price(text: str) -> bool:
    """Does a question ask what something costs?"""
    return _ASKS_A_PRICE.search(text) is not None
