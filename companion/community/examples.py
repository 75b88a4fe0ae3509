"""Searches worth trying, taken from what the archive holds."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from companion.storage.episodes import Episode

EXAMPLES = 3
_LONGEST = 60
"""Characters of an example: it is shown on a button."""

_WORDS = range(2, 10)
_FRAME = re.compile(
    r"^(?:intro(?:duction)?s?|outro|welcome|closing|credits|sponsors?|ads?|highlights|wrap[ -]?up|q ?& ?a)\b|^#?\d+$",
    re.IGNORECASE,
)
"""Chapters that frame an episode instead of being about something."""


def example_searches(
    chapters: Sequence[tuple[Episode, Sequence[str]]], seed: int, count: int = EXAMPLES
) -> tuple[str, ...]:
    """Up to ``count`` searches, each from another episode while there are enough.

    Chapter titles name what was talked about; an episode without usable ones offers its own title. The same seed
    gives the same examples.
    """
    chance = random.Random(seed)
    offers = [_offers(episode, titles) for episode, titles in chapters]
    offers = [offer for offer in offers if offer]
    chance.shuffle(offers)
    for offer in offers:
        chance.shuffle(offer)
    chosen: list[str] = []
    rank = 0
    while len(chosen) < count and any(len(offer) > rank for offer in offers):
        for offer in offers:
            if len(offer) > rank and len(chosen) < count and offer[rank] not in chosen:
                chosen.append(offer[rank])
        rank += 1
    return tuple(chosen)


def _offers(episode: Episode, chapters: Sequence[str]) -> list[str]:
    titles = [title for title in map(_searchable, chapters) if title]
    own = _searchable(episode.title)
    return titles or ([own] if own else [])


def _searchable(title: str) -> str | None:
    title = " ".join(title.split()).rstrip(" .…:-–—")
    if len(title) > _LONGEST or len(title.split()) not in _WORDS or _FRAME.search(title):
        return None
    return title
