"""What an answer is made from and what it is: plain data between the archive and those who show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from companion.archive.results import Hit, Query, Results
from companion.storage.episodes import Reference

if TYPE_CHECKING:  # what the guards return is of sources, which are here
    from companion.archive.guards import Intervention


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of a conversation. ``cited`` are the passages that its answer cited."""

    question: str
    cited: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked. ``query`` holds the podcasts and filters; its text is the question, too.

    ``earlier`` are the conversation's questions, oldest first; ``pinned`` are passages that must stay among the
    sources, whatever is found.
    """

    text: str
    query: Query
    earlier: tuple[Exchange, ...] = ()
    pinned: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that an answer may cite by its number, counted from 1. ``before`` and ``after`` are what was said just
    before and after it, for a model to read."""

    number: int
    hit: Hit
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence or a few in a row, verbatim, from one turn of the source with this number. ``start`` is in seconds,
    ``approximate`` where it is interpolated; ``uncertain``: it may be another who speaks. ``chapter`` is its own: the
    source may begin in the one before."""

    number: int
    text: str
    speaker: str | None
    start: float | None
    approximate: bool
    uncertain: bool
    url: str | None
    chapter: str | None


@dataclass(frozen=True, slots=True)
class Writing:
    """How a model wrote the prose: tokens as its endpoint counts them, seconds from the call to its end."""

    model: str
    prompt: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    interventions: tuple[Intervention, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its evidence. Where ``results`` are not answerable it is a refusal: the sources are then only the
    nearest passages, and nothing is quoted."""

    asking: Asking
    searched: str
    """The question as it was searched for: in a conversation, with what it leaves to what was asked before."""
    results: Results
    sources: tuple[Source, ...]
    quotations: tuple[Quotation, ...]
    """Two to four, in reading order: the whole answer without a model."""
    covers: tuple[str, ...] = ()
    """For a refusal, some of what the archive does cover: titles of episodes and chapters."""
    prose: str = ""
    """What a model wrote, checked, with sources cited as [n]; empty where the quotations are the answer."""
    problem: str = ""
    """One sentence that tells why there is no prose though there is a model."""
    writing: Writing | None = None
