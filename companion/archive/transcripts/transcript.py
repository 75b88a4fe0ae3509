"""What a transcript reader returns, whatever it read."""

from __future__ import annotations

from dataclasses import dataclass

from companion.archive.transcripts.evidence import Evidence
from companion.storage.episodes import Chapter, Turn


@dataclass(frozen=True, slots=True)
class Transcript:
    """Turns in order, headings as chapters, and the text around them (show notes, a page's boilerplate).

    ``convention`` names how the source marks speakers and times, None where nothing was said; ``evidence`` holds all
    conventions that were weighed, the chosen one first.
    """

    turns: tuple[Turn, ...]
    chapters: tuple[Chapter, ...] = ()
    before: str = ""
    after: str = ""
    convention: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def margin(self) -> float:
        """How far the chosen convention's score is above the next one's; 1.0 where the format leaves no choice."""
        return self.evidence[0].score - self.evidence[1].score if len(self.evidence) > 1 else 1.0

    @property
    def explanation(self) -> str | None:
        """The convention, and how sure its choice is: `[time] Name: text, 0.34 ahead of [time] text`."""
        if self.convention is None or len(self.evidence) < 2:
            return self.convention
        return f"{self.convention}, {self.margin:.2f} ahead of {self.evidence[1].convention}"
