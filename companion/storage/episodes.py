"""Episodes and what was said in them: chapters, turns, passages.

Times are seconds from the start of the audio. A time is *approximate* when it was interpolated inside a
stretch of text that has no time mark of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a text is: what people said, or what was written about it."""

    SPEECH = "speech"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's uninterrupted words. ``speaker`` is the label as the transcript gives it, or None."""

    speaker: str | None
    start: float | None
    end: float | None
    approximate: bool
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A titled stretch of an episode. ``soft`` marks a time that the turns do not confirm."""

    start: float | None
    title: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a passage that comes from one turn: ``passage.text[offset:]`` up to the next piece.

    ``turn`` is the turn's ordinal within the episode; ``start`` and ``end`` are the piece's own times (a piece
    that begins in mid-turn has an interpolated, hence approximate, start).
    """

    offset: int
    turn: int | None
    speaker: str | None
    start: float | None
    end: float | None
    approximate: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """60 to 180 words that can be found and quoted.

    ``text`` is verbatim, its pieces joined by a newline. ``speaker`` is who says most of its words. ``first_word``
    and ``last_word`` count the words of the episode's text of this kind, from 0, and are the reference that
    holds where there are no times.
    """

    ordinal: int
    kind: Kind
    speaker: str | None
    start: float | None
    end: float | None
    approximate: bool
    first_word: int
    last_word: int
    chapter: str | None
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """What is known of an episode besides its words. ``guid`` makes it the same episode when it is read again."""

    guid: str
    title: str
    published: datetime | None
    link: str | None
    audio_url: str | None
    duration: float | None
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode as stored, without its texts."""

    id: int
    podcast_id: int
    facts: EpisodeFacts
    content_hash: str

    @property
    def title(self) -> str:
        return self.facts.title

    @property
    def published(self) -> datetime | None:
        return self.facts.published


@dataclass(frozen=True, slots=True)
class Reading:
    """An episode as read from a source: everything that one transaction stores or replaces."""

    facts: EpisodeFacts
    content_hash: str
    chapters: tuple[Chapter, ...]
    turns: tuple[Turn, ...]
    notes: str
    passages: tuple[Passage, ...]
    convention: str | None
    """How the transcript marks speakers and times, as chosen by evidence; None without a transcript."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A stretch of an episode that outlives re-ingestion: found again by time, else by word position."""

    episode_id: int
    kind: Kind
    start: float | None
    end: float | None
    first_word: int
    last_word: int
