"""Do two questions ask the same, in other words? Told only where it is all but certain.

Vectors see what a question is about better than what it asks: "is it worth it" and "is it not worth it" are as close as
two questions get. So what turns a question into another one is compared word by word, and first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

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


class _Parts(NamedTuple):
    """What of a question is compared with another one's."""

    words: frozenset[str]
    numbers: frozenset[str]
    turning: frozenset[str]
    asking: frozenset[str]


def shared(one: str, other: str) -> float:
    """The share of the words of both questions that they have in common, from 0 to 1.

    0 where a number, a word that turns a question around, or what is asked for (who, when, …) sets them apart.
    """
    this, that = _parts(one), _parts(other)
    if this.numbers != that.numbers or this.turning != that.turning:
        return 0.0
    if this.asking and that.asking and this.asking != that.asking:
        return 0.0
    return len(this.words & that.words) / len(this.words | that.words) if this.words or that.words else 0.0


@lru_cache(maxsize=4096)
def _parts(text: str) -> _Parts:
    spelled = text.casefold().replace("’", "'").replace("can't", "can not").replace("n't", " not")
    plain = ["".join(filter(str.isalnum, word)) for word in spelled.split()]
    return _Parts(
        words=frozenset(content_terms(text)),
        numbers=frozenset(term for term in terms(text) if any(map(str.isdigit, term))),
        turning=_TURNING.intersection(plain),
        asking=_ASKING.intersection(plain),
    )
