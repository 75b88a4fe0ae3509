"""Comparisons that are told the wrong way round: “frost kills more than damp”, where damp kills more than frost."""

from __future__ import annotations

import re
from typing import NamedTuple

from companion.archive.evidence_words import content
from companion.archive.lexical import terms
from companion.archive.query import tells
from companion.archive.sentences import sentence_spans

_THAN = re.compile(r"\b(?:more|less|fewer|\w{2,}er)\b(?=[^,;:.]{0,60}? than\b)|\bthan\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:]|\b(?:and|but|because|since|that|which|whereas|while)\b", re.IGNORECASE)
_TURNS = re.compile(r"\b(?:not|no|never|by|hardly|neither|nor|\w+n['’]t)\b", re.IGNORECASE)
"""What makes the same of the reverse: a denial, or the passive voice."""


class _Comparison(NamedTuple):
    """“Damp kills more colonies than frost”: more, damp (and what it does), frost."""

    how: str
    greater: frozenset[str]
    less: str


def is_turned_round(sentence: str, said: str) -> bool:
    """Does the sentence compare two things the other way round than what was said, in the same word?"""
    own = _comparison(sentence)
    if own is None:
        return False
    told = [one for start, end in sentence_spans(said) if (one := _comparison(said[start:end])) and one.how == own.how]
    same = any(one.less == own.less for one in told)
    return not same and any(own.less in one.greater and one.less in own.greater for one in told)


def _comparison(sentence: str) -> _Comparison | None:
    """The comparison of a sentence that has one alone, and denies nothing."""
    found = list(_THAN.finditer(sentence))
    if len(found) != 2 or found[0][0].lower() == "than" or found[1][0].lower() != "than":
        return None
    before = _CLAUSE.split(sentence[: found[0].start()])[-1]
    after = _CLAUSE.split(sentence[found[1].end() :])[0]
    if _TURNS.search(before + sentence[found[0].start() : found[1].start()] + after):
        return None
    less = [term for term in terms(after) if tells(term)]
    greater = content(before)
    return _Comparison(found[0][0].lower(), greater, less[0]) if less and greater else None
