"""Searches worth trying, taken from what the archive holds."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

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


def offered(chapters: Iterable[tuple[Episode, Sequence[str]]]) -> tuple[tuple[str, ...], ...]:
    """The searches that each of the episodes offers with the titles of its chapters, which name what was talked about,
    or with its own where none of them is usable. Episodes that offer nothing are left out."""
    return tuple(offer for episode, titles in chapters if (offer := _offers(episode, titles)))


def example_searches(offers: Sequence[Sequence[str]], seed: int, count: int = EXAMPLES) -> tuple[str, ...]:
    """Up to ``count`` of the searches that episodes offer, each from another one while there are enough.

    The same seed gives the same examples.
    """
    chance = random.Random(seed)
    offers = [chance.sample(offer, min(count, len(offer))) for offer in chance.sample(offers, len(offers))]
    chosen: list[str] = []
    rank = 0
    while len(chosen) < count and any(len(offer) > rank for offer in offers):
        for offer in offers:
            if len(offer) > rank and len(chosen) < count and offer[rank] not in chosen:
                chosen.append(offer[rank])
        rank += 1
    return tuple(chosen)


def _offers(episode: Episode, chapters: Sequence[str]) -> tuple[str, ...]:
    usable = dict.fromkeys(title for title in map(_searchable, chapters) if title)
    return tuple(usable) or tuple(filter(None, [_searchable(episode.title)]))


def _searchable(title: str) -> str | None:
    title = " ".join(title.split()).rstrip(" .…:-–—")
    if len(title) > _LONGEST or len(title.split()) not in _WORDS or _FRAME.search(title):
        return None
    return title
