"""Do two questions ask the same, in other words? Told only where it is all but certain.

Vectors see what a question is about better than what it asks: "is it worth it" and "is it not worth it" are as close as
two questions get. So what turns a question into another one is compared word by word, and first.
"""

from __future__ import annotations

from companion.archive.lexical import terms
from companion.archive.query import content_terms

MEANING = 0.9
"""The cosine from which two questions mean the same, if their words may. Of twenty pairs that ask the same it finds
eighteen, of twenty-four that only look alike none (`tests/archive/test_same_question.py`)."""
SHARED = 0.6
"""The least share of the words of both that they have in common, where meanings are compared too."""
SHARED_ALONE = 0.8
"""The same where there are only the words to go by."""

_ASKING = frozenset({"who", "when", "where", "why", "how"})
_TURNING = frozenset(
    """
    not no never without nobody nothing none neither nor cannot
    up down before after over under off more less most least first last next best worst good bad better worse
    always only pro con against
    """.split()
)
"""Words that turn a question around, or into its counterpart."""


def shared(one: str, other: str) -> float:
    """The share of the words of both questions that they have in common, from 0 to 1.

    0 where a number, a word that turns a question around, or what is asked for (who, when, …) sets them apart.
    """
    if _numbers(one) != _numbers(other) or _turning(one) != _turning(other):
        return 0.0
    asks, asks_too = _asking(one), _asking(other)
    if asks and asks_too and asks != asks_too:
        return 0.0
    words, others = set(content_terms(one)), set(content_terms(other))
    return len(words & others) / len(words | others) if words | others else 0.0


def _plain(text: str) -> list[str]:
    """The words as they are written, in small letters, with "n't" as "not"."""
    spelled = text.casefold().replace("’", "'").replace("can't", "can not").replace("n't", " not")
    return ["".join(filter(str.isalnum, word)) for word in spelled.split()]


def _numbers(text: str) -> frozenset[str]:
    return frozenset(term for term in terms(text) if any(map(str.isdigit, term)))


def _turning(text: str) -> frozenset[str]:
    return _TURNING.intersection(_plain(text))


def _asking(text: str) -> frozenset[str]:
    return _ASKING.intersection(_plain(text))
