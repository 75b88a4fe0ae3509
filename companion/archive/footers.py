"""What a feed adds below every item ("Get full access at …"): told from the text by being shared."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

_SHORTEST = 20
"""Characters; people who say goodbye in the same words should not make a footer."""
_FEWEST = 3
_LEAST_SHARE = 0.2


def footers(texts: Sequence[str]) -> list[str]:
    """For each text the ending that it shares with at least three others' and a fifth of all, from the start of a word;
    empty where there is none."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts:
        alike[text[-_SHORTEST:]].append(text)
    endings = {
        tail: _shared_ending(group)
        for tail, group in alike.items()
        if len(group) >= max(_FEWEST, _LEAST_SHARE * len(texts)) and len(tail) == _SHORTEST
    }
    return [endings.get(text[-_SHORTEST:], "") for text in texts]


def _shared_ending(texts: Sequence[str]) -> str:
    # What the first and the last in order of their reversed letters share, all share.
    one, other = min(texts, key=_reversed), max(texts, key=_reversed)
    length = next((i for i, (a, b) in enumerate(zip(one[::-1], other[::-1], strict=False)) if a != b), None)
    ending = one[len(one) - length :] if length is not None else min(one, other, key=len)
    if any(len(text) > len(ending) and not text[-len(ending) - 1].isspace() for text in texts):
        blank = re.search(r"\s", ending)
        ending = ending[blank.start() :] if blank else ""
    return ending if len(ending.strip()) >= _SHORTEST else ""


def _reversed(text: str) -> str:
    return text[::-1]
