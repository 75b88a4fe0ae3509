"""How far the reading of a feed is, as its events tell."""

from __future__ import annotations

from dataclasses import dataclass, replace

from companion.archive.intake import EpisodeStored, EpisodeUnchanged, Event, ProblemsFound, SourceRead


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """``title`` is the podcast's, None until the feed was opened. ``read`` of ``total`` episodes were looked at, which
    brought so many ``passages``."""

    title: str | None = None
    total: int = 0
    read: int = 0
    passages: int = 0
    problems: int = 0

    def after(self, event: Event) -> ReadingProgress:
        """How far it is after one more event."""
        match event:
            case SourceRead():
                return replace(self, title=event.podcast.title, total=event.episodes)
            case EpisodeStored():
                return replace(self, read=self.read + 1, passages=self.passages + event.passages)
            case EpisodeUnchanged():
                return replace(self, read=self.read + 1)
            case ProblemsFound():
                return replace(self, problems=self.problems + len(event.problems))
