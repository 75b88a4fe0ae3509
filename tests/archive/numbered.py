"""Numbered passages, made for a test without an archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from companion.archive.answers import Answer, Asking, Exchange, Source
from companion.archive.results import Hit, Query, Results, Snippet
from companion.storage.episodes import Episode, EpisodeFacts, Kind, Passage, Piece
from companion.storage.podcasts import Podcast

PUBLISHED = datetime(2024, 3, 1, 6, tzinfo=UTC)


def source(
    number: int,
    *turns: str | tuple[str, str],
    before: str = "",
    after: str = "",
    title: str = "The Long Frost",
    kind: Kind = Kind.SPEECH,
) -> Source:
    """A passage of turns, each a text or a speaker and a text."""
    said = [turn if isinstance(turn, tuple) else (None, turn) for turn in turns]
    text, pieces = "", list[Piece]()
    for nth, (speaker, words) in enumerate(said):
        pieces.append(Piece(len(text), nth, speaker, nth * 10.0, nth * 10.0 + 9, False))
        text += words if nth == len(said) - 1 else f"{words}\n"
    passage = Passage(0, kind, said[0][0], 0.0, 60.0, False, 0, len(text.split()) - 1, None, text, tuple(pieces))
    episode = Episode(number, 1, EpisodeFacts(f"g{number}", title, PUBLISHED, None, None, None, ()), "h")
    snippet = Snippet(text, (), said[0][0], 0.0, False)
    podcast = Podcast(1, "k", "Hive Minds", None, private=False)
    return Source(number, Hit(number, passage, episode, podcast, 1.0, snippet, None), before, after)


def answer(question: str, sources: Sequence[Source], earlier: Sequence[str] = ()) -> Answer:
    """An answer before any prose is written."""
    query = Query(question)
    asking = Asking(question, query, tuple(Exchange(one) for one in earlier))
    hits = tuple(one.hit for one in sources)
    return Answer(asking, question, Results(query, hits, answerable=True, semantic=True), tuple(sources), ())
