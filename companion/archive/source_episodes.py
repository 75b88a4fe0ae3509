"""An episode that a source holds, as far as is known before it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from companion.storage.episodes import EpisodeFacts
from companion.storage.readings import Reading


@dataclass(frozen=True, slots=True)
class LinkedText:
    """A file that a feed links to, as fetched; or why it was not."""

    text: str = ""
    problem: str | None = None


Texts = Mapping[str, LinkedText]
"""What an episode links to, by address."""


@dataclass(frozen=True, slots=True)
class EpisodeRead:
    """An episode as read, or None where nothing of it could be; sentences on what could not be read."""

    reading: Reading | None
    problems: tuple[str, ...] = ()


class SourceEpisode(Protocol):
    """Read in two steps, so that what one links to is fetched while another is read, and nothing stays in memory."""

    @property
    def facts(self) -> EpisodeFacts:
        """What is known of it before it is read."""
        ...

    @property
    def digest(self) -> str:
        """Of all that it is read from, save what must be fetched for it."""
        ...

    async def gather(self) -> Texts:
        """Fetches what the episode links to."""
        ...

    def read(self, texts: Texts) -> EpisodeRead:
        """Reads it, which takes some tenths of a second for a long transcript."""
        ...
