"""What the buttons of `/episodes` and `/episode` carry. Whoever answers a press checks it against the server.

`custom_ids` says why; a search button has a search behind it, these have an episode, or the words of a list.
"""

from __future__ import annotations

import re
from enum import StrEnum

from companion.community.catalogue import LONGEST_WORDS


class Part(StrEnum):
    """What an episode has too much of for one message."""

    CHAPTERS = "chapters"
    LINKS = "links"
    QUOTES = "quotes"


_EPISODE = r"(?P<episode>[0-9]{1,15})"

LIST = re.compile(
    rf"episodes:page:(?P<page>[0-9]{{1,5}}):(?P<podcast>[0-9]{{0,15}}):(?P<words>.{{0,{LONGEST_WORDS}}})", re.DOTALL
)
OPEN = re.compile(r"episodes:open")
PART = re.compile(rf"episode:(?P<part>{'|'.join(Part)}):{_EPISODE}(?::(?P<page>[0-9]{{1,4}}))?")
SEARCH = re.compile(rf"episode:search:{_EPISODE}")
SEARCHED = re.compile(rf"episode:searched:{_EPISODE}")


def listing(page: int, podcast_id: int | None, words: str) -> str:
    """A page of a list of episodes."""
    return f"episodes:page:{page}:{'' if podcast_id is None else podcast_id}:{words}"


def opener() -> str:
    """The select whose values are ids of episodes."""
    return "episodes:open"


def part(kind: Part, episode_id: int, page: int | None = None) -> str:
    """A page of what an episode has many of, or without one the view of it all that opens at the first."""
    return f"episode:{kind}:{episode_id}{'' if page is None else f':{page}'}"


def search(episode_id: int) -> str:
    """Opens the form that searches in an episode."""
    return f"episode:search:{episode_id}"


def searched(episode_id: int) -> str:
    """The form that `search` opens."""
    return f"episode:searched:{episode_id}"
